package server

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/operator"
	"github.com/sekisho/sekisho/server/site"
)

// published starts a service with a site that is live.
func withShop(t *testing.T) *Server {
	t.Helper()
	s := start(t, nil)
	doc, err := site.Parse(strings.NewReader(shop))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Sites.Apply(t.Context(), doc, site.ApplyOptions{Publish: true, By: "test"}); err != nil {
		t.Fatal(err)
	}
	return s
}

// rename edits the draft, and returns its tag.
func rename(t *testing.T, s *Server, name string) string {
	t.Helper()
	d, err := s.Sites.EditDraft(t.Context(), "shop", "", "test", name, func(doc *site.Document) error {
		doc.Name = catalogue.Text{"ja": name, "en": name}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return d.Tag
}

func liveName(t *testing.T, s *Server) string {
	t.Helper()
	live, err := s.Sites.Live(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	return live.Document.Name["ja"]
}

func TestPublishAndRollBack(t *testing.T) {
	s := withShop(t)
	cookie := session(t, s, operator.Editor)
	if w := visit(s, "GET", "/console/sites/shop/publish", cookie, nil); !strings.Contains(w.Body.String(), "The draft is the same as what is live") {
		t.Errorf("nothing to publish: %d %s", w.Code, w.Body)
	}
	stale := rename(t, s, "first")
	tag := rename(t, s, "second")

	w := visit(s, "POST", "/console/sites/shop/publish", cookie, url.Values{"on": {stale}, "why": {"because"}})
	if w.Code != http.StatusConflict || liveName(t, s) != "例の店" || !strings.Contains(w.Body.String(), `value="because"`) {
		t.Errorf("a draft that nobody looked at: %d, live %q", w.Code, liveName(t, s))
	}
	w = visit(s, "POST", "/console/sites/shop/publish", cookie, url.Values{"on": {tag}, "why": {"because"}})
	if w.Code != http.StatusSeeOther || liveName(t, s) != "second" {
		t.Fatalf("publish: %d %s, live %q", w.Code, w.Body, liveName(t, s))
	}
	body := visit(s, "GET", w.Header().Get("Location"), cookie, nil).Body.String()
	for _, want := range []string{"Published", "because", "Test editor", "Revision 2", "site name"} {
		if !strings.Contains(body, want) {
			t.Errorf("the history lacks %q", want)
		}
	}
	if w := visit(s, "POST", "/console/sites/shop/history", cookie, url.Values{"revision": {"1"}}); w.Code != http.StatusSeeOther || liveName(t, s) != "例の店" {
		t.Errorf("back to 1: %d, live %q", w.Code, liveName(t, s))
	}
	if d, _ := s.Sites.Draft(t.Context(), "shop"); d.Document.Name["ja"] != "second" {
		t.Errorf("going back touched the draft: %v", d.Document.Name)
	}
	for _, number := range []string{"9", "0", "-1", "x", ""} {
		if w := visit(s, "POST", "/console/sites/shop/history", cookie, url.Values{"revision": {number}}); w.Code != http.StatusNotFound {
			t.Errorf("back to %q: %d", number, w.Code)
		}
	}
	log, err := s.Operators.Audit(t.Context(), operator.Command("test"), operator.Query{Filter: operator.Filter{Site: "shop"}})
	if err != nil || len(log.Entries) != 2 || log.Entries[0].Action != operator.ActRollBack || log.Entries[1].Action != operator.ActPublish {
		t.Errorf("the audit log: %+v, %v", log.Entries, err)
	}
}

func TestWhatStandsInTheWayIsSaid(t *testing.T) {
	s := withShop(t)
	cookie := session(t, s, operator.Editor)
	d, err := s.Sites.EditDraft(t.Context(), "shop", "", "test", "texts", func(doc *site.Document) error {
		doc.Texts = map[string]site.Messages{"ja": {"common.rejectAll": "詳しく見る"}}
		doc.Notice.Contact = site.Contact{}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	body := visit(s, "GET", "/console/sites/shop/publish?lang=ja", cookie, nil).Body.String()
	for _, want := range []string{"公開の前に直すところ", "お問い合わせ先：", `href="/console/sites/shop/texts"`, "詳しく見る"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(body, "いますぐ公開") {
		t.Error("it can be published all the same")
	}
	if w := visit(s, "POST", "/console/sites/shop/publish", cookie, url.Values{"on": {d.Tag}}); w.Code != http.StatusUnprocessableEntity || liveName(t, s) != "例の店" {
		t.Errorf("published: %d", w.Code)
	}
}

func TestUndoFromThePage(t *testing.T) {
	s := withShop(t)
	cookie := session(t, s, operator.Editor)
	stale := rename(t, s, "first")
	tag := rename(t, s, "second")
	if w := visit(s, "POST", "/console/sites/shop/undo", cookie, url.Values{"on": {stale}}); w.Code != http.StatusConflict {
		t.Errorf("undo of what was not seen: %d", w.Code)
	}
	if w := visit(s, "POST", "/console/sites/shop/undo", cookie, url.Values{"on": {tag}}); w.Code != http.StatusSeeOther {
		t.Errorf("undo: %d", w.Code)
	}
	if d, _ := s.Sites.Draft(t.Context(), "shop"); d.Document.Name["ja"] != "first" {
		t.Errorf("the draft is %v", d.Document.Name)
	}
}
