package consent

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/site"
)

// mergeStep is a decision in a browser's life, and the cookie after it.
type mergeStep struct {
	Revision int             `json:"revision"`
	Expiry   int             `json:"expiry"`
	Vendors  [][4]any        `json:"vendors"`
	Now      int64           `json:"now"` // Unix milliseconds
	Choices  map[string]bool `json:"choices"`
	Cookie   string          `json:"cookie"`
}

// nextRevision adds, changes or removes vendors. An index is never given twice,
// except that a vendor that comes back gets its own, with a new Since.
func nextRevision(r *rand.Rand, old *site.Revision) *site.Revision {
	rev := &site.Revision{Number: old.Number + 1, Document: old.Document, Vendors: slices.Clone(old.Vendors)}
	for index := range 24 {
		at := slices.IndexFunc(rev.Vendors, func(v site.RevisionVendor) bool { return v.Index == index })
		switch dice := r.IntN(12); {
		case at < 0 && dice < 3:
			purpose := catalogue.Advertising
			if index%7 == 3 {
				purpose = catalogue.Necessary
			}
			rev.Vendors = slices.Insert(rev.Vendors, r.IntN(len(rev.Vendors)+1), foldVendor(fmt.Sprint("v", index), index, rev.Number, purpose))
		case at >= 0 && dice < 2:
			rev.Vendors[at].Since = rev.Number
		case at >= 0 && dice == 2:
			rev.Vendors = slices.Delete(rev.Vendors, at, at+1)
		}
	}
	return rev
}

// choose names all vendors, or those that are unasked, or some.
func choose(r *rand.Rand, rev *site.Revision, s State, now time.Time) map[string]bool {
	choices := map[string]bool{}
	how := r.IntN(3)
	for i, v := range Fold(rev, s, Signals{}, now) {
		if rev.Vendors[i].Necessary() || how == 1 && v.Consent != Unasked || how == 2 && r.IntN(3) > 0 {
			continue
		}
		choices[v.Vendor] = r.IntN(2) == 0
	}
	return choices
}

// TestMergeVectors: a browser that merges its decisions into one cookie comes to
// the same as the service, which keeps them as layers. The widget's tests replay it.
func TestMergeVectors(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	lives := [][]mergeStep{}
	for len(lives) < 24 {
		rev := nextRevision(r, &site.Revision{Document: site.Document{Default: site.OptIn, ExpiryMonths: 24}})
		now := time.Date(2026, 1, 1+len(lives), 0, 0, 0, 0, time.UTC)
		var s State
		life := []mergeStep{}
		for sequence := uint32(1); len(life) < 5; {
			for range r.IntN(3) {
				rev = nextRevision(r, rev)
			}
			now = now.Add(time.Duration(1+r.IntN(30*86400)) * time.Second)
			choices := choose(r, rev, s, now)
			if len(choices) == 0 {
				continue
			}
			l := Layer{ID: idFrom(byte(sequence)), Sequence: sequence, Revision: uint32(rev.Number), RecordedAt: now}
			for i := range rev.Vendors {
				granted, named := choices[rev.Vendors[i].ID]
				if named {
					l.Asked = l.Asked.Set(rev.Vendors[i].Index)
				}
				if granted {
					l.Granted = l.Granted.Set(rev.Vendors[i].Index)
				}
			}
			s = s.Merge(l)
			life = append(life, mergeStep{rev.Number, rev.Document.ExpiryMonths, siteVendors(rev), now.UnixMilli(), choices,
				CookieFrom(rev, vectorVisitor, s).Encode()})
			sequence++
		}
		lives = append(lives, life)
	}
	golden(t, "testdata/merge.json", lives)
}
