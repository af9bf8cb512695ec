package operator_test

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"go.uber.org/goleak"

	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
	"github.com/sekisho/sekisho/server/store/embedded"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	password = "a gate on the old highway"
	another  = "nine carts pass at dawn"
	here     = "from-here"
)

var command = operator.Command("test")

// env is an installation whose clock stands still until a test moves it.
type env struct {
	*operator.Operators
	t     *testing.T
	store *embedded.Store

	mu  sync.Mutex
	now time.Time
}

func (e *env) clock() time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.now
}

func (e *env) pass(d time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.now = e.now.Add(d)
}

// quick costs next to nothing.
var quick = operator.HashParams{Memory: 8, Time: 1, Threads: 1}

func newEnv(t *testing.T, set ...func(*operator.Config)) *env {
	t.Helper()
	e := &env{t: t, now: time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)}
	store, err := embedded.Open(t.Context(), "embedded:"+t.TempDir(), e.clock)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	e.store = store
	e.Operators = e.with(set...)
	return e
}

// with returns the operators of the same store under other settings.
func (e *env) with(set ...func(*operator.Config)) *operator.Operators {
	c := operator.Config{Store: e.store, Now: e.clock, Random: rand.Reader, Hash: quick}
	for _, s := range set {
		s(&c)
	}
	return operator.New(c)
}

// must fails the test on an error, where a value is all that matters.
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (e *env) ok(err error) {
	e.t.Helper()
	if err != nil {
		e.t.Fatal(err)
	}
}

// owner sets the installation up.
func (e *env) owner() operator.Admission {
	e.t.Helper()
	link := must(e.SetUpLink(e.t.Context(), command))(e.t)
	return must(e.Accept(e.t.Context(), link.Token, operator.Acceptance{Email: "Owner@Example.jp", Name: "関守", Language: "ja", Password: password, From: here}))(e.t)
}

// join makes an operator of a role.
func (e *env) join(email string, role operator.Role) operator.Admission {
	e.t.Helper()
	link := must(e.Invite(e.t.Context(), command, email, role, "en"))(e.t)
	return must(e.Accept(e.t.Context(), link.Token, operator.Acceptance{Password: password, From: here}))(e.t)
}

func (e *env) signIn(email, password string) (operator.Admission, error) {
	return e.SignIn(e.t.Context(), operator.Credentials{Email: email, Password: password, From: here})
}

func (e *env) identify(token string) (operator.Identity, error) {
	return e.Identify(e.t.Context(), token, here)
}

// code is what the authenticator shows now.
func (e *env) code(secret string) string {
	e.t.Helper()
	return must(totp.GenerateCode(secret, e.clock()))(e.t)
}

// enrol gives whoever has the session a second factor.
func (e *env) enrol(a operator.Admission) (secret string, codes []string, next operator.Admission) {
	e.t.Helper()
	offered := must(e.BeginFactor(e.t.Context(), a.Identity))(e.t)
	next, codes, err := e.ConfirmFactor(e.t.Context(), a.Token, e.code(offered.Secret), here)
	e.ok(err)
	return offered.Secret, codes, next
}

// acts are the actions in the log, newest first, with their outcomes where they were not done.
func (e *env) acts() string {
	e.t.Helper()
	page := must(e.Audit(e.t.Context(), command, operator.Query{Limit: operator.MaxPage}))(e.t)
	var all []string
	for _, entry := range page.Entries {
		s := string(entry.Action)
		if entry.Outcome != operator.Done {
			s += "!" + string(entry.Outcome)
		}
		all = append(all, s)
	}
	return strings.Join(all, " ")
}

func wantErr(t *testing.T, what string, err, cause error, kind fault.Kind) {
	t.Helper()
	if !errors.Is(err, cause) || fault.KindOf(err) != kind {
		t.Errorf("%s: %v (kind %d), want %v (kind %d)", what, err, fault.KindOf(err), cause, kind)
	}
}

func wantKind(t *testing.T, what string, err error, kind fault.Kind) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind {
		t.Errorf("%s: %v (kind %d), want kind %d", what, err, fault.KindOf(err), kind)
	}
}

// wantField expects an Invalid fault about just these paths, in both languages.
func wantField(t *testing.T, what string, err error, paths ...string) {
	t.Helper()
	wantKind(t, what, err, fault.Invalid)
	f, _ := errors.AsType[*fault.Error](err)
	var got []string
	if f != nil {
		for _, field := range f.Fields {
			got = append(got, field.Path)
			if field.Reason == "" || field.ReasonJa == "" {
				t.Errorf("%s: %s has no words in both languages", what, field.Path)
			}
		}
	}
	if strings.Join(got, " ") != strings.Join(paths, " ") {
		t.Errorf("%s: fields %v, not %v", what, got, paths)
	}
}

// signedOut expects a token to open nothing any more.
func (e *env) signedOut(what, token string) {
	e.t.Helper()
	_, err := e.identify(token)
	wantErr(e.t, what, err, operator.ErrSignedOut, fault.Forbidden)
}

// together calls fn n times at once.
func together(n int, fn func(int)) {
	var all sync.WaitGroup
	gate := make(chan struct{})
	for i := range n {
		all.Go(func() {
			<-gate
			fn(i)
		})
	}
	close(gate)
	all.Wait()
}

func ended(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}
