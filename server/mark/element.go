package mark

import (
	"bufio"
	"cmp"
	"html"
	"io"
	"maps"
	"slices"
	"strings"
)

// The forms in which a tag waits. The gate (widget/src/gate) knows them all:
//
//   - inert markup, as README has it: <script type="text/plain" data-vendor>
//     with its src, <img>, <iframe> and <link data-vendor> with data-src or
//     data-href;
//   - <template data-vendor> around an element that has no such form;
//   - what the gate itself makes of a tag that it holds: data-sekisho- before
//     the attribute. For <video> and <audio>, of which a poster may be the
//     vendor's and the film the site's; for SVG, where a template is nothing
//     special; for the inside of <noscript>; for what is not closed as it should
//     be; and where the page has data attributes of that name itself;
//   - a URL behind a cover that nothing fetches (waiting), in styles, in the
//     background of a table or the body, and in the ping of a link.
const (
	heldType = "sekisho/held"
	prefix   = "data-sekisho-"
)

// fetching are the attributes that make an element fetch, by its name; the
// first is the one that inert markup is about.
var fetching = map[string][]string{
	"script": {"src"}, "iframe": {"src", "srcdoc"}, "frame": {"src"}, "link": {"href", "imagesrcset"},
	"img": {"src", "srcset"}, "image": {"src", "srcset"}, "source": {"src", "srcset"}, "input": {"src"},
	"video": {"src", "poster"}, "audio": {"src"}, "track": {"src"}, "embed": {"src"}, "object": {"data"},
}

// fetchingSVG is the same for SVG. There, what HTML's elements are called is
// looked at as well, lest anything slip through where the two are mixed.
var fetchingSVG = map[string][]string{
	"script": {"href", "xlink:href"}, "image": {"href", "xlink:href"}, "use": {"href", "xlink:href"}, "feimage": {"href", "xlink:href"},
}

var (
	// ownForm are the elements with an inert form of their own, wrapped those that get a template.
	ownForm  = set("script iframe img image link")
	wrapped  = set("embed object source track input")
	inHead   = set("html head base link meta title noscript noframes style script template")
	rawTexts = set("iframe noembed noframes noscript plaintext script style textarea title xmp")
	// fetchingRels are the kinds of link that a browser follows by itself.
	fetchingRels = set(`stylesheet preload modulepreload prefetch prerender preconnect dns-prefetch icon manifest mask-icon
		apple-touch-icon apple-touch-icon-precomposed apple-touch-startup-image compression-dictionary`)
	// scriptTypes are the types that browsers run (HTML, 4.12.1).
	scriptTypes = set(`module application/ecmascript application/javascript application/x-ecmascript application/x-javascript
		text/ecmascript text/javascript text/javascript1.0 text/javascript1.1 text/javascript1.2 text/javascript1.3
		text/javascript1.4 text/javascript1.5 text/jscript text/livescript text/x-ecmascript text/x-javascript`)
	// known are the elements that matter here; all others are as good as none.
	known = index(breaksOut, surrounds, void, rawTexts, set(`base meta template svg math foreignobject desc mi mo mn ms mtext
		annotation-xml script iframe frame link img image source input video audio track embed object use feimage`))
	knownAttributes = index(set(`src srcset href xlink:href data poster srcdoc imagesrcset type language rel async defer
		data-vendor data-src data-srcset data-href data-srcdoc data-imagesrcset shadowrootmode charset http-equiv content
		style background ping`))
)

// index returns each name by itself, to be looked up without a copy.
func index(sets ...map[string]bool) map[string]string {
	all := map[string]string{}
	for _, s := range sets {
		for name := range s {
			all[name] = name
		}
	}
	return all
}

