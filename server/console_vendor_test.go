package server

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/sekisho/sekisho/server/discovery"
	"github.com/sekisho/sekisho/server/operator"
	"github.com/sekisho/sekisho/server/site"
)

// chosen returns the ids of the draft's vendors in their order.
func chosen(t *testing.T, s *Server) string {
	t.Helper()
	d, err := s.Sites.Draft(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, v := range d.Document.Vendors {
		ids = append(ids, v.ID)
	}
	return strings.Join(ids, " ")
}

// has fails for each of the words that a page lacks.
func has(t *testing.T, w *httptest.ResponseRecorder, words ...string) {
	t.Helper()
	for _, want := range words {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the page (%d) lacks %q", w.Code, want)
		}
	}
	if t.Failed() {
		t.Log(w.Body.String())
	}
}

func TestVendorsAreArrangedAndTakenBack(t *testing.T) {
	s := withShop(t)
	cookie := session(t, s, operator.Editor)
	at := "/console/sites/shop/vendors"
	add := url.Values{"vendor": {"google-analytics-4", "criteo", "google-analytics-ua"}}
	if w := visit(s, "POST", "/console/sites/shop/catalogue", cookie, add); w.Code != http.StatusSeeOther {
		t.Fatalf("add: %d %s", w.Code, w.Body)
	}
	if got := chosen(t, s); got != "criteo microsoft-clarity google-analytics-4 google-analytics-ua" {
		t.Fatalf("added: %s", got)
	}
	has(t, visit(s, "GET", at+"?lang=ja", cookie, nil), "提供終了", "後継：", "catalogue?q=google-analytics-4", "個人データとひも付け")
	has(t, visit(s, "GET", at+"?lang=en", cookie, nil), "Discontinued", "Successor: ", "Linked with personal data")
	// Up stays within the purpose: Clarity is the only other vendor of analytics that stands before.
	for _, want := range []string{"criteo google-analytics-4 microsoft-clarity google-analytics-ua", "criteo google-analytics-4 microsoft-clarity google-analytics-ua"} {
		if w := visit(s, "POST", at, cookie, url.Values{"up": {"google-analytics-4"}}); w.Code != http.StatusSeeOther || !strings.HasSuffix(w.Header().Get("Location"), "#vendor-google-analytics-4") {
			t.Errorf("up: %d %s", w.Code, w.Header())
		}
		if got := chosen(t, s); got != want {
			t.Errorf("up: %s", got)
		}
	}
	visit(s, "POST", at, cookie, url.Values{"remove": {"criteo"}})
	visit(s, "POST", at, cookie, url.Values{"remove": {"google-analytics-ua"}})
	if got := chosen(t, s); got != "google-analytics-4 microsoft-clarity" {
		t.Errorf("removed: %s", got)
	}
	r := httptest.NewRequest("POST", "/console/sites/shop/undo", strings.NewReader(url.Values{"on": {draftTag(t, s)}}.Encode()))
	for name, value := range map[string]string{"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded", "Referer": "http://example.com" + at + "?done=vendor-removed&x=1"} {
		r.Header.Set(name, value)
	}
	r.AddCookie(cookie)
	w := httptest.NewRecorder()
	if s.Handler().ServeHTTP(w, r); w.Header().Get("Location") != at+"?done=undone&x=1" {
		t.Errorf("undo: %d, to %s", w.Code, w.Header().Get("Location"))
	}
	if got := chosen(t, s); got != "google-analytics-4 microsoft-clarity google-analytics-ua" {
		t.Errorf("taken back: %s; one removal alone", got)
	}
	if w := visit(s, "POST", at, cookie, url.Values{}); w.Code != http.StatusBadRequest {
		t.Errorf("nothing asked: %d", w.Code)
	}
	if w := visit(s, "POST", "/console/sites/shop/catalogue", cookie, url.Values{"vendor": {"nobody"}}); w.Code != http.StatusNotFound {
		t.Errorf("an entry that is none: %d", w.Code)
	}
	has(t, visit(s, "POST", "/console/sites/shop/catalogue?lang=ja", cookie, url.Values{"q": {"karte"}}), "追加する外部事業者を選んでください", `value="karte"`)
}

