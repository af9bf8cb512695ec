package operator_test

import (
	"errors"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
)

func TestFactor(t *testing.T) {
	e := newEnv(t, func(c *operator.Config) { c.Issuer = "例の店 Console" })
	a := e.owner()
	elsewhere := must(e.signIn("owner@example.jp", password))(t)
	_, _, err := e.ConfirmFactor(t.Context(), a.Token, "123456", here)
	wantKind(t, "confirming what was not offered", err, fault.Conflict)
	offered := must(e.BeginFactor(t.Context(), a.Identity))(t)
	uri := must(url.Parse(offered.URI))(t)
	if q := uri.Query(); uri.Scheme != "otpauth" || uri.Host != "totp" || uri.Path != "/例の店 Console:owner@example.jp" || q.Get("secret") != offered.Secret ||
		q.Get("issuer") != "例の店 Console" || strings.Contains(offered.URI, "+") || len(offered.Secret) != 32 {
		t.Errorf("%s", offered.URI)
	}
	_, _, err = e.ConfirmFactor(t.Context(), a.Token, "000000", here)
	wantErr(t, "a wrong code", err, operator.ErrCode, fault.Forbidden)
	if still := must(e.OfferedFactor(t.Context(), a.Identity))(t); still != offered {
		t.Errorf("%+v waits, not %+v", still, offered)
	}
	if s := must(e.signIn("owner@example.jp", password))(t); s.Pending {
		t.Error("asked for before it was confirmed")
	}
	b, codes, err := e.ConfirmFactor(t.Context(), a.Token, e.code(offered.Secret), here)
	e.ok(err)
	if len(codes) != 10 || !b.Identity.Operator.Factor || b.Identity.Operator.RecoveryCodes != 10 {
		t.Errorf("%d codes, %+v", len(codes), b.Identity.Operator)
	}
	_, err = e.OfferedFactor(t.Context(), b.Identity)
	wantKind(t, "what was offered, once confirmed", err, fault.NotFound)
	e.signedOut("under the old token", a.Token)
	e.signedOut("elsewhere", elsewhere.Token)

	waiting := must(e.signIn("owner@example.jp", password))(t)
	if !waiting.Pending || waiting.Identity.Actor.ID != "" || !waiting.Until.Equal(e.now.Add(operator.PendingFor)) {
		t.Errorf("%+v", waiting)
	}
	e.signedOut("before the second factor", waiting.Token)
	_, err = e.StepUp(t.Context(), waiting.Token, password, here)
	wantErr(t, "stepping up before it", err, operator.ErrSignedOut, fault.Forbidden)
	_, err = e.ChangePassword(t.Context(), waiting.Token, password, another, here)
	wantErr(t, "a new password before it", err, operator.ErrSignedOut, fault.Forbidden)
	_, err = e.Answer(t.Context(), waiting.Token, e.code(offered.Secret), here)
	wantErr(t, "the code of the confirmation again", err, operator.ErrCode, fault.Forbidden)
	e.pass(30 * time.Second)
	code := e.code(offered.Secret)
	fullWidth := strings.Map(func(r rune) rune { return r - '0' + '０' }, code)
	c := must(e.Answer(t.Context(), waiting.Token, fullWidth[:9]+" "+fullWidth[9:], here))(t)
	must(e.identify(c.Token))(t)
	_, err = e.Answer(t.Context(), waiting.Token, code, here)
	wantErr(t, "what waited is over", err, operator.ErrSignedOut, fault.Forbidden)
	_, err = e.Answer(t.Context(), c.Token, code, here)
	wantErr(t, "a session that does not wait", err, operator.ErrSignedOut, fault.Forbidden)
	again := must(e.signIn("owner@example.jp", password))(t)
	_, err = e.Answer(t.Context(), again.Token, code, here)
	wantErr(t, "a code that was used", err, operator.ErrCode, fault.Forbidden)
	e.pass(operator.PendingFor)
	_, err = e.Answer(t.Context(), again.Token, e.code(offered.Secret), here)
	wantErr(t, "too late", err, operator.ErrSignedOut, fault.Forbidden)
}

// TestClockOfThePhone: half a minute wrong is let pass, more is not.
func TestClockOfThePhone(t *testing.T) {
	e := newEnv(t)
	secret, _, _ := e.enrol(e.owner())
	e.pass(time.Hour)
	for _, c := range []struct {
		off time.Duration
		ok  bool
	}{{-90 * time.Second, false}, {-30 * time.Second, true}, {30 * time.Second, true}, {90 * time.Second, false}} {
		e.pass(time.Hour)
		waiting := must(e.signIn("owner@example.jp", password))(t)
		e.pass(c.off)
		code := e.code(secret)
		e.pass(-c.off)
		if _, err := e.Answer(t.Context(), waiting.Token, code, here); (err == nil) != c.ok {
			t.Errorf("%v off: %v", c.off, err)
		}
	}
}

