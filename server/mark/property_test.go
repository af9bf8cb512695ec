package mark

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"github.com/sekisho/sekisho/server/fault"
)

// pages draws pages of HTML as people write it: elements closed as they should
// be, some tags of vendors among them.
func pages() *rapid.Generator[string] {
	address := rapid.SampledFrom([]string{"https://a.example/1", "//b.example/2?x=1&amp;y", "/own", "", "https://own.example/3", "1.gif",
		`https:\\a.example\1`, " https://A.EXAMPLE/ ", "data:text/html,<b>", "https://shared.example/gtag/js?id=G-1"})
	text := rapid.SampledFrom([]string{"", "text", "\n  ", "関所", "a < b & c", "<!-- <img src=//a.example> -->"})
	quoted := rapid.Custom(func(t *rapid.T) string {
		return rapid.SampledFrom([]string{`"%s"`, `'%s'`}).Draw(t, "quotes")
	})
	attribute := func(t *rapid.T, name string) string {
		return " " + name + "=" + fmt.Sprintf(quoted.Draw(t, "q"), address.Draw(t, "address"))
	}
	other := rapid.SampledFrom([]string{"", ` class="x"`, " async", ` alt=">"`, ` data-x='<img src="//a.example">'`, ` style="a:b"`,
		` style="a: url(//a.example/1)"`, ` ping="x //b.example/1"`, " style='a: url(&#34;//b.example&#34;)'"})
	element := func(inside func(t *rapid.T) string) func(t *rapid.T) string {
		return func(t *rapid.T) string {
			one := func(t *rapid.T, name, attr string) string {
				return "<" + name + other.Draw(t, "before") + attribute(t, attr) + other.Draw(t, "after") + ">"
			}
			switch rapid.IntRange(0, 20).Draw(t, "element") {
			case 0:
				return one(t, "script", "src") + "</script>"
			case 1:
				return one(t, "img", "src")
			case 2:
				return "<img" + attribute(t, "srcset") + attribute(t, "src") + ">"
			case 3:
				return one(t, "iframe", "src") + text.Draw(t, "text") + "</iframe>"
			case 4:
				return "<link rel=" + rapid.SampledFrom([]string{"stylesheet", "preload", "canonical"}).Draw(t, "rel") + attribute(t, "href") + ">"
			case 5:
				return one(t, "object", "data") + inside(t) + "</object>"
			case 6:
				return one(t, "video", "src") + one(t, "source", "src") + inside(t) + "</video>"
			case 7:
				return one(t, "embed", "src")
			case 8:
				return "<template>" + inside(t) + "</template>"
			case 9:
				return "<noscript>" + one(t, "img", "src") + "</noscript>"
			case 10:
				return "<svg><title>" + text.Draw(t, "text") + "</title>" + strings.TrimSuffix(one(t, "image", "href"), ">") + "/><style/></svg>"
			case 11:
				// No more than that: html.Parse drops a template that stands here.
				return "<svg><foreignObject><div>" + one(t, "img", "src") + "</div></foreignObject></svg>"
			case 12:
				return "<script>if (a<b) x('<img src=\"//a.example\">')</script>"
			case 13:
				return "<style" + other.Draw(t, "before") + ">@import '" + address.Draw(t, "address") + "'; a { b: url(" + attribute(t, "")[2:] + ") }</style><textarea>" + text.Draw(t, "text") + "</textarea>"
			case 14:
				return "<picture>" + one(t, "source", "srcset") + "<img></picture>"
			case 15:
				return "<iframe" + attribute(t, "srcdoc") + "></iframe><audio controls>" + one(t, "track", "src") + "</audio>"
			case 16:
				return one(t, "input type=image", "src")
			case 17:
				return one(t, "td background=//b.example", "background")
			case 18:
				return `<script type="module">import "` + address.Draw(t, "address") + "\"</script>"
			case 19:
				return `<meta http-equiv="refresh" content="0; url=` + address.Draw(t, "address") + `">`
			}
			return "<div>" + text.Draw(t, "text") + inside(t) + "</div>"
		}
	}
	nothing := func(t *rapid.T) string { return text.Draw(t, "text") }
	deep := element(element(element(nothing)))
	return rapid.Custom(func(t *rapid.T) string {
		return "<!DOCTYPE html><html><head><title>x</title></head><body>" + strings.Join(rapid.SliceOfN(rapid.Custom(deep), 1, 6).Draw(t, "body"), "\n") + "</body></html>"
	})
}

