package server

import (
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sekisho/sekisho/server/operator"
	"github.com/sekisho/sekisho/server/site"
)

func TestAnnounceAndWithdraw(t *testing.T) {
	s := withShop(t)
	cookie := session(t, s, operator.Editor)
	stale, tag := rename(t, s, "first"), rename(t, s, "second")
	const page = "/console/sites/shop/publish"
	tomorrow := time.Now().UTC().AddDate(0, 0, 1).Format("2006-01-02T15:04")
	announce := func(on, at string) (int, string) {
		w := visit(s, "POST", "/console/sites/shop/announce", cookie, url.Values{"on": {on}, "liveAt": {at}, "why": {"because"}})
		return w.Code, w.Body.String()
	}
	for name, c := range map[string]struct {
		on, at string
		status int
		says   string
	}{
		"a stale draft":     {stale, tomorrow, http.StatusConflict, `value="because"`},
		"a time that was":   {tag, "2020-01-01T00:00", http.StatusUnprocessableEntity, "must be later than now"},
		"a time that isn't": {tag, "tomorrow", http.StatusUnprocessableEntity, "must be a day and a time"},
	} {
		if code, body := announce(c.on, c.at); code != c.status || !strings.Contains(body, c.says) || !strings.Contains(body, "<details open>") {
			t.Errorf("%s: %d %s", name, code, body)
		}
	}
	if code, body := announce(tag, tomorrow); code != http.StatusSeeOther {
		t.Fatalf("%d %s", code, body)
	}
	body := visit(s, "GET", page, cookie, nil).Body.String()
	if liveName(t, s) != "例の店" || !strings.Contains(body, "Revision 2 goes live on") || strings.Contains(body, `name="liveAt"`) || !strings.Contains(body, "because") || !strings.Contains(body, `href="https://consent.example.jp/sites/shop/notice"`) {
		t.Errorf("announced: %s", body)
	}
	if notice := do(s, "GET", "/sites/shop/notice", "").Body.String(); !strings.Contains(notice, "変更の予告") || strings.Contains(notice, "because") {
		t.Error("visitors are not told, or of the reason as well")
	}
	if code, _ := announce(tag, tomorrow); code != http.StatusConflict {
		t.Errorf("twice: %d", code)
	}
	if w := visit(s, "POST", "/console/sites/shop/announce/withdraw", cookie, url.Values{}); w.Code != http.StatusSeeOther {
		t.Fatalf("withdrawn: %d", w.Code)
	}
	if w := visit(s, "POST", "/console/sites/shop/announce/withdraw", cookie, url.Values{}); w.Code != http.StatusNotFound {
		t.Errorf("withdrawn twice: %d", w.Code)
	}
	if body := visit(s, "GET", page, cookie, nil).Body.String(); !strings.Contains(body, `name="liveAt"`) {
		t.Error("nothing can be announced any more")
	}
	for _, act := range []operator.Action{operator.ActAnnounce, operator.ActUnannounce} {
		if n := acts(t, s, act); n != 1 {
			t.Errorf("%s stands in the audit log %d times", act, n)
		}
	}
}

// acts counts what the audit log has of an act.
func acts(t *testing.T, s *Server, act operator.Action) int {
	t.Helper()
	page, err := s.Operators.Audit(t.Context(), operator.Command("test"), operator.Query{Filter: operator.Filter{Action: act}, Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	return len(page.Entries)
}

// TestDue has a revision announced, and goes on until it is live and in the audit log.
func TestDue(t *testing.T) {
	var ahead atomic.Int64 // how far the clock is ahead
	s := start(t, func(c *Config) { c.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) } })
	first, err := site.Parse(strings.NewReader(shop))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Sites.Apply(t.Context(), first, site.ApplyOptions{Publish: true, By: "test"}); err != nil {
		t.Fatal(err)
	}
	doc, err := site.Parse(strings.NewReader(strings.Replace(shop, "例の店", "新しい店", 1)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Sites.Apply(t.Context(), doc, site.ApplyOptions{By: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Sites.Announce(t.Context(), "shop", r.Revision, time.Now().Add(time.Hour), "test", "because"); err != nil {
		t.Fatal(err)
	}
	ahead.Store(int64(2 * time.Hour))
	ticks := time.NewTicker(5 * time.Millisecond)
	defer ticks.Stop()
	for acts(t, s, operator.ActPublish) == 0 { // the test's own time limit ends it
		<-ticks.C
	}
	if liveName(t, s) != "新しい店" || acts(t, s, operator.ActPublish) != 1 {
		t.Errorf("%s is live, %d publications", liveName(t, s), acts(t, s, operator.ActPublish))
	}
}
