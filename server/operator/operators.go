package operator

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/sekisho/sekisho/server/fault"
)

// Bounds of the roster, which is read as a whole.
const (
	MaxOperators = 500
	MaxLinks     = 500
	MaxTokens    = 500
)

// attempts is how often a change is tried anew when another was faster. Each
// conflict means that somebody else got through.
const attempts = 16

// Stores is all that operators need kept.
type Stores interface {
	Store
	SessionStore
	AttemptStore
	AuditStore
}

// Config is what New needs.
type Config struct {
	Store  Stores
	Now    func() time.Time
	Random io.Reader  // crypto/rand.Reader, but for tests
	Hash   HashParams // zero for DefaultHash
	// Issuer names the installation in authenticator apps; "" for "Sekisho".
	Issuer string
	// RequireFactor: an operator without a second factor may do nothing but set one up.
	RequireFactor bool
}

// Operators is everything that can be done with operators. It is safe for
// concurrent use, here and in other processes on the same store.
//
// Where a method takes an Identity, that must hold the permission that the
// method names; faults are those of Identity.Require, those that are named, and
// Unavailable when the store is away.
type Operators struct {
	store         Stores
	now           func() time.Time
	random        io.Reader
	hasher        *hasher
	issuer        string
	requireFactor bool
}

// New returns the operators of a store.
func New(c Config) *Operators {
	if c.Issuer == "" {
		c.Issuer = "Sekisho"
	}
	return &Operators{store: c.Store, now: c.Now, random: c.Random, hasher: newHasher(c.Hash, c.Random), issuer: c.Issuer, requireFactor: c.RequireFactor}
}

// List returns all operators by email. Needs SeeOperators.
func (o *Operators) List(ctx context.Context, by Identity) ([]Operator, error) {
	if err := by.Require(SeeOperators, ""); err != nil {
		return nil, err
	}
	r, err := o.store.Roster(ctx)
	if err != nil {
		return nil, err
	}
	all := make([]Operator, len(r.Operators))
	for i, rec := range r.Operators {
		all[i] = rec.Operator
	}
	slices.SortFunc(all, func(a, b Operator) int { return strings.Compare(a.Email, b.Email) })
	return all, nil
}

// work is one attempt at a change: what was read, and what is to be written.
type work struct {
	roster Roster
	now    time.Time
	random io.Reader
	change Change
	err    error // the first that note met
}

// change reads the roster, lets edit work on it and writes all of that or
// nothing, again from the start when another change came first.
func (o *Operators) change(ctx context.Context, edit func(*work) error) error {
	var err error
	for range attempts {
		if err = ctx.Err(); err != nil {
			return fault.Wrap(fault.Unavailable, err, "given up before the change was made")
		}
		w := &work{now: o.now().UTC(), random: o.random}
		if w.roster, err = o.store.Roster(ctx); err != nil {
			return err
		}
		if err = edit(w); err != nil {
			return err
		}
		if err = w.finish(); err != nil {
			return err
		}
		if err = o.store.ApplyRoster(ctx, w.change); fault.KindOf(err) != fault.Conflict {
			return err
		}
	}
	return err
}

// finish holds the change to the bounds and to the rule of the last owner.
func (w *work) finish() (err error) {
	if w.err != nil {
		return w.err
	}
	for _, l := range w.roster.Links {
		if !l.ExpiresAt.After(w.now) {
			w.change.RemoveLinks = append(w.change.RemoveLinks, l.Hash)
		}
	}
	had, has := owners(w.roster.Operators), owners(w.after())
	switch {
	case had > 0 && has == 0:
		return fault.Wrap(fault.Conflict, ErrLastOwner, "there must be an owner who can sign in: make somebody else one first")
	case len(w.after()) > MaxOperators:
		return fault.New(fault.TooLarge, "there are %d operators already", MaxOperators)
	case len(w.roster.Links)+len(w.change.PutLinks)-len(w.change.RemoveLinks) > MaxLinks:
		return fault.New(fault.TooLarge, "there are %d links out already: withdraw some", MaxLinks)
	case len(w.roster.Tokens)+len(w.change.PutTokens)-len(w.change.RemoveTokens) > MaxTokens:
		return fault.New(fault.TooLarge, "there are %d tokens already: revoke some", MaxTokens)
	}
	w.change.Expect = w.roster.Version
	w.change.ID, err = newID(w.random)
	return err
}

// after returns the operators as they will be.
func (w *work) after() []Record {
	all := slices.Clone(w.change.Put)
	for _, r := range w.roster.Operators {
		changed := slices.ContainsFunc(w.change.Put, func(p Record) bool { return p.ID == r.ID })
		if !changed && !slices.Contains(w.change.Remove, r.ID) {
			all = append(all, r)
		}
	}
	return all
}

func owners(records []Record) (n int) {
	for _, r := range records {
		if r.Role == Owner && r.State == Active {
			n++
		}
	}
	return n
}

// allowed asks once more, of the roster as it is now: whoever was demoted or
// signed out since the request began changes nothing.
func (w *work) allowed(by Identity, p Permission) error {
	if by.Actor.Kind == ByOperator {
		rec, err := w.self(by)
		if err != nil {
			return err
		}
		by.Operator = rec.Operator
	}
	return by.Require(p, "")
}

// self returns the record of the operator who acts.
func (w *work) self(by Identity) (Record, error) {
	rec, ok := w.find(func(r Record) bool { return r.ID == by.Operator.ID })
	if !ok || by.Actor.Kind != ByOperator || rec.State != Active || rec.Epoch != by.epoch {
		return Record{}, signedOut()
	}
	return rec, nil
}

func (w *work) find(is func(Record) bool) (Record, bool) {
	if i := slices.IndexFunc(w.roster.Operators, is); i >= 0 {
		return w.roster.Operators[i], true
	}
	return Record{}, false
}

func (w *work) byID(id string) (Record, error) {
	rec, ok := w.find(func(r Record) bool { return r.ID == id })
	if !ok {
		return Record{}, fault.New(fault.NotFound, "there is no such operator")
	}
	return rec, nil
}

func (w *work) byEmail(email string) (Record, bool) {
	return w.find(func(r Record) bool { return r.Email == email })
}

func (w *work) put(r Record) { w.change.Put = append(w.change.Put, r) }

// removeLinks takes back the links that fit.
func (w *work) removeLinks(is func(Link) bool) {
	for _, l := range w.roster.Links {
		if l.ExpiresAt.After(w.now) && is(l) {
			w.change.RemoveLinks = append(w.change.RemoveLinks, l.Hash)
		}
	}
}

// note adds an entry of the audit log to the change.
func (w *work) note(by Identity, a Act) {
	e, err := newEntry(w.random, w.now, by, a)
	if err != nil && w.err == nil {
		w.err = err
	}
	w.change.Entries = append(w.change.Entries, e)
}

func newEntry(random io.Reader, now time.Time, by Identity, a Act) (Entry, error) {
	if !slices.Contains(Actions(), a.Action) {
		return Entry{}, fmt.Errorf("%q is no action of the audit log", a.Action)
	}
	if a.Outcome == "" {
		a.Outcome = Done
	}
	id, err := newID(random)
	return Entry{At: now, ID: id, By: by.Actor, Action: a.Action, Site: line(a.Site), Subject: line(a.Subject),
		Detail: line(a.Detail), From: line(by.From), Outcome: a.Outcome}, err
}
