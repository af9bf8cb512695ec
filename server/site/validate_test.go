package site

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/fault"
)

func radius(n int) *int { return &n }

func TestValidateAccepts(t *testing.T) {
	rules := testRules(testShelf())
	doc := document("criteo", "auth0")
	doc.Origins = []string{"https://www.example.jp", "https://日本語.example", "http://localhost:9100", "http://127.0.0.1:9100", "http://[::1]:9100", "https://WWW.Example.com:8443"}
	doc.Theme = Theme{Layout: "card", Position: "left", Accent: "#0A5BD3", Radius: radius(0)}
	doc.Texts = map[string]Messages{"ja": {"banner.title": "Cookieの利用について", "banner.ask": "{n}件（{purposes}）を利用します"}, "en": {}}
	doc.Vendors = append(doc.Vendors, VendorChoice{ID: "our-crm", Custom: vendor("our-crm", catalogue.Functionality)})
	settled, warnings, err := rules.Validate(doc)
	if err != nil || len(warnings) != 0 {
		t.Fatalf("%v, warnings %v", err, warnings)
	}
	want := `["https://www.example.jp","https://xn--wgv71a119e.example","http://localhost:9100","http://127.0.0.1:9100","http://[::1]:9100","https://www.example.com:8443"]`
	if got := text(settled.Origins); got != want {
		t.Errorf("origins settled as %s, want %s", got, want)
	}
	if settled.Theme.Accent != "#0a5bd3" || settled.Texts["en"] != nil {
		t.Errorf("settled as %+v", settled)
	}
	r := Revision{Document: settled}
	for origin, want := range map[string]bool{
		"https://www.example.jp": true, "https://xn--wgv71a119e.example": true, "http://localhost:9100": true,
		"https://日本語.example": false, "http://www.example.jp": false, "https://www.example.jp:443": false, "https://www.example.jp.evil.example": false,
		"https://evil-www.example.jp": false, "https://WWW.example.jp": false, "null": false, "": false,
	} {
		if r.AllowsOrigin(origin) != want {
			t.Errorf("AllowsOrigin(%q) = %t", origin, !want)
		}
	}
}

// inBothLanguages: every reason is a sentence in Japanese as well, with its gaps filled.
func inBothLanguages(t *testing.T, fields []fault.Field) {
	t.Helper()
	for _, f := range fields {
		for _, reason := range []string{f.Reason, f.ReasonJa} {
			if reason == "" || strings.Contains(reason, "%!") || strings.HasSuffix(reason, "。") {
				t.Errorf("%s: %q, %q", f.Path, f.Reason, f.ReasonJa)
			}
		}
		if !strings.ContainsFunc(f.ReasonJa, func(r rune) bool { return unicode.In(r, unicode.Hiragana) }) {
			t.Errorf("%s is not told in Japanese: %q", f.Path, f.ReasonJa)
		}
	}
}

