package operator

import (
	"context"
	"slices"

	"github.com/sekisho/sekisho/server/fault"
)

// Credentials are what somebody signs in with.
type Credentials struct {
	Email, Password string
	// From is a keyed pseudonym of the address, never the address.
	From string
	// Previous is the token that the browser had; that session ends.
	Previous string
}

// SignIn begins a session. An email that nobody has is treated like a wrong
// password, in words and in time.
//
// Faults: Forbidden with ErrCredentials, Throttled.
func (o *Operators) SignIn(ctx context.Context, c Credentials) (Admission, error) {
	email, ok := parseEmail(c.Email)
	if !ok {
		email = "" // nobody's; counted under the address alone
	}
	if err := o.countPassword(ctx, email, c.From); err != nil {
		return Admission{}, err
	}
	roster, err := o.store.Roster(ctx)
	if err != nil {
		return Admission{}, err
	}
	rec, _ := (&work{roster: roster}).byEmail(email)
	right, stale, err := o.hasher.verify(ctx, rec.Password, c.Password)
	if err != nil {
		return Admission{}, err
	}
	by := Identity{Actor: Actor{Kind: ByNobody}, From: c.From}
	if !right || rec.State != Active {
		if err := o.refuse(ctx, by, ActSignIn, rec.ID); err != nil {
			return Admission{}, err
		}
		return Admission{}, wrongCredentials()
	}
	if stale {
		if err := o.rehash(ctx, rec, c.Password); err != nil {
			return Admission{}, err
		}
	}
	if err := o.forgetPassword(ctx, email, c.From); err != nil {
		return Admission{}, err
	}
	if err := o.SignOut(ctx, c.Previous); err != nil {
		return Admission{}, err
	}
	return o.admit(ctx, rec, c.From)
}

func wrongCredentials() error {
	return forbidden(ErrCredentials, "the email or the password is wrong")
}

// admit begins a session of an operator whose password was right: one that
// waits for the second factor where there is one.
func (o *Operators) admit(ctx context.Context, rec Record, from string) (Admission, error) {
	now := o.now().UTC()
	if rec.Factor {
		return o.begin(ctx, rec, Session{Operator: rec.ID, Epoch: rec.Epoch, CreatedAt: now, SeenAt: now, PasswordAt: now,
			Until: now.Add(PendingFor), Pending: true, From: from})
	}
	return o.enter(ctx, rec.ID, rec.Epoch, from, "", func(*work, *Record) error { return nil })
}

// enter writes down a sign-in and begins the session. check may refuse, and
// change the record, in the same step.
func (o *Operators) enter(ctx context.Context, id string, epoch uint64, from, detail string, check func(*work, *Record) error) (Admission, error) {
	var rec Record
	err := o.change(ctx, func(w *work) (err error) {
		if rec, err = w.byID(id); err != nil || rec.State != Active || rec.Epoch != epoch {
			return wrongCredentials() // something was changed since the password was right
		}
		if err := check(w, &rec); err != nil {
			return err
		}
		rec.LastSignIn = w.now
		w.put(rec)
		w.note(o.identity(rec, Session{From: from}), Act{Action: ActSignIn, Detail: detail})
		return nil
	})
	if err != nil {
		return Admission{}, err
	}
	now := o.now().UTC()
	return o.begin(ctx, rec, Session{Operator: rec.ID, Epoch: rec.Epoch, CreatedAt: now, SeenAt: now, PasswordAt: now, Until: now.Add(Absolute), From: from})
}

// begin keeps a session under a new token.
func (o *Operators) begin(ctx context.Context, rec Record, s Session) (Admission, error) {
	token, err := newSecret(o.random)
	if err != nil {
		return Admission{}, err
	}
	s.Hash = hashOf(token)
	if err := o.store.PutSession(ctx, s); err != nil {
		return Admission{}, err
	}
	a := Admission{Token: token, Until: s.Until, Pending: s.Pending}
	if !s.Pending {
		a.Identity = o.identity(rec, s)
	}
	return a, nil
}

// renew lets a session go on under a new token; the old one is worth nothing then.
func (o *Operators) renew(ctx context.Context, rec Record, s Session) (Admission, error) {
	old := s.Hash
	a, err := o.begin(ctx, rec, s)
	if err != nil {
		return Admission{}, err
	}
	return a, o.store.RemoveSessions(ctx, old)
}

func (o *Operators) identity(rec Record, s Session) Identity {
	return Identity{
		Actor: actorOf(rec.Operator), Operator: rec.Operator, Session: refOf(s.Hash), From: s.From, epoch: rec.Epoch,
		Fresh:       !s.PasswordAt.IsZero() && o.now().Sub(s.PasswordAt) < FreshFor,
		FactorFirst: o.requireFactor && !rec.Factor,
	}
}

