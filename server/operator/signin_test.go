package operator_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
)

func TestSignIn(t *testing.T) {
	e := newEnv(t)
	first := e.owner()
	a := must(e.SignIn(t.Context(), operator.Credentials{Email: " OWNER@example.jp ", Password: password, From: here, Previous: first.Token}))(t)
	if a.Pending || a.Token == first.Token || !a.Until.Equal(e.now.Add(operator.Absolute)) {
		t.Errorf("%+v", a)
	}
	e.signedOut("the session that the browser had", first.Token)
	by := must(e.identify(a.Token))(t)
	if by.Operator.Email != "owner@example.jp" || by.Operator.Role != operator.Owner || !by.Fresh || by.From != here || by.Actor.Name != "関守" {
		t.Errorf("%+v", by)
	}
	if list := must(e.List(t.Context(), by))(t); len(list) != 1 || !list[0].LastSignIn.Equal(e.now) {
		t.Errorf("%+v", list)
	}
	e.ok(e.SignOut(t.Context(), a.Token))
	e.signedOut("after signing out", a.Token)
	e.ok(e.SignOut(t.Context(), a.Token))
	e.ok(e.SignOut(t.Context(), "nothing"))
	if got, want := e.acts(), "sign-out sign-in sign-out sign-in set-up set-up-link"; got != want {
		t.Errorf("log: %s, not %s", got, want)
	}
}

// TestSignInRefused: nothing tells a wrong password from an email that nobody has.
func TestSignInRefused(t *testing.T) {
	e := newEnv(t)
	e.owner()
	suspended := e.join("gone@example.jp", operator.Editor)
	e.ok(e.Suspend(t.Context(), command, suspended.Identity.Operator.ID))
	var said []string
	for _, c := range [][2]string{
		{"owner@example.jp", "wrong password here"}, {"owner@example.jp", ""}, {"owner@example.jp", strings.ToUpper(password)},
		{"nobody@example.jp", password}, {"nobody@example.jp", ""}, {"gone@example.jp", password}, {"no address", password}, {"", ""},
	} {
		a, err := e.signIn(c[0], c[1])
		wantErr(t, c[0], err, operator.ErrCredentials, fault.Forbidden)
		if a.Token != "" {
			t.Errorf("%s: a token all the same", c[0])
		}
		said = append(said, err.Error())
	}
	for _, s := range said {
		if s != said[0] {
			t.Errorf("different words: %q, %q", s, said[0])
		}
	}
	if strings.Contains(e.log(), "nobody@") {
		t.Error("what was typed is in the log")
	}
	if n := strings.Count(e.acts(), "sign-in!refused"); n != 8 {
		t.Errorf("%d refusals noted", n)
	}
}

// log is all that the audit log says.
func (e *env) log() string {
	e.t.Helper()
	page := must(e.Audit(e.t.Context(), command, operator.Query{Limit: operator.MaxPage}))(e.t)
	return fmt.Sprintf("%+v", page.Entries)
}