// start passes a start tag on, inert if it is a vendor's.
func (r *rewriter) start(selfClosing bool) error {
	raw := r.z.Raw()
	short, end := nameOf(raw, &r.scratch)
	name := known[string(short)]
	before := r.foreign.space()
	in := r.foreign.start(r.spelled(name, short), selfClosing, raw)
	r.z.AllowCDATA(r.foreign.space() != inHTML)
	behind := r.behind
	r.rawText, r.within, r.behind = "", "", ""
	if rawTexts[name] {
		if in == inHTML {
			r.rawText = name
		} else {
			r.z.NextIsNotRawText()
		}
	}
	if r.held != "" && name == r.held {
		r.depth++
	}
	// A template in front of the first element of the body would stay in the head.
	inBody := r.body
	r.body = r.body || !inHead[name]
	if r.inert > 0 && name != "template" {
		r.pass(raw)
		return nil
	}
	r.tag, r.attrsRead = append(r.tag[:0], raw...), false
	r.presentation(short, in, end)
	switch {
	case name == "template" && in == inHTML:
		r.template()
	case name == "base" && in == inHTML && !r.based:
		if href, ok := r.attributes().get("href"); ok {
			r.based = true
			if base, ok := (place{}).resolve(href); ok {
				r.base = base
			}
		}
	case name == "meta" && in == inHTML:
		label := charsetOf(r.attributes())
		if !r.declared && escaping[label] {
			r.pass(r.tag)
			return refusal(strings.ToUpper(label))
		}
		r.declared = r.declared || label != ""
		r.refresh(end)
		return nil
	case fetching[name] != nil || fetchingSVG[name] != nil:
		r.element(name, in, end, behind, inBody && before == inHTML && !r.foreign.guessed)
		return nil
	}
	r.pass(r.tag)
	return nil
}

// spelled is the name of an element that is known, or in foreign content, where
// all of them count.
func (r *rewriter) spelled(known string, name []byte) string {
	if known == "" && len(r.foreign.open) > 0 {
		return string(name)
	}
	return known
}

// end passes an end tag on.
func (r *rewriter) end() {
	raw := r.z.Raw()
	short, _ := nameOf(raw, &r.scratch)
	name := known[string(short)]
	r.rawText, r.within = "", ""
	r.foreign.end(r.spelled(name, short))
	r.z.AllowCDATA(r.foreign.space() != inHTML)
	r.pass(raw)
	if name == "script" {
		r.insert(strings.Repeat("</template>", r.closers))
		r.closers = 0
	}
	if last := len(r.templates) - 1; name == "template" && last >= 0 {
		if r.templates[last] {
			r.inert--
		}
		r.templates = r.templates[:last]
	}
	if r.held != "" && name == r.held {
		if r.depth--; r.depth == 0 {
			r.insert("</template>")
			r.held, r.holder = "", ""
		}
	}
}

// template takes note of a template. What is in it is inert, whoever wrote it,
// unless the browser makes a shadow root of it at once.
func (r *rewriter) template() {
	mode, _ := r.attributes().get("shadowrootmode")
	inert := !strings.EqualFold(mode, "open") && !strings.EqualFold(mode, "closed")
	r.templates = append(r.templates, inert)
	if inert {
		r.inert++
	}
}

// attributes returns the attributes of the current start tag that matter, of
// those that are there twice the one that counts.
func (r *rewriter) attributes() attributes {
	if r.attrsRead {
		return r.attrs
	}
	var some attributes
	_, more := r.z.TagName()
	for more {
		var name, value []byte
		name, value, more = r.z.TagAttr()
		if known := knownAttributes[string(name)]; known != "" {
			some = append(some, attribute{known, string(value)})
		}
	}
	r.attrs, r.attrsRead = some, true
	return some
}

// element passes on the start tag of an element that may fetch, whose name ends
// at end. Not everywhere can a template go around it.
func (r *rewriter) element(name string, in space, end int, behind string, canWrap bool) {
	attrs := r.attributes()
	watched := fetching[name]
	if in != inHTML || r.foreign.guessed {
		watched = slices.Concat(watched, fetchingSVG[name])
	}
	vendor, owned := "", map[string]bool{}
	if runs(name, attrs) {
		for _, a := range watched {
			if value, ok := attrs.get(a); ok {
				if v := r.vendorIn(a, value); v != "" && v != r.holder {
					vendor = cmp.Or(vendor, v)
					owned[a] = true
				}
			}
		}
	}
	if vendor == "" && name == "script" && in == inHTML && !r.attributesOnly {
		if vendors := r.inlineVendors(attrs); len(vendors) > 0 {
			// All of them have to be granted: each has a template of its own.
			for _, v := range vendors {
				r.report.Tags[v]++
				r.insert(`<template data-vendor="` + html.EscapeString(v) + `">`)
			}
			r.closers = len(vendors)
			r.pass(r.tag)
			return
		}
	}
	if vendor == "" {
		if name == "script" && in == inHTML && behind != "" && inline(attrs) && len(r.report.Behind) < maxBehind {
			r.report.Behind = append(r.report.Behind, Place{r.line, behind})
		}
		r.pass(r.tag)
		return
	}
	r.report.Tags[vendor]++
	mine := ` data-vendor="` + html.EscapeString(vendor) + `"`
	_, named := attrs.get("data-vendor")
	switch {
	case name == "script":
		if waits(attrs) {
			r.behind = vendor
		}
		add := ` type="text/plain"` + mine
		if named {
			add = ` type="` + heldType + `"`
		}
		// Chromium asks for the href of a script in SVG whatever its type is.
		delete(owned, "src")
		owned["type"] = true
		r.edit(end, add, prefix, owned)
	case !named && in == inHTML && owned[watched[0]] && ownForm[name] && !aside(attrs, owned):
		r.edit(end, mine, "data-", owned)
	case !canWrap || in != inHTML || !wrapped[name] || r.attributesOnly || r.holder != "":
		r.edit(end, "", prefix, owned)
	case void[name]:
		r.insert("<template" + mine + ">")
		r.pass(r.tag)
		r.insert("</template>")
	case r.closes(name):
		r.insert("<template" + mine + ">")
		r.pass(r.tag)
		r.holder, r.held, r.depth = vendor, name, 1
	default:
		r.edit(end, "", prefix, owned)
	}
}

