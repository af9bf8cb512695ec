package storetest

import (
	"context"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/sekisho/sekisho/server/discovery"
	"github.com/sekisho/sekisho/server/fault"
)

var discoveryTests = []test{
	{"nothing reported", discoveriesNone},
	{"counted by site and day", discoveriesCounted},
	{"no more counters than a day may have", discoveriesBounded},
	{"reports at once", discoveriesRace},
	{"names of any kind", discoveriesNames},
	{"a day has an end", discoveriesEnd},
	{"a context that ended", discoveriesContext},
}

const today = "2026-11-21"

func newReport(key, day string, names ...string) discovery.Write {
	return discovery.Write{Site: key, Day: day, Names: names, Most: 5, Rest: "rest", TTL: time.Hour}
}

func discover(t *testing.T, s Stores, w discovery.Write) {
	t.Helper()
	if err := s.Discover(t.Context(), w); err != nil {
		t.Fatalf("Discover: %v", err)
	}
}

func wantDiscovered(t *testing.T, s Stores, key string, days []string, want map[string]map[string]int64) {
	t.Helper()
	if got, err := s.Discovered(t.Context(), key, days); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%s on %v: %v, not %v, %v", key, days, got, want, err)
	}
}

func discoveriesNone(t *testing.T, s Stores) {
	wantDiscovered(t, s, newKey(), []string{"2026-11-20", today}, map[string]map[string]int64{})
	wantDiscovered(t, s, newKey(), nil, map[string]map[string]int64{})
}

func discoveriesCounted(t *testing.T, s Stores) {
	one, two := newKey(), newKey()
	discover(t, s, newReport(one, "2026-11-18", "old"))
	discover(t, s, newReport(one, "2026-11-19", "a", "b"))
	discover(t, s, newReport(one, today, "a"))
	discover(t, s, newReport(one, today, "a", "c"))
	discover(t, s, newReport(one, "2026-11-22", "tomorrow"))
	discover(t, s, newReport(two, today, "a"))
	wantDiscovered(t, s, one, []string{"2026-11-19", "2026-11-20", today}, map[string]map[string]int64{"2026-11-19": {"a": 1, "b": 1}, today: {"a": 2, "c": 1}})
	wantDiscovered(t, s, two, []string{today}, map[string]map[string]int64{today: {"a": 1}})
}

// discoveriesBounded: what is known goes on being counted, and what is not ends in Rest.
func discoveriesBounded(t *testing.T, s Stores) {
	key := newKey()
	discover(t, s, newReport(key, today, "a", "b", "c"))
	discover(t, s, newReport(key, today, "d", "e", "f", "g", "a"))
	want := map[string]int64{"a": 2, "b": 1, "c": 1, "d": 1, "e": 1, "rest": 2}
	wantDiscovered(t, s, key, []string{today}, map[string]map[string]int64{today: want})
	for i := range 40 {
		discover(t, s, newReport(key, today, fmt.Sprintf("made-up-%d", i), "e"))
	}
	want["rest"], want["e"] = 42, 41
	wantDiscovered(t, s, key, []string{today}, map[string]map[string]int64{today: want})
	// Another day has room of its own.
	discover(t, s, newReport(key, "2026-11-22", "f"))
	wantDiscovered(t, s, key, []string{"2026-11-22"}, map[string]map[string]int64{"2026-11-22": {"f": 1}})
}

func discoveriesRace(t *testing.T, s Stores) {
	const people, reports = 8, 10
	key := newKey()
	together(people, func(i int) {
		for n := range reports {
			if err := s.Discover(t.Context(), newReport(key, today, "all", fmt.Sprintf("%d-%d", i, n))); err != nil {
				t.Errorf("Discover: %v", err)
			}
		}
	})
	days, err := s.Discovered(t.Context(), key, []string{today})
	got := days[today]
	if err != nil || got["all"] != people*reports || got["rest"] != people*reports-4 || len(got) != 6 {
		t.Errorf("%v, %v", got, err)
	}
}

func discoveriesNames(t *testing.T, s Stores) {
	key := newKey()
	discover(t, s, newReport(key, today, "", "日本 語", "'; DROP TABLE discoveries; --", "\x00\r\n"))
	wantDiscovered(t, s, key, []string{today}, map[string]map[string]int64{today: {"": 1, "日本 語": 1, "'; DROP TABLE discoveries; --": 1, "\x00\r\n": 1}})
}

// discoveriesEnd: later reports do not make a day last longer.
func discoveriesEnd(t *testing.T, s Stores) {
	if s.LeftOfDay == nil {
		return
	}
	key := newKey()
	discover(t, s, newReport(key, today, "a"))
	w := newReport(key, today, "a")
	w.TTL = 10 * time.Hour
	discover(t, s, w)
	if left := s.LeftOfDay(t, key, today); left <= 0 || left > time.Hour {
		t.Errorf("held for another %v", left)
	}
}

func discoveriesContext(t *testing.T, s Stores) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	wantKind(t, "Discover", s.Discover(ended, newReport(newKey(), today, "a")), fault.Unavailable)
	_, err := s.Discovered(ended, newKey(), []string{today})
	wantKind(t, "Discovered", err, fault.Unavailable)
}
