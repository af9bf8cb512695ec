// Package operator knows the people who run sites: operators, what each may
// do, how they sign in, the links and tokens that they are given, and the log
// of what they did.
//
// Life of a sign-in: SignIn counts the attempt before it looks at the password,
// spends the same work on an account that is not there, and gives a session, or,
// where the operator has a second factor, a session that is good for Answer
// alone. Identify makes of a session's token an Identity, which says what it may
// do; every act that changes something takes one and asks it.
//
// Operators, links and tokens are one roster with one version: a change is
// worked out on what was read and written only if nothing has changed since. So
// the last owner stays, and a link is used once, however many try at once. What
// a change did stands in the audit log by the same write.
//
// Secrets that we make (sessions, links, tokens, recovery codes) have 80 bits of
// chance or more and are kept as SHA-256; passwords are kept as argon2id. The
// secret of a second factor has to be kept as it is (RFC 6238).
package operator

import (
	"context"
	"log/slog"
	"time"
)

// Operator is a person who signs in to the console.
type Operator struct {
	ID       string `json:"id"`
	Email    string `json:"email"` // the name to sign in with: lower case, one operator each
	Name     string `json:"name"`  // what others read; may be ""
	Language string `json:"language"`
	Role     Role   `json:"role"`
	State    State  `json:"state"`
	// Factor: a second factor is asked for at sign-in.
	Factor bool `json:"factor"`
	// RecoveryCodes is how many are left.
	RecoveryCodes int       `json:"recoveryCodes"`
	CreatedAt     time.Time `json:"createdAt"`
	LastSignIn    time.Time `json:"lastSignIn,omitzero"`
}

// Label is the name by which others know the operator.
func (o Operator) Label() string {
	if o.Name != "" {
		return o.Name
	}
	return o.Email
}

// State says whether an operator may sign in.
type State string

const (
	Active    State = "active"
	Suspended State = "suspended"
)

// Record is what a store keeps of an operator. It never leaves this package and
// the stores: what others see is the Operator in it.
type Record struct {
	Operator
	Password string `json:"password"`         // argon2id, in PHC form
	Secret   string `json:"secret,omitempty"` // of the second factor, base32
	// Candidate is the secret of one that was offered and is not confirmed yet.
	Candidate string   `json:"candidate,omitempty"`
	Step      int64    `json:"step,omitempty"`     // the last time step whose code was taken
	Recovery  []string `json:"recovery,omitempty"` // SHA-256 of the codes that are left
	// Epoch grows with whatever must end the operator's sessions.
	Epoch uint64 `json:"epoch"`
}

// LogValue keeps secrets out of logs.
func (r Record) LogValue() slog.Value { return slog.StringValue(r.ID) }

// Roster is all operators with the links and tokens that are out, as they were
// at one moment. They are few: a store may read them all at once.
type Roster struct {
	Version   uint64 // 0 before the first change
	Operators []Record
	Links     []Link
	Tokens    []Token
}

// Change is one atomic write to the roster, with its entries of the audit log.
type Change struct {
	ID           string // made for this change alone: the same change twice is one
	Expect       uint64 // the roster's version that the change was made for
	Put          []Record
	Remove       []string // ids of operators
	PutLinks     []Link
	RemoveLinks  []string // hashes
	PutTokens    []Token
	RemoveTokens []string // hashes
	Entries      []Entry
}

// Store keeps the roster. All methods return a fault of kind NotFound for what
// is not there, and Unavailable when the store cannot be reached.
type Store interface {
	// Roster returns everything, each list in the order of the ids or hashes.
	Roster(ctx context.Context) (Roster, error)
	// Operator returns one operator; it is asked for with each request of a session.
	Operator(ctx context.Context, id string) (Record, error)
	// Token returns the token of a hash.
	Token(ctx context.Context, hash string) (Token, error)
	// ApplyRoster writes all of a change or nothing, durably, provided that the
	// version is still c.Expect, and raises it by one; a fault of kind Conflict
	// otherwise. A change whose ID is that of the last one has been made.
	ApplyRoster(ctx context.Context, c Change) error
	// UseToken notes the day of a token's last use, where the token is still
	// there and was not used that day; the version stays.
	UseToken(ctx context.Context, hash, day string) error
}
