package server

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/sekisho/sekisho/server/operator"
)

// settings are what the form sends for the shop as it is.
func settings(tag string) url.Values {
	return url.Values{"on": {tag}, "name.ja": {"例の店"}, "name.en": {"Example shop"}, "origins": {"https://www.example.jp"}, "languages": {"ja", "en"},
		"default": {"opt-in"}, "expiryMonths": {"6"}, "controller.ja": {"株式会社エグザンプル"}, "controller.en": {"Example, Inc."}, "email": {"privacy@example.jp"}}
}

func TestSiteIsCreated(t *testing.T) {
	s := withShop(t)
	cookie := session(t, s, operator.Editor)
	bad := visit(s, "POST", "/console/sites/new?lang=ja", cookie, url.Values{"key": {"Shop!"}, "origins": {"nonsense"}, "languages": {"ja"}})
	body := bad.Body.String()
	if bad.Code != http.StatusUnprocessableEntity || !strings.Contains(body, `id="reason-key"`) || !strings.Contains(body, `value="Shop!"`) || strings.Count(body, "nonsense") == 0 {
		t.Errorf("bad input: %d %s", bad.Code, body)
	}
	form := url.Values{"key": {"shop"}, "name.ja": {"二号店"}, "origins": {"https://two.example.jp\r\nhttps://three.example.jp\r\n"}, "languages": {"ja"}}
	if w := visit(s, "POST", "/console/sites/new", cookie, form); w.Code != http.StatusUnprocessableEntity || liveName(t, s) != "例の店" {
		t.Errorf("a key that is taken: %d", w.Code)
	}
	form.Set("key", "two")
	w := visit(s, "POST", "/console/sites/new", cookie, form)
	if w.Code != http.StatusSeeOther {
		t.Fatalf("create: %d %s", w.Code, w.Body)
	}
	d, err := s.Sites.Draft(t.Context(), "two")
	if err != nil || d.Latest != 0 || len(d.Document.Origins) != 2 || d.Document.ExpiryMonths != 6 {
		t.Errorf("the draft: %+v, %v", d, err)
	}
	if body := visit(s, "GET", w.Header().Get("Location"), cookie, nil).Body.String(); !strings.Contains(body, "Steps to publication") || strings.Contains(body, "Pause") {
		t.Errorf("the overview of a new site: %s", body)
	}
}

func TestSettingsAreSaved(t *testing.T) {
	s := withShop(t)
	cookie := session(t, s, operator.Editor)
	d, err := s.Sites.Draft(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	form := settings(d.Tag)
	form.Set("expiryMonths", "many")
	form.Set("reportSample", "200")
	form.Set("email", "nobody")
	w := visit(s, "POST", "/console/sites/shop/settings?lang=ja", cookie, form)
	for _, want := range []string{`value="many"`, `value="200"`, `value="nobody"`, `id="reason-expiryMonths"`, "月数を数字で入力してください", `id="reason-email"`, `id="reason-reportSample"`} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if after, _ := s.Sites.Draft(t.Context(), "shop"); w.Code != http.StatusUnprocessableEntity || after.Tag != d.Tag {
		t.Errorf("bad input: %d, changed %v", w.Code, after.Tag != d.Tag)
	}

	form = settings(d.Tag)
	form.Set("expiryMonths", "12")
	form.Set("reportSample", "0.5")
	form.Set("hosts", "cdn.example.jp\nimg.example.jp")
	form.Set("strict", "on")
	if w := visit(s, "POST", "/console/sites/shop/settings", cookie, form); w.Code != http.StatusSeeOther {
		t.Fatalf("save: %d %s", w.Code, w.Body)
	}
	after, _ := s.Sites.Draft(t.Context(), "shop")
	doc := after.Document
	if doc.ExpiryMonths != 12 || *doc.ReportSample != 0.005 || len(doc.Hosts) != 2 || !doc.Strict || len(doc.Vendors) != 2 || after.Live != 1 {
		t.Errorf("saved: %+v", doc)
	}
	if liveName(t, s) != "例の店" || after.Edits[len(after.Edits)-1].By != "Test editor" {
		t.Errorf("edits %+v", after.Edits)
	}

	// The tag of before: somebody else, in another window.
	form.Set("name.ja", "上書き")
	w = visit(s, "POST", "/console/sites/shop/settings?lang=ja", cookie, form)
	if kept, _ := s.Sites.Draft(t.Context(), "shop"); w.Code != http.StatusConflict || kept.Tag != after.Tag {
		t.Errorf("over another's change: %d", w.Code)
	}
	for _, want := range []string{`value="上書き"`, "Test editorさんが下書きを変更しました", `name="on" value="` + after.Tag} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("the page of a conflict lacks %q", want)
		}
	}
}

// TestADraftMayBeIncomplete: what only a publication needs can be left empty, and
// what another page is responsible for does not stand in the way.
func TestADraftMayBeIncomplete(t *testing.T) {
	s := withShop(t)
	cookie := session(t, s, operator.Editor)
	d, err := s.Sites.Draft(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	form := settings(d.Tag)
	form.Del("controller.ja")
	form.Del("controller.en")
	form.Del("email")
	if w := visit(s, "POST", "/console/sites/shop/settings", cookie, form); w.Code != http.StatusSeeOther {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestPauseIsAtOnceAndAlone(t *testing.T) {
	s := withShop(t)
	cookie := session(t, s, operator.Editor)
	rename(t, s, "書きかけ")
	for _, want := range []bool{true, false} {
		form := url.Values{}
		if want {
			form.Set("paused", "true")
		}
		if w := visit(s, "POST", "/console/sites/shop/pause", cookie, form); w.Code != http.StatusSeeOther {
			t.Fatalf("%v: %d %s", want, w.Code, w.Body)
		}
		live, err := s.Sites.Live(t.Context(), "shop")
		if err != nil || live.Document.Paused != want || live.Document.Name["ja"] != "例の店" {
			t.Errorf("live: paused %v, %v, %v", live.Document.Paused, live.Document.Name, err)
		}
		if d, _ := s.Sites.Draft(t.Context(), "shop"); d.Document.Name["ja"] != "書きかけ" || d.Document.Paused != want {
			t.Errorf("the draft: paused %v, %v", d.Document.Paused, d.Document.Name)
		}
	}
}
