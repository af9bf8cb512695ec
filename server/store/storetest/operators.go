package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
)

// The rules of package operator over a store, where many act at once.

// quickHash costs next to nothing: these tests are about races.
var quickHash = operator.HashParams{Memory: 8, Time: 1, Threads: 1}

func newOperators(s Stores) *operator.Operators {
	return operator.New(operator.Config{Store: s.Store, Now: time.Now, Random: rand.Reader, Hash: quickHash})
}

var byTest = operator.Command("test")

// noOwner removes who could sign in as an owner, around the rules, so that a
// test can begin with a first owner.
func noOwner(t *testing.T, s Stores) {
	t.Helper()
	var c operator.Change
	for _, r := range roster(t, s).Operators {
		c.Remove = append(c.Remove, r.ID)
	}
	changeRoster(t, s, c)
}

func owner(t *testing.T, s Stores, o *operator.Operators) operator.Admission {
	t.Helper()
	noOwner(t, s)
	link, err := o.SetUpLink(t.Context(), byTest)
	if err != nil {
		t.Fatal(err)
	}
	a, err := o.Accept(t.Context(), link.Token, operator.Acceptance{Email: newKey() + "@example.jp", Language: "ja", Password: "a gate on the old highway"})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func rosterInvitation(t *testing.T, s Stores) {
	o := newOperators(s)
	owner(t, s, o)
	email := newKey() + "@example.jp"
	link, err := o.Invite(t.Context(), byTest, email, operator.Editor, "ja")
	if err != nil {
		t.Fatal(err)
	}
	var won, lost atomic.Int64
	together(6, func(int) {
		_, err := o.Accept(t.Context(), link.Token, operator.Acceptance{Password: "a gate on the old highway"})
		switch {
		case err == nil:
			won.Add(1)
		case errors.Is(err, operator.ErrLink):
			lost.Add(1)
		default:
			t.Errorf("Accept: %v", err)
		}
	})
	n := 0
	for _, r := range roster(t, s).Operators {
		if r.Email == email {
			n++
		}
	}
	if won.Load() != 1 || lost.Load() != 5 || n != 1 {
		t.Errorf("%d got in, %d were refused, %d operators", won.Load(), lost.Load(), n)
	}
}

// rosterLastOwner: of two owners each tries to be rid of the other; one stays.
func rosterLastOwner(t *testing.T, s Stores) {
	o := newOperators(s)
	first := owner(t, s, o)
	link, err := o.Invite(t.Context(), first.Identity, newKey()+"@example.jp", operator.Owner, "en")
	if err != nil {
		t.Fatal(err)
	}
	second, err := o.Accept(t.Context(), link.Token, operator.Acceptance{Password: "a gate on the old highway"})
	if err != nil {
		t.Fatal(err)
	}
	ids := []string{first.Identity.Operator.ID, second.Identity.Operator.ID}
	for _, act := range []func(id string) error{
		func(id string) error { return o.Remove(t.Context(), byTest, id) },
		func(id string) error { return o.SetRole(t.Context(), byTest, id, operator.Viewer) },
		func(id string) error { return o.Suspend(t.Context(), byTest, id) },
	} {
		var mu sync.Mutex
		var errs []error
		together(len(ids), func(i int) {
			err := act(ids[i])
			mu.Lock()
			defer mu.Unlock()
			errs = append(errs, err)
		})
		for _, err := range errs {
			if err != nil && !errors.Is(err, operator.ErrLastOwner) && fault.KindOf(err) != fault.NotFound {
				t.Errorf("%v", err)
			}
		}
		if needs, err := o.NeedsSetUp(t.Context()); err != nil || needs {
			t.Fatalf("no owner is left, %v", err)
		}
	}
}

var sessionTests = []test{
	{"what was put comes back", sessionRoundTrip},
	{"a session has an end", sessionEnd},
	{"a session that was ended stays away", sessionRace},
	{"a context that ended", sessionContext},
}

func newSession(id string, until time.Time) operator.Session {
	return operator.Session{Hash: newKey(), Operator: id, Epoch: 3, CreatedAt: start, SeenAt: start.Add(time.Minute), PasswordAt: start,
		Until: until.UTC().Truncate(time.Millisecond), Pending: true, From: "f00d"}
}

func putSession(t *testing.T, s Stores, one operator.Session) {
	t.Helper()
	if err := s.PutSession(t.Context(), one); err != nil {
		t.Fatalf("PutSession: %v", err)
	}
}

func wantSessions(t *testing.T, s Stores, id string, want ...operator.Session) {
	t.Helper()
	got, err := s.Sessions(t.Context(), id)
	if err != nil || len(got) != len(want) {
		t.Fatalf("%d sessions, not %d, %v", len(got), len(want), err)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("\n got %+v\nwant %+v", got[i], want[i])
		}
	}
}

