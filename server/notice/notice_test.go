package notice

import (
	"context"
	_ "embed"
	"encoding/json"
	"flag"
	"io"
	"log/slog"
	"maps"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
	"github.com/sekisho/sekisho/server/web"
	"go.uber.org/goleak"
	"golang.org/x/net/html"
)

//go:embed changes.go
var fieldsText string

var update = flag.Bool("update", false, "write what the pages look like now to testdata")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fakeSites holds one site, and fails on demand as a store does that is away.
type fakeSites struct {
	revisions []*site.Revision
	live      int
	published []site.Publication
	announced *site.Announcement
	away      bool
	asked     int
}

func (f *fakeSites) Live(_ context.Context, key string) (*site.Revision, error) {
	if key != "shop" {
		return nil, fault.New(fault.NotFound, "there is no such site")
	}
	return f.revisions[f.live-1], nil
}

func (f *fakeSites) Revision(_ context.Context, _ string, number int) (*site.Revision, error) {
	return f.revisions[number-1], nil
}

func (f *fakeSites) Publications(context.Context, string) ([]site.Publication, error) {
	f.asked++
	if f.away {
		return nil, fault.New(fault.Unavailable, "the store is away")
	}
	return f.published, nil
}

func (f *fakeSites) Announced(context.Context, string) (*site.Announcement, error) {
	return f.announced, nil
}

var purposes = []catalogue.Purpose{
	{ID: catalogue.Necessary, Label: catalogue.Text{"ja": "必須", "en": "Necessary"}, Explanation: catalogue.Text{"ja": "サイトの動作に欠かせません。", "en": "The site does not work without it."}},
	{ID: catalogue.Analytics, Label: catalogue.Text{"ja": "アクセス解析", "en": "Analytics"}, Explanation: catalogue.Text{"ja": "どのページがどのように見られたかを集計し、サイトの改善に使います。", "en": "Counts how pages are used, to improve the site."}},
	{ID: catalogue.Advertising, Label: catalogue.Text{"ja": "広告", "en": "Advertising"}, Explanation: catalogue.Text{"ja": "関心に合わせた広告を表示し、広告の効果を測ります。", "en": "Shows advertisements that fit your interests and measures their effect."}},
}

func seconds(n int64) *int64 { return &n }

// shop is a site with two revisions; the second one is live.
func shop() *fakeSites {
	at := func(day int) time.Time { return time.Date(2026, 11, day, 16, 30, 0, 0, time.UTC) }
	doc := site.Document{
		Key: "shop", Name: catalogue.Text{"ja": "例の店", "en": "Example shop"}, Origins: []string{"https://www.example.jp"},
		Languages: []string{"ja", "en"}, Default: site.OptIn, ExpiryMonths: 6,
		Notice: site.Notice{
			Controller: catalogue.Text{"ja": "株式会社エグザンプル", "en": "Example, Inc."},
			Contact:    site.Contact{Email: "privacy@example.jp", URL: "https://www.example.jp/contact", Phone: "03-1234-5678"},
		},
	}
	clarity := site.RevisionVendor{Index: 0, Since: 1, Vendor: catalogue.Vendor{
		ID: "microsoft-clarity", Name: catalogue.Text{"ja": "Microsoft Clarity", "en": "Microsoft Clarity"},
		Entity: catalogue.Entity{Name: catalogue.Text{"ja": "Microsoft Corporation", "en": "Microsoft Corporation"}}, Country: "US",
		Purposes: []catalogue.PurposeID{catalogue.Analytics}, Data: []string{"pages", "clicks"},
		Receives: catalogue.Text{"ja": "閲覧したページ、クリックやスクロールなどの操作、端末とブラウザーの種類、Cookieの識別子", "en": "Pages viewed, clicks and scrolling, type of device and browser, cookie identifier"},
		UsedFor:  catalogue.Text{"ja": "操作の記録とヒートマップの作成、サービスの改善", "en": "Session recordings and heatmaps, improvement of the service"},
		Cookies:  []catalogue.Cookie{{Name: "_clck", Party: "first", LifetimeSeconds: seconds(31536000)}, {Name: "MUID", Party: "third", Domain: "bing.com", LifetimeSeconds: seconds(33696000)}, {Name: "_clsk", Party: "first", LifetimeSeconds: seconds(86400)}},
		Links:    catalogue.Links{Privacy: catalogue.Text{"ja": "https://privacy.microsoft.com/ja-jp/privacystatement", "en": "https://privacy.microsoft.com/privacystatement"}},
	}}
	criteo := site.RevisionVendor{Index: 1, Since: 2, LinkedWithPersonalData: true, Vendor: catalogue.Vendor{
		ID: "criteo", Name: catalogue.Text{"ja": "Criteo", "en": "Criteo"}, FormerNames: []string{"クリテオ"},
		Entity: catalogue.Entity{Name: catalogue.Text{"ja": "Criteo株式会社", "en": "Criteo K.K."}, FormerNames: []string{"旧Criteo株式会社"}}, Country: "",
		Purposes: []catalogue.PurposeID{catalogue.Advertising, catalogue.Analytics, "forgotten"}, Data: []string{"pages"},
		Receives: catalogue.Text{"ja": `閲覧した商品<script>alert(1)</script>`, "en": `Products viewed <script>alert(1)</script>`}, UsedFor: catalogue.Text{"ja": "広告の配信", "en": "Advertising"},
		Cookies: []catalogue.Cookie{{Name: "uid", Party: "third", Domain: "criteo.com"}, {Name: "cto_bundle", Party: "first", LifetimeSeconds: seconds(0)}},
		Links:   catalogue.Links{Privacy: catalogue.Text{"ja": "https://www.criteo.com/jp/privacy/"}, OptOut: "https://www.criteo.com/jp/privacy/disable-criteo-services/"}, Unverified: []string{"entity", "links.optOut"},
	}}
	first := &site.Revision{Site: "shop", Number: 1, Hash: "aa", CreatedAt: at(1), Document: doc, Vendors: []site.RevisionVendor{clarity}}
	second := &site.Revision{Site: "shop", Number: 2, Hash: "bb", CreatedAt: at(20), Document: doc, Vendors: []site.RevisionVendor{clarity, criteo}}
	return &fakeSites{revisions: []*site.Revision{first, second}, live: 2, published: []site.Publication{{Site: "shop", Revision: 1, At: at(1), By: "suzuki"}, {Site: "shop", Revision: 2, At: at(20), By: "suzuki", Why: "internal"}}}
}

