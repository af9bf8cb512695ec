package operator

import (
	"context"
	"slices"
	"time"

	"github.com/sekisho/sekisho/server/fault"
)

// How long sessions last (ASVS 5.0, 7.3).
const (
	Idle     = 30 * time.Minute // after the last request
	Absolute = 12 * time.Hour   // after sign-in, however busy
	// PendingFor is how long the second factor is waited for.
	PendingFor = 10 * time.Minute
	// FreshFor is how long a password counts as given lately.
	FreshFor = 15 * time.Minute
	// touchEvery is how exactly the last request is noted.
	touchEvery = time.Minute
)

// Session is what a store keeps of a session.
type Session struct {
	Hash     string `json:"hash"` // SHA-256 of the token
	Operator string `json:"operator"`
	// Epoch is the operator's at sign-in: the session is over when that has grown.
	Epoch      uint64    `json:"epoch"`
	CreatedAt  time.Time `json:"createdAt"` // sign-in, also after the token was changed
	SeenAt     time.Time `json:"seenAt"`
	PasswordAt time.Time `json:"passwordAt"` // when the password was given last
	Until      time.Time `json:"until"`      // absolute end
	// Pending: the second factor is still to come; good for Answer alone.
	Pending bool   `json:"pending,omitempty"`
	From    string `json:"from,omitempty"` // keyed pseudonym of the address at sign-in
}

// SessionStore keeps sessions until they end. What has passed its Until by the
// store's clock is absent. NotFound for what is not there; Unavailable when the
// store cannot be reached.
type SessionStore interface {
	// PutSession keeps a new session.
	PutSession(ctx context.Context, s Session) error
	// Session returns the session of a hash.
	Session(ctx context.Context, hash string) (Session, error)
	// Sessions returns those of one operator, in the order of their hashes.
	Sessions(ctx context.Context, operator string) ([]Session, error)
	// TouchSession notes a request. A session that was removed meanwhile stays
	// away: NotFound.
	TouchSession(ctx context.Context, hash string, seen time.Time) error
	// RemoveSessions ends sessions; those that are not there are no error.
	RemoveSessions(ctx context.Context, hashes ...string) error
}

// Admission is a session that has just begun, or goes on under a new token.
type Admission struct {
	Token string    // for the cookie; nothing keeps it
	Until time.Time // when the cookie ends at the latest
	// Pending: Answer must follow before the token is good for anything else.
	Pending  bool
	Identity Identity // zero while pending
}

// OpenSession is a session as its operator sees it in a list.
type OpenSession struct {
	Ref       string // names it for EndSession; opens nothing
	CreatedAt time.Time
	SeenAt    time.Time
	From      string // keyed pseudonym: the same for the same address, for a while
	Current   bool
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
	return o.edit(ctx, by, id, always, Act{Action: ActSignOutAll}, func(*work, *Record, *Act) error { return nil })
}
