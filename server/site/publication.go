package site

import (
	"context"
	"slices"

	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/strictjson"
)

// Publish makes a revision live, an older one too: that is how to roll back.
//
// What visitors answered must count for exactly what they were told. A revision
// was composed against what was live then; where other publications came since,
// its Since numbers may let an answer count for another substance, or ask
// about what has not changed. Then the same content is published under a new
// number with the numbers right, and Result.Revision says so. A revision that is
// live already is left as it is. A site that is paused stays so.
//
// Faults: NotFound for site or revision, Invalid when the site lacks what a
// publication needs, Unavailable.
func (s *Sites) Publish(ctx context.Context, key string, number int, by, why string) (Result, error) {
	var result Result
	err := s.change(ctx, key, func(w *work) error {
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
		if w.live != nil && w.live.Document.Paused && !r.Document.Paused {
			if r, err = s.paused(w, r, true); err != nil {
				return err
			}
		}
		w.revision = r
		return s.publish(ctx, w, r, by, why)
	}, &result)
	return result, err
}

// Pause turns the kill switch of a site: what is live goes live again with the
// switch turned, and the draft has it turned as well. It holds the site to no rule:
// nothing may stand in the way of pausing, such as a vendor that has left the catalogue.
//
// Faults: NotFound for a site that is not there or not live, Unavailable.
func (s *Sites) Pause(ctx context.Context, key string, paused bool, by, why string) (Result, error) {
	var result Result
	err := s.change(ctx, key, func(w *work) error {
		if w.live == nil {
			return fault.New(fault.NotFound, "there is no site %q that is live", strictjson.Pointer(key))
		}
		w.revision = w.live
		if w.live.Document.Paused == paused {
			return nil
		}
		r, err := s.paused(w, w.live, paused)
		if err != nil {
			return err
		}
		w.record.Draft.Paused, w.dirty = paused, true
		return s.publish(ctx, w, r, by, why)
	}, &result)
	return result, err
}

// paused makes a new revision of r with the switch turned.
func (s *Sites) paused(w *work, r *Revision, paused bool) (*Revision, error) {
	turned := *r
	turned.Number = w.record.Latest + 1
	turned.Vendors = slices.Clone(r.Vendors)
	turned.Document.Paused = paused
	if err := turned.seal(); err != nil {
		return nil, err
	}
	w.create(&turned, s.now())
	return &turned, nil
}

func (s *Sites) publish(ctx context.Context, w *work, r *Revision, by, why string) error {
	if w.record.Live == r.Number {
		return nil
	}
	number := r.Number
	vendors, err := s.since(ctx, r, w.live, w.record.Latest+1)
	if err != nil {
		return err
	}
	if vendors != nil {
		anew := *r
		anew.Number, anew.Vendors = w.record.Latest+1, vendors
		r = &anew
		w.create(r, s.now())
	}
	w.revision = r
	w.record.Live = r.Number
	if a := w.record.Announced; a != nil && a.Revision == number {
		w.record.Announced = nil // what it told of has come
	}
	w.publication = &Publication{Site: r.Site, Revision: r.Number, At: s.now().UTC(), By: by, Why: why}
	return nil
}

// since returns r's vendors with the Since and Changed that they have to have
// when r follows live, nil when they have them. A vendor that live shows with the
// same substance keeps what live says; another keeps its own number, unless some
// publication would let a decision count as an answer that is none: then it gets
// the number next. What has changed is said as it follows live.
func (s *Sites) since(ctx context.Context, r, live *Revision, next int) ([]RevisionVendor, error) {
	shown, err := s.shown(ctx, r.Site)
	if err != nil {
		return nil, err
	}
	right := slices.Clone(r.Vendors)
	differs := false
	for i := range r.Vendors {
		v := &right[i]
		number := v.Since
		if slices.ContainsFunc(shown, func(p *Revision) bool { return misleads(p, v) }) {
			number = next
		}
		if live == nil {
			v.Since = number
		} else {
			v.Since, v.Changed = follow(live, v, number)
		}
		was := &r.Vendors[i]
		differs = differs || v.Since != was.Since || !slices.EqualFunc(v.Changed, was.Changed, func(a, b Step) bool { return a.Since == b.Since && slices.Equal(a.What, b.What) })
	}
	if !differs {
		return nil, nil
	}
	return right, nil
}

// misleads reports whether a decision under p would count as an answer about v
// although p showed it with another substance, or not at all.
func misleads(p *Revision, v *RevisionVendor) bool {
	before, ok := p.Vendor(v.ID)
	return p.Number >= v.Since && (!ok || !sameSubstance(before, v))
}

// shown returns every revision that has been published, each once.
func (s *Sites) shown(ctx context.Context, key string) ([]*Revision, error) {
	publications, err := s.Publications(ctx, key)
	if err != nil && fault.KindOf(err) != fault.NotFound { // a site that is only now being created
		return nil, err
	}
	numbers := map[int]bool{}
	var revisions []*Revision
	for _, p := range publications {
		if numbers[p.Revision] {
			continue
		}
		numbers[p.Revision] = true
		r, err := s.Revision(ctx, key, p.Revision)
		if err != nil {
			return nil, err
		}
		revisions = append(revisions, r)
	}
	return revisions, nil
}
