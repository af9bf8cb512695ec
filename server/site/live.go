package site

import (
	"context"

	"github.com/sekisho/sekisho/server/fault"
)

// snapshot is what is known of a site as of one version. It is never changed.
type snapshot struct {
	version   uint64
	read      uint64 // which of this process's reads it comes from, in the order in which they began
	record    Record
	live      *Revision // nil when nothing is published
	published map[int]bool
}

// Live returns the revision that visitors are shown; a fault of kind NotFound
// when there is no such site or nothing of it is published. While Watch runs
// it answers from memory, also when the store is away, and is as fresh as the
// last poll.
func (s *Sites) Live(ctx context.Context, key string) (*Revision, error) {
	snap, err := s.snapshot(ctx, key)
	if err != nil {
		return nil, err
	}
	if snap.live == nil {
		return nil, fault.New(fault.NotFound, "the site %q has not been published", key)
	}
	return snap.live, nil
}

// Published reports whether visitors have been shown a revision at any time.
func (s *Sites) Published(ctx context.Context, key string, number int) (bool, error) {
	snap, err := s.snapshot(ctx, key)
	if err != nil {
		return false, err
	}
	if !snap.published[number] && s.watching.Load() {
		// Another process may have published it since the last poll, and a
		// browser may have been there first.
		if snap, err = s.load(ctx, key); err != nil {
			return false, err
		}
	}
	return snap.published[number], nil
}

// snapshot returns what is known of a site: from memory while Watch keeps it
// fresh, from the store otherwise.
func (s *Sites) snapshot(ctx context.Context, key string) (*snapshot, error) {
	if !keyPattern.MatchString(key) {
		return nil, fault.New(fault.NotFound, "there is no such site")
	}
	if s.watching.Load() {
		s.mu.Lock()
		snap := s.known[key]
		s.mu.Unlock()
		if snap != nil {
			return snap, nil
		}
		// Another process may have made the site since the last poll; but names
		// can be made up faster than a store can be asked about them.
		if !s.unknown.AllowN(s.now(), 1) {
			return nil, &fault.Error{Kind: fault.Throttled, Detail: "too many requests for sites that are not known here", RetryAfter: WatchInterval}
		}
	}
	return s.load(ctx, key)
}

// load reads a site from the store and remembers it.
//
// What the store says now counts, also when its version is lower than what was
// known: a failover can lose a change that was acknowledged.
func (s *Sites) load(ctx context.Context, key string) (*snapshot, error) {
	read := s.reads.Add(1)
	record, version, err := s.store.Site(ctx, key)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	if held := s.known[key]; held != nil && held.version > version {
		// Numbers of revisions that are lost will be given anew.
		s.revisions.Purge()
	}
	s.mu.Unlock()
	live, err := s.optional(ctx, key, record.Live)
	if err != nil {
		return nil, err
	}
	publications, err := s.store.Publications(ctx, key)
	if err != nil {
		return nil, err
	}
	snap := &snapshot{version: version, read: read, record: record, live: live, published: map[int]bool{}}
	for _, p := range publications {
		snap.published[p.Revision] = true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if held := s.known[key]; held != nil && held.read > read {
		return held, nil // a later read was faster
	}
	s.known[key] = snap
	return snap, nil
}
