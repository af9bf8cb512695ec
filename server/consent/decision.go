// Package consent knows what visitors decided and what follows from it.
package consent

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Action is how a decision came about.
type Action string

const (
	AcceptAll Action = "accept-all"
	RejectAll Action = "reject-all"
	Save      Action = "save"
	Withdraw  Action = "withdraw"
	Signal    Action = "signal" // by a browser signal such as GPC
)

// Decision is one act of one visitor under one revision, as the browser tells it.
type Decision struct {
	ID       uuid.UUID `json:"id"`      // UUIDv7, minted by the browser
	Visitor  uuid.UUID `json:"visitor"` // UUIDv4, minted at the first decision
	Sequence uint32    `json:"sequence"`
	Revision int       `json:"revision"`
	Action   Action    `json:"action"`
	// Granted and Denied together name exactly the vendors that were asked about.
	Granted  []string  `json:"granted"`
	Denied   []string  `json:"denied"`
	Language string    `json:"language"`
	Layer    int       `json:"layer"` // 1 banner, 2 preferences, 0 by script
	At       time.Time `json:"at"`    // the browser's clock: a claim
	Page     string    `json:"page"`  // path of the page, without query and fragment
}

// Entry is a decision as it was recorded.
type Entry struct {
	Decision
	Site string `json:"site"`
	// RecordedAt is the server's clock, in milliseconds: the evidence.
	RecordedAt   time.Time `json:"recordedAt"`
	RevisionHash string    `json:"revisionHash"`
	// Origin is the page's origin, checked against the site's; empty when the
	// client sent none, which no browser does: such an entry proves less.
	Origin string `json:"origin,omitempty"`
}

// Layer is what one decision answers, by vendor index: asked about, and granted.
type Layer struct {
	ID         uuid.UUID
	Sequence   uint32
	Revision   uint32
	RecordedAt time.Time // milliseconds
	Asked      Bits
	Granted    Bits // a subset of Asked
}

// Bits is a set of vendor indices: index i is bit i%8 of byte i/8; no trailing zero bytes.
type Bits []byte

// State is what is current of one visitor: the layers of decisions that still
// answer for some vendor, newest first (by sequence, then by id). A layer whose
// vendors are all named by newer layers is dropped. Most visitors have one.
type State struct {
	Layers []Layer
}

// Write is all that one atomic step of a store has to do for a decision.
type Write struct {
	Entry Entry
	Layer Layer
	// Counters are the names of the counters of the day (UTC) that go up by one.
	Counters []string
	// StateTTL and HistoryTTL are from now; a newer write extends them, never shortens.
	StateTTL, HistoryTTL time.Duration
}

// Store keeps decisions. Errors: NotFound for a visitor of whom nothing is
// held, Unavailable when the store cannot be reached or is not sure that it
// wrote: an error is not "not done", and the caller repeats the same write.
type Store interface {
	// Record writes entry, state and counters in one atomic, durable step and
	// returns the entry as recorded. For an id that this visitor already has,
	// nothing is written, and the stored entry comes back with fresh false.
	// A layer older than the current ones never overrides them. Vendors come
	// back by their indices, so the store must know the site: NotFound otherwise.
	Record(ctx context.Context, w Write) (stored Entry, fresh bool, err error)
	// State returns what is current.
	State(ctx context.Context, site string, visitor uuid.UUID) (State, error)
	// History returns all decisions of the visitor, oldest first by sequence, then id.
	History(ctx context.Context, site string, visitor uuid.UUID) ([]Entry, error)
	// Erase removes state and history; no error when there was nothing.
	Erase(ctx context.Context, site string, visitor uuid.UUID) error
	// Counts returns the counters of a day, YYYY-MM-DD in UTC.
	Counts(ctx context.Context, site, day string) (map[string]int64, error)
}