// fetches returns what a browser that runs scripts would ask vendors for, by
// the tree that it makes of the page, and how much of anything is held.
func fetches(t testing.TB, m *Marker, page string) (asked []string, held int) {
	doc, err := html.ParseWithOptions(strings.NewReader(page), html.ParseOptionEnableScripting(true))
	if err != nil {
		t.Fatal(err)
	}
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		var attrs attributes
		for _, a := range n.Attr {
			key := a.Key
			if a.Namespace != "" {
				key = a.Namespace + ":" + a.Key
			}
			attrs = append(attrs, attribute{key, a.Val})
			if strings.HasPrefix(key, prefix) {
				held++
			}
		}
		if _, marked := attrs.get("data-vendor"); marked || strings.Contains(fmt.Sprint(n.Attr), waiting) {
			held++
		}
		if n.Type == html.ElementNode && n.Data == "template" && n.Namespace == "" {
			return
		}
		watched := fetching[n.Data]
		if n.Namespace == "svg" {
			watched = fetchingSVG[strings.ToLower(n.Data)]
		}
		if n.Type == html.ElementNode {
			asked = append(asked, byText(m, n)...)
		}
		if n.Type == html.ElementNode && n.Namespace != "math" && runs(n.Data, attrs) {
			r := m.rewriter(bufio.NewWriter(io.Discard), strings.NewReader(""))
			for _, a := range watched {
				if value, ok := attrs.get(a); ok && r.vendorIn(a, value) != "" {
					asked = append(asked, n.Data+" "+value)
				}
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(doc)
	return asked, held
}

// byText returns what styles, backgrounds, pings, modules and refreshes ask for.
func byText(m *Marker, n *html.Node) (asked []string) {
	var refs []string
	var all attributes
	for _, a := range n.Attr {
		all = append(all, attribute{a.Key, a.Val})
		switch a.Key {
		case "style":
			for _, u := range sheetURLs([]byte(a.Val)) {
				refs = append(refs, u.text)
			}
		case "ping":
			if n.Data == "a" {
				refs = append(refs, strings.Fields(a.Val)...)
			}
		case "background":
			if backgrounds[n.Data] {
				refs = append(refs, a.Val)
			}
		}
	}
	if n.Namespace == "" && n.FirstChild != nil {
		switch text := []byte(n.FirstChild.Data); {
		case n.Data == "style":
			for _, u := range sheetURLs(text) {
				refs = append(refs, u.text)
			}
		case n.Data == "script" && strings.Contains(fmt.Sprint(n.Attr), "module"):
			refs = append(refs, imports(text)...)
		}
	}
	if n.Data == "meta" {
		refs = append(refs, refreshOf(all))
	}
	for _, ref := range refs {
		if m.vendorOf(ref, place{}) != "" {
			asked = append(asked, n.Data+" "+ref)
		}
	}
	return asked
}

// TestPages: of a page that is written well, nothing of a vendor's is left for
// a browser to ask for; marking it again changes nothing; and without what was
// put in, it is the page that it was.
func TestPages(t *testing.T) {
	m := testMarker()
	none := New(nil)
	rapid.Check(t, func(t *rapid.T) {
		page := pages().Draw(t, "page")
		var out strings.Builder
		report, err := m.Rewrite(&out, iotest.OneByteReader(strings.NewReader(page)))
		if err != nil {
			t.Fatal(err)
		}
		marked := out.String()
		before, _ := fetches(nil, m, page)
		asked, held := fetches(nil, m, marked)
		if len(asked) > 0 {
			t.Fatalf("asks for %q:\n%s", asked, marked)
		}
		if len(before) > 0 && (held == 0 || report.Total() == 0) {
			t.Fatalf("asked for %q, and holds nothing:\n%s", before, marked)
		}
		var again, untouched strings.Builder
		if report, err := m.Rewrite(&again, strings.NewReader(marked)); err != nil || again.String() != marked || report.Total() != 0 {
			t.Fatalf("marked twice: %v, %v\n%s\n%s", err, report.Tags, marked, again.String())
		}
		if _, err := none.Rewrite(&untouched, strings.NewReader(page)); err != nil || untouched.String() != page {
			t.Fatalf("without vendors: %v, %s", err, untouched.String())
		}
		if got := unmark(marked); got != unmark(page) {
			t.Fatalf("more than marks changed:\n%s\n%s", unmark(page), got)
		}
		if pushed := inPieces(t, m, page, rapid.SliceOfN(rapid.IntRange(0, 40), 0, 20).Draw(t, "pieces")); pushed != marked {
			t.Fatalf("in pieces:\n%s\n%s", pushed, marked)
		}
	})
}

// TestTangledPages: nor of one whose tags stand in no order at all. Left out is
// where html.Parse goes its own way (a template in HTML in SVG), and where only
// the tree tells that an end tag means nothing (behind an open <object>).
func TestTangledPages(t *testing.T) {
	m := testMarker()
	piece := rapid.SampledFrom(strings.Fields(`<div> </div> <p> </p> <b> </b> <svg> </svg> <svg/> <g> </g> <title> </title> <title/> <style> </style> <style/>
		<script> </script> <script/> <foreignObject> </foreignObject> <desc> </desc> <math> </math> <mi> </mi> <template> </template>
		<noscript> </noscript> <textarea> </textarea> <table> </table> <td> <body> </body> <head> </head> text
		<!-- --> <![CDATA[ ]]> <object~data=//a.example> </object> <video~src=//a.example> </video> <img~src=//a.example>
		<embed~src=//a.example> <iframe~src=//a.example> </iframe> <image~href=//a.example> <image~href=//a.example~/>
		<script~src=//a.example> <script~href=//a.example~/> <link~rel=stylesheet~href=//a.example> <source~src=//b.example>
		<input~type=image~src=//b.example>`))
	page := rapid.Map(rapid.SliceOfN(piece, 1, 20), func(pieces []string) string {
		return strings.ReplaceAll(strings.Join(pieces, ""), "~", " ")
	}).Filter(func(page string) bool {
		has := func(s string) bool { return strings.Contains(page, s) }
		return !(has("<svg>") && (has("<object") || has("<foreignObject>") && has("template>")))
	})
	rapid.Check(t, func(t *rapid.T) {
		page := page.Draw(t, "page")
		var out strings.Builder
		if _, err := m.Rewrite(&out, strings.NewReader(page)); err != nil {
			t.Fatal(err)
		}
		if asked, _ := fetches(nil, m, out.String()); len(asked) > 0 {
			t.Fatalf("asks for %q:\n%s\n%s", asked, page, out.String())
		}
	})
}

// unmark takes out what a marker puts in.
func unmark(page string) string {
	return strings.NewReplacer(` type="text/plain" data-vendor="a"`, "", ` type="text/plain" data-vendor="b"`, "", ` type="text/plain" data-vendor="tags"`, "",
		`<template data-vendor="a">`, "", `<template data-vendor="b">`, "", `<template data-vendor="tags">`, "", "</template>", "",
		"about:invalid#a/", "", "about:invalid#b/", "", "about:invalid#tags/", "", ` data-vendor="a"`, "", ` data-vendor="b"`, "", ` data-vendor="tags"`, "", prefix, "", "data-src", "src", "data-href", "href").Replace(page)
}

// inPieces writes a page piece by piece.
func inPieces(t rapid.TB, m *Marker, page string, sizes []int) string {
	var out strings.Builder
	p := m.push(&out, "")
	defer p.stop()
	write := func(s string) {
		if n, err := p.Write([]byte(s)); n != len(s) || err != nil {
			t.Fatalf("%d of %d bytes, %v", n, len(s), err)
		}
	}
	for _, size := range sizes {
		size = min(size, len(page))
		write(page[:size])
		page = page[size:]
	}
	write(page)
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// FuzzRewrite: whatever the page, nothing panics, marking it twice changes
// nothing, it comes out the same in pieces, and without vendors as it was.
func FuzzRewrite(f *testing.F) {
	for _, s := range []string{
		`<script src="https://a.example/1.js"></script><img src=//a.example srcset="//b.example 2x"><link rel=preload href=//a.example>`,
		`<svg><title/><style><![CDATA[x]]></style><script href="//a.example"/><foreignObject><p></svg><math><mi><embed src=//a.example>`,
		`<object data=//a.example><object><embed src=//b.example></object></object><video poster=//a.example><template>`,
		`<noscript><iframe src=//a.example></noscript><template shadowrootmode=open><img src=//a.example></template></template>`,
		`<base href=//a.example><img src=1><iframe srcdoc="<img src=1>"></iframe><meta charset=utf-8><!-- --!><plaintext>`,
		`<style>@import "//a.example";p{background:url( '//b.example' )}</style><svg><style>@import url(//a.example)</style></svg><p style=x:url(&#34;//a.example)>`,
		`<script type=module>import "//a.example"</script><script type=speculationrules>{"urls":["//b.example"]}</script><meta http-equiv=refresh content="0;url=//a.example"><td background=//a.example><a ping="x //a.example">`,
		"\x1b$B<\x1b(B<img src=//a.example>", "<\x00i\x00", "\xff\xfe<", "<script/src=//a.example/type=x type=y /=z>", "</>< /a><?x><!x>",
	} {
		f.Add(s, 3)
	}
	m, none := testMarker(), New(nil)
	f.Fuzz(func(t *testing.T, page string, size int) {
		var out, again, untouched strings.Builder
		_, err := m.Rewrite(&out, strings.NewReader(page))
		if err != nil && fault.KindOf(err) != fault.Unsupported {
			t.Fatal(err)
		}
		if _, err := m.Rewrite(&again, iotest.HalfReader(strings.NewReader(out.String()))); again.String() != out.String() {
			t.Fatalf("marked twice, %v:\n%q\n%q\n%q", err, page, out.String(), again.String())
		}
		if _, err := none.Rewrite(&untouched, strings.NewReader(page)); untouched.String() != page {
			t.Fatalf("without vendors, %v: %q", err, untouched.String())
		}
		sizes := make([]int, 8)
		for i := range sizes {
			sizes[i] = max(0, size>>i&31)
		}
		if got := inPieces(t, m, page, sizes); got != out.String() {
			t.Fatalf("in pieces of %v:\n%q\n%q", sizes, got, out.String())
		}
	})
}

// FuzzNames: names finds the attributes that the tokenizer finds.
func FuzzNames(f *testing.F) {
	for _, s := range []string{`a b=c d='e>' F="g" /h i=/>`, `a/b//c=d=e =f= g`, "a\x00b c\x00=\"", `a b = c d`, `a =b`, `a "b'c=d`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, inside string) {
		page := "<x" + inside + ">"
		z := html.NewTokenizer(strings.NewReader(page))
		if kind := z.Next(); kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			return
		}
		raw := bytes.Clone(z.Raw())
		_, end := nameOf(raw, new([24]byte))
		var want, got []string
		_, more := z.TagName()
		for more {
			var name []byte
			name, _, more = z.TagAttr()
			want = append(want, string(name))
		}
		seen := map[string]bool{}
		for start, stop := range names(raw, end) {
			name := strings.ReplaceAll(asciiLower(string(raw[start:stop])), "\x00", "\ufffd")
			if raw := asciiLower(string(raw[start:stop])); !seen[raw] {
				seen[raw] = true
				got = append(got, name)
			}
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Fatalf("%q: %q, want %q", raw, got, want)
		}
	})
}

func asciiLower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] += 'a' - 'A'
		}
	}
	return string(b)
}
