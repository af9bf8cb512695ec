package site

import (
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"github.com/sekisho/sekisho/server/fault"
)

const (
	// attempts is how often a change is tried anew when another writer was
	// faster. Each conflict means that somebody else got through.
	attempts = 8
	// cachedRevisions bounds the revisions kept in memory; the live ones are
	// kept besides.
	cachedRevisions = 128
	// How often in a second the store is asked for a site that no poll has found.
	unknownRate  = 20
	unknownBurst = 50
)

// Sites is everything that can be done with sites. It is safe for concurrent
// use, here and in other processes on the same store.
//
// Revisions that it returns are shared: read them, never write to them.
type Sites struct {
	store     Store
	rules     Rules
	now       func() time.Time
	revisions *lru.Cache[revisionKey, *Revision]

	watching atomic.Bool // snapshots are kept fresh, see Watch
	changed  chan string // keys changed in this process, for Watch
	mu       sync.Mutex
	known    map[string]*snapshot
	reads    atomic.Uint64 // begun so far, see load
	unknown  *rate.Limiter // reads for keys that no poll has found
}

type revisionKey struct {
	site   string
	number int
}

// New returns the sites of a store, held against the rules.
func New(store Store, rules Rules, now func() time.Time) *Sites {
	cache, err := lru.New[revisionKey, *Revision](cachedRevisions)
	if err != nil { // only for a size below one
		panic(err)
	}
	return &Sites{store: store, rules: rules, now: now, revisions: cache,
		changed: make(chan string, 64), known: map[string]*snapshot{}, unknown: rate.NewLimiter(unknownRate, unknownBurst)}
}

// ApplyOptions says what to do with a document besides keeping it.
type ApplyOptions struct {
	Publish bool
	// On is the tag of the draft that the document was made of; "" for whatever is there.
	On  string
	By  string // an operator, or the command that did it
	Why string
}

// Result is what a change came to.
type Result struct {
	// Revision is the number that the content has: a new one, or that of the
	// latest revision when it had the same content.
	Revision  int  `json:"revision"`
	Created   bool `json:"created"`
	Published bool `json:"published"` // this call made it live
	Live      int  `json:"live"`      // what is live now, 0 for nothing
	// Diff is against what was live before.
	Diff     Diff          `json:"diff"`
	Warnings []fault.Field `json:"warnings,omitempty"`
}

// Apply makes doc the site's draft and a revision of it, and publishes that if
// asked. Content that is the same as the latest revision's makes no new one.
//
// Faults: Invalid with fields for a document against the rules, and Conflict when
// the draft is not the one of o.On, in which cases nothing has changed; Unavailable when the store is away, in which case
// applying the same document again is safe.
func (s *Sites) Apply(ctx context.Context, doc Document, o ApplyOptions) (Result, error) {
	doc, warnings, err := s.rules.Validate(doc)
	if err != nil {
		return Result{}, err
	}
	if o.Publish {
		if err := s.rules.publishable(doc); err != nil {
			return Result{}, err
		}
	}
	var result Result
	err = s.change(ctx, doc.Key, func(w *work) error { return s.apply(ctx, w, doc, o) }, &result)
	result.Warnings = warnings
	return result, err
}

func (s *Sites) apply(ctx context.Context, w *work, doc Document, o ApplyOptions) error {
	if o.On != "" && o.On != tagOf(w.record.Draft) {
		return fault.New(fault.Conflict, "the draft has changed since you looked at it")
	}
	latest, err := s.optional(ctx, doc.Key, w.record.Latest)
	if err != nil {
		return err
	}
	indices := maps.Clone(w.record.Indices)
	r, err := compose(doc, s.rules.Catalogue, w.record.Latest+1, w.live, indices)
	if err != nil {
		return err
	}
	if latest != nil && latest.Hash == r.Hash {
		r = latest
	} else {
		w.record.Indices = indices
		w.create(r, s.now())
	}
	w.draft(doc, o.By, s.now())
	w.revision = r
	if !o.Publish {
		return nil
	}
	return s.publish(ctx, w, r, o.By, o.Why)
}

