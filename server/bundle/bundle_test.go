package bundle

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"

	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
	"github.com/sekisho/sekisho/widget"
)

func build(t *testing.T, in Input) *Bundle {
	t.Helper()
	b, err := Build(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBuild(t *testing.T) {
	b := build(t, input(revision(3)))
	names := slices.Sorted(maps.Keys(b.Parts))
	if want := []string{"banner.en.js", "banner.ja.js", "decided.js", "preferences.en.js", "preferences.ja.js", "record.en.js", "record.ja.js", "reports.js", "withdrawal.js"}; !slices.Equal(names, want) {
		t.Errorf("parts %v, want %v", names, want)
	}
	if !regexp.MustCompile(`^[0-9a-f]{16}$`).MatchString(b.Hash) || b.Revision != 3 || b.Site != "shop" {
		t.Errorf("hash %q, revision %d of %q", b.Hash, b.Revision, b.Site)
	}
	script := string(b.Script.Identity)
	if !strings.HasPrefix(script, "(()=>{") || strings.Contains(script, "never called") {
		t.Errorf("the script is no closed function, or carries what nobody calls: %s", script)
	}
	for _, want := range []string{
		`key:"shop",server:"https://consent.example.jp",revision:3,mode:1,expiry:6,domain:"example.jp"`,
		`vendors:[["zeta",10,1,50],["auth",11,1,9],["mid",12,1,16]]`,
		`hosts:["consent.example.jp"],vendors:`,
		`parts:"/a/` + b.Hash + `/",languages:["en","ja"]`,
		`rules:".zeta.example`,
	} {
		if !strings.Contains(script, want) {
			t.Errorf("the script lacks %s:\n%s", want, script)
		}
	}
	ja := string(b.Parts["banner.ja.js"].Identity)
	for _, want := range []string{
		`language:"ja",dir:"ltr",messages:{"banner.title":"お知らせ","common.acceptAll":"すべて許可"},siteName:"例の店"`,
		`purposes:{necessary:"目的necessary",analytics:"目的analytics",social:`,
		`css:".s{--f:#223f6b;--t:#fff;--m:#223f6b;--p:#fff;--i:#1b2027;--s:#545c66;--l:#dfe3e8;--o:#78808a;--r:8px}@media(prefers-color-scheme:dark){.s{--f:#6888ba;--t:#000;--m:#6888ba;--p:#1c2026;--i:#eef0f3;--s:#b1b8c1;--l:#3a414b;--o:#8d959f}}",noticeUrl:"https://consent.example.jp/sites/shop/notice?lang=ja"`,
		`as default}`,
	} {
		if !strings.Contains(ja, want) {
			t.Errorf("the banner lacks %s:\n%s", want, ja)
		}
	}
	if strings.Contains(ja, "advertising") || strings.Contains(ja, "comment") {
		t.Errorf("the banner carries what it does not use:\n%s", ja)
	}
	second := string(b.Parts["preferences.en.js"].Identity)
	for _, want := range []string{
		`messages:{save:"Save choices"},purposes:["Explains necessary","Explains analytics","Explains social"]`,
		`["Name zeta","Name auth","Name mid"],["zeta株式会社","auth株式会社","mid株式会社"],[2,0,1],["JP","JP","JP"],["pages viewed",`,
		`["旧zeta","旧auth","旧mid"],["entity privacy optOut"],[],[1],[]]`,
		`contact:{controller:"例株式会社",email:"privacy@example.jp",url:"",phone:""}`,
	} {
		if !strings.Contains(second, want) {
			t.Errorf("the preferences lack %s:\n%s", want, second)
		}
	}
}

func TestEncodings(t *testing.T) {
	for path, f := range build(t, input(revision(1))).Paths() {
		gz, err := gzip.NewReader(bytes.NewReader(f.Gzip))
		if err != nil {
			t.Fatal(err)
		}
		for name, r := range map[string]io.Reader{"gzip": gz, "br": brotli.NewReader(bytes.NewReader(f.Brotli))} {
			if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, f.Identity) {
				t.Errorf("%s in %s is not the file: %v", path, name, err)
			}
		}
		tags := map[string]bool{f.ETag(""): true, f.ETag("br"): true, f.ETag("gzip"): true}
		if len(tags) != 3 || !regexp.MustCompile(`^"[0-9a-f]{32}"$`).MatchString(f.ETag("")) {
			t.Errorf("%s: tags %v", path, tags)
		}
		if f.ContentType != "text/javascript; charset=utf-8" {
			t.Errorf("%s is %s", path, f.ContentType)
		}
	}
}

// TestSameBytes: the bytes depend on revision, widget and public URL alone.
func TestSameBytes(t *testing.T) {
	first := build(t, input(revision(2)))
	for range 3 {
		again := build(t, input(revision(2)))
		for path, f := range first.Paths() {
			g := again.Paths()[path]
			if g == nil || g.Tag != f.Tag || !bytes.Equal(f.Identity, g.Identity) || !bytes.Equal(f.Gzip, g.Gzip) || !bytes.Equal(f.Brotli, g.Brotli) {
				t.Fatalf("%s differs when built again", path)
			}
		}
	}
	for name, change := range map[string]func(*Input){
		"another public URL": func(in *Input) { in.PublicURL = "https://other.example.jp" },
		"another widget": func(in *Input) {
			in.Widget = standIn(map[string]string{"src/ui/index.ts": "export const twice = (x: unknown) => x;"})
		},
		"another text": func(in *Input) { in.Revision.Document.Texts["ja"]["banner.title"] = "別" },
	} {
		in := input(revision(2))
		change(&in)
		if b := build(t, in); b.Hash == first.Hash || b.Script.Tag == first.Script.Tag {
			t.Errorf("%s: the parts' address or the script's tag is still the same", name)
		}
	}
	in := input(revision(2))
	in.Revision.Vendors[0].Hosts[0].Host = "cdn.example"
	if b := build(t, in); b.Hash != first.Hash || b.Script.Tag == first.Script.Tag {
		t.Error("new rules change the script alone; the parts keep their address")
	}
}

func TestBuildFails(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Input)
		want   string
	}{
		{"a mistake in a source", func(in *Input) { in.Widget = standIn(map[string]string{"src/page.ts": "export const start = ;"}) }, "src/page.ts"},
		{"a source that is not there", func(in *Input) { in.Widget = standIn(map[string]string{"src/main.ts": "import './gone';"}) }, "there is no src/gone"},
		{"a library", func(in *Input) { in.Widget = standIn(map[string]string{"src/main.ts": "import 'lodash';"}) }, `must not import "lodash"`},
		{"a file of the disk", func(in *Input) { in.Widget = standIn(map[string]string{"src/main.ts": "import '/etc/passwd';"}) }, `must not import "/etc/passwd"`},
		{"a way out of the sources", func(in *Input) {
			in.Widget = standIn(map[string]string{"src/main.ts": "import '../../../../etc/passwd';"})
		}, "there is no"},
		{"another file's texts", func(in *Input) { in.Widget = standIn(map[string]string{"src/main.ts": "import 'sekisho:banner';"}) }, "must not import"},
		{"no messages", func(in *Input) { in.Widget = standIn(map[string]string{"src/i18n/ja.json": "{"}) }, "src/i18n/ja.json"},
		{"a language that is gone", func(in *Input) { in.Revision.Document.Languages = []string{"fr"} }, `no longer speaks "fr"`},
		{"no public URL", func(in *Input) { in.PublicURL = "" }, "public URL"},
		{"a public URL with a query", func(in *Input) { in.PublicURL = "https://a.jp/?x" }, "public URL"},
		{"a public URL by ftp", func(in *Input) { in.PublicURL = "ftp://a.jp" }, "public URL"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := input(revision(1))
			c.change(&in)
			b, err := Build(t.Context(), in)
			if b != nil || err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, %v; want …%s…", b, err, c.want)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Build(ctx, input(revision(1))); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("given up: %v", err)
	}
}