func TestValidateRefuses(t *testing.T) {
	rules := testRules(testShelf())
	for _, c := range []struct {
		name   string
		change func(*Document)
		path   string
		reason string
	}{
		{"no key", func(d *Document) { d.Key = "" }, "/key", "lower-case letters"},
		{"key in capitals", func(d *Document) { d.Key = "Shop" }, "/key", "lower-case letters"},
		{"key too long", func(d *Document) { d.Key = strings.Repeat("a", 33) }, "/key", "1 to 32"},
		{"key with a line end", func(d *Document) { d.Key = "shop\n" }, "/key", "1 to 32"},
		{"no name", func(d *Document) { d.Name = nil }, "/name", `must have a name in "ja"`},
		{"name in an unknown language", func(d *Document) { d.Name["jp"] = "x" }, "/name/jp", `did you mean "ja"?`},
		{"name with HTML", func(d *Document) { d.Name["ja"] = "<b>例</b>" }, "/name/ja", `contains "<b"`},
		{"name too long", func(d *Document) { d.Name["ja"] = strings.Repeat("店", 81) }, "/name/ja", "at most 80"},
		{"no language", func(d *Document) { d.Languages = nil }, "/languages", "at least one"},
		{"unknown language", func(d *Document) { d.Languages = []string{"ja", "tlh"} }, "/languages/1", "known: en, ja"},
		{"language twice", func(d *Document) { d.Languages = []string{"ja", "ja"} }, "/languages/1", "twice"},
		{"no origin", func(d *Document) { d.Origins = nil }, "/origins", "at least one"},
		{"origin twice", func(d *Document) { d.Origins = append(d.Origins, "https://WWW.example.jp") }, "/origins/1", "twice"},
		{"unknown vendor", func(d *Document) { d.Vendors[0].ID = "crito" }, "/vendors/0/id", `did you mean "criteo"?`},
		{"vendor spelled otherwise", func(d *Document) { d.Vendors[0].ID = "Meta_Pixel" }, "/vendors/0/id", `did you mean "meta-pixel"?`},
		{"vendor like nothing", func(d *Document) { d.Vendors[0].ID = "zzz" }, "/vendors/0/id", `"zzz" is no vendor of the catalogue (`},
		{"vendor without an id", func(d *Document) { d.Vendors[0].ID = "" }, "/vendors/0/id", "1 to 64"},
		{"vendor twice", func(d *Document) { d.Vendors = append(d.Vendors, VendorChoice{ID: "criteo"}) }, "/vendors/1/id", "twice (also at /vendors/0)"},
		{"custom entry of another id", func(d *Document) {
			d.Vendors = append(d.Vendors, VendorChoice{ID: "our-crm", Custom: vendor("crm", catalogue.Analytics)})
		}, "/vendors/1/custom/id", `must be "our-crm"`},
		{"custom entry with a taken id", func(d *Document) {
			d.Vendors = append(d.Vendors, VendorChoice{ID: "meta-pixel", Custom: vendor("meta-pixel", catalogue.Analytics)})
		}, "/vendors/1/custom/id", "belongs to the catalogue"},
		{"too many vendors", func(d *Document) { d.Vendors = make([]VendorChoice, 501) }, "/vendors", "at most 500"},
		{"too many hosts", func(d *Document) {
			v := vendor("our-crm", catalogue.Analytics)
			v.Hosts = make([]catalogue.Host, 201)
			d.Vendors = append(d.Vendors, VendorChoice{ID: v.ID, Custom: v})
		}, "/vendors", "1 custom entries with 201 hosts"},
		{"no default", func(d *Document) { d.Default = "" }, "/default", `must be "opt-in"`},
		{"default spelled otherwise", func(d *Document) { d.Default = "optout" }, "/default", `did you mean "opt-out"?`},
		{"no months", func(d *Document) { d.ExpiryMonths = 0 }, "/expiryMonths", "from 1 to 24"},
		{"too many months", func(d *Document) { d.ExpiryMonths = 25 }, "/expiryMonths", "from 1 to 24"},
		{"controller with HTML", func(d *Document) { d.Notice.Controller["ja"] = "<script>x</script>" }, "/notice/controller/ja", "looks like HTML"},
		{"e-mail with a name", func(d *Document) { d.Notice.Contact.Email = "A <a@example.jp>" }, "/notice/contact/email", "plain e-mail"},
		{"e-mail without a domain", func(d *Document) { d.Notice.Contact.Email = "a" }, "/notice/contact/email", "plain e-mail"},
		{"contact by http", func(d *Document) { d.Notice.Contact.URL = "http://example.jp/" }, "/notice/contact/url", "https"},
		{"contact by script", func(d *Document) { d.Notice.Contact.URL = "javascript:alert(1)" }, "/notice/contact/url", "https"},
		{"phone", func(d *Document) { d.Notice.Contact.Phone = "call me" }, "/notice/contact/phone", "telephone"},
		{"texts in another language", func(d *Document) { d.Texts = map[string]Messages{"fr": {"banner.title": "x"}} }, "/texts/fr", "its languages: en, ja"},
		{"unknown text", func(d *Document) { d.Texts = map[string]Messages{"ja": {"banner.titel": "x"}} }, "/texts/ja/banner.titel", `did you mean "banner.title"?`},
		{"text with HTML", func(d *Document) { d.Texts = map[string]Messages{"ja": {"banner.title": "ようこそ<img src=x>"}} }, "/texts/ja/banner.title", "HTML"},
		{"text too long", func(d *Document) {
			d.Texts = map[string]Messages{"ja": {"common.acceptAll": strings.Repeat("可", 61)}}
		}, "/texts/ja/common.acceptAll", "at most 60"},
		{"text with an unknown placeholder", func(d *Document) {
			d.Texts = map[string]Messages{"ja": {"banner.ask": "{count}件と{n|other:件}"}}
		}, "/texts/ja/banner.ask", "contains {count}, which nothing fills in here; this text knows: n, purposes"},
		{"layout", func(d *Document) { d.Theme.Layout = "modal" }, "/theme/layout", `"bar", "card" or "dialog"`},
		{"position of the other layout", func(d *Document) { d.Theme.Position = "left" }, "/theme/position", `"bottom" or "top"`},
		{"position of a dialog", func(d *Document) { d.Theme = Theme{Layout: "dialog", Position: "top"} }, "/theme/position", `must be "center"`},
		{"accent as CSS", func(d *Document) { d.Theme.Accent = "red;}" }, "/theme/accent", "six digits"},
		{"radius", func(d *Document) { d.Theme.Radius = radius(25) }, "/theme/radius", "from 0 to 24"},
		{"scheme", func(d *Document) { d.Theme.Scheme = "night" }, "/theme/scheme", `"auto", "light" or "dark"`},
		{"colour by name", func(d *Document) { d.Theme.Light.ButtonText = "white" }, "/theme/light/buttonText", "six digits"},
		{"colour of three digits", func(d *Document) { d.Theme.Dark.Panel = "#000" }, "/theme/dark/panel", "six digits"},
		{"line as CSS", func(d *Document) { d.Theme.Light.Line = "#000000}*{" }, "/theme/light/line", "six digits"},
		{"colour that cannot be read", func(d *Document) { d.Theme.Light.Text = "#eeeeee" }, "/theme/light/text", "4.50"},
		{"font as CSS", func(d *Document) { d.Theme.Font = []string{`x";color:red;"`} }, "/theme/font/0", "one family"},
		{"font as a list", func(d *Document) { d.Theme.Font = []string{"serif", "Arial, Helvetica"} }, "/theme/font/1", "one family"},
		{"font with a backslash", func(d *Document) { d.Theme.Font = []string{`Noto\61`} }, "/theme/font/0", "one family"},
		{"font on two lines", func(d *Document) { d.Theme.Font = []string{"Noto\nSans"} }, "/theme/font/0", "one family"},
		{"font that begins with a space", func(d *Document) { d.Theme.Font = []string{" Arial"} }, "/theme/font/0", "one family"},
		{"font of no name", func(d *Document) { d.Theme.Font = []string{""} }, "/theme/font/0", "one family"},
		{"font with a long name", func(d *Document) { d.Theme.Font = []string{strings.Repeat("明", 65)} }, "/theme/font/0", "1 to 64"},
		{"font twice", func(d *Document) { d.Theme.Font = []string{"Arial", "serif", "Arial"} }, "/theme/font/2", "twice"},
		{"too many fonts", func(d *Document) { d.Theme.Font = make([]string, 9) }, "/theme/font", "at most 8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc := document("criteo")
			c.change(&doc)
			_, _, err := rules.Validate(doc)
			f, ok := errors.AsType[*fault.Error](err)
			if !ok || f.Kind != fault.Invalid {
				t.Fatalf("got %v, want an Invalid fault", err)
			}
			inBothLanguages(t, f.Fields)
			for _, field := range f.Fields {
				if field.Path == c.path && strings.Contains(field.Reason, c.reason) {
					return
				}
			}
			t.Errorf("got %v, want %s: …%s…", err, c.path, c.reason)
		})
	}
}