// work is one attempt at a change: what was read, and what is to be written.
type work struct {
	expect      uint64
	record      Record
	live        *Revision // before the change
	dirty       bool
	appended    *Revision
	publication *Publication
	revision    *Revision // what the result speaks of
}

func (w *work) create(r *Revision, now time.Time) {
	r.CreatedAt = now.UTC()
	w.appended = r
	w.record.Latest = r.Number
}

// draft replaces the draft. What somebody was editing meanwhile can be had back.
func (w *work) draft(doc Document, by string, now time.Time) {
	if before := w.record.Draft; text(before) != text(doc) {
		if before.Key != "" {
			w.record.Edits = remember(w.record.Edits, Edit{now.UTC(), by, "site.json", before})
		}
		w.record.Draft, w.dirty = doc, true
	}
}

func (w *work) pending() bool { return w.dirty || w.appended != nil || w.publication != nil }

// change reads a site, lets edit work on it and writes all of that or nothing,
// again from the start when another writer came first.
func (s *Sites) change(ctx context.Context, key string, edit func(*work) error, result *Result) error {
	var err error
	for range attempts {
		if err = ctx.Err(); err != nil {
			return fault.Wrap(fault.Unavailable, err, "given up before the change was made")
		}
		if err = s.attempt(ctx, key, edit, result); fault.KindOf(err) != fault.Conflict {
			return err
		}
	}
	return err
}

func (s *Sites) attempt(ctx context.Context, key string, edit func(*work) error, result *Result) error {
	w, err := s.read(ctx, key)
	if err != nil {
		return err
	}
	if err := edit(w); err != nil {
		return err
	}
	if w.pending() {
		w.record.UpdatedAt = s.now().UTC()
		change := Change{Record: w.record, Expect: w.expect, Revision: w.appended, Publication: w.publication}
		if err := s.store.Apply(ctx, change); err != nil {
			return err
		}
		s.note(ctx, key)
	}
	*result = Result{Revision: w.revision.Number, Created: w.appended != nil, Published: w.publication != nil,
		Live: w.record.Live, Diff: Compare(w.live, w.revision)}
	return nil
}

func (s *Sites) read(ctx context.Context, key string) (*work, error) {
	record, version, err := s.store.Site(ctx, key)
	if fault.KindOf(err) == fault.NotFound {
		return &work{record: Record{Key: key, Indices: map[string]int{}, CreatedAt: s.now().UTC()}}, nil
	}
	if err != nil {
		return nil, err
	}
	if record.Indices == nil {
		record.Indices = map[string]int{}
	}
	live, err := s.optional(ctx, key, record.Live)
	return &work{expect: version, record: record, live: live}, err
}

// optional returns a revision, nil for number 0.
func (s *Sites) optional(ctx context.Context, key string, number int) (*Revision, error) {
	if number == 0 {
		return nil, nil
	}
	return s.Revision(ctx, key, number)
}

// Revision returns one revision of a site. It never changes, so it is kept.
func (s *Sites) Revision(ctx context.Context, key string, number int) (*Revision, error) {
	at := revisionKey{key, number}
	if r, ok := s.revisions.Get(at); ok {
		return r, nil
	}
	r, err := s.store.Revision(ctx, key, number)
	if err != nil {
		return nil, err
	}
	s.revisions.Add(at, &r)
	return &r, nil
}

// Publications returns a site's publications, oldest first.
func (s *Sites) Publications(ctx context.Context, key string) ([]Publication, error) {
	return s.store.Publications(ctx, key)
}

// Keys returns the keys of all sites, sorted.
func (s *Sites) Keys(ctx context.Context) ([]string, error) {
	versions, err := s.store.Versions(ctx)
	return slices.Sorted(maps.Keys(versions)), err
}

// Record returns what the store keeps of a site now.
func (s *Sites) Record(ctx context.Context, key string) (Record, error) {
	record, _, err := s.store.Site(ctx, key)
	return record, err
}

// note takes over a change made in this process at once, and tells Watch of it.
// Where either does not work the next poll finds the change as well.
func (s *Sites) note(ctx context.Context, key string) {
	if !s.watching.Load() {
		return
	}
	_, _ = s.load(ctx, key)
	select {
	case s.changed <- key:
	default:
	}
}
