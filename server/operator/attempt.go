package operator

import (
	"context"
	"time"

	"github.com/sekisho/sekisho/server/fault"
)

// AttemptStore counts attempts, so that secrets cannot be guessed. Unavailable
// when it cannot be reached, in which case nobody signs in.
type AttemptStore interface {
	// Attempt counts one more under a key and returns how many there are in the
	// window that the first of them opened, and how long that is still open.
	// Attempts at once get different numbers.
	Attempt(ctx context.Context, key string, window time.Duration) (n int, left time.Duration, err error)
	// ForgetAttempts begins anew with keys.
	ForgetAttempts(ctx context.Context, keys ...string) error
}

// limit is how many attempts there may be in a window.
type limit struct {
	most   int
	window time.Duration
}

// How often secrets may be tried. An account alone has a wide limit, so that
// nobody is locked out by somebody else's guesses from one address; the narrow
// one is for an account from an address. Of a code of six digits three count at
// a time: 40 tries a day find one in 8,000 days, for whoever has the password.
var (
	perPair    = limit{5, 15 * time.Minute}
	perAddress = limit{30, 15 * time.Minute}
	perAccount = limit{50, time.Hour}
	perCode    = limit{5, 15 * time.Minute}
	perCodeDay = limit{40, 24 * time.Hour}
	// perNoted bounds the refusals of one account, and of all that are not there
	// together, that the audit log takes.
	perNoted = limit{100, time.Hour}
)

func pairKey(email, from string) string { return "pair:" + hashOf(email+"\x00"+from) }

func codeKey(id string) string { return "code:" + id }

// countPassword counts an attempt at a password before it is looked at, so that
// many at once count as well. What was typed is kept as a hash: it may be a
// password in the wrong field.
func (o *Operators) countPassword(ctx context.Context, email, from string) error {
	if err := o.count(ctx, "address:"+hashOf(from), perAddress); err != nil || email == "" {
		return err
	}
	if err := o.count(ctx, pairKey(email, from), perPair); err != nil {
		return err
	}
	return o.count(ctx, "account:"+hashOf(email), perAccount)
}

// forgetPassword is for a password that was right.
func (o *Operators) forgetPassword(ctx context.Context, email, from string) error {
	return o.store.ForgetAttempts(ctx, pairKey(email, from))
}

func (o *Operators) countCode(ctx context.Context, id, from string) error {
	if err := o.count(ctx, "address:"+hashOf(from), perAddress); err != nil {
		return err
	}
	if err := o.count(ctx, codeKey(id), perCode); err != nil {
		return err
	}
	return o.count(ctx, "code-day:"+id, perCodeDay)
}

func (o *Operators) count(ctx context.Context, key string, l limit) error {
	n, left, err := o.store.Attempt(ctx, key, l.window)
	if err != nil {
		return err
	}
	if n > l.most {
		return &fault.Error{Kind: fault.Throttled, Detail: "too many attempts; wait a while", RetryAfter: max(left, time.Second)}
	}
	return nil
}

// refuse notes a secret that was wrong. It takes as much work for an account
// that is not there (id ""), until there have been very many.
func (o *Operators) refuse(ctx context.Context, by Identity, act Action, id string) error {
	n, _, err := o.store.Attempt(ctx, "noted:"+id, perNoted.window)
	if err != nil || n > perNoted.most {
		return err
	}
	return o.Note(ctx, by, Act{Action: act, Subject: id, Outcome: Refused})
}
