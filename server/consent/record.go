package consent

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
)

// Sites is what the recorder needs to know of sites. Both methods are called
// for every decision and every reading, so they answer from memory; revisions
// are shared and never written to.
type Sites interface {
	// Revision returns a revision that is or once was live: NotFound or
	// Conflict for any other number, NotFound for a site that is not there.
	Revision(ctx context.Context, site string, number int) (*site.Revision, error)
	// Live returns the revision that visitors are shown now; NotFound when
	// there is no such site or nothing of it is published.
	Live(ctx context.Context, site string) (*site.Revision, error)
}

const (
	// attempts is how often one write is tried before the caller hears of it.
	attempts = 4
	// keptMonth is what an expiry in months means to a store: never shorter
	// than that of the fold, by which a decision stops to hold.
	keptMonth = 31 * 24 * time.Hour
	// keptPage is how much of a page's path is kept, in bytes.
	keptPage = 256
	// maxForms bounds how many revisions the recorder keeps laid out.
	maxForms = 1024
)

// Recorder takes decisions in, and says what follows from them. All fields are
// needed; it must not be copied after its first use.
type Recorder struct {
	Store  Store
	Sites  Sites
	Signer *Signer
	Now    func() time.Time
	// Pause waits before the attempt-th repetition of a write, from 1, and
	// returns early with an error when ctx ends. See Backoff.
	Pause func(ctx context.Context, attempt int) error

	mu    sync.Mutex
	forms map[formKey]*form
}

type formKey struct {
	site   string
	number int
}

// Record checks a decision and records it for good; origin is the page's
// origin, which the caller has compared with the site's, "" when unknown. fresh
// is false when this visitor's decision of that id was recorded before: then
// nothing is written, and the receipt is the same as the first time.
//
// Errors: NotFound (no such site), Conflict (the revision was never live),
// Invalid with fields, Unavailable (the store is away, or nobody knows whether
// it wrote: the same decision may be sent again).
func (r *Recorder) Record(ctx context.Context, key, origin string, d Decision) (receipt Receipt, fresh bool, err error) {
	f, err := r.form(ctx, key, d.Revision)
	if err != nil {
		return Receipt{}, false, err
	}
	if err := d.validate(f); err != nil {
		return Receipt{}, false, err
	}
	// The key comes first, so that nothing is recorded that cannot be signed.
	if _, err := r.Signer.PublicKey(ctx); err != nil {
		return Receipt{}, false, err
	}
	stored, fresh, err := r.write(ctx, r.prepare(f, origin, d))
	if err != nil {
		return Receipt{}, false, err
	}
	receipt, err = r.Signer.Receipt(ctx, stored)
	return receipt, fresh, err
}

// form returns the revision laid out for checking.
func (r *Recorder) form(ctx context.Context, key string, number int) (*form, error) {
	at := formKey{key, number}
	r.mu.Lock()
	f := r.forms[at]
	r.mu.Unlock()
	if f != nil {
		return f, nil
	}
	rev, err := r.Sites.Revision(ctx, key, number)
	if err != nil {
		kind := fault.KindOf(err)
		if kind != fault.NotFound && kind != fault.Conflict {
			return nil, err
		}
		if _, err := r.Sites.Live(ctx, key); err != nil {
			return nil, err
		}
		return nil, fault.Wrap(fault.Conflict, err, "revision %d of site %s was never published", number, key)
	}
	f = newForm(rev)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.forms == nil || len(r.forms) >= maxForms {
		r.forms = map[formKey]*form{}
	}
	r.forms[at] = f
	return f, nil
}

// prepare brings a checked decision into the one form in which it is kept:
// times in whole milliseconds and UTC, vendors in the order of their indices.
func (r *Recorder) prepare(f *form, origin string, d Decision) Write {
	e := Entry{
		Decision: d, Site: f.rev.Site, Origin: origin,
		RecordedAt: r.Now().UTC().Truncate(time.Millisecond), RevisionHash: f.rev.Hash,
	}
	e.At = d.At.UTC().Truncate(time.Millisecond)
	e.Page = cut(d.Page, keptPage)
	l := Layer{ID: d.ID, Sequence: d.Sequence, Revision: uint32(d.Revision), RecordedAt: e.RecordedAt}
	for _, id := range d.Denied {
		l.Asked = l.Asked.Set(f.index(id))
	}
	for _, id := range d.Granted {
		l.Asked = l.Asked.Set(f.index(id))
		l.Granted = l.Granted.Set(f.index(id))
	}
	e.Granted, e.Denied = f.inOrder(d.Granted), f.inOrder(d.Denied)
	ttl := time.Duration(f.rev.Document.ExpiryMonths) * keptMonth
	return Write{Entry: e, Layer: l, Counters: countersOf(&e, l, f), StateTTL: ttl, HistoryTTL: ttl}
}