// TestOldEntriesAreFlagged: a year after anybody last looked at an entry's sources.
func TestOldEntriesAreFlagged(t *testing.T) {
	s := start(t, func(c *Config) { c.Now = func() time.Time { return time.Now().AddDate(0, 0, 800) } })
	doc, err := site.Parse(strings.NewReader(shop))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Sites.Apply(t.Context(), doc, site.ApplyOptions{By: "test"}); err != nil {
		t.Fatal(err)
	}
	cookie := session(t, s, operator.Viewer)
	w := visit(s, "GET", "/console/sites/shop/vendors?lang=ja", cookie, nil)
	has(t, w, "から確認されていません")
	if strings.Contains(w.Body.String(), `name="remove"`) {
		t.Error("a viewer is offered to remove vendors")
	}
}

func TestVendorIsUsedAsChosen(t *testing.T) {
	s := withShop(t)
	cookie := session(t, s, operator.Editor)
	at := "/console/sites/shop/vendors/microsoft-clarity"
	has(t, visit(s, "GET", at+"?lang=ja", cookie, nil), "許可される前でも、IPアドレスや閲覧したページなどが送信されます", `value="signal"`, "送信先での利用目的", `name="linked" value="on" aria-describedby="linked-hint" checked`)
	if w := visit(s, "GET", "/console/sites/shop/vendors/criteo", cookie, nil); strings.Contains(w.Body.String(), `value="signal"`) {
		t.Error("a tag that takes no signal can be told one")
	}
	on := draftTag(t, s)
	if w := visit(s, "POST", at, cookie, url.Values{"on": {on}, "mode": {"both"}}); w.Code != http.StatusSeeOther {
		t.Fatalf("save: %d %s", w.Code, w.Body)
	}
	d, _ := s.Sites.Draft(t.Context(), "shop")
	if v := d.Document.Vendors[1]; v.Mode != site.Both || v.LinkedWithPersonalData {
		t.Errorf("saved: %+v", v)
	}
	w := visit(s, "POST", at+"?lang=ja", cookie, url.Values{"on": {on}, "mode": {"signal"}, "linked": {"on"}})
	if has(t, w, "Test editorさんが下書きを変更しました", `value="signal" checked`, `name="on" value="`+d.Tag); w.Code != http.StatusConflict || draftTag(t, s) != d.Tag {
		t.Errorf("over another's change: %d", w.Code)
	}
	w = visit(s, "POST", "/console/sites/shop/vendors/criteo?lang=ja", cookie, url.Values{"on": {d.Tag}, "mode": {"signal"}})
	if has(t, w, "この外部事業者では選べません"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a mode that is none: %d", w.Code)
	}
	for _, path := range []string{"/console/sites/shop/vendors/nobody", "/console/sites/shop/own-vendor?vendor=criteo"} {
		if w := visit(s, "GET", path, cookie, nil); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
}

func TestCatalogueIsFoundByAnyName(t *testing.T) {
	s := withShop(t)
	cookie := session(t, s, operator.Viewer)
	for query, id := range map[string]string{"ろっくおん": "ad-ebis", "ＫＡＲＴＥ": "karte", "static.criteo.net": "criteo"} {
		w := visit(s, "GET", "/console/sites/shop/catalogue?q="+url.QueryEscape(query), cookie, nil)
		if !strings.Contains(w.Body.String(), `id="add-`+id+`"`) && id != "criteo" || strings.Contains(w.Body.String(), "line-tag") {
			t.Errorf("%q does not find %s alone", query, id)
		}
	}
	has(t, visit(s, "GET", "/console/sites/shop/catalogue?lang=ja&q=criteo", cookie, nil), "追加済み")
	has(t, visit(s, "GET", "/console/sites/shop/catalogue?lang=ja&q=nothing+like+it", cookie, nil), "見つかりませんでした", "own-vendor")
}

const snippet = `<!-- Clarity and others --><script>
// tag by //our.notes
(function(c,l,a,r,i,t,y){t=l.createElement(r);t.src="https:\/\/www.clarity.ms/tag/"+i;})(window,document,"clarity","script","abc");
</script>
<script async src="https://www.googletagmanager.com/gtag/js?id=G-ABC123&amp;l=x"></script>
<noscript><img src="//tr.unheard-of.example.com/p?id=1"></noscript>
<script src="https://www.googletagmanager.com/new/thing.js"></script>
<script src="https://cdn.www.example.jp/app.js"></script>`

func TestSnippetIsRecognised(t *testing.T) {
	s := withShop(t)
	cookie := session(t, s, operator.Editor)
	at := "/console/sites/shop/paste?lang=ja"
	form := url.Values{"snippet": {snippet}}
	w := visit(s, "POST", at, cookie, form)
	has(t, w, `id="add-google-analytics-4" checked`, "www.googletagmanager.com/gtag/js?id=G-ABC123&amp;l=x", `id="add-google-tag-manager"`, "www.clarity.ms/tag/", "own-vendor?host=tr.unheard-of.example.com")
	for _, not := range []string{`host=cdn.www.example.jp`, "our.notes</code>", `id="add-google-tag-manager" checked`, "<noscript><img"} {
		if strings.Contains(w.Body.String(), not) {
			t.Errorf("the page has %q", not)
		}
	}
	form.Set("vendor", "google-analytics-4")
	form.Set("add", "on")
	has(t, visit(s, "POST", at, cookie, form), "外部事業者を追加しました", "own-vendor?host=tr.unheard-of.example.com")
	if got := chosen(t, s); got != "criteo microsoft-clarity google-analytics-4" {
		t.Errorf("added: %s", got)
	}
	form = url.Values{"snippet": {snippet}, "host": {"tr.unheard-of.example.com"}, "vendor": {"karte"}}
	if w := visit(s, "POST", at, cookie, form); strings.Contains(w.Body.String(), "own-vendor?host=") {
		t.Error("the site's own host is not known")
	}
	if d, _ := s.Sites.Draft(t.Context(), "shop"); len(d.Document.Hosts) != 1 || len(d.Document.Vendors) != 3 {
		t.Errorf("hosts %v", d.Document.Hosts)
	}
	has(t, visit(s, "POST", at, cookie, url.Values{"snippet": {"hello"}}), "タグのアドレスは見つかりませんでした")
	if w := visit(s, "POST", at, cookie, url.Values{"host": {"not a host"}}); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("a host that is none: %d", w.Code)
	}
}

