package embedded

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/sekisho/sekisho/server/discovery"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/store/storetest"
)

// clock is a clock that stands still until it is moved.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func (s *Store) rows(t *testing.T, table string) (n int) {
	t.Helper()
	if err := s.reads.QueryRowContext(t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestSweep(t *testing.T) {
	c := &clock{time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)}
	s := openAt(t, t.TempDir(), c.now)
	storetest.CreateSite(t, s, "shop", 2)
	put := func(visitor uuid.UUID, sequence uint32, state, history time.Duration) {
		t.Helper()
		w := storetest.NewWrite("shop", visitor, storetest.NewID(), sequence, storetest.Indices(0), nil)
		w.StateTTL, w.HistoryTTL = state, history
		if _, _, err := s.Record(t.Context(), w); err != nil {
			t.Fatal(err)
		}
	}
	kind := func(visitor uuid.UUID) (state, history fault.Kind) {
		_, stateErr := s.State(t.Context(), "shop", visitor)
		_, historyErr := s.History(t.Context(), "shop", visitor)
		return fault.KindOf(stateErr), fault.KindOf(historyErr)
	}
	sweep := func(want int) {
		t.Helper()
		if n, err := s.Sweep(t.Context(), c.now()); err != nil || n != want {
			t.Errorf("swept %d visitors, not %d, %v", n, want, err)
		}
	}
	const short = 2*sweepBatch + 7
	for range short {
		put(uuid.New(), 1, time.Hour, time.Hour)
	}
	half, other, long := uuid.New(), uuid.New(), uuid.New()
	put(half, 1, time.Hour, 3*time.Hour)
	put(other, 1, 3*time.Hour, time.Hour)
	put(long, 1, 2*time.Hour, 2*time.Hour)

	sweep(0)
	c.at = c.at.Add(time.Hour - time.Millisecond)
	sweep(0)
	if state, history := kind(half); state != fault.Internal || history != fault.Internal { // Internal: no fault at all
		t.Errorf("gone before its time: %v, %v", state, history)
	}
	c.at = c.at.Add(time.Millisecond)
	for range 2 { // before and after the sweep
		if state, history := kind(half); state != fault.NotFound || history == fault.NotFound {
			t.Errorf("the state's hour is over, the history's is not: %v, %v", state, history)
		}
		if state, history := kind(other); state == fault.NotFound || history != fault.NotFound {
			t.Errorf("the history's hour is over, the state's is not: %v, %v", state, history)
		}
		if n := s.rows(t, "visitors"); n == short+3 {
			sweep(short)
		}
	}
	if n := s.rows(t, "visitors"); n != 3 {
		t.Errorf("%d visitors are left", n)
	}
	put(long, 2, time.Minute, time.Minute) // never shortens
	c.at = c.at.Add(time.Hour - time.Millisecond)
	sweep(0)
	c.at = c.at.Add(time.Millisecond)
	sweep(1)
	c.at = c.at.Add(time.Hour)
	sweep(2)
	if n := s.rows(t, "visitors"); n != 0 {
		t.Errorf("%d visitors are left", n)
	}
}

func TestSweepCounts(t *testing.T) {
	c := &clock{time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)}
	s := openAt(t, t.TempDir(), c.now)
	storetest.CreateSite(t, s, "shop", 2)
	w := storetest.NewWrite("shop", uuid.New(), storetest.NewID(), 1, storetest.Indices(0), nil)
	if _, _, err := s.Record(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	for days, want := range map[int]int{0: 1, countDays: 1} {
		if _, err := s.Sweep(t.Context(), c.at.AddDate(0, 0, days)); err != nil || s.rows(t, "counts") != want {
			t.Errorf("after %d days: %d counters, %v", days, s.rows(t, "counts"), err)
		}
	}
	if _, err := s.Sweep(t.Context(), c.at.AddDate(0, 0, countDays+1)); err != nil || s.rows(t, "counts") != 0 {
		t.Errorf("after %d days: %d counters, %v", countDays+1, s.rows(t, "counts"), err)
	}
}

func TestSweepDiscoveries(t *testing.T) {
	c := &clock{time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)}
	s := openAt(t, t.TempDir(), c.now)
	if err := s.Discover(t.Context(), discovery.Write{Site: "shop", Day: "2026-11-21", Names: []string{"a"}, Most: 1}); err != nil {
		t.Fatal(err)
	}
	for days, want := range map[int]int{0: 1, discovery.Retention: 1} {
		if _, err := s.Sweep(t.Context(), c.at.AddDate(0, 0, days)); err != nil || s.rows(t, "discoveries") != want {
			t.Errorf("after %d days: %d counters, %v", days, s.rows(t, "discoveries"), err)
		}
	}
	if _, err := s.Sweep(t.Context(), c.at.AddDate(0, 0, discovery.Retention+1)); err != nil || s.rows(t, "discoveries") != 0 {
		t.Errorf("after %d days: %d counters, %v", discovery.Retention+1, s.rows(t, "discoveries"), err)
	}
}
