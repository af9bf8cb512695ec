package notice

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/site"
)

// announce has revision 2 to come, and revision 1 live.
func announce(v *env) {
	v.sites.live, v.sites.published = 1, v.sites.published[:1]
	v.sites.announced = &site.Announcement{Revision: 2, LiveAt: time.Date(2026, 12, 20, 15, 0, 0, 0, time.UTC), At: v.now, By: "suzuki", Why: "internal"}
}

func TestWhatIsAnnounced(t *testing.T) {
	v := newEnv()
	if body := v.get("/sites/shop/notice").Body.String(); strings.Contains(body, "予告") {
		t.Error("something is announced of which nobody knows")
	}
	announce(v)
	for lang, want := range map[string][]string{
		"ja": {"変更の予告", "2026年12月21日00時00分から、内容が変わります", "追加：Criteo", "予告日：2026年11月21日", "notice/changes?from=1&amp;to=2&amp;lang=ja"},
		"en": {"A change to come", "This page will change on 20 December 2026, 15:00 UTC", "Added: Criteo", "Announced on 21 November 2026"},
	} {
		body := v.get("/sites/shop/notice?lang=" + lang).Body.String()
		for _, text := range want {
			if !strings.Contains(body, text) {
				t.Errorf("%s: %q is missing", lang, text)
			}
		}
		if strings.Contains(body, "suzuki") || strings.Contains(body, "internal") {
			t.Errorf("%s: names who announced or why", lang)
		}
	}
	var n Notice
	if err := json.Unmarshal(v.get("/sites/shop/notice.json").Body.Bytes(), &n); err != nil || n.Announced == nil || n.Announced.Revision != 2 || len(n.Announced.Added) != 1 {
		t.Errorf("%+v, %v", n.Announced, err)
	}
	v.sites.announced = nil
	if body := v.get("/sites/shop/notice").Body.String(); strings.Contains(body, "変更の予告") {
		t.Error("what was withdrawn is still announced")
	}
}

func TestChangesInWords(t *testing.T) {
	v := newEnv()
	clarity := v.sites.revisions[1].Vendors[0]
	clarity.Entity.Name = catalogue.Text{"ja": "マイクロソフト", "en": "Microsoft"}
	clarity.UsedFor = catalogue.Text{"ja": "広告の配信", "en": "Advertising"}
	clarity.LinkedWithPersonalData = true
	v.sites.revisions[1].Vendors[0] = clarity
	v.sites.revisions[1].Document.ExpiryMonths = 12
	v.sites.revisions[1].Document.Notice.Complaints = site.Body{Name: catalogue.Text{"ja": "協会", "en": "The body"}, Phone: "03-9999-0000"}
	for path, want := range map[string][]string{
		"?from=1&to=2":         {"追加される送信先", "Criteo株式会社", "マイクロソフト", "操作の記録とヒートマップの作成、サービスの改善", "広告の配信", "6か月", "12か月", "協会 / 03-9999-0000", "第1版（2026年11月2日）から第2版（2026年11月21日）への変更です。"},
		"":                     {"追加される送信先"},
		"?from=2&to=1":         {"なくなる送信先"},
		"?from=1&to=2&lang=en": {"Recipients added", "Criteo K.K.", "12 months", "From revision 1 (1 November 2026) to revision 2 (20 November 2026)."},
		"?from=2&to=2":         {"公表している内容に変更はありません。"},
	} {
		w := v.get("/sites/shop/notice/changes" + path)
		for _, text := range want {
			if w.Code != 200 || !strings.Contains(w.Body.String(), text) {
				t.Errorf("%q: %d, %q is missing", path, w.Code, text)
			}
		}
	}
}