// ownVendor is what the form of a vendor of the site's own sends.
func ownVendor(on string) url.Values {
	return url.Values{"on": {on}, "vendor": {""}, "name.ja": {"地元計測"}, "entity.ja": {"株式会社地元計測"}, "country": {"JP"}, "main": {"analytics"}, "purposes": {"advertising"},
		"data": {"page-url", "cookie-id"}, "receives.ja": {"閲覧したページ"}, "usedFor.ja": {"集計に使います。"}, "hosts": {"https://tag.jimoto.example.com/js/*\nlog.jimoto.example.com"},
		"cookies": {"_jm\nuid jimoto.example.com"}, "privacy.ja": {"https://jimoto.example.com/privacy"}}
}

func TestOwnVendor(t *testing.T) {
	s := withShop(t)
	cookie := session(t, s, operator.Editor)
	at := "/console/sites/shop/own-vendor"
	form := ownVendor(draftTag(t, s))
	for address, want := range map[string]string{"https://tag.jimoto.example.com/js/a.js": "この外部事業者のタグとして", "tag.jimoto.example.com/img": "どの外部事業者のタグにも", "https://static.criteo.net/js/ld/ld.js": "別の外部事業者（Criteo", "": "アドレスを入力"} {
		form.Set("test", "on")
		form.Set("try", address)
		has(t, visit(s, "POST", at+"?lang=ja", cookie, form), want, `value="地元計測"`)
	}
	form.Del("test")
	if got := chosen(t, s); got != "criteo microsoft-clarity" {
		t.Errorf("the test has saved: %s", got)
	}
	if w := visit(s, "POST", at, cookie, form); w.Code != http.StatusSeeOther {
		t.Fatalf("save: %d %s", w.Code, w.Body)
	}
	d, _ := s.Sites.Draft(t.Context(), "shop")
	v := d.Document.Vendors[2].Custom
	if v.ID != "example-com" || fmt.Sprint(v.Purposes) != "[analytics advertising]" || v.Hosts[0].Path != "/js/*" || v.Hosts[1].Host != "log.jimoto.example.com" || v.Cookies[1].Party != "third" || v.Links.Privacy["ja"] == "" {
		t.Errorf("saved: %+v", v)
	}
	page := visit(s, "GET", at+"?vendor=example-com", cookie, nil)
	has(t, page, "tag.jimoto.example.com/js/*\nlog", "uid jimoto.example.com", `value="cookie-id" checked`, `<option value="analytics" selected>`)
	has(t, visit(s, "GET", "/console/sites/shop/vendors/example-com?lang=ja", cookie, nil), "own-vendor?vendor=example-com", "独自に登録した内容", "株式会社地元計測")

	form = ownVendor(d.Tag)
	form.Set("vendor", "example-com")
	for name, value := range map[string]string{"name.ja": "", "hosts": "static.criteo.net/js/ld/ld.js\nno host", "main": "", "privacy.ja": "http://jimoto.example.com", "usedFor.ja": "<b>集計</b>", "cookies": "a=b"} {
		form.Set(name, value)
	}
	form.Del("purposes")
	form.Del("data")
	w := visit(s, "POST", at+"?lang=ja", cookie, form)
	has(t, w, `id="reason-name.ja"`, `id="reason-usedFor.ja"`, `id="reason-privacy.ja"`, "no host", "a=b", "static.criteo.net")
	if w.Code != http.StatusUnprocessableEntity || draftTag(t, s) != d.Tag {
		t.Errorf("bad input: %d", w.Code)
	}
	for _, english := range []string{"must ", "is missing"} {
		if strings.Contains(w.Body.String(), english) {
			t.Errorf("English in Japanese: %s", w.Body)
		}
	}
	has(t, visit(s, "POST", at+"?lang=en", cookie, form), "is missing")

	// Another editor, meanwhile: what was typed stays.
	rename(t, s, "別の名前")
	form = ownVendor(d.Tag)
	if w := visit(s, "POST", at+"?lang=ja", cookie, form); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), `value="株式会社地元計測"`) {
		t.Errorf("over another's change: %d", w.Code)
	}
}