// TestTextsStayTexts: whatever a marketer writes ends up as a string literal.
func TestTextsStayTexts(t *testing.T) {
	r := revision(1)
	evil := "\"};alert(1);//</script>`${x}\\\u2028"
	r.Document.Texts["ja"]["banner.title"] = evil
	r.Vendors[0].Name["ja"] = evil
	ja := string(build(t, input(r)).Parts["banner.ja.js"].Identity)
	if strings.Contains(ja, "</script") || strings.Contains(ja, "\u2028") || strings.Contains(ja, `""};alert`) {
		t.Errorf("the text leaves its string:\n%s", ja)
	}
}

func TestModes(t *testing.T) {
	for d, want := range map[site.Default]string{site.OptIn: "mode:0", site.OptOut: "mode:1", site.NoticeOnly: "mode:2"} {
		r := revision(1)
		r.Document.Default = d
		if script := string(build(t, input(r)).Script.Identity); !strings.Contains(script, want) {
			t.Errorf("%s is not %s", d, want)
		}
	}
}

// TestMessagesOfTheMode: a page pays for the words that it can show.
func TestMessagesOfTheMode(t *testing.T) {
	all := site.Messages{"banner.ask": "a", "banner.running": "r", "banner.inform": "i", "common.signal": "s", "banner.title": "t", "preferences.save": "p"}
	for d, want := range map[site.Default]string{
		site.OptIn: "banner.ask banner.title common.signal", site.OptOut: "banner.running banner.title common.signal", site.NoticeOnly: "banner.inform banner.title common.signal",
	} {
		r := revision(1)
		r.Document.Default = d
		if got := strings.Join(slices.Sorted(maps.Keys(ownMessages(r, "ja", all, "common.", "banner."))), " "); got != want {
			t.Errorf("%s: %s, want %s", d, got, want)
		}
	}
	r := revision(1)
	r.Vendors = r.Vendors[1:] // nobody is left whom a privacy signal concerns
	if messages := ownMessages(r, "ja", all, "common.", "banner."); messages["common.signal"] != "" {
		t.Errorf("messages %v", messages)
	}
}

