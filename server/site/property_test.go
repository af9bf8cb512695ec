package site

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/sekisho/sekisho/server/catalogue"
)

// answer is what a visitor was shown of one vendor when it decided.
type answer struct {
	revision int
	shown    RevisionVendor
}

// model follows a site through drafts, publications, rollbacks and changes of
// the catalogue, and remembers what it must never see differently.
type model struct {
	sites   *Sites
	memory  *memory
	shelf   shelf
	bits    map[string]int      // vendor → index
	stored  map[int]string      // revision → its bytes
	answers map[string][]answer // what visitors who came in each publication answered about
	shown   []*Revision         // all that has been live
	live    *Revision
}

func (m *model) document(t *rapid.T) Document {
	vendors := rapid.SliceOfDistinct(rapid.SampledFrom(m.shelf.IDs()), rapid.ID[string]).Draw(t, "vendors")
	doc := document(vendors...)
	for i := range doc.Vendors {
		doc.Vendors[i].LinkedWithPersonalData = rapid.IntRange(0, 4).Draw(t, "linked") == 0
	}
	if rapid.Bool().Draw(t, "own words") {
		doc.Texts = map[string]Messages{"ja": {"banner.title": rapid.SampledFrom([]string{"あ", "い"}).Draw(t, "title")}}
	}
	return doc
}

// published takes note of a publication: every visitor now answers about everything.
func (m *model) published(t *rapid.T, r Result) {
	live, err := m.sites.Live(t.Context(), "shop")
	if err != nil || live.Number != r.Live {
		t.Fatalf("live is %v (%v), the result says %d", live, err, r.Live)
	}
	before := m.live
	m.live = live
	for i := range live.Vendors {
		v := live.Vendors[i]
		for _, p := range m.shown {
			before, known := p.Vendor(v.ID)
			if !known && v.Since <= p.Number {
				t.Fatalf("a decision under %d, which had no %s, counts under %d as one about it", p.Number, v.ID, live.Number)
			}
			if v.Since > p.Number {
				marked(t, before, &v, p.Number)
			}
		}
		for _, a := range m.answers[v.ID] {
			if v.Since <= a.revision && !sameSubstance(&a.shown, &v) {
				t.Fatalf("a decision under %d about %s (%v) counts under %d for %v", a.revision, v.ID, a.shown.Purposes, live.Number, v.Purposes)
			}
		}
		if was, ok := before.find(v.ID); ok && sameSubstance(was, &v) && v.Since > was.Since {
			t.Fatalf("publishing %d after %d asks about %s again, in which nothing has changed", live.Number, before.Number, v.ID)
		}
		m.answers[v.ID] = append(m.answers[v.ID], answer{live.Number, v})
	}
	m.shown = append(m.shown, live)
}

// marked holds that whoever decided under an older revision, and is asked again,
// sees whatever has changed since, and that nothing old stands there as new.
func marked(t *rapid.T, before, v *RevisionVendor, under int) {
	what := map[string]bool{}
	for i, step := range v.Changed {
		if step.Since > v.Since || i == 0 && step.Since != v.Since || len(step.What) == 0 {
			t.Fatalf("%s, since %d: %+v", v.ID, v.Since, v.Changed)
		}
		for _, w := range step.What {
			what[w] = what[w] || step.Since > under
		}
	}
	if what[CameIn] {
		return
	}
	if before == nil {
		t.Fatalf("%s is new to whoever decided under %d: %+v", v.ID, under, v.Changed)
	}
	for _, a := range substance(before, v) {
		if !what[a.What] {
			t.Fatalf("%s: %s has changed since %d, and says %+v", v.ID, a.What, under, v.Changed)
		}
	}
}

func (m *model) apply(t *rapid.T) {
	doc := m.document(t)
	o := ApplyOptions{Publish: rapid.Bool().Draw(t, "publish"), By: "model"}
	r, err := m.sites.Apply(t.Context(), doc, o)
	if err != nil {
		t.Fatal(err)
	}
	if r.Published {
		m.published(t, r)
	}
	version := m.memory.versions["shop"]
	again, err := m.sites.Apply(t.Context(), doc, o)
	if err != nil || again.Created || again.Published || again.Revision != r.Revision || m.memory.versions["shop"] != version {
		t.Fatalf("the same document again: %+v, %v; was %+v", again, err, r)
	}
}

func (m *model) publish(t *rapid.T) {
	record, err := m.sites.Record(t.Context(), "shop")
	if err != nil {
		t.Skip("no site yet")
	}
	r, err := m.sites.Publish(t.Context(), "shop", rapid.IntRange(1, record.Latest).Draw(t, "revision"), "model", "")
	if err != nil {
		t.Fatal(err)
	}
	if r.Published {
		m.published(t, r)
	}
}

func (m *model) catalogue(t *rapid.T) {
	id := rapid.SampledFrom(m.shelf.IDs()).Draw(t, "id")
	v := *m.shelf[id]
	switch rapid.IntRange(0, 2).Draw(t, "what") {
	case 0:
		v.Country = rapid.SampledFrom([]string{"JP", "US", "FR"}).Draw(t, "country")
	case 1:
		v.Purposes = []catalogue.PurposeID{rapid.SampledFrom([]catalogue.PurposeID{catalogue.Analytics, catalogue.Advertising}).Draw(t, "purpose")}
	case 2:
		v.UsedFor = catalogue.Text{"ja": rapid.SampledFrom([]string{"広告", "計測"}).Draw(t, "words")}
	}
	m.shelf[id] = &v
}

// restart forgets all that is in memory.
func (m *model) restart(*rapid.T) {
	m.sites = New(m.memory, testRules(m.shelf), m.sites.now)
}

// check looks at every revision there is.
func (m *model) check(t *rapid.T) {
	record, err := m.sites.Record(t.Context(), "shop")
	if err != nil {
		return
	}
	for n := 1; n <= record.Latest; n++ {
		bytes := string(m.memory.revisions[fmt.Sprint("shop/", n)])
		if before, known := m.stored[n]; known {
			if before != bytes {
				t.Fatalf("revision %d has changed", n)
			}
			continue
		}
		m.stored[n] = bytes
		r, err := m.memory.Revision(t.Context(), "shop", n)
		if err != nil {
			t.Fatalf("revision %d of %d: %v", n, record.Latest, err)
		}
		for _, v := range r.Vendors {
			if bit, known := m.bits[v.ID]; known && bit != v.Index {
				t.Fatalf("%s had index %d, revision %d says %d", v.ID, bit, n, v.Index)
			}
			m.bits[v.ID] = v.Index
			if v.Since < 1 || v.Since > n {
				t.Fatalf("%s in revision %d says since %d", v.ID, n, v.Since)
			}
		}
	}
	owner := map[int]string{}
	for id, bit := range m.bits {
		if other, taken := owner[bit]; taken {
			t.Fatalf("index %d belongs to %s and to %s", bit, id, other)
		}
		owner[bit] = id
	}
}

func TestSiteProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := &model{memory: newMemory(), shelf: testShelf(), bits: map[string]int{}, stored: map[int]string{}, answers: map[string][]answer{}}
		m.sites = New(m.memory, testRules(m.shelf), clock())
		t.Repeat(map[string]func(*rapid.T){"apply": m.apply, "publish": m.publish, "catalogue": m.catalogue, "restart": m.restart, "": m.check})
	})
}