func TestDiscoveredHostsAreSettled(t *testing.T) {
	s := withShop(t)
	cookie := session(t, s, operator.Editor)
	recorder := discovery.Recorder{Reader: discovery.Reader{Store: s.config.Store, Now: time.Now}, Sites: s.Sites, Own: "consent.example.jp"}
	if err := recorder.Record(t.Context(), "shop", []discovery.Finding{
		{What: discovery.Unknown, Kind: "script", Host: "static.karte.io"}, {What: discovery.Unknown, Kind: "img", Host: "static.karte.io"},
		{What: discovery.Unknown, Kind: "img", Host: "img.partner.example.com"}, {What: discovery.Ahead, Kind: "script", Host: "static.criteo.net", Vendor: "criteo"},
	}); err != nil {
		t.Fatal(err)
	}
	at := "/console/sites/shop/discovered"
	w := visit(s, "GET", at+"?lang=ja&days=7", cookie, nil)
	has(t, w, "static.karte.io", `name="vendor" value="karte"`, `name="host" value="img.partner.example.com"`, "own-vendor?host=img.partner.example.com", "先読みしました", `<td class="number">20</td>`)
	visit(s, "POST", at, cookie, url.Values{"vendor": {"karte"}})
	visit(s, "POST", at, cookie, url.Values{"host": {"img.partner.example.com"}})
	w = visit(s, "GET", at+"?lang=ja", cookie, nil)
	if strings.Contains(w.Body.String(), `name="host"`) || strings.Count(w.Body.String(), "下書きに登録済み") != 2 {
		t.Errorf("not settled: %s", w.Body)
	}
	viewer := session(t, s, operator.Viewer)
	if w := visit(s, "GET", at, viewer, nil); w.Code != http.StatusOK || strings.Contains(w.Body.String(), `name="vendor"`) {
		t.Errorf("a viewer: %d", w.Code)
	}
	if w := visit(s, "POST", at, cookie, url.Values{}); w.Code != http.StatusBadRequest {
		t.Errorf("nothing asked: %d", w.Code)
	}
}