// write repeats the one idempotent write while the store is away or unsure.
func (r *Recorder) write(ctx context.Context, w Write) (Entry, bool, error) {
	for attempt := 1; ; attempt++ {
		stored, fresh, err := r.Store.Record(ctx, w)
		if err == nil {
			// An earlier attempt may have been the one that wrote.
			ours := attempt > 1 && stored.RecordedAt.Equal(w.Entry.RecordedAt)
			return stored, fresh || ours, nil
		}
		if fault.KindOf(err) != fault.Unavailable || attempt == attempts || ctx.Err() != nil {
			return Entry{}, false, err
		}
		if pause := r.Pause(ctx, attempt); pause != nil {
			return Entry{}, false, errors.Join(err, pause)
		}
	}
}

// Backoff is the Pause of production: 20 ms, then 80, then 320, each up to
// half shorter by chance, so that callers who failed together come back apart.
func Backoff(ctx context.Context, attempt int) error {
	wait := 20 * time.Millisecond << (2 * (attempt - 1))
	timer := time.NewTimer(wait - rand.N(wait/2))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// Consent returns what follows now for each vendor of the live revision from
// what the visitor decided. NotFound when there is no such site, or nothing is
// held of the visitor. A browser's signals are for the caller to fold in: the
// service that asks on a visitor's behalf has seen none.
func (r *Recorder) Consent(ctx context.Context, key string, visitor uuid.UUID) ([]Verdict, error) {
	rev, err := r.Sites.Live(ctx, key)
	if err != nil {
		return nil, err
	}
	state, err := r.Store.State(ctx, key, visitor)
	if err != nil {
		return nil, err
	}
	return Fold(rev, state, Signals{}, r.Now()), nil
}

// Cookie returns the cookie that a visitor's browser would hold by now under
// the revision of that number. Errors as for Consent.
func (r *Recorder) Cookie(ctx context.Context, key string, visitor uuid.UUID, number int) (Cookie, error) {
	f, err := r.form(ctx, key, number)
	if err != nil {
		return Cookie{}, err
	}
	state, err := r.Store.State(ctx, key, visitor)
	if err != nil {
		return Cookie{}, err
	}
	return CookieFrom(f.rev, visitor, state), nil
}

// History returns the visitor's decisions, oldest first; NotFound when there
// is no such site, or nothing is held of the visitor.
func (r *Recorder) History(ctx context.Context, key string, visitor uuid.UUID) ([]Entry, error) {
	if _, err := r.Sites.Live(ctx, key); err != nil {
		return nil, err
	}
	return r.Store.History(ctx, key, visitor)
}

// Erase removes what is held of the visitor; no error when that was nothing.
// The day's counters stay: they name nobody.
func (r *Recorder) Erase(ctx context.Context, key string, visitor uuid.UUID) error {
	if _, err := r.Sites.Live(ctx, key); err != nil {
		return err
	}
	return r.Store.Erase(ctx, key, visitor)
}

func (f *form) index(id string) int { return f.rev.Vendors[f.position[id]].Index }

// inOrder returns the ids by ascending index, never nil.
func (f *form) inOrder(ids []string) []string {
	byIndex := make(map[int]string, len(ids))
	var set Bits
	for _, id := range ids {
		byIndex[f.index(id)] = id
		set = set.Set(f.index(id))
	}
	ordered := make([]string, 0, len(ids))
	for i := range set.Indices {
		ordered = append(ordered, byIndex[i])
	}
	return ordered
}

// cut returns as much of a path as fits into n bytes without breaking a
// character or a percent escape.
func cut(path string, n int) string {
	if len(path) <= n {
		return path
	}
	for n > 0 && !utf8.RuneStart(path[n]) {
		n--
	}
	path = path[:n]
	if at := strings.LastIndexByte(path, '%'); at >= 0 && at > len(path)-3 {
		path = path[:at]
	}
	return path
}
