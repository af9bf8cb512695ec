package site

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/sekisho/sekisho/server/fault"
)

// WatchInterval is how often to poll: with the time to read and to build a
// site, every instance serves a publication within two seconds.
const WatchInterval = time.Second

// Watcher is who wants to know about changes.
type Watcher struct {
	// Changed is called with every site that is there at the start and then with
	// each that has changed, by this process or another, one call at a time.
	Changed func(ctx context.Context, key string)
	// Polled is called after each poll, with its error or nil.
	Polled func(error)
}

// Watch keeps what is known of the sites fresh and tells of changes, until ctx
// ends. It polls the store's versions at once and at each tick; a change made in
// this process it hears of without waiting. A failed poll changes nothing: what
// was known stays in use, and the next tick tries again.
func (s *Sites) Watch(ctx context.Context, ticks <-chan time.Time, w Watcher) {
	s.watching.Store(true)
	defer s.watching.Store(false)
	told := map[string]uint64{} // the version that the watcher knows of
	w.Polled(s.poll(ctx, told, w.Changed))
	for {
		select {
		case <-ctx.Done():
			return
		case key := <-s.changed:
			s.tell(ctx, key, told, w.Changed)
		case <-ticks:
			w.Polled(s.poll(ctx, told, w.Changed))
		}
	}
}

func (s *Sites) poll(ctx context.Context, told map[string]uint64, changed func(context.Context, string)) error {
	versions, err := s.store.Versions(ctx)
	if err != nil {
		return err
	}
	for _, key := range slices.Sorted(maps.Keys(versions)) {
		if versions[key] == told[key] {
			continue
		}
		if failed := s.tell(ctx, key, told, changed); failed != nil {
			err = failed
		}
	}
	return err
}

// tell re-reads a site and passes it on, unless the watcher knows it so.
func (s *Sites) tell(ctx context.Context, key string, told map[string]uint64, changed func(context.Context, string)) error {
	snap, err := s.load(ctx, key)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			return nil // gone between the two reads
		}
		return err
	}
	if told[key] == snap.version {
		return nil
	}
	told[key] = snap.version
	changed(ctx, key)
	return nil
}
