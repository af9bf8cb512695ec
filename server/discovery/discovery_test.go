package discovery

import (
	"context"
	"slices"
	"testing"
	"time"
)

var now = time.Date(2026, 11, 21, 23, 59, 59, 0, time.UTC)

// memory answers with what it was given, whatever the days.
type memory struct {
	counters map[string]map[string]int64
	asked    []string
}

func (m *memory) Discover(context.Context, Write) error { return nil }

func (m *memory) Discovered(_ context.Context, _ string, days []string) (map[string]map[string]int64, error) {
	m.asked = days
	return m.counters, nil
}

func read(t *testing.T, m *memory, since time.Time) []Figure {
	t.Helper()
	all, err := Reader{Store: m, Now: func() time.Time { return now }}.Figures(t.Context(), "shop", since)
	if err != nil || all == nil {
		t.Fatalf("%v, %v", all, err)
	}
	return all
}

func TestFiguresAddUp(t *testing.T) {
	m := &memory{counters: map[string]map[string]int64{
		"2026-11-19": {"unknown img a.example - 0.1": 2, "unknown img a.example - 0.5": 3, "other - - - 0.1": 40},
		"2026-11-21": {"unknown img a.example - 0.5": 1, "unknown script a.example - 1": 1, "ahead script a.example criteo 1": 9, "of an older Sekisho": 7, "unknown img b.example - 0": 7},
	}}
	got := read(t, m, now.AddDate(0, 0, -2))
	figure := func(f Finding, count, estimate int64, days int, first, last string) Figure {
		return Figure{f, count, estimate, days, first, last}
	}
	want := []Figure{
		figure(Finding{What: Other}, 40, 400, 1, "2026-11-19", "2026-11-19"),
		figure(Finding{What: Unknown, Kind: "img", Host: "a.example"}, 6, 28, 2, "2026-11-19", "2026-11-21"),
		figure(Finding{What: Ahead, Kind: "script", Host: "a.example", Vendor: "criteo"}, 9, 9, 1, "2026-11-21", "2026-11-21"),
		figure(Finding{What: Unknown, Kind: "script", Host: "a.example"}, 1, 1, 1, "2026-11-21", "2026-11-21"),
	}
	if !slices.Equal(got, want) {
		t.Errorf("\n got %v\nwant %v", got, want)
	}
}

func TestDaysThatAreAskedFor(t *testing.T) {
	tokyo := time.FixedZone("JST", 9*60*60)
	for _, tc := range []struct {
		since       time.Time
		first, last string
		days        int
	}{
		{now, "2026-11-21", "2026-11-21", 1},
		{now.AddDate(0, 0, -1), "2026-11-20", "2026-11-21", 2},
		{time.Date(2026, 11, 21, 8, 59, 0, 0, tokyo), "2026-11-20", "2026-11-21", 2},
		{time.Time{}, "2026-08-24", "2026-11-21", Retention},
	} {
		m := &memory{}
		if read(t, m, tc.since); len(m.asked) != tc.days || m.asked[0] != tc.first || m.asked[tc.days-1] != tc.last {
			t.Errorf("since %v: %v", tc.since, m.asked)
		}
	}
	m := &memory{}
	if read(t, m, now.AddDate(0, 0, 1)); m.asked != nil {
		t.Errorf("asked for tomorrow: %v", m.asked)
	}
}

// TestEstimateIsBounded: a sample may be as small as a float can be.
func TestEstimateIsBounded(t *testing.T) {
	f := Finding{What: Unknown, Kind: "img", Host: "a.example"}
	m := &memory{counters: map[string]map[string]int64{"2026-11-21": {f.name(5e-324): 1 << 62}}}
	if got := read(t, m, now); len(got) != 1 || got[0].Estimate <= 0 {
		t.Errorf("%v", got)
	}
}
