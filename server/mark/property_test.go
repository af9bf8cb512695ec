package mark

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"golang.org/x/net/html"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
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
	other := rapid.SampledFrom([]string{"", ` class="x"`, " async", ` alt=">"`, ` data-x='<img src="//a.example">'`, ` style="a:b"`})
	element := func(inside func(t *rapid.T) string) func(t *rapid.T) string {
		return func(t *rapid.T) string {
			one := func(t *rapid.T, name, attr string) string {
				return "<" + name + other.Draw(t, "before") + attribute(t, attr) + other.Draw(t, "after") + ">"
			}
			switch rapid.IntRange(0, 17).Draw(t, "element") {
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
				return "<style>@import '//a.example';</style><textarea>" + text.Draw(t, "text") + "</textarea>"
			case 14:
				return "<picture>" + one(t, "source", "srcset") + "<img></picture>"
			case 15:
				return "<iframe" + attribute(t, "srcdoc") + "></iframe><audio controls>" + one(t, "track", "src") + "</audio>"
			case 16:
				return one(t, "input type=image", "src")
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
		if _, marked := attrs.get("data-vendor"); marked {
			held++
		}
		if n.Type == html.ElementNode && n.Data == "template" && n.Namespace == "" {
			return
		}
		watched := fetching[n.Data]
		if n.Namespace == "svg" {
			watched = fetchingSVG[strings.ToLower(n.Data)]
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

// unmark takes out what a marker puts in.
func unmark(page string) string {
	return strings.NewReplacer(` type="text/plain" data-vendor="a"`, "", ` type="text/plain" data-vendor="b"`, "", ` type="text/plain" data-vendor="tags"`, "",
		`<template data-vendor="a">`, "", `<template data-vendor="b">`, "", `<template data-vendor="tags">`, "", "</template>", "",
		` data-vendor="a"`, "", ` data-vendor="b"`, "", ` data-vendor="tags"`, "", prefix, "", "data-src", "src", "data-href", "href").Replace(page)
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

// TestEncodings: in encodings where < is always <, characters survive byte for
// byte, whatever their second bytes look like.
func TestEncodings(t *testing.T) {
	// Second bytes of Shift_JIS go from 0x40: @ A…Z [ \ ] ^ _ ` a…z { | } ~.
	text := "表示ソ能予貼構　ァィゥ亜腕ー弌熙ミゼタ十杤欺圭ポ暴｢ｱｲ｣①∵愧儡"
	page := `<meta charset=x><p title="` + text + `">` + text + `<img alt="` + text + `" src="https://a.example/` + text + `">` + text + `<script>` + text + `</script></p>`
	for name, e := range map[string]encoding.Encoding{
		"Shift_JIS": japanese.ShiftJIS, "EUC-JP": japanese.EUCJP, "GB18030": simplifiedchinese.GB18030, "Big5": traditionalchinese.Big5,
	} {
		bytes, err := encoding.ReplaceUnsupported(e.NewEncoder()).String(page)
		if err != nil {
			t.Fatal(err)
		}
		got, report := rewrite(t, bytes)
		want := strings.Replace(strings.Replace(bytes, "<img", `<img data-vendor="a"`, 1), " src=", " data-src=", 1)
		if got != want || report.Tags["a"] != 1 {
			t.Errorf("%s: %q", name, got)
		}
	}
	// Every pair of bytes that Shift_JIS allows, as text and in quotes.
	var all strings.Builder
	for lead := 0x81; lead <= 0xfc; lead++ {
		if lead > 0x9f && lead < 0xe0 {
			continue
		}
		for trail := 0x40; trail <= 0xfc; trail++ {
			if trail != 0x7f {
				all.Write([]byte{byte(lead), byte(trail)})
			}
		}
	}
	bytes := all.String() + `<a title="` + all.String() + `">` + all.String() + `</a><img src=//a.example>`
	if got, report := rewrite(t, bytes); got != strings.Replace(bytes, "<img src", `<img data-vendor="a" data-src`, 1) || report.Total() != 1 {
		t.Error("not all of Shift_JIS passes")
	}
}

func TestRefusesEncodings(t *testing.T) {
	tag := `<img src=//a.example>`
	encode := func(e encoding.Encoding, s string) string {
		s, err := e.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for name, page := range map[string]string{
		"UTF-16 with a mark":        encode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), tag),
		"UTF-16BE with a mark":      encode(unicode.UTF16(unicode.BigEndian, unicode.UseBOM), tag),
		"UTF-16 without":            encode(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), tag),
		"UTF-16BE without":          encode(unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), tag),
		"ISO-2022-JP that says so":  `<meta charset="ISO-2022-JP">` + encode(japanese.ISO2022JP, "表") + tag,
		"ISO-2022-JP by http-equiv": `<meta http-equiv="Content-Type" content="text/html; charset=csISO2022JP">` + tag,
		"ISO-2022-JP that does not": `<title>` + encode(japanese.ISO2022JP, "関所") + `</title>` + tag,
	} {
		var out strings.Builder
		report, err := testMarker().Rewrite(&out, strings.NewReader(page))
		if fault.KindOf(err) != fault.Unsupported || out.String() != page || report.Total() != 0 {
			t.Errorf("%s: %v, %q", name, err, out.String())
		}
	}
	for name, page := range map[string]string{
		"a meta that cannot be true": `<meta charset=utf-16>`,
		"an escape in UTF-8":         "<meta charset=utf-8>\x1b$B",
		"the second of two":          `<meta charset=utf-8><meta charset=iso-2022-jp>`,
		"nothing of the kind":        `<meta name=charset content=iso-2022-jp><meta http-equiv=refresh content="1;charset=iso-2022-jp">`,
	} {
		if _, report := rewrite(t, page+tag); report.Total() != 1 {
			t.Errorf("%s: not marked", name)
		}
	}
}

// TestLongTokens: text of any length passes in pieces; a tag that is longer
// than a token may be ends the marking, and loses nothing.
func TestLongTokens(t *testing.T) {
	tag, marked := `<img src=//a.example>`, `<img data-vendor="a" data-src=//a.example>`
	m := testMarker()
	m.maxToken = 128 << 10
	long := strings.Repeat("x", m.maxToken)
	for name, c := range map[string]struct{ before, after string }{
		"text":              {long + long, long + long},
		"a script":          {"<script>" + long + "<img src=//a.example>" + long + "</script>", same},
		"the end of one":    {"<script>" + long[:m.maxToken-len("</scr")] + "</script>", same},
		"a style":           {"<style>" + long[:m.maxToken-1] + "</style>", same},
		"a text of <":       {strings.Repeat("<", m.maxToken+9), same},
		"noscript":          {"<noscript>" + tag + long + tag + "</noscript>", "<noscript>" + marked + long + marked + "</noscript>"},
		"text, then a tag ": {long[:m.maxToken-2] + tag, long[:m.maxToken-2] + marked},
	} {
		if c.after == same {
			c.after = c.before
		}
		var out strings.Builder
		if _, err := m.Rewrite(&out, strings.NewReader(c.before+tag)); err != nil || out.String() != c.after+marked {
			t.Errorf("%s: %v, another page of %d bytes, want %d", name, err, out.Len(), len(c.after+marked))
		}
	}
	for name, page := range map[string]string{
		"a tag": `<img src="data:` + long + `">`, "a comment": "<!--" + long + "-->", "in an object": `<object data=//a.example><a title="` + long + `">`,
	} {
		var out strings.Builder
		_, err := m.Rewrite(&out, strings.NewReader(tag+page+tag))
		want := marked + strings.Replace(page, "data=//", prefix+"data=//", 1) + tag
		if fault.KindOf(err) != fault.Unsupported || !strings.Contains(err.Error(), "128 KiB") || out.String() != want {
			t.Errorf("%s: %v, %d bytes, want %d", name, err, out.Len(), len(want))
		}
	}
}

// TestManyThatNobodyCloses: a page of nothing but open elements is read about
// twice, and not once for each of them.
func TestManyThatNobodyCloses(t *testing.T) {
	page := strings.Repeat("<object data=//a.example>", 20_000)
	allocations := testing.AllocsPerRun(1, func() {
		if got, report := rewrite(t, page); len(got) != len(page)+20_000*len(prefix) || report.Tags["a"] != 20_000 {
			t.Errorf("%d bytes, %v", len(got), report.Tags)
		}
	})
	if allocations > 1e6 {
		t.Errorf("%.0f allocations", allocations)
	}
}

func TestReportsCodeBehind(t *testing.T) {
	_, report := rewrite(t, "<p>\n<script src=//a.example></script>\n <!-- x -->\n<script>\nuse()</script>\n<script>more()</script>\n"+
		"<script async src=//a.example></script><script>1</script><script defer src=//b.example></script><script>1</script><script type=module src=//b.example></script><script>1</script>\n"+
		"<script src=//a.example></script><p><script>1</script><script src=//a.example></script><script src=/own></script>"+
		"<script src=//a.example></script><script type=application/json>1</script>")
	if len(report.Behind) != 1 || report.Behind[0] != (Place{4, "a"}) {
		t.Errorf("%v, want line 4", report.Behind)
	}
	_, report = rewrite(t, strings.Repeat("<script src=//a.example></script><script>1</script>", 500))
	if len(report.Behind) != maxBehind {
		t.Errorf("%d places", len(report.Behind))
	}
}

func TestErrorsOfSourceAndDestination(t *testing.T) {
	broken := errors.New("broken")
	page := "<p>text<img src=//a.example><video src=//a.example>"
	var out strings.Builder
	_, err := testMarker().Rewrite(&out, io.MultiReader(strings.NewReader(page), iotest.ErrReader(broken)))
	want := `<p>text<img data-vendor="a" data-src=//a.example><video data-sekisho-src=//a.example>`
	if !errors.Is(err, broken) || out.String() != want {
		t.Errorf("%v, %q", err, out.String())
	}
	endless := readerFunc(func(p []byte) (int, error) { return copy(p, "<p>text</p>"), nil })
	if _, err := testMarker().Rewrite(writerFunc(func([]byte) (int, error) { return 0, broken }), endless); !errors.Is(err, broken) {
		t.Errorf("a page for nobody: %v", err)
	}
	wide := io.MultiReader(strings.NewReader("\xff\xfe<\x00"), endless)
	if _, err := testMarker().Rewrite(writerFunc(func([]byte) (int, error) { return 0, broken }), wide); !errors.Is(err, broken) {
		t.Errorf("a page for nobody, as it is: %v", err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// BenchmarkRewrite: a page of a shop, with a vendor's tag in about 1 of 20.
func BenchmarkRewrite(b *testing.B) {
	for name, vendors := range map[string]*Marker{"tags": testMarker(), "none": New(nil)} {
		b.Run(name, func(b *testing.B) {
			page := shop()
			b.SetBytes(int64(len(page)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := vendors.Rewrite(io.Discard, strings.NewReader(page)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// shop is a page of about 200 kB.
func shop() string {
	var s strings.Builder
	s.WriteString(`<!DOCTYPE html><html lang="ja"><head><meta charset="utf-8"><title>例の店</title><link rel="stylesheet" href="/style.css">`)
	for i := range 400 {
		fmt.Fprintf(&s, `<article class="item" id="item-%d"><a href="/items/%d"><img src="/images/%d.jpg" alt="商品 %d" width="320" height="240" loading="lazy"></a>
<h2>商品の名前 %d</h2><p class="price">税込 %d 円</p><p>商品の説明がここに入ります。素材は綿、色は藍、大きさは三つあります。</p></article>`, i, i, i, i, i, i*110)
		if i%20 == 0 {
			fmt.Fprintf(&s, `<script async src="https://a.example/%d.js"></script><noscript><img src="https://b.example/%d.gif"></noscript><script>window.queue = window.queue || []; queue.push(%d);</script>`, i, i, i)
		}
	}
	return s.String()
}
