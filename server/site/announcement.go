package site

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/strictjson"
)

// maxAhead is how far ahead a publication can be announced.
const maxAhead = 400 * 24 * time.Hour

// Announcement is a publication that is to come, of which visitors are told on
// the notice until it does.
type Announcement struct {
	Revision int       `json:"revision"`
	LiveAt   time.Time `json:"liveAt"`
	At       time.Time `json:"at"`            // since when it is announced
	By       string    `json:"by"`            // an operator
	Why      string    `json:"why,omitempty"` // free words
}

// Announce says that a revision will go live at a time. Whatever is published
// meanwhile, that revision's content follows then, unless it is withdrawn.
//
// Faults: NotFound for site or revision, Invalid for a time that is not ahead and
// for a site that lacks what a publication needs, Conflict where another
// announcement waits (visitors have been told of that one) or the revision is live.
func (s *Sites) Announce(ctx context.Context, key string, number int, liveAt time.Time, by, why string) error {
	now := s.now()
	if !liveAt.After(now) || liveAt.After(now.Add(maxAhead)) {
		return fault.InvalidFields("the time is not ahead", []fault.Field{{Path: "/liveAt",
			Reason: "must be later than now, and within 400 days", ReasonJa: "いまより後、400日以内の日時を指定してください"}})
	}
	return s.change(ctx, key, func(w *work) error {
		if w.expect == 0 {
			return fault.New(fault.NotFound, "there is no site %q", strictjson.Pointer(key))
		}
		r, err := s.Revision(ctx, key, number)
		if err != nil {
			return err
		}
		if err := s.rules.publishable(r.Document); err != nil {
			return err
		}
		if w.record.Announced != nil {
			return fault.New(fault.Conflict, "revision %d is announced already; withdraw that first", w.record.Announced.Revision)
		}
		if w.record.Live == number {
			return fault.New(fault.Conflict, "revision %d is live already", number)
		}
		w.revision, w.dirty = r, true
		w.record.Announced = &Announcement{Revision: number, LiveAt: liveAt.UTC(), At: now.UTC(), By: by, Why: why}
		return nil
	}, new(Result))
}

// Withdraw takes a site's announcement back. NotFound where there is none.
func (s *Sites) Withdraw(ctx context.Context, key string) error {
	return s.change(ctx, key, func(w *work) error {
		if w.record.Announced == nil {
			return fault.New(fault.NotFound, "nothing is announced")
		}
		r, err := s.Revision(ctx, key, w.record.Announced.Revision)
		if err != nil {
			return err
		}
		w.revision, w.dirty, w.record.Announced = r, true, nil
		return nil
	}, new(Result))
}

// Announced returns a site's announcement, nil for none; from memory as Live does.
func (s *Sites) Announced(ctx context.Context, key string) (*Announcement, error) {
	snap, err := s.snapshot(ctx, key)
	if err != nil {
		return nil, err
	}
	return snap.record.Announced, nil
}

// errNotDue says that there is nothing to publish after all.
var errNotDue = errors.New("not due")

// PublishDue makes the announced revisions live whose time has come, and returns
// those publications that this call has made. It knows what Watch knows, and any
// number of processes may call it at any time: the store's versions let one of
// them through. A site that is paused stays so: its announcement waits.
func (s *Sites) PublishDue(ctx context.Context) ([]Publication, error) {
	var made []Publication
	var failed error
	for _, key := range s.due() {
		var publication *Publication
		err := s.change(ctx, key, func(w *work) error {
			publication = nil
			a := w.record.Announced
			if a == nil || a.LiveAt.After(s.now()) {
				return errNotDue
			}
			r, err := s.Revision(ctx, key, a.Revision)
			if err != nil {
				return err
			}
			if w.live != nil && w.live.Document.Paused && !r.Document.Paused {
				return errNotDue
			}
			if err := s.rules.publishable(r.Document); err != nil {
				return err
			}
			w.revision, w.dirty, w.record.Announced = r, true, nil
			if err := s.publish(ctx, w, r, a.By, a.Why); err != nil {
				return err
			}
			publication = w.publication
			return nil
		}, new(Result))
		switch {
		case err == nil && publication != nil:
			made = append(made, *publication)
		case err != nil && !errors.Is(err, errNotDue):
			failed = errors.Join(failed, err)
		}
	}
	return made, failed
}

// due returns the keys of the sites whose announcement's time has come, sorted.
func (s *Sites) due() []string {
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	var keys []string
	for key, snap := range s.known {
		if a := snap.record.Announced; a != nil && !a.LiveAt.After(now) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}
