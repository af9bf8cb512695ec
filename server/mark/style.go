package mark

import (
	"bytes"
	"html"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/css"
)

// waiting is what a URL in a style, a background or a ping waits behind, with
// the vendor's id and a slash after it: nothing fetches such a URL, and the
// rest of the style stays in force. The gate takes it away when it releases the
// empty template of the vendor that stands behind the page (last).
const waiting = "about:invalid#"

// inStyle reports whether the text that comes is a style sheet.
func (r *rewriter) inStyle() bool {
	if r.inert > 0 || r.inShadow() {
		return false
	}
	open := r.foreign.open
	return r.rawText == "style" || r.rawText == "" && len(open) > 0 && open[len(open)-1] == region{"style", inSVG}
}

// inShadow reports whether a shadow root is open: what is released by the
// template behind the page is not looked for there.
func (r *rewriter) inShadow() bool { return len(r.templates) > r.inert }

// sheet passes the text of a style element on, the URLs of vendors in it inert.
func (r *rewriter) sheet(raw []byte) {
	// Text with references is SVG's: what they say is not what stands there.
	if bytes.IndexByte(raw, '&') >= 0 && r.foreign.space() != inHTML {
		r.pass(raw)
		return
	}
	at := 0
	vendors := map[string]bool{}
	for _, u := range sheetURLs(raw) {
		if v := r.vendorOf(u.text, r.base); v != "" && v != r.holder {
			vendors[v] = true
			r.pass(raw[at:u.at])
			r.insert(waiting + v + "/")
			at = u.at
		}
	}
	r.pass(raw[at:])
	r.wait(vendors)
}

// wait counts something in which URLs of vendors wait.
func (r *rewriter) wait(vendors map[string]bool) {
	for v := range vendors {
		r.report.Tags[v]++
		if !r.attributesOnly && !r.inDoc {
			r.waiting[v] = true
		}
	}
}

// backgrounds are the elements with a background attribute (HTML, 15.3).
var backgrounds = set("body table thead tbody tfoot tr td th")

// presentation makes the URLs of vendors inert in those attributes of the
// current start tag, whose name ends at end, that any element may have, or that
// ask a vendor while the element itself does not.
func (r *rewriter) presentation(name []byte, in space, end int) {
	if r.inShadow() {
		return
	}
	var found [3]bool
	for start, stop := range names(r.tag, end) {
		switch attr := r.tag[start:stop]; {
		case len(attr) == len("style") && bytes.EqualFold(attr, []byte("style")):
			found[0] = true
		case len(attr) == len("background") && in == inHTML && backgrounds[string(name)] && bytes.EqualFold(attr, []byte("background")):
			found[1] = true
		case len(attr) == len("ping") && (string(name) == "a" || string(name) == "area") && bytes.EqualFold(attr, []byte("ping")):
			found[2] = true
		}
	}
	if found == [3]bool{} {
		return
	}
	before := len(r.tag)
	attrs := r.attributes()
	vendors := map[string]bool{}
	for i, attr := range []string{"style", "background", "ping"} {
		if value, ok := attrs.get(attr); ok && found[i] {
			r.replace(end, attr, value, r.inertURLs(attr, value, vendors))
		}
	}
	r.count -= int64(len(r.tag) - before)
	r.wait(vendors)
}

// inertURLs returns the value of an attribute with the URLs of vendors inert.
func (r *rewriter) inertURLs(attr, value string, vendors map[string]bool) string {
	var urls []foundURL
	switch attr {
	case "style":
		urls = sheetURLs([]byte(value))
	case "background":
		urls = []foundURL{{0, value}}
	case "ping":
		rest := value
		for field := range strings.FieldsSeq(value) {
			i := strings.Index(rest, field)
			urls = append(urls, foundURL{len(value) - len(rest) + i, field})
			rest = rest[i+len(field):]
		}
	}
	var out strings.Builder
	at := 0
	for _, u := range urls {
		if v := r.vendorOf(u.text, r.base); v != "" && v != r.holder {
			vendors[v] = true
			out.WriteString(value[at:u.at] + waiting + v + "/")
			at = u.at
		}
	}
	return out.String() + value[at:]
}