func actorOf(o Operator) Actor { return Actor{Kind: ByOperator, ID: o.ID, Name: o.Label()} }

// Answer gives the second factor, a code of the authenticator or one of
// recovery, to a session that waits for it, and begins the session proper.
//
// Faults: Forbidden with ErrSignedOut when nothing waits, or with ErrCode; Throttled.
func (o *Operators) Answer(ctx context.Context, token, code, from string) (Admission, error) {
	s, rec, err := o.session(ctx, token)
	if err != nil {
		return Admission{}, err
	}
	if !s.Pending {
		return Admission{}, signedOut()
	}
	if err := o.countCode(ctx, rec.ID, from); err != nil {
		return Admission{}, err
	}
	detail := "second factor"
	a, err := o.enter(ctx, rec.ID, s.Epoch, from, detail, func(w *work, rec *Record) error { return takeCode(rec, code, w.now) })
	if isCode(err) {
		if noted := o.refuse(ctx, o.identity(rec, Session{From: from}), ActSignIn, rec.ID); noted != nil {
			return Admission{}, noted
		}
	}
	if err != nil {
		return Admission{}, err
	}
	return a, o.store.RemoveSessions(ctx, s.Hash)
}

// session returns what a token opens, with its operator as they are now.
func (o *Operators) session(ctx context.Context, token string) (Session, Record, error) {
	if !isSecret(token) {
		return Session{}, Record{}, signedOut()
	}
	s, err := o.store.Session(ctx, hashOf(token))
	if err != nil {
		return Session{}, Record{}, absent(err, signedOut())
	}
	now := o.now()
	if !now.Before(s.Until) || now.Sub(s.SeenAt) >= Idle {
		return Session{}, Record{}, o.over(ctx, s)
	}
	rec, err := o.store.Operator(ctx, s.Operator)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return Session{}, Record{}, err
	}
	if err != nil || rec.State != Active || rec.Epoch != s.Epoch {
		return Session{}, Record{}, o.over(ctx, s)
	}
	return s, rec, nil
}

// over removes a session that has ended, and says so.
func (o *Operators) over(ctx context.Context, s Session) error {
	if err := o.store.RemoveSessions(ctx, s.Hash); err != nil {
		return err
	}
	return signedOut()
}

// absent returns instead for what is not there, and any other error as it is.
func absent(err, instead error) error {
	if fault.KindOf(err) == fault.NotFound {
		return instead
	}
	return err
}

// Identify returns who has a session, and notes that it is in use. from is the
// keyed pseudonym of the address that asks.
//
// Faults: Forbidden with ErrSignedOut.
func (o *Operators) Identify(ctx context.Context, token, from string) (Identity, error) {
	s, rec, err := o.open(ctx, token)
	if err != nil {
		return Identity{}, err
	}
	if now := o.now().UTC(); now.Sub(s.SeenAt) >= touchEvery {
		if err := o.store.TouchSession(ctx, s.Hash, now); err != nil {
			return Identity{}, absent(err, signedOut())
		}
	}
	i := o.identity(rec, s)
	i.From = from
	return i, nil
}

// open is session for one that does not wait for its second factor.
func (o *Operators) open(ctx context.Context, token string) (Session, Record, error) {
	s, rec, err := o.session(ctx, token)
	if err == nil && s.Pending {
		err = signedOut()
	}
	return s, rec, err
}

// SignOut ends a session. One that is not there is no error.
func (o *Operators) SignOut(ctx context.Context, token string) error {
	if !isSecret(token) {
		return nil
	}
	s, err := o.store.Session(ctx, hashOf(token))
	if err != nil {
		return absent(err, nil)
	}
	if err := o.store.RemoveSessions(ctx, s.Hash); err != nil || s.Pending {
		return err
	}
	rec, err := o.store.Operator(ctx, s.Operator)
	if err != nil {
		return absent(err, nil)
	}
	return o.Note(ctx, o.identity(rec, s), Act{Action: ActSignOut})
}

// StepUp gives the password once more, for what needs one given lately. The
// session goes on under a new token.
//
// Faults: Forbidden with ErrSignedOut or ErrCredentials, Throttled.
func (o *Operators) StepUp(ctx context.Context, token, password, from string) (Admission, error) {
	s, rec, err := o.confirm(ctx, token, password, from, ActStepUp)
	if err != nil {
		return Admission{}, err
	}
	s.PasswordAt = o.now().UTC()
	s.SeenAt = s.PasswordAt
	a, err := o.renew(ctx, rec, s)
	if err != nil {
		return Admission{}, err
	}
	a.Identity.From = from
	return a, o.Note(ctx, a.Identity, Act{Action: ActStepUp})
}

