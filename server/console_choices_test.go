package server

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/sekisho/sekisho/server/consent"
	"github.com/sekisho/sekisho/server/operator"
)

// decide records a decision about the shop's one vendor, and returns the visitor.
func decide(t *testing.T, s *Server, lang string, action consent.Action) (visitor uuid.UUID, receipt consent.Receipt) {
	t.Helper()
	id, err := uuid.NewV7()
	if err != nil {
		t.Fatal(err)
	}
	live, err := s.Sites.Live(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	d := consent.Decision{ID: id, Visitor: uuid.New(), Sequence: 1, Revision: live.Number, Action: action, Granted: []string{}, Denied: []string{}, Language: lang, Layer: 1, At: s.config.Now(), Page: "/items"}
	for i := range live.Vendors {
		switch v := &live.Vendors[i]; {
		case v.Necessary():
		case action == consent.AcceptAll:
			d.Granted = append(d.Granted, v.ID)
		default:
			d.Denied = append(d.Denied, v.ID)
		}
	}
	receipt, _, err = s.api.Recorder.Record(t.Context(), "shop", "https://shop.example", d)
	if err != nil {
		t.Fatal(err)
	}
	return d.Visitor, receipt
}

func decideOften(t *testing.T, s *Server, n int, lang string, action consent.Action) {
	t.Helper()
	for range n {
		decide(t, s, lang, action)
	}
}

func TestChoicesAreFigures(t *testing.T) {
	s := withShop(t)
	cookie := session(t, s, operator.Viewer)
	if body := visit(s, "GET", "/console/sites/shop/choices?lang=ja", cookie, nil).Body.String(); !strings.Contains(body, "この期間の選択はありません") || strings.Contains(body, "<svg class=\"chart\"") {
		t.Errorf("nothing chosen: %s", body)
	}
	decideOften(t, s, 15, "ja", consent.AcceptAll)
	decideOften(t, s, 5, "ja", consent.RejectAll)
	for lang, wants := range map[string][]string{
		"ja": {"選択の集計", "外部事業者別", "75.0%", "Criteo", "日本語", "第1版", `class="s1"`, "最初の日"},
		"en": {"What visitors chose", "By vendor", "75.0%", "Criteo", "Revision 1", "are not shown"},
	} {
		w := visit(s, "GET", "/console/sites/shop/choices?days=7&lang="+lang, cookie, nil)
		for _, want := range wants {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s: %d, lacks %q", lang, w.Code, want)
			}
		}
		if strings.Contains(w.Body.String(), "style=") {
			t.Error("inline style, which the page's policy refuses")
		}
	}
	for _, query := range []string{"from=2026-11-22&to=2026-11-23", "from=x&to=2026-11-23", "from=2020-01-01&to=2026-11-22"} {
		if w := visit(s, "GET", "/console/sites/shop/choices?"+query, cookie, nil); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), `class="reason"`) {
			t.Errorf("%s: %d", query, w.Code)
		}
	}
	if w := visit(s, "GET", "/console/sites/none/choices", cookie, nil); w.Code != http.StatusNotFound {
		t.Errorf("no such site: %d", w.Code)
	}
}

// TestFewChoicesStayHidden: one visitor in a language is seen neither on the page nor in a file.
func TestFewChoicesStayHidden(t *testing.T) {
	s := withShop(t)
	cookie := session(t, s, operator.Viewer)
	decideOften(t, s, 13, "ja", consent.AcceptAll)
	decideOften(t, s, 7, "ja", consent.RejectAll)
	decide(t, s, "en", consent.AcceptAll)
	body := visit(s, "GET", "/console/sites/shop/choices?days=7&lang=en", cookie, nil).Body.String()
	if !strings.Contains(body, "&lt;5") || !strings.Contains(body, "hidden</td>") {
		t.Errorf("the page: %s", body)
	}
	w := visit(s, "GET", "/console/sites/shop/choices/export.csv?days=7", cookie, nil)
	if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Content-Disposition"), "shop-choices-") {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.Body.String(), "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, line := range lines {
		if line[1] == "日本語" && (line[2] == "*" && line[3] == "7" || line[2] == "*" && line[3] == "*") || line[1] == "English" && line[2] == "<5" {
			seen++
		}
	}
	if seen != 2 {
		t.Errorf("the file: %q", lines)
	}
	w = visit(s, "GET", "/console/sites/shop/choices/export.json?days=7", cookie, nil)
	var report struct{ Languages []struct{ Counts []any } }
	if err := json.Unmarshal(w.Body.Bytes(), &report); err != nil || len(report.Languages) != 2 || report.Languages[0].Counts[0] != "<5" || report.Languages[1].Counts[0] != "*" {
		t.Errorf("JSON: %v %s", err, w.Body)
	}
	if acts := actions(t, s); len(acts) != 2 || acts[0].Action != operator.ActExportStatistic || !strings.Contains(acts[0].Detail, " – ") {
		t.Errorf("the audit log: %+v", acts)
	}
}

// actions are what the audit log says of the shop, the newest first.
func actions(t *testing.T, s *Server) []operator.Entry {
	t.Helper()
	log, err := s.Operators.Audit(context.Background(), operator.Command("test"), operator.Query{Filter: operator.Filter{Site: "shop"}})
	if err != nil {
		t.Fatal(err)
	}
	return log.Entries
}

func TestChoicesKeepToTheirDays(t *testing.T) {
	s := withShop(t)
	cookie := session(t, s, operator.Viewer)
	decideOften(t, s, 6, "ja", consent.AcceptAll)
	today := s.config.Now().UTC()
	past := func(days int) string { return today.AddDate(0, 0, -days).Format(time.DateOnly) }
	body := visit(s, "GET", "/console/sites/shop/choices?lang=en&from="+past(8)+"&to="+past(1), cookie, nil).Body.String()
	if !strings.Contains(body, "Nobody chose anything") {
		t.Error("decisions of today in a period that is over")
	}
}