// replace gives an attribute of the current start tag, the first of that name,
// another value. Its spelling changes where it was written with references.
func (r *rewriter) replace(end int, attr, old, value string) {
	if old == value {
		return
	}
	for start, stop := range names(r.tag, end) {
		if !strings.EqualFold(string(r.tag[start:stop]), attr) {
			continue
		}
		from, to := valueOf(r.tag, stop)
		raw := r.tag[from:to]
		quoted := raw[0] == '"' || raw[0] == '\''
		if quoted {
			raw = raw[1 : len(raw)-1]
			from, to = from+1, to-1
		}
		if string(raw) != old {
			value = html.EscapeString(value)
			if !quoted {
				value = `"` + value + `"`
			}
		}
		r.tag = append(r.tag[:from:from], append([]byte(value), r.tag[to:]...)...)
		return
	}
}

// last returns what is put behind the page: an empty template for each vendor
// whose URLs wait in it. Where the page is cut off in a tag or a text it would
// be part of that, and there is none.
func (r *rewriter) last() {
	if r.failed != nil || r.rawText != "" || r.within != "" {
		return
	}
	for _, id := range slices.Sorted(maps.Keys(r.waiting)) {
		r.insert(`<template data-vendor="` + html.EscapeString(id) + `"></template>`)
	}
}

// foundURL is a URL in a style, without escapes, and where it stands.
type foundURL struct {
	at   int
	text string
}

// images are the functions in which a string is a URL (CSS Images 4, Values 4).
var images = set("image-set( -webkit-image-set( image( src(")

// sheetURLs returns the URLs that a style makes the browser ask for.
func sheetURLs(sheet []byte) []foundURL {
	if bytes.IndexByte(sheet, '(') < 0 && bytes.IndexByte(sheet, '@') < 0 {
		return nil
	}
	var urls []foundURL
	lexer := css.NewLexer(parse.NewInputBytes(bytes.Clone(sheet)))
	rule := ""        // the at-rule that begins here
	var nested []bool // brackets that are open, and whether strings in them are URLs
	for at := 0; ; {
		kind, token := lexer.Next()
		if kind == css.ErrorToken {
			return urls
		}
		start := at
		at += len(token)
		switch kind {
		case css.AtKeywordToken:
			rule = strings.ToLower(unescape(token))
		case css.SemicolonToken, css.LeftBraceToken, css.RightBraceToken:
			rule, nested = "", nil
		case css.FunctionToken:
			nested = append(nested, images[strings.ToLower(unescape(token))])
		case css.LeftParenthesisToken:
			nested = append(nested, false)
		case css.RightParenthesisToken:
			nested = nested[:max(0, len(nested)-1)]
		case css.StringToken:
			if rule == "@import" || len(nested) > 0 && nested[len(nested)-1] {
				urls = append(urls, foundURL{start + 1, unescape(unquoted(token))})
			}
		case css.URLToken:
			if rule == "@namespace" {
				continue
			}
			open := bytes.IndexByte(token, '(') + 1
			inside := bytes.TrimLeft(token[open:], " \t\n\r\f")
			open = len(token) - len(inside)
			inside = bytes.TrimRight(bytes.TrimSuffix(inside, []byte(")")), " \t\n\r\f")
			if bare := unquoted(inside); len(bare) < len(inside) {
				open++
				inside = bare
			}
			urls = append(urls, foundURL{start + open, unescape(inside)})
		}
	}
}

// unquoted is a string without its quotes. The last one may be missing.
func unquoted(token []byte) []byte {
	if len(token) == 0 || token[0] != '"' && token[0] != '\'' {
		return token
	}
	return bytes.TrimSuffix(token[1:], token[:1])
}

// unescape reads the escapes of CSS (CSS Syntax 3, 4.3.7).
func unescape(token []byte) string {
	if bytes.IndexByte(token, '\\') < 0 {
		return string(token)
	}
	var out strings.Builder
	for i := 0; i < len(token); i++ {
		if token[i] != '\\' || i+1 == len(token) {
			out.WriteByte(token[i])
			continue
		}
		i++
		digits := 0
		for digits < 6 && i+digits < len(token) && strings.IndexByte("0123456789abcdefABCDEF", token[i+digits]) >= 0 {
			digits++
		}
		switch {
		case digits > 0:
			code, _ := strconv.ParseInt(string(token[i:i+digits]), 16, 32)
			out.WriteRune(rune(code))
			i += digits - 1
			if i+1 < len(token) && isSpace(token[i+1]) {
				i++
			}
		case token[i] != '\n' && token[i] != '\r' && token[i] != '\f':
			out.WriteByte(token[i])
		}
	}
	return out.String()
}