// refresh passes on the start tag of a <meta>, whose name ends at end.
func (r *rewriter) refresh(end int) {
	v := ""
	if ref := refreshOf(r.attributes()); ref != "" {
		v = r.vendorOf(ref, r.base)
	}
	if v == "" || v == r.holder {
		r.pass(r.tag)
		return
	}
	r.report.Tags[v]++
	if r.attributesOnly || r.foreign.guessed {
		r.edit(end, "", prefix, set("http-equiv"))
		return
	}
	r.insert(`<template data-vendor="` + html.EscapeString(v) + `">`)
	r.pass(r.tag)
	r.insert("</template>")
}

// runs reports whether a browser would do anything about what the element
// names: a script of another type or a link to another page is none of ours.
func runs(name string, attrs attributes) bool {
	value := func(name string) string {
		v, _ := attrs.get(name)
		return strings.ToLower(strings.Trim(v, " \t\n\f\r"))
	}
	switch name {
	case "script":
		kind, typed := attrs.get("type")
		if language := value("language"); !typed && language != "" {
			return scriptTypes["text/"+language]
		}
		return kind == "" || scriptTypes[value("type")]
	case "link":
		for rel := range strings.FieldsSeq(value("rel")) {
			if fetchingRels[rel] {
				return true
			}
		}
		return false
	case "input":
		return value("type") == "image"
	}
	return true
}

// waits reports whether the page waits for the script where it stands.
func waits(attrs attributes) bool {
	for _, a := range attrs {
		if a.name == "async" || a.name == "defer" || a.name == "type" && strings.EqualFold(strings.TrimSpace(a.value), "module") {
			return false
		}
	}
	return true
}

// inline reports whether the script's code stands in the page.
func inline(attrs attributes) bool {
	_, external := attrs.get("src")
	return !external && runs("script", attrs)
}

// aside reports whether the page uses one of the names that inert markup would
// give to the attributes in owned: lazy loaders do.
func aside(attrs attributes, owned map[string]bool) bool {
	return slices.ContainsFunc(attrs, func(a attribute) bool {
		name, ok := strings.CutPrefix(a.name, "data-")
		return ok && owned[name]
	})
}

// vendorIn returns the first vendor that an attribute's value makes the browser
// ask.
func (r *rewriter) vendorIn(name, value string) string {
	switch name {
	case "srcset", "imagesrcset":
		for _, ref := range candidates(value) {
			if v := r.vendorOf(ref, r.base); v != "" {
				return v
			}
		}
		return ""
	case "srcdoc":
		if r.inDoc {
			return ""
		}
		doc := r.rewriter(bufio.NewWriter(io.Discard), strings.NewReader(value))
		doc.base, doc.declared, doc.inDoc = r.base, true, true
		if doc.run() != nil || len(doc.report.Tags) == 0 {
			return ""
		}
		return slices.Min(slices.Collect(maps.Keys(doc.report.Tags)))
	}
	return r.vendorOf(value, r.base)
}

// insert writes what the page had not.
func (r *rewriter) insert(s string) {
	if _, err := r.out.WriteString(s); err != nil {
		r.failed = err
	}
}

// edit passes the current start tag on with more behind its name, which ends at
// end, and before the names of some attributes, each time that they are there.
func (r *rewriter) edit(end int, more, before string, some map[string]bool) {
	r.pass(r.tag[:end])
	r.insert(more)
	at := end
	for start, stop := range names(r.tag, end) {
		if some[strings.ToLower(string(r.tag[start:stop]))] {
			r.pass(r.tag[at:start])
			r.insert(before)
			at = start
		}
	}
	r.pass(r.tag[at:])
}