type env struct {
	e     *echo.Echo
	sites *fakeSites
	now   time.Time
}

func newEnv() *env {
	v := &env{sites: shop(), now: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)}
	p := New(v.sites, purposes, func() time.Time { return v.now })
	v.e = web.New(web.Options{Log: slog.New(slog.DiscardHandler), Metrics: web.NewMetrics(), Now: time.Now, ID: func() string { return "1" }})
	v.e.GET("/sites/:site/notice", p.Page, web.Page.Headers)
	v.e.GET("/sites/:site/notice.json", p.JSON, web.Document.Headers)
	v.e.GET("/sites/:site/notice/embed", p.Embed, web.Page.Headers)
	v.e.GET("/sites/:site/notice/changes", p.Changes, web.Page.Headers)
	v.e.GET("/sites/:site/notice.css", p.Theme, web.Page.Headers)
	v.e.GET("/notice.css", p.Style, web.Page.Headers)
	return v
}

func (v *env) get(path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	v.e.ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w
}

func TestGolden(t *testing.T) {
	v := newEnv()
	for file, path := range map[string]string{
		"ja.html": "/sites/shop/notice", "en.html": "/sites/shop/notice?lang=en", "ja.json": "/sites/shop/notice.json",
	} {
		w := v.get(path)
		if w.Code != 200 {
			t.Fatalf("%s: %d %s", path, w.Code, w.Body)
		}
		file = "testdata/" + file
		if *update {
			if err := os.WriteFile(file, w.Body.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if w.Body.String() != string(want) {
			t.Errorf("%s differs from %s; look at it, then go test -update", path, file)
		}
	}
}

// TestTheLawsItems checks what article 22-2-29 asks for of every recipient: the
// information sent, the name of whom it reaches, and both purposes of use.
func TestTheLawsItems(t *testing.T) {
	v := newEnv()
	for _, lang := range []string{"ja", "en"} {
		body := v.get("/sites/shop/notice?lang=" + lang).Body.String()
		if !strings.Contains(body, `<html lang="`+lang+`">`) {
			t.Errorf("%s: no lang attribute", lang)
		}
		for _, vendor := range v.sites.revisions[1].Vendors {
			for _, want := range []string{vendor.Name.In(lang), vendor.Entity.Name.In(lang), html.EscapeString(vendor.Receives.In(lang)), vendor.UsedFor.In(lang), `id="vendor-` + vendor.ID + `"`} {
				if !strings.Contains(body, want) {
					t.Errorf("%s: %q is missing", lang, want)
				}
			}
		}
	}
}

func TestPageIsInert(t *testing.T) {
	w := newEnv().get("/sites/shop/notice")
	if csp := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; style-src 'self';") {
		t.Errorf("CSP %q", csp)
	}
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode {
			if slices.Contains([]string{"script", "style", "iframe", "img", "form", "object", "base"}, n.Data) {
				t.Errorf("<%s> on the page", n.Data)
			}
			for _, a := range n.Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
					t.Errorf("%s=%q on <%s>", a.Key, a.Val, n.Data)
				}
				if a.Key == "href" && regexp.MustCompile(`^[a-z]+:`).MatchString(a.Val) && !strings.HasPrefix(a.Val, "https://") && !strings.HasPrefix(a.Val, "mailto:") {
					t.Errorf("href %q", a.Val)
				}
			}
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
	}
	doc, err := html.Parse(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	walk(doc)
}

