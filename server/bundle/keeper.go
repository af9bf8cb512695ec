package bundle

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
)

// Bundles of a site that stay in memory: the live one, and those before it, whose
// parts pages may still ask for that were loaded earlier or run a script of a
// browser's cache.
const (
	kept     = 3  // at least
	keptMost = 12 // however many are published
	// cached is how long after its last day a script may still be run: what its
	// Cache-Control lets browsers use it for, and an hour for the page to be read.
	cached = 25 * time.Hour
)

// Sites says what is live and what was.
type Sites interface {
	// Live returns the revision that visitors are shown; NotFound when nothing is.
	Live(ctx context.Context, key string) (*site.Revision, error)
	// Revision returns any revision of a site.
	Revision(ctx context.Context, key string, number int) (*site.Revision, error)
	// Publications returns a site's publications, oldest first.
	Publications(ctx context.Context, key string) ([]site.Publication, error)
}

// Keeper holds the built files of all sites in memory. Until the build of a
// newly published revision has succeeded the last good one is served. The same
// revision is not built again after a failure: it would fail again.
type Keeper struct {
	sites  Sites
	build  func(context.Context, *site.Revision) (*Bundle, error)
	now    func() time.Time
	log    *slog.Logger
	flight singleflight.Group

	mu       sync.RWMutex
	shelves  map[string][]shelved // by site, the live one first
	parts    map[string]*Bundle   // by hash
	problems map[string]problem   // by site
	queue    *queue
}

// shelved is a bundle and when it ceased to be live; zero for the live one.
type shelved struct {
	*Bundle
	retired time.Time
}

// is reports whether a bundle was built from just this revision. After a failover
// that has lost a publication the number alone may come to stand for another one.
func (b *Bundle) is(r *site.Revision) bool {
	return b.Revision == r.Number && b.CreatedAt.Equal(r.CreatedAt)
}

// problem is why the live revision of a site is not what is served.
type problem struct {
	revision int
	err      error
}

// NewKeeper returns a Keeper that knows no site yet; build is Build with all
// but the revision settled.
func NewKeeper(sites Sites, build func(context.Context, *site.Revision) (*Bundle, error), now func() time.Time, log *slog.Logger) *Keeper {
	return &Keeper{sites: sites, build: build, now: now, log: log,
		shelves: map[string][]shelved{}, parts: map[string]*Bundle{}, problems: map[string]problem{}, queue: newQueue()}
}

// Script returns the script of a site's live revision. It builds a site that
// Refresh has not come to yet. Faults: NotFound for a site that is not there or
// not published, Unavailable while its first build fails.
func (k *Keeper) Script(ctx context.Context, key string) (*File, error) {
	if b := k.live(key); b != nil {
		return b.Script, nil
	}
	if err := k.Refresh(ctx, key); err != nil {
		return nil, err
	}
	b := k.live(key)
	if b == nil { // retired in this very moment
		return nil, fault.New(fault.NotFound, "the site %q has not been published", key)
	}
	return b.Script, nil
}

// Part returns a part by the hash and name in its address.
func (k *Keeper) Part(hash, name string) (*File, error) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if b := k.parts[hash]; b != nil && b.Parts[name] != nil {
		return b.Parts[name], nil
	}
	return nil, fault.New(fault.NotFound, "there is no such part; load the page anew")
}

func (k *Keeper) live(key string) *Bundle {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if shelf := k.shelves[key]; len(shelf) > 0 {
		return shelf[0].Bundle
	}
	return nil
}

// Refresh builds a site's live revision unless that is what is served. Calls
// for one site at a time share the work.
func (k *Keeper) Refresh(ctx context.Context, key string) error {
	_, err, _ := k.flight.Do(key, func() (any, error) {
		// Others may wait for this, so the caller's leaving must not end it.
		return nil, k.refresh(context.WithoutCancel(ctx), key)
	})
	return err
}

// behind reports whether what is served is not the live revision, and nothing
// is known that speaks against building that.
func (k *Keeper) behind(ctx context.Context, key string) bool {
	r, err := k.sites.Live(ctx, key)
	if err != nil {
		return false
	}
	b := k.live(key)
	k.mu.RLock()
	defer k.mu.RUnlock()
	return (b == nil || !b.is(r)) && k.problems[key].revision != r.Number
}

