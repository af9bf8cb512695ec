package operator

import "context"

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
	if err := o.store.ForgetAttempts(ctx, codeKey(rec.ID)); err != nil {
		return Admission{}, err
	}
	return a, o.store.RemoveSessions(ctx, s.Hash)
}
