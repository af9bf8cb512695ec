package statistics

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
)

// book is counters by day, and revision 2 with a necessary vendor and two others.
type book map[string]map[string]int64

func (b book) Counts(_ context.Context, key, day string) (map[string]int64, error) {
	if key != "shop" {
		return nil, errors.New("another site")
	}
	return b[day], nil
}

func (book) Revision(_ context.Context, _ string, number int) (*site.Revision, error) {
	if number != 2 {
		return nil, errors.New("another revision")
	}
	vendor := func(id string, p catalogue.PurposeID) site.RevisionVendor {
		return site.RevisionVendor{Vendor: catalogue.Vendor{ID: id, Purposes: []catalogue.PurposeID{p}}}
	}
	return &site.Revision{Vendors: []site.RevisionVendor{vendor("need", catalogue.Necessary), vendor("ads", catalogue.Advertising), vendor("count", catalogue.Analytics)}}, nil
}

func day(n int) time.Time { return time.Date(2026, 11, n, 0, 0, 0, 0, time.UTC) }

func read(t *testing.T, b book, from, to int) *Report {
	t.Helper()
	r, err := Reader{Counts: b, Revisions: b}.Read(t.Context(), "shop", day(from), day(to))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func line(r Row) string {
	words := []string{r.Name}
	for _, c := range r.Counts {
		words = append(words, c.String())
	}
	return strings.Join(append(words, r.Total.String()), " ")
}

func TestReport(t *testing.T) {
	r := read(t, book{
		"2026-11-01": {"2|accept-all|1|ja": 40, "2|all|granted": 40, "2|reject-all|1|en": 10, "2|all|denied": 10},
		"2026-11-03": {"2|save|2|ja": 20, "2|vendor|ads|denied": 20, "2|vendor|count|granted": 20, "1|save|2|ja": 5, "1|vendor|gone|granted": 5, "what is this": 7},
		"2026-11-08": {"2|accept-all|1|ja": 1000},
	}, 1, 7)
	if got := line(r.All); got != " 40 10 25 0 0 75" {
		t.Errorf("all: %s", got)
	}
	if len(r.Days) != 7 || line(r.Days[0]) != "2026-11-01 40 10 0 0 0 50" || line(r.Days[1]) != "2026-11-02 0 0 0 0 0 0" || line(r.Days[2]) != "2026-11-03 0 0 25 0 0 25" {
		t.Errorf("days: %v", r.Days)
	}
	for name, c := range map[string]struct {
		got  []Row
		want string
	}{
		"languages": {r.Languages, "en 0 10 0 0 0 10|ja 40 0 25 0 0 65"},
		"layers":    {r.Layers, "1 40 10 0 0 0 50|2 0 0 25 0 0 25"},
		"revisions": {r.Revisions, "2 40 10 20 0 0 70|1 0 0 5 0 0 5"},
	} {
		var lines []string
		for _, row := range c.got {
			lines = append(lines, line(row))
		}
		if got := strings.Join(lines, "|"); got != c.want {
			t.Errorf("%s: %s, not %s", name, got, c.want)
		}
	}
	text, err := json.Marshal(r.Vendors)
	if err != nil || string(text) != `[{"vendor":"ads","asked":70,"granted":40,"denied":30},{"vendor":"count","asked":70,"granted":60,"denied":10},{"vendor":"gone","asked":5,"granted":5,"denied":0}]` {
		t.Errorf("vendors: %s, %v", text, err)
	}
}

// TestFewAreHidden: a language of one visitor does not stand out, nor what would give it away.
func TestFewAreHidden(t *testing.T) {
	r := read(t, book{"2026-11-01": {"2|accept-all|1|ja": 40, "2|accept-all|1|vi": 1, "2|reject-all|1|ja": 12, "2|reject-all|1|vi": 9}}, 1, 7)
	if got := line(r.Languages[1]); got != "vi <5 * 0 0 0 10" {
		t.Errorf("vi: %s", got)
	}
	if got := line(r.Languages[0]); got != "ja * * 0 0 0 52" {
		t.Errorf("ja: %s", got)
	}
	text, err := json.Marshal(r.Languages[1])
	if err != nil || !strings.Contains(string(text), `["\u003c5","*",0,0,0]`) {
		t.Errorf("%s, %v", text, err)
	}
	if _, ok := Share(r.Languages[1].Counts[0], r.Languages[1].Total); ok {
		t.Error("a share of what is hidden")
	}
}

func TestPeriods(t *testing.T) {
	for _, c := range []struct {
		from, to time.Time
		ok       bool
	}{
		{day(1), day(7), true}, {day(1), day(6), false}, {day(7), day(1), false}, {day(1), day(1).AddDate(0, 0, MaxDays-1), true}, {day(1), day(1).AddDate(0, 0, MaxDays), false},
	} {
		_, err := Reader{Counts: book{}, Revisions: book{}}.Read(t.Context(), "shop", c.from, c.to)
		if c.ok != (err == nil) || !c.ok && fault.KindOf(err) != fault.Invalid {
			t.Errorf("%v to %v: %v", c.from, c.to, err)
		}
	}
	if _, err := (Reader{Counts: book{}, Revisions: book{}}).Read(t.Context(), "other", day(1), day(7)); err == nil {
		t.Error("a fault of the store was lost")
	}
}