func TestThrottle(t *testing.T) {
	throttled := func(err error) bool {
		f, _ := errors.AsType[*fault.Error](err)
		return f != nil && f.Kind == fault.Throttled && f.RetryAfter > 0
	}
	from := func(e *env, email, from string) error {
		_, err := e.SignIn(t.Context(), operator.Credentials{Email: email, Password: "wrong password here", From: from})
		return err
	}
	for _, email := range []string{"owner@example.jp", "nobody@example.jp"} {
		t.Run("an account from an address: "+email, func(t *testing.T) {
			e := newEnv(t)
			e.owner()
			for range 5 {
				wantErr(t, "within the limit", from(e, email, "x"), operator.ErrCredentials, fault.Forbidden)
			}
			if err := from(e, email, "x"); !throttled(err) {
				t.Errorf("beyond it: %v", err)
			}
			wantErr(t, "from another address", from(e, email, "y"), operator.ErrCredentials, fault.Forbidden)
			e.pass(15*time.Minute + time.Second)
			wantErr(t, "in the next window", from(e, email, "x"), operator.ErrCredentials, fault.Forbidden)
		})
	}
	t.Run("an account from everywhere", func(t *testing.T) {
		e := newEnv(t)
		e.owner()
		for i := range 50 {
			wantErr(t, "within the limit", from(e, "owner@example.jp", fmt.Sprint(i)), operator.ErrCredentials, fault.Forbidden)
		}
		if err := from(e, "owner@example.jp", "z"); !throttled(err) {
			t.Errorf("beyond it: %v", err)
		}
	})
	t.Run("an address", func(t *testing.T) {
		e := newEnv(t)
		for i := range 30 {
			wantErr(t, "within the limit", from(e, fmt.Sprintf("a%d@example.jp", i), "x"), operator.ErrCredentials, fault.Forbidden)
		}
		if err := from(e, "b@example.jp", "x"); !throttled(err) {
			t.Errorf("beyond it: %v", err)
		}
	})
	t.Run("a right password begins anew", func(t *testing.T) {
		e := newEnv(t)
		e.owner()
		for range 3 {
			for range 4 {
				_, _ = e.signIn("owner@example.jp", "wrong password here")
			}
			must(e.signIn("owner@example.jp", password))(t)
		}
	})
	t.Run("at once", func(t *testing.T) {
		e := newEnv(t)
		e.owner()
		var looked atomic.Int64
		together(20, func(int) {
			if _, err := e.signIn("owner@example.jp", "wrong password here"); errors.Is(err, operator.ErrCredentials) {
				looked.Add(1)
			}
		})
		if looked.Load() != 5 {
			t.Errorf("%d passwords were looked at, not 5", looked.Load())
		}
	})
	t.Run("the log does not fill", func(t *testing.T) {
		e := newEnv(t)
		for i := range 130 {
			_ = from(e, fmt.Sprintf("a%d@example.jp", i), fmt.Sprint(i))
		}
		if n := strings.Count(e.acts(), "refused"); n != 100 {
			t.Errorf("%d entries for accounts that are not there, not 100", n)
		}
	})
}

func TestSessionEnds(t *testing.T) {
	e := newEnv(t)
	a := e.owner()
	for range 30 { // in use, it lasts
		e.pass(20 * time.Minute)
		must(e.identify(a.Token))(t)
	}
	e.pass(operator.Idle - time.Second)
	must(e.identify(a.Token))(t)
	e.pass(operator.Idle)
	e.signedOut("idle", a.Token)
	e.pass(-operator.Idle)
	e.signedOut("idle, then the clock set back", a.Token)

	b := must(e.signIn("owner@example.jp", password))(t)
	begun := e.now
	for e.now.Before(begun.Add(operator.Absolute - 20*time.Minute)) {
		e.pass(20 * time.Minute)
		must(e.identify(b.Token))(t)
	}
	e.pass(20 * time.Minute)
	e.signedOut("at the absolute end", b.Token)
}

func TestTokensOfOtherShapes(t *testing.T) {
	e := newEnv(t)
	a := e.owner()
	for _, token := range []string{"", " ", a.Token + "x", a.Token[1:], strings.ToUpper(a.Token), " " + a.Token, a.Token[:42] + "\n", strings.Repeat("A", 43), a.Identity.Session} {
		if token != a.Token {
			e.signedOut(fmt.Sprintf("%q", token), token)
		}
	}
	must(e.identify(a.Token))(t)
}

