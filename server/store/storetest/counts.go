package storetest

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"
)

var countTests = []test{
	{"a day without decisions", countsNone},
	{"exactly once, by site and day", countsOnce},
	{"names of any kind", countsNames},
}

func countsNone(t *testing.T, s Stores) {
	key := newSite(t, s, 1)
	for _, key := range []string{key, newKey()} {
		if counts, err := s.Counts(t.Context(), key, "2026-11-21"); err != nil || len(counts) != 0 {
			t.Errorf("%v, %v", counts, err)
		}
	}
}

// countsOnce: the day is that of RecordedAt in UTC; whatever comes again counts nothing.
func countsOnce(t *testing.T, s Stores) {
	one, two := newSite(t, s, 2), newSite(t, s, 2)
	midnight := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	for key, n := range map[string]int{one: 7, two: 2} {
		for i := range n {
			w := NewWrite(key, uuid.New(), NewID(), 1, Indices(0), nil)
			w.Counters = []string{"1|save|2|ja", "1|all|denied"}
			if i == 0 {
				w.Counters = []string{"1|reject-all|1|en"}
			}
			w.Entry.RecordedAt = midnight.Add(-time.Millisecond)
			if i == 1 {
				w.Entry.RecordedAt = midnight
			}
			for range 3 {
				record(t, s, w)
			}
		}
	}
	for _, c := range []struct {
		key, day string
		want     map[string]int64
	}{
		{one, "2026-11-21", map[string]int64{"1|save|2|ja": 5, "1|all|denied": 5, "1|reject-all|1|en": 1}},
		{one, "2026-11-22", map[string]int64{"1|save|2|ja": 1, "1|all|denied": 1}},
		{two, "2026-11-21", map[string]int64{"1|reject-all|1|en": 1}},
		{two, "2026-11-22", map[string]int64{"1|save|2|ja": 1, "1|all|denied": 1}},
	} {
		if got, err := s.Counts(t.Context(), c.key, c.day); err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s on %s: %v, not %v, %v", c.key, c.day, got, c.want, err)
		}
	}
}

func countsNames(t *testing.T, s Stores) {
	key := newSite(t, s, 2)
	w := NewWrite(key, uuid.New(), NewID(), 1, Indices(0), nil)
	w.Counters = nil
	record(t, s, w)
	w = NewWrite(key, uuid.New(), NewID(), 1, Indices(0), nil)
	w.Counters = []string{"", "日本 語", "'; DROP TABLE counts; --", "\x00\r\n", "x", "x"}
	want := map[string]int64{"": 1, "日本 語": 1, "'; DROP TABLE counts; --": 1, "\x00\r\n": 1, "x": 2}
	record(t, s, w)
	if got, err := s.Counts(t.Context(), key, "2026-11-21"); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, not %v, %v", got, want, err)
	}
}