// upload sends the form of an import.
func upload(t *testing.T, s *Server, path string, cookie *http.Cookie, fields map[string]string) *httptest.ResponseRecorder {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, value := range fields {
		var err error
		if name == "file" {
			part, e := w.CreateFormFile(name, "site.json")
			if err = e; err == nil {
				_, err = part.Write([]byte(value))
			}
		} else {
			err = w.WriteField(name, value)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("POST", path, &b)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Content-Type", w.FormDataContentType())
	r.AddCookie(cookie)
	answer := httptest.NewRecorder()
	s.Handler().ServeHTTP(answer, r)
	return answer
}

func TestDraftAsAFile(t *testing.T) {
	s := withShop(t)
	cookie := session(t, s, operator.Editor)
	w := visit(s, "GET", "/console/sites/shop/export", cookie, nil)
	if !strings.Contains(w.Header().Get("Content-Disposition"), `filename="shop.site.json"`) {
		t.Errorf("export: %s", w.Header())
	}
	exported := w.Body.String()
	before := draftTag(t, s)
	at := "/console/sites/shop/import?lang=ja"
	changed := strings.Replace(exported, `"id": "criteo"`, `"id": "karte"`, 1)
	w = upload(t, s, at, cookie, map[string]string{"file": "\ufeff" + changed})
	if has(t, w, "追加される外部事業者", "KARTE", "下書きを置き換える", `name="on" value="`+before); w.Code != http.StatusOK || draftTag(t, s) != before {
		t.Errorf("the comparison has changed the draft: %d", w.Code)
	}
	if w := upload(t, s, at, cookie, map[string]string{"document": changed, "on": before, "replace": "on"}); w.Code != http.StatusSeeOther {
		t.Fatalf("replace: %d %s", w.Code, w.Body)
	}
	if got := chosen(t, s); got != "karte microsoft-clarity" {
		t.Errorf("replaced: %s", got)
	}
	after := draftTag(t, s)
	has(t, upload(t, s, at, cookie, map[string]string{"document": exported, "on": before, "replace": "on"}), "Test editorさんが下書きを変更しました")
	for name, c := range map[string]struct{ text, want string }{
		"no JSON":        {`{"key": `, "ファイルを読み取れませんでした"},
		"no such key":    {strings.Replace(exported, `"vendors"`, `"venders"`, 1), "/venders"},
		"no such vendor": {strings.Replace(exported, `"criteo"`, `"critoe"`, 1), "外部事業者（1件目）のID"},
	} {
		w := upload(t, s, at, cookie, map[string]string{"document": c.text, "on": after, "replace": "on"})
		if !strings.Contains(w.Body.String(), c.want) || w.Code < 400 || w.Code >= 500 {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
	if draftTag(t, s) != after {
		t.Error("a refused file has changed the draft")
	}
	has(t, upload(t, s, at, cookie, map[string]string{"document": strings.Replace(exported, `"shop"`, `"other"`, 1)}), "このファイルは別のサイト（other）のものです")
	if w := upload(t, s, at, cookie, map[string]string{"file": strings.Repeat(" ", 1<<20+1)}); w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("too large: %d", w.Code)
	}
}

// TestTagIsShownAndSeen: what is to be pasted for what is live, and whether a page of the site loads it.
func TestTagIsShownAndSeen(t *testing.T) {
	s := withShop(t)
	cookie := session(t, s, operator.Viewer)
	at := "/console/sites/shop/tag?lang=ja"
	has(t, visit(s, "GET", at, cookie, nil), "&lt;script src=&#34;https://consent.example.jp/s/shop.js&#34;&gt;&lt;/script&gt;", "タグはまだ確認できていません", "186通りのうち", "https://www.example.jp")
	has(t, visit(s, "GET", at+"&way=sealed", cookie, nil), "document.write")
	has(t, visit(s, "GET", at+"&way=gpc", cookie, nil), "{&#34;gpc&#34;: true")
	has(t, visit(s, "GET", at+"&way=nginx", cookie, nil), "有効にして公開すると使えます")
	d, err := s.Sites.Draft(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	d.Document.Policy = true
	if _, err := s.Sites.Apply(t.Context(), d.Document, site.ApplyOptions{Publish: true, By: "test"}); err != nil {
		t.Fatal(err)
	}
	for way, want := range map[string]string{"strict": "Content-Security-Policy", "nginx": "add_header", "apache": "Header", "cloudflare": "fetch"} {
		has(t, visit(s, "GET", at+"&way="+way, cookie, nil), want, "data-copy")
	}

	load := func(headers map[string]string) {
		r := httptest.NewRequest("GET", "/s/shop.js", nil)
		for name, value := range headers {
			r.Header.Set(name, value)
		}
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Fatalf("the script: %d", w.Code)
		}
	}
	for _, headers := range []map[string]string{{}, {"Sec-Fetch-Dest": "document"}, {"Sec-Fetch-Dest": "script", "Referer": "https://elsewhere.example/"}} {
		load(headers)
		has(t, visit(s, "GET", at, cookie, nil), "タグはまだ確認できていません")
	}
	load(map[string]string{"Sec-Fetch-Dest": "script", "Sec-Fetch-Site": "cross-site", "Referer": "https://www.example.jp/"})
	has(t, visit(s, "GET", at, cookie, nil), "サイトのページからタグが読み込まれています")
	has(t, visit(s, "GET", "/console/sites/shop/tag?lang=en", cookie, nil), "We have seen your tag")
}