func TestStepUp(t *testing.T) {
	e := newEnv(t)
	a := e.owner()
	e.pass(operator.FreshFor)
	by := must(e.identify(a.Token))(t)
	_, err := e.Invite(t.Context(), by, "b@example.jp", operator.Viewer, "ja")
	wantErr(t, "an invitation", err, operator.ErrStepUp, fault.Forbidden)
	_, err = e.BeginFactor(t.Context(), by)
	wantErr(t, "a second factor", err, operator.ErrStepUp, fault.Forbidden)
	_, err = e.StepUp(t.Context(), a.Token, "wrong password here", here)
	wantErr(t, "a wrong password", err, operator.ErrCredentials, fault.Forbidden)
	must(e.identify(a.Token))(t) // the session stays
	b := must(e.StepUp(t.Context(), a.Token, password, here))(t)
	if b.Token == a.Token || !b.Until.Equal(a.Until) {
		t.Errorf("%+v", b)
	}
	e.signedOut("under the old token", a.Token)
	must(e.Invite(t.Context(), must(e.identify(b.Token))(t), "b@example.jp", operator.Viewer, "ja"))(t)
	if got, want := e.acts(), "invite step-up step-up!refused sign-in set-up set-up-link"; got != want {
		t.Errorf("log: %s, not %s", got, want)
	}
	for range 5 {
		_, err = e.StepUp(t.Context(), b.Token, "wrong password here", here)
		wantErr(t, "a wrong password", err, operator.ErrCredentials, fault.Forbidden)
	}
	_, err = e.StepUp(t.Context(), b.Token, password, here)
	wantKind(t, "guessing", err, fault.Throttled)
}

func TestChangePassword(t *testing.T) {
	e := newEnv(t)
	a := e.owner()
	other := must(e.signIn("owner@example.jp", password))(t)
	reset := must(e.ResetLink(t.Context(), command, a.Identity.Operator.ID))(t)
	_, err := e.ChangePassword(t.Context(), a.Token, "wrong password here", another, here)
	wantErr(t, "a wrong password", err, operator.ErrCredentials, fault.Forbidden)
	_, err = e.ChangePassword(t.Context(), a.Token, password, "short", here)
	wantField(t, "a short one", err, "/password")
	b := must(e.ChangePassword(t.Context(), a.Token, password, another, here))(t)
	e.signedOut("under the old token", a.Token)
	e.signedOut("elsewhere", other.Token)
	must(e.identify(b.Token))(t)
	_, err = e.Offer(t.Context(), reset.Token)
	wantErr(t, "a reset that was asked for before", err, operator.ErrLink, fault.NotFound)
	_, err = e.signIn("owner@example.jp", password)
	wantErr(t, "the old password", err, operator.ErrCredentials, fault.Forbidden)
	must(e.signIn("owner@example.jp", another))(t)
}

func TestSessions(t *testing.T) {
	e := newEnv(t)
	a := e.owner()
	e.pass(time.Minute)
	b := must(e.signIn("owner@example.jp", password))(t)
	stranger := e.join("b@example.jp", operator.Viewer)
	list := must(e.Sessions(t.Context(), b.Identity))(t)
	if len(list) != 2 || !list[0].Current || list[1].Current || list[0].Ref != b.Identity.Session || list[1].Ref != a.Identity.Session || list[1].From != here {
		t.Errorf("%+v", list)
	}
	wantKind(t, "another's session", e.EndSession(t.Context(), stranger.Identity, list[1].Ref), fault.NotFound)
	must(e.identify(a.Token))(t)
	e.ok(e.EndSession(t.Context(), b.Identity, list[1].Ref))
	e.signedOut("ended from elsewhere", a.Token)
	c := must(e.signIn("owner@example.jp", password))(t)
	e.pass(operator.FreshFor) // leaving needs no password
	e.ok(e.SignOutEverywhere(t.Context(), must(e.identify(c.Token))(t), c.Identity.Operator.ID))
	e.signedOut("everywhere", b.Token)
	e.signedOut("here too", c.Token)
	_, err := e.Invite(t.Context(), c.Identity, "c@example.jp", operator.Viewer, "ja")
	wantErr(t, "an act that had begun", err, operator.ErrSignedOut, fault.Forbidden)
	must(e.identify(stranger.Token))(t)
	err = e.SignOutEverywhere(t.Context(), stranger.Identity, b.Identity.Operator.ID)
	wantErr(t, "another's sessions, by a viewer", err, operator.ErrNotAllowed, fault.Forbidden)
	if _, err := e.Sessions(t.Context(), operator.Identity{}); !errors.Is(err, operator.ErrSignedOut) {
		t.Errorf("nobody's sessions: %v", err)
	}
}

