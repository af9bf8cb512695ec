package site

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/sekisho/sekisho/server/fault"
)

// watch runs Watch; a tick can be given, and what it says be read.
type watch struct {
	ticks   chan time.Time
	changed chan string
	polled  chan error
}

func startWatch(t *testing.T, s *Sites) *watch {
	t.Helper()
	w := &watch{make(chan time.Time), make(chan string, 16), make(chan error, 16)}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.Watch(ctx, w.ticks, Watcher{
			Changed: func(_ context.Context, key string) { w.changed <- key },
			Polled:  func(err error) { w.polled <- err },
		})
	}()
	t.Cleanup(func() { cancel(); <-done })
	if err := <-w.polled; err != nil {
		t.Fatal(err)
	}
	return w
}

// tick polls once and returns the keys told since the last one.
func (w *watch) tick(t *testing.T, wantError bool) []string {
	t.Helper()
	w.ticks <- time.Time{}
	if err := <-w.polled; (err != nil) != wantError {
		t.Errorf("poll: %v", err)
	}
	var keys []string
	for {
		select {
		case k := <-w.changed:
			keys = append(keys, k)
		default:
			return keys
		}
	}
}

func TestWatch(t *testing.T) {
	m, shelf := newMemory(), testShelf()
	here := New(m, testRules(shelf), clock())
	elsewhere := New(m, testRules(shelf), clock())
	apply(t, elsewhere, document("criteo"), true)

	w := startWatch(t, here)
	if key := <-w.changed; key != "shop" {
		t.Errorf("at the start: told of %q", key)
	}
	if keys := w.tick(t, false); len(keys) != 0 {
		t.Errorf("nothing changed: told of %v", keys)
	}
	live := func() int {
		r, err := here.Live(t.Context(), "shop")
		if err != nil {
			t.Fatal(err)
		}
		return r.Number
	}
	apply(t, elsewhere, document("criteo", "meta-pixel"), true)
	if live() != 1 {
		t.Error("Live asked the store although Watch runs")
	}
	if ok, err := here.Published(t.Context(), "shop", 2); !ok || err != nil {
		t.Errorf("a decision under a revision that another instance has just published would be refused: %v", err)
	}
	if keys := w.tick(t, false); len(keys) != 1 || live() != 2 {
		t.Errorf("after a publication elsewhere: told of %v, live %d", keys, live())
	}

	apply(t, here, document("criteo"), true)
	if live() != 3 {
		t.Errorf("after a publication here: live %d at once, want 3", live())
	}
	if key := <-w.changed; key != "shop" {
		t.Errorf("after a publication here, without a tick: told of %q", key)
	}
	if keys := w.tick(t, false); len(keys) != 0 {
		t.Errorf("told twice of %v", keys)
	}
}

// A failover can lose what was acknowledged: what the store has then counts, and
// the revision that takes the lost one's number is another one.
func TestWatchAfterALostPublication(t *testing.T) {
	m, shelf := newMemory(), testShelf()
	here := New(m, testRules(shelf), clock())
	elsewhere := New(m, testRules(shelf), clock())
	apply(t, elsewhere, document("criteo"), true)
	before := m.copy()
	apply(t, elsewhere, document("criteo", "meta-pixel"), true)
	w := startWatch(t, here)
	<-w.changed
	vendors := func() int {
		r, err := here.Live(t.Context(), "shop")
		if err != nil {
			t.Fatal(err)
		}
		return r.Number*10 + len(r.Vendors)
	}
	if vendors() != 22 {
		t.Fatalf("live %d", vendors())
	}
	m.restore(before)
	if keys := w.tick(t, false); len(keys) != 1 || vendors() != 11 {
		t.Errorf("after the loss: told of %v, live %d", keys, vendors())
	}
	apply(t, New(m, testRules(shelf), clock()), document("criteo", "old-tag", "meta-pixel"), true)
	if keys := w.tick(t, false); len(keys) != 1 || vendors() != 23 {
		t.Errorf("after the next publication: told of %v, live %d", keys, vendors())
	}
}

// Made-up names must not cost the store more than its due.
func TestUnknownSitesAreLimited(t *testing.T) {
	s, _, _ := newSites(t)
	s.now = func() time.Time { return time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC) }
	apply(t, s, document("criteo"), true)
	w := startWatch(t, s)
	<-w.changed
	kinds := map[fault.Kind]int{}
	for i := range 200 {
		_, err := s.Live(t.Context(), fmt.Sprintf("no-site-%d", i))
		kinds[fault.KindOf(err)]++
	}
	if kinds[fault.NotFound] != unknownBurst || kinds[fault.Throttled] != 200-unknownBurst {
		t.Errorf("answers by kind: %v", kinds)
	}
	if _, err := s.Live(t.Context(), "shop"); err != nil {
		t.Errorf("a site that is known: %v", err)
	}
}

func TestWatchWhileTheStoreIsAway(t *testing.T) {
	s, m, _ := newSites(t)
	apply(t, s, document("criteo"), true)
	w := startWatch(t, s)
	<-w.changed
	m.mu.Lock()
	m.away = true
	m.mu.Unlock()
	if keys := w.tick(t, true); len(keys) != 0 {
		t.Errorf("told of %v", keys)
	}
	if r, err := s.Live(t.Context(), "shop"); err != nil || r.Number != 1 {
		t.Errorf("what was live is forgotten: %v", err)
	}
	if _, err := s.Live(t.Context(), "other"); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a site that may exist: %v, want Unavailable", err)
	}
	m.mu.Lock()
	m.away = false
	m.mu.Unlock()
	if keys := w.tick(t, false); len(keys) != 0 {
		t.Errorf("told of %v though nothing has changed", keys)
	}
}