func (k *Keeper) refresh(ctx context.Context, key string) error {
	r, err := k.sites.Live(ctx, key)
	if err != nil {
		return err
	}
	k.mu.RLock()
	shelf, known := k.shelves[key], k.problems[key]
	k.mu.RUnlock()
	if known.revision == r.Number {
		return known.err
	}
	if len(shelf) > 0 && shelf[0].is(r) {
		k.settle(key, problem{})
		return nil
	}
	// After a rollback the bundle may still be there.
	for _, b := range shelf {
		if b.is(r) {
			k.put(b.Bundle, time.Time{})
			k.settle(key, problem{})
			return nil
		}
	}
	b, err := k.build(ctx, r)
	if err != nil {
		k.log.LogAttrs(ctx, slog.LevelError, "bundle not built", slog.String("site", key), slog.Int("revision", r.Number), slog.String("error", err.Error()))
		err = &fault.Error{Kind: fault.Unavailable, Detail: "the site's script cannot be built", Err: err}
		k.settle(key, problem{r.Number, err})
		return err
	}
	k.put(b, time.Time{})
	k.settle(key, problem{})
	k.log.LogAttrs(ctx, slog.LevelInfo, "bundle built", slog.String("site", key), slog.Int("revision", r.Number), slog.Int("bytes", len(b.Script.Brotli)))
	return nil
}

// restore builds what a site had published before, so that a restart does not
// take the parts away from pages that are open. What cannot be built is left out.
func (k *Keeper) restore(ctx context.Context, key string) {
	publications, err := k.sites.Publications(ctx, key)
	if err != nil {
		k.log.LogAttrs(ctx, slog.LevelWarn, "older bundles not built", slog.String("site", key), slog.String("error", err.Error()))
		return
	}
	retired := k.now()
	for _, p := range slices.Backward(publications) {
		k.mu.RLock()
		shelf := k.shelves[key]
		k.mu.RUnlock()
		if ctx.Err() != nil || len(shelf) >= keptMost || len(shelf) >= kept && k.now().Sub(retired) > cached {
			return
		}
		until := retired
		retired = p.At
		if slices.ContainsFunc(shelf, func(b shelved) bool { return b.Revision == p.Revision }) {
			continue
		}
		r, err := k.sites.Revision(ctx, key, p.Revision)
		if err == nil {
			var b *Bundle
			if b, err = k.build(ctx, r); err == nil {
				k.put(b, until)
				continue
			}
		}
		k.log.LogAttrs(ctx, slog.LevelWarn, "older bundle not built", slog.String("site", key), slog.Int("revision", p.Revision), slog.String("error", err.Error()))
	}
}

// put shelves a bundle, in front when it is live (retired is zero), and drops
// what is too old.
func (k *Keeper) put(b *Bundle, retired time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	shelf := slices.DeleteFunc(slices.Clone(k.shelves[b.Site]), func(old shelved) bool { return old.Revision == b.Revision })
	if retired.IsZero() {
		if len(shelf) > 0 && shelf[0].retired.IsZero() {
			shelf[0].retired = k.now()
		}
		shelf = slices.Insert(shelf, 0, shelved{Bundle: b})
	} else {
		shelf = append(shelf, shelved{b, retired})
	}
	for len(shelf) > keptMost || len(shelf) > kept && k.now().Sub(shelf[len(shelf)-1].retired) > cached {
		shelf = shelf[:len(shelf)-1]
	}
	k.shelves[b.Site] = shelf
	k.parts = map[string]*Bundle{}
	for _, shelf := range k.shelves {
		for _, b := range shelf {
			k.parts[b.Hash] = b.Bundle
		}
	}
}

// settle notes how it stands with a site's live revision.
func (k *Keeper) settle(key string, p problem) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.problems, key)
	if p.err != nil {
		k.problems[key] = p
	}
}

// Check is for readiness: an error until every site that was published at the
// start has a script; words for each that serves an older one since its live
// revision cannot be built.
func (k *Keeper) Check(context.Context) (degraded []string, err error) {
	if !k.queue.begun() {
		return nil, errors.New("the sites have not been read and built yet")
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	for _, key := range slices.Sorted(maps.Keys(k.problems)) {
		if len(k.shelves[key]) == 0 {
			return nil, k.problems[key].err
		}
		degraded = append(degraded, "script-outdated:"+key)
	}
	return degraded, nil
}