// TestRehash: a sign-in brings the kept password to the parameters of today.
func TestRehash(t *testing.T) {
	e := newEnv(t)
	a := e.owner()
	kept := func() string {
		return must(e.store.Operator(t.Context(), a.Identity.Operator.ID))(t).Password
	}
	if !strings.HasPrefix(kept(), "$argon2id$v=19$m=8,t=1,p=1$") || strings.Contains(kept(), password) {
		t.Fatal(kept())
	}
	before := kept()
	must(e.signIn("owner@example.jp", password))(t)
	if kept() != before {
		t.Error("rehashed without need")
	}
	stronger := e.with(func(c *operator.Config) { c.Hash = operator.HashParams{Memory: 16, Time: 2, Threads: 1} })
	c := operator.Credentials{Email: "owner@example.jp", Password: "wrong password here", From: here}
	_, err := stronger.SignIn(t.Context(), c)
	wantErr(t, "a wrong password", err, operator.ErrCredentials, fault.Forbidden)
	if kept() != before {
		t.Error("a wrong password was kept")
	}
	c.Password = password
	must(stronger.SignIn(t.Context(), c))(t)
	if !strings.HasPrefix(kept(), "$argon2id$v=19$m=16,t=2,p=1$") {
		t.Error(kept())
	}
	must(stronger.SignIn(t.Context(), c))(t)
	must(e.identify(a.Token))(t) // a session outlives that
}

// TestDefaultHash: OWASP's first choice.
func TestDefaultHash(t *testing.T) {
	e := newEnv(t, func(c *operator.Config) { c.Hash = operator.HashParams{} })
	a := e.owner()
	if kept := must(e.store.Operator(t.Context(), a.Identity.Operator.ID))(t).Password; !strings.HasPrefix(kept, "$argon2id$v=19$m=47104,t=1,p=1$") {
		t.Error(kept)
	}
	must(e.signIn("owner@example.jp", password))(t)
}

// TestAway: a store that does not answer lets nobody in, and says so.
func TestAway(t *testing.T) {
	e := newEnv(t)
	a := e.owner()
	_, err := e.SignIn(ended(t), operator.Credentials{Email: "owner@example.jp", Password: password, From: here})
	wantKind(t, "SignIn", err, fault.Unavailable)
	_, err = e.Identify(ended(t), a.Token, here)
	wantKind(t, "Identify", err, fault.Unavailable)
	_, err = e.Invite(ended(t), command, "b@example.jp", operator.Viewer, "ja")
	wantKind(t, "Invite", err, fault.Unavailable)
}

// TestStoreIsNotTrusted: what a session may be is asked here, whatever a store
// still holds: one that lets sessions live on, or was written to by another hand.
func TestStoreIsNotTrusted(t *testing.T) {
	e := newEnv(t)
	a := e.owner()
	late := e.with(func(c *operator.Config) { c.Store = forgetful{e.store, e.now.Add(time.Minute)} })
	must(late.Identify(t.Context(), a.Token, here))(t)
	e.pass(time.Minute)
	_, err := late.Identify(t.Context(), a.Token, here)
	wantErr(t, "at its end", err, operator.ErrSignedOut, fault.Forbidden)
	a = must(e.signIn("owner@example.jp", password))(t)
	r := must(e.store.Roster(t.Context()))(t)
	r.Operators[0].State = operator.Suspended
	e.ok(e.store.ApplyRoster(t.Context(), operator.Change{ID: "by hand", Expect: r.Version, Put: r.Operators}))
	e.signedOut("suspended by another hand", a.Token)
}

// forgetful is a store that forgets to end sessions.
type forgetful struct {
	operator.Stores
	until time.Time
}

func (f forgetful) Session(ctx context.Context, hash string) (operator.Session, error) {
	s, err := f.Stores.Session(ctx, hash)
	s.Until = f.until
	return s, err
}