func TestOriginRefuses(t *testing.T) {
	for given, want := range map[string]string{
		"":                                           "such as",
		"www.example.jp":                             `has no scheme; write "https://www.example.jp"`,
		"*.example.jp":                               "such as",
		"https://*.example.jp":                       "wildcard",
		"https://www.example.jp/":                    "final slash",
		"https://www.example.jp/shop":                "no path",
		"https://www.example.jp?x":                   "no path, query",
		"https://www.example.jp#x":                   "no path, query",
		"https://a:b@www.example.jp":                 "user name",
		"http://www.example.jp":                      "must be https",
		"http://127.0.0.2":                           "must be https",
		"ftp://www.example.jp":                       "must begin with https://",
		"HTTPS://www.example.jp":                     "in lower case",
		"https://www.example.jp:443":                 "default port",
		"http://localhost:80":                        "default port",
		"https://www.example.jp:0":                   "between 1 and 65535",
		"https://www.example.jp:65536":               "between 1 and 65535",
		"https://www.example.jp:":                    "colon",
		"https://www.example.jp:x":                   "such as",
		"https://example":                            "full domain",
		"https://www.exa mple.jp":                    "such as",
		"https://www.example.jp.":                    "no domain name",
		"https://-a.example.jp":                      "no domain name",
		"https://1.2.3":                              "no domain name and no IP",
		"https://[fe80::1%25eth0]":                   "zone",
		"https://www.example.jp\x00":                 "such as",
		"null":                                       "such as",
		"https://":                                   "such as",
		"https://" + strings.Repeat("a", 64) + ".jp": "no domain name",
	} {
		got, reason := origin(given)
		if !strings.Contains(reason.En, want) {
			t.Errorf("origin(%q) = %q, reason %q; want …%s…", given, got, reason, want)
		}
		inBothLanguages(t, []fault.Field{reason.Field("/origins/0")})
	}
}

