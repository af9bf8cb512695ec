package mark

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/tdewolff/parse/v2"
	"github.com/tdewolff/parse/v2/js"
	"golang.org/x/net/html"
)

// maxCode is how much code is looked into for what it imports.
const maxCode = 1 << 20

// inlineVendors returns the vendors that an inline script whose start tag was
// just read asks by what its text says, each once: a module by what it imports,
// rules for speculative loading by their URLs.
func (r *rewriter) inlineVendors(attrs attributes) []string {
	kind, _ := attrs.get("type")
	find := map[string]func([]byte) []string{"module": imports, "speculationrules": speculations}[strings.ToLower(strings.Trim(kind, " \t\n\f\r"))]
	if _, external := attrs.get("src"); find == nil || external && strings.EqualFold(kind, "module") {
		return nil
	}
	var vendors []string
	for _, ref := range find(r.peek()) {
		if v := r.vendorOf(ref, r.base); v != "" && v != r.holder && !slices.Contains(vendors, v) {
			vendors = append(vendors, v)
		}
	}
	return vendors
}

// peek returns the text of the script whose start tag was just read, and puts
// it back; nil where there is too much of it.
func (r *rewriter) peek() []byte {
	r.looking = true
	kind := r.z.Next()
	read := bytes.Clone(r.z.Raw())
	r.looking = false
	r.again(read, "script")
	if kind != html.TextToken || len(read) > maxCode {
		return nil
	}
	return read
}

// imports returns what a module imports by itself. What import() asks for, no
// markup can hold.
func imports(code []byte) []string {
	// Of code that it cannot read to its end the parser returns what it has read.
	module, _ := js.Parse(parse.NewInputBytes(bytes.Clone(code)), js.Options{})
	if module == nil {
		return nil
	}
	var refs []string
	for _, statement := range module.List {
		var literal []byte
		switch s := statement.(type) {
		case *js.ImportStmt:
			literal = s.Module
		case *js.ExportStmt:
			literal = s.Module
		}
		if len(literal) < 2 {
			continue
		}
		ref := string(literal[1 : len(literal)-1])
		if plain, err := strconv.Unquote(`"` + strings.ReplaceAll(ref, `\/`, "/") + `"`); err == nil {
			ref = plain
		}
		refs = append(refs, ref)
	}
	return refs
}

// speculations returns the URLs that rules for speculative loading name
// (HTML, 7.6.1), in lists and in conditions on a link's address.
func speculations(text []byte) []string {
	var rules any
	if json.Unmarshal(text, &rules) != nil {
		return nil
	}
	var refs []string
	var walk func(value any, urls bool)
	walk = func(value any, urls bool) {
		switch v := value.(type) {
		case map[string]any:
			for name, inside := range v {
				walk(inside, name == "urls" || name == "href_matches")
			}
		case []any:
			for _, inside := range v {
				walk(inside, urls)
			}
		case string:
			if urls {
				refs = append(refs, v)
			}
		}
	}
	walk(rules, false)
	slices.Sort(refs)
	return refs
}

// refreshOf returns the URL that a <meta http-equiv="refresh"> leads to (HTML,
// 4.2.5.3), "" for none.
func refreshOf(attrs attributes) string {
	if equiv, _ := attrs.get("http-equiv"); !strings.EqualFold(equiv, "refresh") {
		return ""
	}
	const space = " \t\n\f\r"
	content, _ := attrs.get("content")
	content = strings.TrimLeft(content, space)
	after := strings.TrimLeft(content, "0123456789.")
	if after == content {
		return ""
	}
	ref := strings.TrimLeft(after, space)
	if ref == "" || ref == after && ref[0] != ';' && ref[0] != ',' {
		return ""
	}
	if ref[0] == ';' || ref[0] == ',' {
		ref = strings.TrimLeft(ref[1:], space)
	}
	if len(ref) >= 3 && strings.EqualFold(ref[:3], "url") {
		if rest, ok := strings.CutPrefix(strings.TrimLeft(ref[3:], space), "="); ok {
			ref = strings.TrimLeft(rest, space)
		}
	}
	if ref != "" && (ref[0] == '"' || ref[0] == '\'') {
		ref, _, _ = strings.Cut(ref[1:], ref[:1])
	}
	return ref
}
