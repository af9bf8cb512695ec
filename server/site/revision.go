package site

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/fault"
)

// Vendor returns the vendor of that id as the revision shows it.
func (r *Revision) Vendor(id string) (*RevisionVendor, bool) {
	for i := range r.Vendors {
		if r.Vendors[i].ID == id {
			return &r.Vendors[i], true
		}
	}
	return nil, false
}

// find is Vendor for a revision that may be nil: nothing is live.
func (r *Revision) find(id string) (*RevisionVendor, bool) {
	if r == nil {
		return nil, false
	}
	return r.Vendor(id)
}

// Reasks returns the ids of the vendors about which a visitor who decided on
// everything under revision `under` is asked when r is live.
func (r *Revision) Reasks(under int) []string {
	var ids []string
	for i := range r.Vendors {
		if v := &r.Vendors[i]; !v.Necessary() && v.Since > under {
			ids = append(ids, v.ID)
		}
	}
	return ids
}

// compose makes the revision that a document gives now, with the catalogue's
// facts as they are. indices gains the vendors that are new to the site; live
// is nil where nothing has been published.
func compose(doc Document, cat Catalogue, number int, live *Revision, indices map[string]int) (*Revision, error) {
	r := &Revision{Site: doc.Key, Number: number, Document: doc, Vendors: make([]RevisionVendor, 0, len(doc.Vendors))}
	next := 0
	for i := range maps.Values(indices) {
		next = max(next, i+1)
	}
	for i, choice := range doc.Vendors {
		facts := choice.Custom
		if facts == nil {
			known, ok := cat.Vendor(choice.ID)
			if !ok { // Validate has looked, so the catalogue has changed under us
				return nil, fault.New(fault.Internal, "vendor %q has left the catalogue", choice.ID)
			}
			facts = known
		}
		index, ok := indices[choice.ID]
		if !ok {
			if index = next; index >= maxIndices {
				return nil, fault.InvalidFields("the site has run out of vendor indices", []fault.Field{
					fault.Say("would be the site's vendor number %d; at most %d different ones fit into a visitor's cookie over the life of a site",
						"このサイトで%d番目の外部事業者になります。Cookieの大きさに限りがあるため、一つのサイトで使えるのは、外したものも含めて%d件までです", index+1, maxIndices).Field(fmt.Sprintf("/vendors/%d/id", i))})
			}
			indices[choice.ID] = index
			next++
		}
		v := RevisionVendor{Vendor: *facts, Index: index, Since: number, LinkedWithPersonalData: choice.LinkedWithPersonalData, Mode: choice.Mode}
		v.Notes = "" // written for maintainers, never for whoever reads a revision
		v.Since, v.Changed = follow(live, &v, number)
		r.Vendors = append(r.Vendors, v)
	}
	return r, r.seal()
}

// maxSteps bounds what a revision remembers of each vendor. Beyond it the two
// oldest steps count as one: somebody may see more marked than has changed since,
// and never less.
const maxSteps = 6

// follow returns what v says of its past when it follows what is live: where its
// substance is the same, that goes on; else it has changed at number.
func follow(live *Revision, v *RevisionVendor, number int) (int, []Step) {
	before, ok := live.find(v.ID)
	switch {
	case live == nil:
		return number, nil
	case !ok:
		return number, []Step{{number, []string{CameIn}}}
	case sameSubstance(before, v):
		return before.Since, before.Changed
	}
	step := Step{Since: number}
	for _, aspect := range substance(before, v) {
		step.What = append(step.What, aspect.What)
	}
	steps := slices.Concat([]Step{step}, before.Changed)
	if last := len(steps) - 1; last >= maxSteps {
		steps[last-1].What = sorted(slices.Concat(steps[last-1].What, steps[last].What))
		steps = steps[:last]
	}
	return number, steps
}

// seal sets the hash over what visitors are shown and what their bits mean:
// site, document and vendors. Number, time, Since and Changed are left out, so that the
// same content has the same hash whenever it is applied.
func (r *Revision) seal() error {
	vendors := slices.Clone(r.Vendors)
	for i := range vendors {
		vendors[i].Since, vendors[i].Changed = 0, nil
	}
	content, err := json.Marshal(struct {
		Site     string           `json:"site"`
		Document Document         `json:"document"`
		Vendors  []RevisionVendor `json:"vendors"`
	}{r.Site, r.Document, vendors})
	if err != nil {
		return fault.Wrap(fault.Internal, err, "cannot hash revision %d of %s", r.Number, r.Site)
	}
	sum := sha256.Sum256(content)
	r.Hash = hex.EncodeToString(sum[:])
	return nil
}

// sameSubstance reports whether an answer about a is an answer about b: the
// same recipient in the same country, for the same purposes, receiving the same
// kinds of data, linked with personal data or not, before a choice or after it.
// Words may differ.
func sameSubstance(a, b *RevisionVendor) bool {
	return len(substance(a, b)) == 0
}

// substance names the aspects in which two entries of one vendor differ in substance.
func substance(a, b *RevisionVendor) []Aspect {
	var changed []Aspect
	add := func(what, from, to string) {
		changed = append(changed, Aspect{What: what, From: from, To: to})
	}
	if !sameEntity(a.Entity.Name, b.Entity.Name) {
		add("entity", a.Entity.Name.In("ja"), b.Entity.Name.In("ja"))
	}
	if a.Country != b.Country {
		add("country", a.Country, b.Country)
	}
	if !sameSet(a.Purposes, b.Purposes) {
		add("purposes", list(a.Purposes), list(b.Purposes))
	}
	if !sameSet(a.Data, b.Data) {
		add("data", list(a.Data), list(b.Data))
	}
	if a.LinkedWithPersonalData != b.LinkedWithPersonalData {
		add("linkedWithPersonalData", text(a.LinkedWithPersonalData), text(b.LinkedWithPersonalData))
	}
	if a.Early() != b.Early() {
		add("mode", string(cmp.Or(a.Mode, Hold)), string(cmp.Or(b.Mode, Hold)))
	}
	return changed
}

// sameEntity compares names in the first language that both have, Japanese
// before English. Width, case and spaces do not count: they are spelling.
func sameEntity(a, b catalogue.Text) bool {
	for _, lang := range []string{"ja", "en"} {
		if a[lang] != "" && b[lang] != "" {
			return spelling(a[lang]) == spelling(b[lang])
		}
	}
	return spelling(a.In("ja")) == spelling(b.In("ja"))
}

func spelling(name string) string {
	return strings.Join(strings.Fields(strings.ToLower(norm.NFKC.String(name))), "")
}

func sameSet[S ~string](a, b []S) bool {
	return slices.Equal(sorted(a), sorted(b))
}

func sorted[S ~string](set []S) []S {
	return slices.Compact(slices.Sorted(slices.Values(set)))
}

func list[S ~string](set []S) string {
	var b strings.Builder
	for i, s := range sorted(set) {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(s))
	}
	return b.String()
}
