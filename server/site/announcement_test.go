package site

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/sekisho/sekisho/server/fault"
)

// later is a clock that tests move.
type later struct {
	mu sync.Mutex
	at time.Time
}

func (l *later) now() time.Time {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.at
}

func (l *later) move(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at = l.at.Add(d)
}

// announced starts a service that watches a site of which revision 1 is live and
// revision 2 is announced for tomorrow.
func announced(t *testing.T) (*Sites, *memory, *later, *watch) {
	t.Helper()
	m, now := newMemory(), &later{at: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}
	s := New(m, testRules(testShelf()), now.now)
	apply(t, s, document("criteo"), true)
	apply(t, s, document("criteo", "meta-pixel"), false)
	w := startWatch(t, s)
	if err := s.Announce(t.Context(), "shop", 2, now.now().Add(24*time.Hour), "suzuki", "from December"); err != nil {
		t.Fatal(err)
	}
	return s, m, now, w
}

func liveNumber(t *testing.T, s *Sites) int {
	t.Helper()
	r, err := s.Live(t.Context(), "shop")
	if err != nil {
		t.Fatal(err)
	}
	return r.Number
}

func TestAnAnnouncedRevisionGoesLiveInItsTime(t *testing.T) {
	s, _, now, _ := announced(t)
	a, err := s.Announced(t.Context(), "shop")
	if err != nil || a == nil || a.Revision != 2 || !a.At.Equal(now.now()) {
		t.Fatalf("%+v, %v", a, err)
	}
	now.move(24*time.Hour - time.Second)
	if made, err := s.PublishDue(t.Context()); len(made) != 0 || err != nil || liveNumber(t, s) != 1 {
		t.Fatalf("before its time: %v, %v", made, err)
	}
	now.move(time.Second)
	made, err := s.PublishDue(t.Context())
	if err != nil || len(made) != 1 || made[0].Revision != 2 || made[0].By != "suzuki" || made[0].Why != "from December" {
		t.Fatalf("%+v, %v", made, err)
	}
	if a, _ := s.Announced(t.Context(), "shop"); a != nil || liveNumber(t, s) != 2 {
		t.Errorf("afterwards %+v is announced", a)
	}
	if made, err := s.PublishDue(t.Context()); len(made) != 0 || err != nil {
		t.Errorf("again: %v, %v", made, err)
	}
}

// TestAnAnnouncementComesTrueOnce lets several instances, each with its own view
// of the store, find the same announcement due at once.
func TestAnAnnouncementComesTrueOnce(t *testing.T) {
	first, m, now, _ := announced(t)
	all := []*Sites{first}
	for range 3 {
		s := New(m, testRules(testShelf()), now.now)
		startWatch(t, s)
		all = append(all, s)
	}
	now.move(25 * time.Hour)
	made := make([]int, len(all))
	var wg sync.WaitGroup
	for i, s := range all {
		wg.Go(func() {
			publications, err := s.PublishDue(t.Context())
			if err != nil {
				t.Error(err)
			}
			made[i] = len(publications)
		})
	}
	wg.Wait()
	slices.Sort(made)
	publications, _ := m.Publications(t.Context(), "shop")
	if !slices.Equal(made, []int{0, 0, 0, 1}) || len(publications) != 2 {
		t.Errorf("published %v; %d publications in all", made, len(publications))
	}
}

func TestAnnouncementsThatCannotBe(t *testing.T) {
	s, _, now, _ := announced(t)
	ctx, tomorrow := t.Context(), now.now().Add(time.Hour)
	nameless := document("criteo")
	nameless.Notice.Controller = nil
	apply(t, s, nameless, false)
	for name, c := range map[string]struct {
		key    string
		number int
		at     time.Time
		kind   fault.Kind
	}{
		"another waits":    {"shop", 2, tomorrow, fault.Conflict},
		"live already":     {"shop", 1, tomorrow, fault.Conflict},
		"now":              {"shop", 2, now.now(), fault.Invalid},
		"years ahead":      {"shop", 2, now.now().Add(maxAhead + time.Minute), fault.Invalid},
		"no such revision": {"shop", 9, tomorrow, fault.NotFound},
		"no such site":     {"none", 1, tomorrow, fault.NotFound},
		"nobody named":     {"shop", 3, tomorrow, fault.Invalid},
	} {
		if err := s.Announce(ctx, c.key, c.number, c.at, "suzuki", ""); fault.KindOf(err) != c.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := s.Withdraw(ctx, "shop"); err != nil {
		t.Fatal(err)
	}
	if err := s.Withdraw(ctx, "shop"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("withdrawn twice: %v", err)
	}
	if err := s.Announce(ctx, "shop", 1, tomorrow, "suzuki", ""); fault.KindOf(err) != fault.Conflict {
		t.Errorf("what is live: %v", err)
	}
	now.move(25 * time.Hour)
	if made, err := s.PublishDue(ctx); len(made) != 0 || err != nil || liveNumber(t, s) != 1 {
		t.Errorf("a withdrawn announcement came true: %v, %v", made, err)
	}
}

func TestPublishingAheadOfAnAnnouncement(t *testing.T) {
	s, _, now, _ := announced(t)
	apply(t, s, document("meta-pixel"), true) // another content comes first, and the announced one all the same
	if a, _ := s.Announced(t.Context(), "shop"); a == nil {
		t.Fatal("another publication took the announcement away")
	}
	if _, err := s.Publish(t.Context(), "shop", 2, "suzuki", "sooner"); err != nil {
		t.Fatal(err)
	}
	if a, _ := s.Announced(t.Context(), "shop"); a != nil {
		t.Error("what was announced is live, and still announced")
	}
	now.move(25 * time.Hour)
	if made, err := s.PublishDue(t.Context()); len(made) != 0 || err != nil {
		t.Errorf("%v, %v", made, err)
	}
}

// TestAnAnnouncementLiftsNoPause: the kill switch holds until somebody lifts it.
func TestAnAnnouncementLiftsNoPause(t *testing.T) {
	s, _, now, _ := announced(t)
	paused := document("criteo")
	paused.Paused = true
	apply(t, s, paused, true)
	now.move(25 * time.Hour)
	if made, err := s.PublishDue(t.Context()); len(made) != 0 || err != nil {
		t.Fatalf("%v, %v", made, err)
	}
	apply(t, s, document("criteo"), true)
	if made, err := s.PublishDue(t.Context()); len(made) != 1 || err != nil {
		t.Errorf("after the pause: %v, %v", made, err)
	}
}

func TestAnAnnouncementOutlastsTheStoresAbsence(t *testing.T) {
	s, m, now, _ := announced(t)
	now.move(25 * time.Hour)
	m.mu.Lock()
	m.away = true
	m.mu.Unlock()
	if made, err := s.PublishDue(t.Context()); len(made) != 0 || fault.KindOf(err) != fault.Unavailable {
		t.Errorf("%v, %v", made, err)
	}
	m.mu.Lock()
	m.away = false
	m.mu.Unlock()
	if made, err := s.PublishDue(t.Context()); len(made) != 1 || err != nil {
		t.Errorf("%v, %v", made, err)
	}
}
