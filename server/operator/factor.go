package operator

import (
	"context"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"github.com/sekisho/sekisho/server/fault"
)

// The second factor: time-based codes (RFC 6238) with the settings that every
// authenticator app knows.
const (
	factorPeriod = 30 // seconds
	factorSkew   = 1  // steps of a clock that goes wrong, before and after
	factorBytes  = 20 // RFC 4226, R6
)

// Enrolment is a second factor that is offered: it counts once ConfirmFactor
// has seen a code of it.
type Enrolment struct {
	Secret string // base32, for typing
	URI    string // otpauth://…, for a QR code
}

// BeginFactor offers a second factor to whoever asks; an older one stays in
// force until the new one is confirmed. It needs a password given lately.
//
// Faults: Forbidden with ErrSignedOut or ErrStepUp.
func (o *Operators) BeginFactor(ctx context.Context, by Identity) (Enrolment, error) {
	if err := by.fresh(); err != nil {
		return Enrolment{}, err
	}
	b, err := randomBytes(o.random, factorBytes)
	if err != nil {
		return Enrolment{}, err
	}
	secret := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)
	err = o.change(ctx, func(w *work) error {
		rec, err := w.self(by)
		if err != nil {
			return err
		}
		rec.Candidate = secret
		w.put(rec)
		return nil
	})
	if err != nil {
		return Enrolment{}, err
	}
	return o.enrolment(secret, by.Operator.Email), nil
}

func (o *Operators) enrolment(secret, email string) Enrolment {
	values := url.Values{"secret": {secret}, "issuer": {o.issuer}, "algorithm": {"SHA1"}, "digits": {"6"}, "period": {strconv.Itoa(factorPeriod)}}
	uri := "otpauth://totp/" + url.PathEscape(o.issuer) + ":" + url.PathEscape(email) + "?" + strings.ReplaceAll(values.Encode(), "+", "%20")
	return Enrolment{Secret: secret, URI: uri}
}

// OfferedFactor returns the second factor that waits for whoever asks to confirm
// it. It needs a password given lately.
//
// Faults: Forbidden with ErrSignedOut or ErrStepUp; NotFound when none waits.
func (o *Operators) OfferedFactor(ctx context.Context, by Identity) (Enrolment, error) {
	if err := by.fresh(); err != nil {
		return Enrolment{}, err
	}
	rec, err := o.store.Operator(ctx, by.Operator.ID)
	switch {
	case err != nil:
		return Enrolment{}, absent(err, signedOut())
	case rec.Candidate == "":
		return Enrolment{}, fault.New(fault.NotFound, "no second factor waits to be confirmed; begin again")
	}
	return o.enrolment(rec.Candidate, rec.Email), nil
}

// fresh is for what operators do with their own account.
func (i Identity) fresh() error {
	switch {
	case i.Actor.Kind != ByOperator:
		return signedOut()
	case !i.Fresh:
		return forbidden(ErrStepUp, "enter your password again: this needs one given within the last %d minutes", int(FreshFor.Minutes()))
	}
	return nil
}

// ConfirmFactor takes the first code of an offered second factor, which is in
// force from then on. It returns recovery codes, which are shown once. All other
// sessions of the operator end; this one goes on under a new token.
//
// Faults: Forbidden with ErrSignedOut, ErrStepUp or ErrCode; Conflict when none was offered; Throttled.
func (o *Operators) ConfirmFactor(ctx context.Context, token, code, from string) (Admission, []string, error) {
	s, rec, err := o.open(ctx, token)
	if err != nil {
		return Admission{}, nil, err
	}
	by := o.identity(rec, s)
	by.From = from
	if err := by.fresh(); err != nil {
		return Admission{}, nil, err
	}
	if err := o.countCode(ctx, rec.ID, from); err != nil {
		return Admission{}, nil, err
	}
	codes, hashes, err := newRecovery(o.random)
	if err != nil {
		return Admission{}, nil, err
	}
	a, err := o.elevate(ctx, by, s, Act{Action: ActEnrolFactor}, func(w *work, now *Record) error {
		if now.Candidate == "" {
			return fault.New(fault.Conflict, "no second factor waits to be confirmed; begin again")
		}
		step, ok := stepOf(now.Candidate, plainCode(code), w.now, 0)
		if !ok {
			return wrongCode()
		}
		now.Secret, now.Candidate, now.Step, now.Factor = now.Candidate, "", step, true
		now.Recovery, now.RecoveryCodes = hashes, len(hashes)
		return nil
	})
	if err != nil {
		return Admission{}, nil, err
	}
	return a, codes, nil
}

// NewRecoveryCodes replaces whoever asks' recovery codes. It needs a password given lately.
//
// Faults: Forbidden with ErrSignedOut or ErrStepUp, Conflict without a second factor.
func (o *Operators) NewRecoveryCodes(ctx context.Context, by Identity) ([]string, error) {
	if err := by.fresh(); err != nil {
		return nil, err
	}
	codes, hashes, err := newRecovery(o.random)
	if err != nil {
		return nil, err
	}
	err = o.change(ctx, func(w *work) error {
		rec, err := w.self(by)
		if err != nil {
			return err
		}
		if !rec.Factor {
			return fault.New(fault.Conflict, "there is no second factor to recover")
		}
		rec.Recovery, rec.RecoveryCodes = hashes, len(hashes)
		w.put(rec)
		w.note(by, Act{Action: ActRecoveryCodes})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// RemoveFactor takes away a second factor: one's own, or with ManageOperators
// that of somebody who has lost it. Their sessions end.
func (o *Operators) RemoveFactor(ctx context.Context, by Identity, id string) error {
	return o.edit(ctx, by, id, withFresh, Act{Action: ActRemoveFactor}, func(_ *work, rec *Record, _ *Act) error {
		rec.Secret, rec.Candidate, rec.Step, rec.Factor = "", "", 0, false
		rec.Recovery, rec.RecoveryCodes = nil, 0
		return nil
	})
}

// takeCode accepts a code of the second factor once, or a recovery code, which
// is spent by that.
func takeCode(rec *Record, typed string, now time.Time) error {
	code := plainCode(typed)
	if step, ok := stepOf(rec.Secret, code, now, rec.Step); ok {
		rec.Step = step
		return nil
	}
	if len(code) == letters.EncodedLen(recoveryBytes) {
		if i := slices.Index(rec.Recovery, hashOf(code)); i >= 0 {
			rec.Recovery = slices.Delete(slices.Clone(rec.Recovery), i, i+1)
			rec.RecoveryCodes = len(rec.Recovery)
			return nil
		}
	}
	return wrongCode()
}

// stepOf returns the time step of which a code is. A step that is no later than
// last was used before, and does not count (RFC 6238, 5.2).
func stepOf(secret, code string, now time.Time, last int64) (int64, bool) {
	if secret == "" || len(code) != otp.DigitsSix.Length() {
		return 0, false
	}
	current := now.Unix() / factorPeriod
	for step := max(current-factorSkew, last+1); step <= current+factorSkew; step++ {
		want, err := totp.GenerateCodeCustom(secret, time.Unix(step*factorPeriod, 0), totp.ValidateOpts{Period: factorPeriod, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return step, true
		}
	}
	return 0, false
}

func wrongCode() error { return forbidden(ErrCode, "the code is wrong, or was used before") }

func isCode(err error) bool { return errors.Is(err, ErrCode) }