func TestNothingInternalIsPublished(t *testing.T) {
	v := newEnv()
	for _, path := range []string{"/sites/shop/notice", "/sites/shop/notice.json"} {
		if body := v.get(path).Body.String(); strings.Contains(body, "suzuki") || strings.Contains(body, "internal") {
			t.Errorf("%s names who published or why", path)
		}
	}
}

func TestLanguages(t *testing.T) {
	v := newEnv()
	for query, want := range map[string]string{"": "ja", "?lang=en": "en", "?lang=ja": "ja", "?lang=fr": "ja", "?lang=../../x": "ja", "?lang=": "ja", "?lang=en&lang=ja": "en"} {
		var n Notice
		if err := json.Unmarshal(v.get("/sites/shop/notice.json"+query).Body.Bytes(), &n); err != nil || n.Language != want {
			t.Errorf("%q: %q, %v", query, n.Language, err)
		}
	}
	v = newEnv()
	for _, rev := range v.sites.revisions {
		rev.Document.Languages = []string{"ja", "pt-BR", "de"}
	}
	for query, want := range map[string]string{"": "ja", "?lang=pt-BR": "en", "?lang=de": "en", "?lang=en": "en", "?lang=ja": "ja", "?lang=fr": "ja"} {
		var n Notice
		if err := json.Unmarshal(v.get("/sites/shop/notice.json"+query).Body.Bytes(), &n); err != nil || n.Language != want || !slices.Equal(n.Languages, []string{"ja", "en"}) {
			t.Errorf("%q: %q of %q, %v", query, n.Language, n.Languages, err)
		}
	}
	if len(New(v.sites, purposes, time.Now).made) != 0 || len(v.sites.revisions) != 2 {
		t.Error("fixture changed")
	}
}