// confirm checks the password of whoever has a session, counting it as SignIn does.
func (o *Operators) confirm(ctx context.Context, token, password, from string, act Action) (Session, Record, error) {
	s, rec, err := o.open(ctx, token)
	if err != nil {
		return s, rec, err
	}
	if err := o.countPassword(ctx, rec.Email, from); err != nil {
		return s, rec, err
	}
	right, _, err := o.hasher.verify(ctx, rec.Password, password)
	if err != nil {
		return s, rec, err
	}
	if !right {
		i := o.identity(rec, s)
		i.From = from
		if err := o.refuse(ctx, i, act, rec.ID); err != nil {
			return s, rec, err
		}
		return s, rec, wrongCredentials()
	}
	return s, rec, o.forgetPassword(ctx, rec.Email, from)
}

// rehash keeps a password under the parameters of today.
func (o *Operators) rehash(ctx context.Context, rec Record, password string) error {
	kept, err := o.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	return o.change(ctx, func(w *work) error {
		now, err := w.byID(rec.ID)
		if err != nil || now.Password != rec.Password {
			return wrongCredentials()
		}
		now.Password = kept
		w.put(now)
		return nil
	})
}

// ChangePassword sets a new password. All other sessions of the operator end,
// and links to reset it; this one goes on under a new token.
//
// Faults: Forbidden with ErrSignedOut or ErrCredentials, Invalid for "/password", Throttled.
func (o *Operators) ChangePassword(ctx context.Context, token, current, password, from string) (Admission, error) {
	s, rec, err := o.confirm(ctx, token, current, from, ActChangePassword)
	if err != nil {
		return Admission{}, err
	}
	if err := fault.InvalidFields("the password", passwordFault("/password", password, rec.Email, rec.Name)); err != nil {
		return Admission{}, err
	}
	kept, err := o.hasher.hash(ctx, password)
	if err != nil {
		return Admission{}, err
	}
	by := o.identity(rec, s)
	by.From = from
	return o.elevate(ctx, by, s, Act{Action: ActChangePassword}, func(w *work, now *Record) error {
		if now.Password != rec.Password {
			return wrongCredentials()
		}
		now.Password = kept
		w.removeLinks(func(l Link) bool { return l.Operator == now.ID })
		return nil
	})
}

// elevate changes what an operator signs in with: all sessions end but this
// one, which goes on under a new token.
func (o *Operators) elevate(ctx context.Context, by Identity, s Session, act Act, edit func(*work, *Record) error) (Admission, error) {
	var rec Record
	err := o.change(ctx, func(w *work) (err error) {
		if rec, err = w.self(by); err != nil {
			return err
		}
		if err := edit(w, &rec); err != nil {
			return err
		}
		rec.Epoch++
		w.put(rec)
		w.note(by, act)
		return nil
	})
	if err != nil {
		return Admission{}, err
	}
	now := o.now().UTC()
	s.Epoch, s.PasswordAt, s.SeenAt = rec.Epoch, now, now
	a, err := o.renew(ctx, rec, s)
	a.Identity.From = by.From
	return a, err
}

// Sessions returns the open sessions of whoever asks, the latest used first.
func (o *Operators) Sessions(ctx context.Context, by Identity) ([]OpenSession, error) {
	all, err := o.own(ctx, by)
	if err != nil {
		return nil, err
	}
	var open []OpenSession
	for _, s := range all {
		if !s.Pending && s.Epoch == by.epoch && o.now().Sub(s.SeenAt) < Idle {
			open = append(open, OpenSession{Ref: refOf(s.Hash), CreatedAt: s.CreatedAt, SeenAt: s.SeenAt, From: s.From, Current: refOf(s.Hash) == by.Session})
		}
	}
	slices.SortFunc(open, func(a, b OpenSession) int { return b.SeenAt.Compare(a.SeenAt) })
	return open, nil
}

// EndSession ends one of one's own sessions. NotFound for another's.
func (o *Operators) EndSession(ctx context.Context, by Identity, ref string) error {
	all, err := o.own(ctx, by)
	if err != nil {
		return err
	}
	for _, s := range all {
		if refOf(s.Hash) == ref {
			if err := o.store.RemoveSessions(ctx, s.Hash); err != nil {
				return err
			}
			return o.Note(ctx, by, Act{Action: ActEndSession})
		}
	}
	return fault.New(fault.NotFound, "there is no such session")
}

func (o *Operators) own(ctx context.Context, by Identity) ([]Session, error) {
	if by.Actor.Kind != ByOperator {
		return nil, signedOut()
	}
	return o.store.Sessions(ctx, by.Operator.ID)
}

// SignOutEverywhere ends all sessions of an operator, this one too: one's own,
// or with ManageOperators another's.
func (o *Operators) SignOutEverywhere(ctx context.Context, by Identity, id string) error {
	return o.edit(ctx, by, id, true, Act{Action: ActSignOutAll}, func(*work, *Record, *Act) error { return nil })
}