// TestMessagesExist: what is left out by name is there to be left out.
func TestMessagesExist(t *testing.T) {
	texts, err := Messages(widget.Sources)
	if err != nil {
		t.Fatal(err)
	}
	for key := range neverShown(revision(1)) {
		if texts["ja"][key] == "" {
			t.Errorf("the widget has no message %s", key)
		}
	}
}

func TestDomain(t *testing.T) {
	for _, c := range []struct {
		public  string
		origins []string
		want    string
	}{
		{"https://consent.example.jp", []string{"https://www.example.jp", "https://example.jp"}, "example.jp"},
		{"https://consent.example.jp:8443/x", []string{"https://www.example.jp"}, "example.jp"},
		{"https://consent.shop.example.co.jp", []string{"https://shop.example.co.jp"}, "example.co.jp"},
		{"https://a.co.jp", []string{"https://b.co.jp"}, ""},
		{"https://alice.github.io", []string{"https://bob.github.io"}, ""},
		{"https://consent.example.jp", []string{"https://www.example.jp", "https://www.example.com"}, "example.jp"},
		{"https://consent.example.jp", []string{"https://evilexample.jp"}, ""},
		{"https://co.jp", []string{"https://co.jp"}, ""},
		{"http://127.0.0.1:8080", []string{"http://127.0.0.1:9100"}, "127.0.0.1"},
		{"http://localhost:8080", []string{"http://localhost:9100"}, "localhost"},
		{"http://localhost:8080", []string{"http://127.0.0.1:9100"}, ""},
		{"https://10.0.0.1", []string{"https://10.0.0.2"}, ""},
		{"https://consent.example.jp", nil, ""},
		{"::", []string{"https://www.example.jp"}, ""},
	} {
		if got := Domain(c.public, c.origins...); got != c.want {
			t.Errorf("Domain(%q, %q) = %q, want %q", c.public, c.origins, got, c.want)
		}
	}
}