func TestChangesOfWhatIsPublicAlone(t *testing.T) {
	v := newEnv()
	announce(v)
	if w := v.get("/sites/shop/notice/changes"); w.Code != 200 || !strings.Contains(w.Body.String(), "2026年12月21日") {
		t.Errorf("what is announced: %d", w.Code)
	}
	v.sites.announced = nil
	for _, path := range []string{"?from=1&to=2", "?from=2&to=1", "?from=1&to=9", "?from=x", "?to=-1"} {
		if w := v.get("/sites/shop/notice/changes" + path); w.Code != 404 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	if w := v.get("/sites/shop/notice/changes"); w.Code != 200 {
		t.Errorf("a site with one publication: %d", w.Code)
	}
}

func TestEmbedIsForTheSitesOwnPages(t *testing.T) {
	v := newEnv()
	w := v.get("/sites/shop/notice/embed")
	if csp := w.Header().Get("Content-Security-Policy"); w.Code != 200 || !strings.HasSuffix(csp, "; frame-ancestors https://www.example.jp") || !strings.HasPrefix(csp, "default-src 'none'; style-src 'self'; ") {
		t.Errorf("%d %q", w.Code, csp)
	}
	body := w.Body.String()
	if strings.Contains(body, "<footer>") || strings.Count(body, `target="_blank"`) < 4 || !strings.Contains(body, `href="../../../notice.css"`) {
		t.Error("the page is not made for a frame")
	}
	if page := v.get("/sites/shop/notice"); strings.Contains(page.Body.String(), "_blank") || !strings.Contains(page.Header().Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		t.Error("the page by itself is made for a frame")
	}
}

func TestTheme(t *testing.T) {
	v := newEnv()
	get := func() string { return v.get("/sites/shop/notice.css").Body.String() }
	if css := get(); strings.Count(css, "--link") != 2 || !strings.Contains(css, "prefers-color-scheme: dark") || !strings.HasPrefix(css, "@media screen {") {
		t.Error(css)
	}
	v.sites.revisions[1].Document.Theme = site.Theme{Accent: "#7a1f2b", Scheme: site.SchemeDark, Dark: site.Colours{Panel: "#2a2521"}}
	if css := get(); strings.Count(css, "--link") != 1 || !strings.Contains(css, "--ground: #2a2521") || !strings.Contains(css, "color-scheme: dark;") {
		t.Error(css)
	}
}

func TestRegimes(t *testing.T) {
	v := newEnv()
	us := v.sites.revisions[1].Vendors[0]
	for country, want := range map[string]string{
		"US": "EU・米国データプライバシーフレームワーク", "FR": "日本と同等の水準", "GB": "日本と同等の水準", "SG": "グローバルCBPR", "CN": "offshore_report_china/",
		"IN": "「諸外国・地域の法制度」", "BR": "制度を確認できていません。", "": "国・地域を確認できていないため",
	} {
		v.now = v.now.Add(time.Hour)
		us.Country = country
		v.sites.revisions[1].Vendors[0] = us
		if body := v.get("/sites/shop/notice").Body.String(); !strings.Contains(body, want) {
			t.Errorf("%s: %q is missing", country, want)
		}
	}
	us.Country = "JP"
	v.sites.revisions[1].Vendors = []site.RevisionVendor{us}
	v.now = v.now.Add(time.Hour)
	if body := v.get("/sites/shop/notice").Body.String(); strings.Contains(body, `id="countries"`) {
		t.Error("Japan is abroad")
	}
}

func TestComplaintsAndEnactment(t *testing.T) {
	v := newEnv()
	if body := v.get("/sites/shop/notice").Body.String(); strings.Contains(body, "苦情の申出先") || !strings.Contains(body, `<time datetime="2026-11-02">`) {
		t.Error("a body that nobody named, or not the day of the first publication")
	}
	v.now = v.now.Add(time.Hour)
	notice := &v.sites.revisions[1].Document.Notice
	notice.Complaints, notice.Enacted = site.Body{Name: catalogue.Text{"ja": "一般社団法人 例の協会"}, URL: "https://body.example/", Phone: "03-9999-0000"}, "2018-04-01"
	body := v.get("/sites/shop/notice").Body.String()
	for _, want := range []string{"苦情の申出先", "一般社団法人 例の協会", `href="https://body.example/"`, "03-9999-0000", "2018年4月1日"} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is missing", want)
		}
	}
}
