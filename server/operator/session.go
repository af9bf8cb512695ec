package operator

import (
	"context"
	"time"
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