func sessionRoundTrip(t *testing.T, s Stores) {
	id, soon := newKey(), time.Now().Add(time.Hour)
	wantSessions(t, s, id)
	_, err := s.Session(t.Context(), newKey())
	wantKind(t, "a session that is not there", err, fault.NotFound)
	wantKind(t, "touching it", s.TouchSession(t.Context(), newKey(), start), fault.NotFound)
	one, other := newSession(id, soon), newSession(id, soon.Add(time.Hour))
	putSession(t, s, one)
	putSession(t, s, other)
	putSession(t, s, newSession(newKey(), soon))
	if got, err := s.Session(t.Context(), one.Hash); err != nil || got != one {
		t.Errorf("%v\n got %+v\nwant %+v", err, got, one)
	}
	one.SeenAt = start.Add(time.Hour)
	if err := s.TouchSession(t.Context(), one.Hash, one.SeenAt); err != nil {
		t.Fatal(err)
	}
	wantSessions(t, s, id, one, other)
	if err := s.RemoveSessions(t.Context(), one.Hash, newKey()); err != nil {
		t.Fatal(err)
	}
	if err := s.RemoveSessions(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err = s.Session(t.Context(), one.Hash)
	wantKind(t, "a session that was ended", err, fault.NotFound)
	wantSessions(t, s, id, other)
}

// sessionEnd: a session is absent from its end on, also among others and after
// a touch; one that ends sooner does not take a later one with it.
func sessionEnd(t *testing.T, s Stores) {
	id := newKey()
	over, short, long := newSession(id, time.Now().Add(-time.Second)), newSession(id, time.Now().Add(1500*time.Millisecond)), newSession(id, time.Now().Add(time.Hour))
	putSession(t, s, long)
	putSession(t, s, short)
	putSession(t, s, over)
	_, err := s.Session(t.Context(), over.Hash)
	wantKind(t, "a session that has ended", err, fault.NotFound)
	if err := s.TouchSession(t.Context(), short.Hash, time.Now()); err != nil {
		t.Fatalf("TouchSession: %v", err)
	}
	Until(t, 10*time.Second, "the session has ended", func() bool {
		_, err := s.Session(t.Context(), short.Hash)
		return fault.KindOf(err) == fault.NotFound && err != nil
	})
	wantKind(t, "touching what has ended", s.TouchSession(t.Context(), short.Hash, time.Now()), fault.NotFound)
	wantSessions(t, s, id, long)
}

// sessionRace: a request that is under way does not bring back what was ended.
func sessionRace(t *testing.T, s Stores) {
	for range 10 {
		one := newSession(newKey(), time.Now().Add(time.Hour))
		putSession(t, s, one)
		together(8, func(i int) {
			if i == 0 {
				if err := s.RemoveSessions(t.Context(), one.Hash); err != nil {
					t.Errorf("RemoveSessions: %v", err)
				}
				return
			}
			for n := range 5 {
				if err := s.TouchSession(t.Context(), one.Hash, start.Add(time.Duration(n)*time.Minute)); err != nil && fault.KindOf(err) != fault.NotFound {
					t.Errorf("TouchSession: %v", err)
				}
			}
		})
		_, err := s.Session(t.Context(), one.Hash)
		wantKind(t, "a session that was ended while in use", err, fault.NotFound)
	}
}

func sessionContext(t *testing.T, s Stores) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, one := s.Session(ended, "a")
	_, all := s.Sessions(ended, "a")
	for what, err := range map[string]error{
		"Session": one, "Sessions": all, "PutSession": s.PutSession(ended, newSession("a", time.Now().Add(time.Hour))),
		"TouchSession": s.TouchSession(ended, "a", start), "RemoveSessions": s.RemoveSessions(ended, "a"),
	} {
		wantKind(t, what, err, fault.Unavailable)
	}
}

var attemptTests = []test{
	{"counted by key, until the window closes", attemptsCounted},
	{"attempts at once get different numbers", attemptsRace},
}

func attempt(t *testing.T, s Stores, key string, window time.Duration) (int, time.Duration) {
	t.Helper()
	n, left, err := s.Attempt(t.Context(), key, window)
	if err != nil {
		t.Fatalf("Attempt: %v", err)
	}
	return n, left
}

func attemptsCounted(t *testing.T, s Stores) {
	key, other := newKey(), newKey()
	for want := 1; want <= 3; want++ {
		// Later attempts do not keep the window open.
		if n, left := attempt(t, s, key, time.Duration(want)*time.Hour); n != want || left <= 0 || left > time.Hour {
			t.Errorf("attempt %d: %d, %v left", want, n, left)
		}
	}
	if n, _ := attempt(t, s, other, time.Hour); n != 1 {
		t.Errorf("keys are mixed up: %d", n)
	}
	if err := s.ForgetAttempts(t.Context(), key, newKey()); err != nil {
		t.Fatal(err)
	}
	if n, _ := attempt(t, s, key, time.Hour); n != 1 {
		t.Errorf("after forgetting: %d", n)
	}
	if n, _ := attempt(t, s, other, time.Hour); n != 2 {
		t.Errorf("another key was forgotten: %d", n)
	}
	brief := newKey()
	attempt(t, s, brief, 300*time.Millisecond)
	Until(t, 10*time.Second, "a new window", func() bool {
		n, left := attempt(t, s, brief, 300*time.Millisecond)
		return n == 1 && left > 0 && left <= 300*time.Millisecond
	})
}

func attemptsRace(t *testing.T, s Stores) {
	key := newKey()
	var mu sync.Mutex
	seen := map[int]bool{}
	together(40, func(int) {
		n, _, err := s.Attempt(t.Context(), key, time.Hour)
		mu.Lock()
		defer mu.Unlock()
		if err != nil || seen[n] {
			t.Errorf("number %d again, %v", n, err)
		}
		seen[n] = true
	})
	for n := 1; n <= 40; n++ {
		if !seen[n] {
			t.Errorf("number %d is missing", n)
		}
	}
}
