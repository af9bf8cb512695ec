package bundle

import (
	"context"
	"log/slog"
	"slices"
	"sync"

	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
)

// Watch follows the sites until ctx ends: it builds what is live at the start,
// and whatever is published later, here or by another instance. watch is
// site.Sites.Watch with its ticks settled. Building happens beside it, so that
// a poll never waits for a build.
func (k *Keeper) Watch(ctx context.Context, watch func(context.Context, site.Watcher)) {
	var builder sync.WaitGroup
	builder.Go(func() { k.work(ctx) })
	watch(ctx, site.Watcher{
		Changed: func(_ context.Context, key string) { k.queue.add(key) },
		Polled: func(err error) {
			if err != nil {
				k.log.LogAttrs(ctx, slog.LevelWarn, "sites not polled", slog.String("error", err.Error()))
				return
			}
			k.queue.read()
		},
	})
	builder.Wait()
}

// work builds what is in the queue until ctx ends.
func (k *Keeper) work(ctx context.Context) {
	for {
		key, older, ok := k.queue.next()
		switch {
		case !ok:
			select {
			case <-ctx.Done():
				return
			case <-k.queue.wake:
			}
		case ctx.Err() != nil:
			return
		case older:
			k.restore(ctx, key)
		default:
			err := k.Refresh(ctx, key)
			// The work may have been shared with a call that had read the site
			// before this publication.
			if err == nil && k.behind(ctx, key) {
				k.queue.add(key)
			}
			k.queue.done(key, err == nil)
			if err != nil && fault.KindOf(err) != fault.NotFound && fault.KindOf(err) != fault.Unavailable {
				k.log.LogAttrs(ctx, slog.LevelWarn, "site not read", slog.String("site", key), slog.String("error", err.Error()))
			}
		}
	}
}

// queue is the sites to build: first what is live, then what was.
type queue struct {
	mu     sync.Mutex
	live   []string
	older  []string
	busy   bool
	polled bool
	ready  bool // all that was there at the first poll is done
	wake   chan struct{}
}

func newQueue() *queue { return &queue{wake: make(chan struct{}, 1)} }

func (q *queue) add(key string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !slices.Contains(q.live, key) {
		q.live = append(q.live, key)
	}
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// next returns what to do, ok false for nothing.
func (q *queue) next() (key string, older, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case len(q.live) > 0:
		key, q.live, q.busy = q.live[0], q.live[1:], true
		return key, false, true
	case len(q.older) > 0:
		key, q.older = q.older[0], q.older[1:]
		return key, true, true
	}
	return "", false, false
}

// done says that a live revision has been dealt with; with restore what was
// live before comes next.
func (q *queue) done(key string, restore bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.busy = false
	if restore && !slices.Contains(q.older, key) {
		q.older = append(q.older, key)
	}
	q.latch()
}

// read says that all sites have been told of.
func (q *queue) read() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.polled = true
	q.latch()
}

func (q *queue) latch() {
	if q.polled && !q.busy && len(q.live) == 0 {
		q.ready = true
	}
}

// begun reports whether everything that was there at the start is done.
func (q *queue) begun() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.ready
}