func TestTextRefuses(t *testing.T) {
	for given, want := range map[string]string{
		"":             "empty",
		" \u3000":      "blank",
		"a<b>c":        "HTML",
		"</div>":       "HTML",
		"<!-- x -->":   "HTML",
		"a &amp; b":    "&amp;",
		"&#60;":        "&#60;",
		"a\nb":         "U+000A",
		"a\x00b":       "U+0000",
		"a\u202eb":     "U+202E",
		"a\u2066b":     "U+2066",
		"a\u200fb":     "U+200F",
		"a\u2028b":     "U+2028",
		"a\ufffdb":     "U+FFFD",
		"a\U000e0041b": "U+E0041",
		"十文字を超えているので":  "at most 10",
	} {
		reason := textFault(given, 10)
		if !strings.Contains(reason.En, want) {
			t.Errorf("textFault(%q) = %q, want …%s…", given, reason, want)
		}
		inBothLanguages(t, []fault.Field{reason.Field("/name/ja")})
	}
	for _, given := range []string{"1 < 2 & 3 > 2", "R & D; 研究", "👩‍💻と働く", "例の店"} {
		if reason := textFault(given, 20); reason != fine {
			t.Errorf("textFault(%q) = %q", given, reason)
		}
	}
}

func TestWarnings(t *testing.T) {
	rules := testRules(testShelf())
	doc := document("old-tag")
	delete(doc.Name, "en")
	_, warnings, err := rules.Validate(doc)
	if err != nil {
		t.Fatal(err)
	}
	inBothLanguages(t, warnings)
	got := fmt.Sprint(warnings)
	for _, want := range []string{`/vendors/0/id: "old-tag" has been discontinued; its successor is "criteo"`, `/name: has nothing in "en"; visitors will read "例の店"`} {
		if !strings.Contains(got, want) {
			t.Errorf("warnings %s, want %s", got, want)
		}
	}
}

func TestNearest(t *testing.T) {
	known := []string{"criteo", "google-ads", "google-analytics-4", "line-tag", "a8net"}
	for word, want := range map[string]string{
		"creteo": "criteo", "critoe": "criteo", "GoogleAds": "google-ads", "google_analytics4": "google-analytics-4", "a8.net": "a8net",
		"ad": "", "": "", "linetag": "line-tag", "karte": "", strings.Repeat("x", 1000): "",
	} {
		if got := nearest(word, known); got != want {
			t.Errorf("nearest(%q) = %q, want %q", word, got, want)
		}
	}
}