func TestUnknownSite(t *testing.T) {
	for _, path := range []string{"/sites/other/notice", "/sites/other/notice.json"} {
		if w := newEnv().get(path); w.Code != 404 || w.Header().Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

func TestFreshness(t *testing.T) {
	v := newEnv()
	number := func() (n Notice) {
		w := v.get("/sites/shop/notice.json")
		if err := json.Unmarshal(w.Body.Bytes(), &n); w.Code != 200 || err != nil {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		return n
	}
	first, again := number(), number()
	if first.Revision != 2 || again.Revision != 2 || v.sites.asked != 1 {
		t.Errorf("%d readings for two answers", v.sites.asked)
	}
	v.sites.live = 1
	if n := number(); n.Revision != 1 {
		t.Error("a new live revision did not show at once")
	}
	v.sites.published = v.sites.published[:1]
	v.now = v.now.Add(2 * time.Minute)
	if n := number(); len(n.Publications) != 1 {
		t.Error("history is stale after a minute")
	}
	v.sites.away, v.now = true, v.now.Add(2*time.Minute)
	if n := number(); n.Revision != 1 {
		t.Error("the store's absence took the page away")
	}
	v.sites.live = 2
	w := v.get("/sites/shop/notice.json?lang=en")
	if w.Code != 200 || w.Header().Get("Cache-Control") != "no-store" || strings.Contains(w.Body.String(), "publishedAt") || !strings.Contains(w.Body.String(), "Criteo K.K.") {
		t.Errorf("a page that was never made: %d %v %s", w.Code, w.Header(), w.Body)
	}
	v.sites.away = false
	if w := v.get("/sites/shop/notice.json?lang=en"); w.Header().Get("Cache-Control") != cachePage || !strings.Contains(w.Body.String(), "publishedAt") {
		t.Errorf("with the store back: %v %s", w.Header(), w.Body)
	}
}

// TestWhatLoadsBeforeAChoice: where a tag is told and not held, the notice takes
// back that nothing is sent without a grant, for just that vendor.
func TestWhatLoadsBeforeAChoice(t *testing.T) {
	v := newEnv()
	v.sites.revisions[1].Vendors[0].Mode, v.sites.revisions[1].Vendors[1].Mode = site.Signal, site.Both
	for lang, want := range map[string][2]string{
		"ja": {"ただし、次の送信先のタグは、許可の有無にかかわらず読み込まれ、情報が送信されます：Microsoft Clarity。", "タグは、選択の前も、拒否した後も読み込まれます。"},
		"en": {"whether you allow them or not: Microsoft Clarity. ", "The tag loads before you choose, and after you refuse."},
	} {
		body := v.get("/sites/shop/notice?lang=" + lang).Body.String()
		for _, text := range want {
			if strings.Count(body, text) != 1 {
				t.Errorf("%s: %q stands there %d times", lang, text, strings.Count(body, text))
			}
		}
	}
	if body := v.get("/sites/shop/notice.json").Body.String(); strings.Count(body, `"loadsBeforeChoice":true`) != 1 {
		t.Error(body)
	}
	v = newEnv()
	v.sites.revisions[1].Vendors[0].Mode, v.sites.revisions[1].Document.Paused = site.Signal, true
	if body := v.get("/sites/shop/notice.json").Body.String(); strings.Contains(body, "loadsBeforeChoice") {
		t.Error("a paused site holds every tag, and the notice says otherwise")
	}
}

func TestMemoryIsBounded(t *testing.T) {
	p := New(shop(), purposes, time.Now)
	for i := range 10 * kept {
		p.keep(pageKey{site: strings.Repeat("x", i)}, made{})
	}
	if len(p.made) > kept {
		t.Errorf("%d pages", len(p.made))
	}
}

func TestHistoryIsBounded(t *testing.T) {
	v := newEnv()
	v.sites.published = nil
	for i := range 3*shown + 1 {
		v.sites.published = append(v.sites.published, site.Publication{Revision: 1 + i%2, At: v.now})
	}
	var n Notice
	if err := json.Unmarshal(v.get("/sites/shop/notice.json").Body.Bytes(), &n); err != nil || len(n.Publications) != shown {
		t.Fatalf("%d publications, %v", len(n.Publications), err)
	}
	if oldest := n.Publications[shown-1]; len(oldest.Added)+len(oldest.Removed) != 1 {
		t.Errorf("the oldest one shown was not compared: %+v", oldest)
	}
}

func TestAVendorOfAnUnknownPurposeStays(t *testing.T) {
	sites := shop()
	v := sites.revisions[1].Vendors[1]
	v.Purposes = []catalogue.PurposeID{"forgotten"}
	sites.revisions[1].Vendors[1] = v
	p := New(sites, purposes, time.Now)
	n := p.notice(sites.revisions[1], "ja", nil)
	if len(n.Purposes) != 2 || n.Purposes[1].ID != "forgotten" || len(n.Under("forgotten")) != 1 {
		t.Errorf("%+v", n.Purposes)
	}
}

func TestLifetimes(t *testing.T) {
	for s, want := range map[int64][2]string{
		0: {"ブラウザーを閉じるまで", "until the browser is closed"}, 1: {"1秒", "1 second"}, 1800: {"30分", "30 minutes"}, 3600: {"1時間", "1 hour"},
		86400: {"1日", "1 day"}, 30 * 86400: {"30日", "30 days"}, 90 * 86400: {"3か月", "3 months"}, 390 * 86400: {"13か月", "13 months"},
		400 * 86400: {"13か月", "13 months"}, 364 * 86400: {"1年", "1 year"}, 365 * 86400: {"1年", "1 year"}, 540 * 86400: {"18か月", "18 months"}, 730 * 86400: {"2年", "2 years"}, 63072000 + 5: {"2年", "2 years"},
	} {
		for i, lang := range []string{"ja", "en"} {
			if got := (Notice{Language: lang}).Lifetime(catalogue.Cookie{LifetimeSeconds: &s}); got != want[i] {
				t.Errorf("%d s in %s: %q, want %q", s, lang, got, want[i])
			}
		}
	}
}

func TestWordsAreComplete(t *testing.T) {
	gaps := regexp.MustCompile(`%[a-z]`)
	for lang, own := range words {
		if languageNames[lang] == "" {
			t.Errorf("%s has no name", lang)
		}
		for key, text := range words["ja"] {
			if own[key] == "" || !slices.Equal(gaps.FindAllString(own[key], -1), gaps.FindAllString(text, -1)) {
				t.Errorf("%s: %q is missing or has other gaps", lang, key)
			}
		}
		for key := range maps.Keys(own) {
			if words["ja"][key] == "" {
				t.Errorf("%s: %q is not in ja", lang, key)
			}
			if !strings.Contains(pageText, `T "`+key+`"`) && !strings.Contains(changesText, `T "`+key+`"`) && !strings.Contains(fieldsText, `{"`+key+`"`) && !strings.HasPrefix(key, "adequate-") && !slices.Contains([]string{"opt-in", "opt-out", "notice-only", "reopen", "comma", "session", "noLifetime", "months", "yes", "no"}, key) {
				t.Errorf("%q is used nowhere", key)
			}
		}
	}
}

func TestStyle(t *testing.T) {
	w := newEnv().get("/notice.css")
	if w.Code != 200 || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/css") || w.Header().Get("ETag") == "" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if body, _ := io.ReadAll(w.Body); strings.Contains(string(body), "url(") || strings.Contains(string(body), "@import") {
		t.Error("the stylesheet loads something")
	}
}
