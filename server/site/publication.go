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
// live already is left as it is.
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
		w.revision = r
		return s.publish(ctx, w, r, by, why)
	}, &result)
	return result, err
}

func (s *Sites) publish(ctx context.Context, w *work, r *Revision, by, why string) error {
	if w.record.Live == r.Number {
		return nil
	}
	since, err := s.since(ctx, r, w.live, w.record.Latest+1)
	if err != nil {
		return err
	}
	if since != nil {
		anew := *r
		anew.Number = w.record.Latest + 1
		anew.Vendors = slices.Clone(r.Vendors)
		for i := range anew.Vendors {
			anew.Vendors[i].Since = since[i]
		}
		r = &anew
		w.create(r, s.now())
	}
	w.revision = r
	w.record.Live = r.Number
	w.publication = &Publication{Site: r.Site, Revision: r.Number, At: s.now().UTC(), By: by, Why: why}
	return nil
}

// since returns the Since numbers that r's vendors have to have when r follows
// live, nil when r has them. A vendor that live shows with the same substance
// keeps live's number; another keeps its own, unless some publication showed it
// with another substance under a number that would count as an answer: then it
// gets the number next.
func (s *Sites) since(ctx context.Context, r, live *Revision, next int) ([]int, error) {
	shown, err := s.shown(ctx, r.Site)
	if err != nil {
		return nil, err
	}
	right := make([]int, len(r.Vendors))
	differs := false
	for i := range r.Vendors {
		v := &r.Vendors[i]
		right[i] = v.Since
		if before, ok := live.find(v.ID); ok && sameSubstance(before, v) {
			right[i] = before.Since
		} else if slices.ContainsFunc(shown, func(p *Revision) bool { return misleads(p, v) }) {
			right[i] = next
		}
		differs = differs || right[i] != v.Since
	}
	if !differs {
		return nil, nil
	}
	return right, nil
}

// misleads reports whether a decision under p would count as an answer about v
// although p showed it with another substance.
func misleads(p *Revision, v *RevisionVendor) bool {
	before, ok := p.Vendor(v.ID)
	return ok && p.Number >= v.Since && !sameSubstance(before, v)
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
