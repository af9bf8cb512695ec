package server

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/sekisho/sekisho/server/operator"
)

func draftTag(t *testing.T, s *Server) string {
	t.Helper()
	d, err := s.Sites.Draft(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	return d.Tag
}

func TestLookIsHeldToContrast(t *testing.T) {
	s := withShop(t)
	cookie := session(t, s, operator.Editor)
	form := url.Values{"on": {draftTag(t, s)}, "place": {"card-left"}, "scheme": {"auto"}, "radius": {"4"}, "light.link": {"#777777"}}
	w := visit(s, "POST", "/console/sites/shop/look?lang=ja", cookie, form)
	if body := w.Body.String(); w.Code != http.StatusUnprocessableEntity || !strings.Contains(body, "4.47") || !strings.Contains(body, `value="#777777"`) || !strings.Contains(body, `id="reason-light.link"`) {
		t.Errorf("a link that cannot be read: %d %s", w.Code, body)
	}
	form.Set("light.link", "#555555")
	if w := visit(s, "POST", "/console/sites/shop/look", cookie, form); w.Code != http.StatusSeeOther {
		t.Fatalf("save: %d %s", w.Code, w.Body)
	}
	d, _ := s.Sites.Draft(t.Context(), "shop")
	if look := d.Document.Theme; look.Layout != "card" || look.Position != "left" || *look.Radius != 4 || look.Light.Link != "#555555" {
		t.Errorf("saved: %+v", look)
	}
}

func TestTextsAreTheSitesOwn(t *testing.T) {
	s := withShop(t)
	cookie := session(t, s, operator.Editor)
	form := url.Values{"on": {draftTag(t, s)}, "in": {"ja"}, "banner.title": {"Cookieについて"}, "common.acceptAll": {"すべて許可"}, "made.up": {"x"}}
	if w := visit(s, "POST", "/console/sites/shop/texts", cookie, form); w.Code != http.StatusSeeOther {
		t.Fatalf("save: %d %s", w.Code, w.Body)
	}
	d, _ := s.Sites.Draft(t.Context(), "shop")
	if own := d.Document.Texts["ja"]; len(own) != 1 || own["banner.title"] != "Cookieについて" {
		t.Errorf("saved: %v; what is as usual is not the site's own", own)
	}
	form = url.Values{"on": {d.Tag}, "in": {"ja"}, "banner.ask": {"{vendors}に送信します"}}
	w := visit(s, "POST", "/console/sites/shop/texts?lang=ja", cookie, form)
	if w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `id="reason-banner.ask"`) {
		t.Errorf("a gap that nothing fills: %d", w.Code)
	}
	if w := visit(s, "POST", "/console/sites/shop/texts", cookie, url.Values{"on": {d.Tag}, "in": {"tlh"}}); w.Code != http.StatusNotFound {
		t.Errorf("a language that is none: %d", w.Code)
	}
}

var previewAddress = regexp.MustCompile(`src="(/preview/[^/"]+/)\?`)

// TestPreviewShowsTheDraft: the real widget of what is saved, to whoever has the link, and nothing is kept.
func TestPreviewShowsTheDraft(t *testing.T) {
	s := withShop(t)
	cookie := session(t, s, operator.Viewer)
	rename(t, s, "下書きの店")
	m := previewAddress.FindStringSubmatch(visit(s, "GET", "/console/sites/shop/look", cookie, nil).Body.String())
	if m == nil {
		t.Fatal("the page has no preview")
	}
	sample := visit(s, "GET", m[1], nil, nil)
	if sample.Code != http.StatusOK || !strings.Contains(sample.Body.String(), `src="s/shop.js"`) || !strings.Contains(sample.Header().Get("Content-Security-Policy"), "sandbox allow-scripts;") {
		t.Errorf("the sample: %d %s", sample.Code, sample.Header())
	}
	script := visit(s, "GET", m[1]+"s/shop.js", nil, nil)
	parts := regexp.MustCompile(`/a/[0-9a-f]+/`).FindString(script.Body.String())
	if script.Code != http.StatusOK || parts == "" || script.Header().Get("Access-Control-Allow-Origin") != "*" {
		t.Fatalf("the script: %d, parts %q", script.Code, parts)
	}
	if w := visit(s, "GET", m[1]+parts[1:]+"banner.ja.js", nil, nil); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "下書きの店") {
		t.Errorf("the banner: %d", w.Code)
	}
	if liveName(t, s) != "例の店" {
		t.Error("the preview is live")
	}
	for _, token := range []string{"x", strings.Repeat("A", 60), m[1][len("/preview/") : len(m[1])-2]} {
		if w := visit(s, "GET", "/preview/"+token+"/", nil, nil); w.Code != http.StatusNotFound {
			t.Errorf("preview %q: %d", token, w.Code)
		}
	}
}