func TestRecovery(t *testing.T) {
	e := newEnv(t)
	_, codes, a := e.enrol(e.owner())
	for i, typed := range []string{codes[0], " " + strings.ToUpper(codes[1]), strings.ReplaceAll(codes[2], "-", "")} {
		waiting := must(e.signIn("owner@example.jp", password))(t)
		b := must(e.Answer(t.Context(), waiting.Token, typed, here))(t)
		if left := b.Identity.Operator.RecoveryCodes; left != 9-i {
			t.Errorf("%d codes left", left)
		}
	}
	waiting := must(e.signIn("owner@example.jp", password))(t)
	_, err := e.Answer(t.Context(), waiting.Token, codes[0], here)
	wantErr(t, "a code that is spent", err, operator.ErrCode, fault.Forbidden)
	fresh := must(e.NewRecoveryCodes(t.Context(), a.Identity))(t)
	_, err = e.Answer(t.Context(), waiting.Token, codes[5], here)
	wantErr(t, "a code that was replaced", err, operator.ErrCode, fault.Forbidden)
	must(e.Answer(t.Context(), waiting.Token, fresh[5], here))(t)
	kept := must(e.store.Operator(t.Context(), a.Identity.Operator.ID))(t)
	for _, hash := range kept.Recovery {
		if len(hash) != 64 {
			t.Errorf("a recovery code is kept as %q", hash)
		}
	}
	b := e.join("b@example.jp", operator.Viewer)
	_, err = e.NewRecoveryCodes(t.Context(), b.Identity)
	wantKind(t, "without a second factor", err, fault.Conflict)
}

// TestCodeOnce: the same code, or recovery code, at once opens one session.
func TestCodeOnce(t *testing.T) {
	e := newEnv(t)
	secret, codes, _ := e.enrol(e.owner())
	e.pass(time.Minute)
	for _, code := range []string{e.code(secret), codes[3]} {
		var tokens [4]string
		for i := range tokens {
			tokens[i] = must(e.signIn("owner@example.jp", password))(t).Token
		}
		var in atomic.Int64
		together(len(tokens), func(i int) {
			switch _, err := e.Answer(t.Context(), tokens[i], code, here); {
			case err == nil:
				in.Add(1)
			case !errors.Is(err, operator.ErrCode):
				t.Errorf("%v", err)
			}
		})
		if in.Load() != 1 {
			t.Errorf("%d got in with one code", in.Load())
		}
		e.pass(16 * time.Minute) // the limit of codes begins anew
	}
}

func TestCodesThrottled(t *testing.T) {
	e := newEnv(t)
	secret, _, _ := e.enrol(e.owner())
	e.pass(time.Hour)
	tried := 0
	for range 30 { // a day of somebody who has the password
		waiting := must(e.signIn("owner@example.jp", password))(t)
		for range 10 {
			_, err := e.Answer(t.Context(), waiting.Token, "000000", "elsewhere")
			if errors.Is(err, operator.ErrCode) {
				tried++
			} else if fault.KindOf(err) != fault.Throttled {
				t.Fatal(err)
			}
		}
		e.pass(16 * time.Minute)
	}
	if tried != 40-1 { // the enrolment was one
		t.Errorf("%d codes were looked at in a day", tried)
	}
	waiting := must(e.signIn("owner@example.jp", password))(t)
	_, err := e.Answer(t.Context(), waiting.Token, e.code(secret), here)
	wantKind(t, "the right one, beyond the limit", err, fault.Throttled)
	e.pass(24 * time.Hour)
	waiting = must(e.signIn("owner@example.jp", password))(t)
	must(e.Answer(t.Context(), waiting.Token, e.code(secret), here))(t)
}

func TestRemoveFactor(t *testing.T) {
	e := newEnv(t)
	a := e.owner()
	b := e.join("b@example.jp", operator.Editor)
	_, _, b = e.enrol(b)
	err := e.RemoveFactor(t.Context(), b.Identity, a.Identity.Operator.ID)
	wantErr(t, "another's, by an editor", err, operator.ErrNotAllowed, fault.Forbidden)
	e.pass(operator.FreshFor)
	err = e.RemoveFactor(t.Context(), must(e.identify(b.Token))(t), b.Identity.Operator.ID)
	wantErr(t, "one's own, without a password given lately", err, operator.ErrStepUp, fault.Forbidden)
	e.ok(e.RemoveFactor(t.Context(), command, b.Identity.Operator.ID))
	e.signedOut("after that", b.Token)
	c := must(e.signIn("b@example.jp", password))(t)
	if c.Pending || c.Identity.Operator.Factor || c.Identity.Operator.RecoveryCodes != 0 {
		t.Errorf("%+v", c)
	}
}

// TestFactorRequired: where the installation asks for one, nothing goes before it.
func TestFactorRequired(t *testing.T) {
	e := newEnv(t, func(c *operator.Config) { c.RequireFactor = true })
	a := e.owner()
	_, err := e.Invite(t.Context(), a.Identity, "b@example.jp", operator.Viewer, "ja")
	wantErr(t, "an invitation", err, operator.ErrFactorFirst, fault.Forbidden)
	_, err = e.List(t.Context(), must(e.identify(a.Token))(t))
	wantErr(t, "a look", err, operator.ErrFactorFirst, fault.Forbidden)
	_, _, b := e.enrol(a)
	must(e.Invite(t.Context(), b.Identity, "b@example.jp", operator.Viewer, "ja"))(t)
}
