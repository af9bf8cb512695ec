package site

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/fault"
)

// apply applies a document that must be accepted.
func apply(t *testing.T, s *Sites, doc Document, publish bool) Result {
	t.Helper()
	r, err := s.Apply(t.Context(), doc, ApplyOptions{Publish: publish, By: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// sinceOf returns the vendors of a revision with their Since numbers.
func sinceOf(t *testing.T, s *Sites, number int) map[string]int {
	t.Helper()
	r, err := s.Revision(t.Context(), "shop", number)
	if err != nil {
		t.Fatal(err)
	}
	since := map[string]int{}
	for _, v := range r.Vendors {
		since[v.ID] = v.Since
	}
	return since
}

func ids(names []VendorName) string {
	var all []string
	for _, n := range names {
		all = append(all, n.ID)
	}
	return strings.Join(all, " ")
}

func TestApply(t *testing.T) {
	s, m, _ := newSites(t)
	first := apply(t, s, document("criteo", "auth0"), false)
	if first.Revision != 1 || !first.Created || first.Published || first.Live != 0 || ids(first.Diff.Added) != "criteo auth0" {
		t.Errorf("first: %+v", first)
	}
	if _, err := s.Live(t.Context(), "shop"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a draft is live: %v", err)
	}
	again := apply(t, s, document("criteo", "auth0"), false)
	if again.Revision != 1 || again.Created || m.versions["shop"] != 1 {
		t.Errorf("the same again: %+v, version %d", again, m.versions["shop"])
	}
	published := apply(t, s, document("criteo", "auth0"), true)
	if published.Revision != 1 || published.Created || !published.Published || published.Live != 1 {
		t.Errorf("published: %+v", published)
	}
	if ids(published.Diff.Reasks) != "criteo" {
		t.Errorf("asks about %q, want criteo alone: nobody is asked about what is necessary", ids(published.Diff.Reasks))
	}
	idle := apply(t, s, document("criteo", "auth0"), true)
	if idle.Published || idle.Created || m.versions["shop"] != 2 || !idle.Diff.Empty() {
		t.Errorf("publishing what is live: %+v, version %d", idle, m.versions["shop"])
	}
	live, err := s.Live(t.Context(), "shop")
	if err != nil || live.Number != 1 || len(live.Hash) != 64 || live.CreatedAt.IsZero() {
		t.Errorf("live %+v, %v", live, err)
	}
	publications, err := s.Publications(t.Context(), "shop")
	if err != nil || len(publications) != 1 || publications[0].By != "test" || publications[0].Revision != 1 {
		t.Errorf("publications %+v, %v", publications, err)
	}
}

func TestApplyRefusesAndChangesNothing(t *testing.T) {
	s, m, _ := newSites(t)
	doc := document("crito")
	if _, err := s.Apply(t.Context(), doc, ApplyOptions{}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("got %v", err)
	}
	doc = document("criteo")
	doc.Notice = Notice{}
	_, err := s.Apply(t.Context(), doc, ApplyOptions{Publish: true})
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || len(f.Fields) != 2 || f.Fields[0].Path != "/notice/controller" || f.Fields[1].Path != "/notice/contact" {
		t.Errorf("got %v", err)
	}
	if len(m.sites) != 0 {
		t.Error("a refused document was kept")
	}
	apply(t, s, doc, false) // a draft may lack them
	if _, err := s.Publish(t.Context(), "shop", 1, "test", ""); fault.KindOf(err) != fault.Invalid {
		t.Errorf("published without a controller: %v", err)
	}
}

func TestPublishUnknown(t *testing.T) {
	s, _, _ := newSites(t)
	if _, err := s.Publish(t.Context(), "shop", 1, "test", ""); fault.KindOf(err) != fault.NotFound {
		t.Errorf("unknown site: %v", err)
	}
	apply(t, s, document("criteo"), false)
	for _, n := range []int{-1, 0, 2} {
		if _, err := s.Publish(t.Context(), "shop", n, "test", ""); fault.KindOf(err) != fault.NotFound {
			t.Errorf("revision %d: %v", n, err)
		}
	}
	if _, err := s.Live(t.Context(), "../shop"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a key that is none: %v", err)
	}
}

// TestSince is the legal heart: a change in substance asks again, words do not.
func TestSince(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(shelf, *Document)
		again  bool
	}{
		{"nothing but a text of the site", func(_ shelf, d *Document) { d.Texts = map[string]Messages{"ja": {"banner.title": "お知らせ"}} }, false},
		{"words of the notice", func(s shelf, _ *Document) {
			s["criteo"].Receives = catalogue.Text{"ja": "閲覧履歴", "en": "history"}
		}, false},
		{"the vendor's name", func(s shelf, _ *Document) { s["criteo"].Name = catalogue.Text{"ja": "クリテオ"} }, false},
		{"hosts", func(s shelf, _ *Document) { s["criteo"].Hosts = []catalogue.Host{{Host: "*.criteo.net"}} }, false},
		{"order of purposes", func(s shelf, _ *Document) { slices.Reverse(s["criteo"].Purposes) }, false},
		{"width and case of the entity", func(s shelf, _ *Document) { s["criteo"].Entity.Name["ja"] = "ＣＲＩＴＥＯ 株式会社" }, false},
		{"a translation of the entity", func(s shelf, _ *Document) { s["criteo"].Entity.Name["en"] = "Criteo KK" }, false},
		{"another vendor", func(_ shelf, d *Document) { d.Vendors = append(d.Vendors, VendorChoice{ID: "meta-pixel"}) }, false},
		{"the default", func(_ shelf, d *Document) { d.Default = OptOut }, false},
		{"the entity", func(s shelf, _ *Document) {
			s["criteo"].Entity.Name = catalogue.Text{"ja": "別株式会社", "en": "criteo Inc."}
		}, true},
		{"the country", func(s shelf, _ *Document) { s["criteo"].Country = "FR" }, true},
		{"a purpose more", func(s shelf, _ *Document) { s["criteo"].Purposes = append(s["criteo"].Purposes, catalogue.Social) }, true},
		{"a purpose less", func(s shelf, _ *Document) { s["criteo"].Purposes = s["criteo"].Purposes[:1] }, true},
		{"what it receives", func(s shelf, _ *Document) { s["criteo"].Data = []string{"page-url", "email-hash"} }, true},
		{"linked with personal data", func(_ shelf, d *Document) { d.Vendors[0].LinkedWithPersonalData = true }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _, shelf := newSites(t)
			shelf["criteo"].Purposes = []catalogue.PurposeID{catalogue.Advertising, catalogue.Analytics}
			apply(t, s, document("criteo", "auth0"), true)
			doc := document("criteo", "auth0")
			changed := *shelf["criteo"]
			changed.Purposes, changed.Entity.Name = slices.Clone(changed.Purposes), catalogue.Text{"ja": "criteo株式会社", "en": "criteo Inc."}
			shelf["criteo"] = &changed
			c.change(shelf, &doc)
			r := apply(t, s, doc, true)
			want := 1
			if c.again {
				want = 2
			}
			if got := sinceOf(t, s, 2)["criteo"]; got != want || r.Revision != 2 {
				t.Errorf("revision %d, since %d; want 2 and %d", r.Revision, got, want)
			}
			if asked := strings.Contains(ids(r.Diff.Reasks), "criteo"); asked != c.again {
				t.Errorf("the diff says that it asks about %q", ids(r.Diff.Reasks))
			}
		})
	}
}

func TestIndicesAreNeverReused(t *testing.T) {
	s, _, _ := newSites(t)
	for i, vendors := range [][]string{{"criteo", "meta-pixel"}, {"meta-pixel"}, {"google-analytics-4", "meta-pixel"}, {"microsoft-clarity", "criteo"}} {
		apply(t, s, document(vendors...), i%2 == 0)
	}
	want := map[string]int{"criteo": 0, "meta-pixel": 1, "google-analytics-4": 2, "microsoft-clarity": 3}
	record, err := s.Record(t.Context(), "shop")
	if err != nil || fmt.Sprint(record.Indices) != fmt.Sprint(want) {
		t.Errorf("indices %v (%v), want %v", record.Indices, err, want)
	}
	r, _ := s.Revision(t.Context(), "shop", 4)
	if v, _ := r.Vendor("criteo"); v.Index != 0 || v.Since != 4 {
		t.Errorf("criteo came back with index %d since %d; want its old 0, asked about anew since 4", v.Index, v.Since)
	}
}

func TestIndicesRunOut(t *testing.T) {
	s, m, _ := newSites(t)
	apply(t, s, document("criteo"), true)
	record, _, _ := m.Site(t.Context(), "shop")
	record.Indices["gone"] = maxIndices - 1
	if err := m.Apply(t.Context(), Change{Record: record, Expect: 1}); err != nil {
		t.Fatal(err)
	}
	_, err := s.Apply(t.Context(), document("criteo", "meta-pixel"), ApplyOptions{})
	if f, ok := errors.AsType[*fault.Error](err); !ok || len(f.Fields) != 1 || f.Fields[0].Path != "/vendors/1/id" {
		t.Errorf("got %v", err)
	}
}

// setPurpose changes the substance of an entry without touching what revisions share with it.
func setPurpose(s shelf, id string, p catalogue.PurposeID) {
	v := *s[id]
	v.Purposes = []catalogue.PurposeID{p}
	s[id] = &v
}

func TestRollback(t *testing.T) {
	s, _, _ := newSites(t)
	apply(t, s, document("criteo"), true)
	apply(t, s, document("criteo", "meta-pixel"), true)
	r, err := s.Publish(t.Context(), "shop", 1, "test", "a mistake")
	if err != nil || r.Revision != 1 || r.Created || !r.Published || r.Live != 1 || ids(r.Diff.Removed) != "meta-pixel" {
		t.Errorf("%+v, %v", r, err)
	}
	// Forward again: meta-pixel was answered about under 2, and nothing else was ever shown of it.
	r, err = s.Publish(t.Context(), "shop", 2, "test", "")
	if err != nil || r.Revision != 2 || sinceOf(t, s, 2)["meta-pixel"] != 2 {
		t.Errorf("%+v, %v", r, err)
	}
	for n, want := range map[int]bool{0: false, 1: true, 2: true, 3: false} {
		if got, err := s.Published(t.Context(), "shop", n); got != want || err != nil {
			t.Errorf("Published(%d) = %t, %v", n, got, err)
		}
	}
}

// TestRollbackNeverMisleads: who agreed to advertising under 2 has not thereby
// agreed to analytics, which 1 says, although 1 ≤ 2.
func TestRollbackNeverMisleads(t *testing.T) {
	s, _, shelf := newSites(t)
	apply(t, s, document("criteo", "meta-pixel"), true)
	setPurpose(shelf, "criteo", catalogue.Analytics)
	apply(t, s, document("criteo", "meta-pixel"), true)
	r, err := s.Publish(t.Context(), "shop", 1, "test", "")
	if err != nil || r.Revision != 3 || !r.Created || r.Live != 3 || ids(r.Diff.Reasks) != "criteo" {
		t.Fatalf("%+v, %v", r, err)
	}
	if got := sinceOf(t, s, 3); got["criteo"] != 3 || got["meta-pixel"] != 1 {
		t.Errorf("since %v, want criteo 3 and meta-pixel 1", got)
	}
	one, _ := s.Revision(t.Context(), "shop", 1)
	three, _ := s.Revision(t.Context(), "shop", 3)
	if one.Hash != three.Hash {
		t.Error("the content is the same, its hash is not")
	}
}

// TestOldDraftIsSettled: drafts made before a publication neither mislead nor
// ask about what has not changed.
func TestOldDraftIsSettled(t *testing.T) {
	s, _, shelf := newSites(t)
	apply(t, s, document("criteo"), false) // 1, nothing live yet
	apply(t, s, document("criteo", "meta-pixel"), false)
	if _, err := s.Publish(t.Context(), "shop", 1, "test", ""); err != nil {
		t.Fatal(err)
	}
	r, err := s.Publish(t.Context(), "shop", 2, "test", "")
	if err != nil || r.Revision != 3 || ids(r.Diff.Reasks) != "meta-pixel" {
		t.Errorf("%+v, %v; want revision 3, which asks about meta-pixel alone", r, err)
	}
	setPurpose(shelf, "criteo", catalogue.Analytics)
	apply(t, s, document("criteo", "meta-pixel"), false) // 4, since 4
	setPurpose(shelf, "criteo", catalogue.Advertising)
	apply(t, s, document("criteo"), false) // 5, against 3: since 1
	if _, err := s.Publish(t.Context(), "shop", 4, "test", ""); err != nil {
		t.Fatal(err)
	}
	r, err = s.Publish(t.Context(), "shop", 5, "test", "")
	if err != nil || r.Revision != 6 || ids(r.Diff.Reasks) != "criteo" {
		t.Errorf("%+v, %v; want revision 6, which asks about criteo", r, err)
	}
}

func TestConcurrentApplies(t *testing.T) {
	s, m, _ := newSites(t)
	all := []string{"criteo", "meta-pixel", "microsoft-clarity", "google-analytics-4", "auth0"}
	var wg sync.WaitGroup
	for _, id := range all {
		wg.Go(func() {
			if _, err := s.Apply(context.Background(), document(id), ApplyOptions{Publish: true, By: id}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	record, _, _ := m.Site(t.Context(), "shop")
	if record.Latest != len(all) || len(record.Indices) != len(all) || len(m.publications["shop"]) != len(all) {
		t.Errorf("%d revisions, %d indices, %d publications; want %d of each", record.Latest, len(record.Indices), len(m.publications["shop"]), len(all))
	}
	seen := map[int]bool{}
	for _, i := range record.Indices {
		seen[i] = true
	}
	if len(seen) != len(all) {
		t.Errorf("indices %v are not distinct", record.Indices)
	}
}

func TestConflictWithoutEnd(t *testing.T) {
	s, m, _ := newSites(t)
	tries := 0
	m.before = func(Change) error { tries++; return fault.New(fault.Conflict, "the site has changed") }
	if _, err := s.Apply(t.Context(), document("criteo"), ApplyOptions{}); fault.KindOf(err) != fault.Conflict || tries != attempts {
		t.Errorf("got %v after %d tries", err, tries)
	}
	m.before = func(Change) error { return fault.New(fault.Unavailable, "away") }
	if _, err := s.Apply(t.Context(), document("criteo"), ApplyOptions{}); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Apply(ctx, document("criteo"), ApplyOptions{}); fault.KindOf(err) != fault.Unavailable {
		t.Errorf("got %v", err)
	}
}

// TestHashSeesEverything: whatever a visitor can see has a part in the hash.
func TestHashSeesEverything(t *testing.T) {
	shelf := testShelf()
	seal := func(doc Document) string {
		r, err := compose(doc, shelf, 1, nil, map[string]int{})
		if err != nil {
			t.Fatal(err)
		}
		return r.Hash
	}
	base := seal(document("criteo", "auth0"))
	seen := map[string]int{base: -1}
	for i, change := range []func(*Document){
		func(d *Document) { d.Key = "other" }, func(d *Document) { d.Name["ja"] = "別の店" }, func(d *Document) { d.Origins[0] = "https://a.jp" },
		func(d *Document) { d.Languages = d.Languages[:1] }, func(d *Document) { d.Default = OptOut }, func(d *Document) { d.ExpiryMonths = 7 },
		func(d *Document) { d.Strict = true }, func(d *Document) { d.Paused = true }, func(d *Document) { d.Notice.Contact.Phone = "03-0000-0000" },
		func(d *Document) { d.Texts = map[string]Messages{"ja": {"banner.title": "x"}} }, func(d *Document) { d.Theme.Accent = "#000000" },
		func(d *Document) { slices.Reverse(d.Vendors) }, func(d *Document) { d.Vendors[0].LinkedWithPersonalData = true },
		func(*Document) { shelf["criteo"].UsedFor["ja"] = "広告配信" },
	} {
		doc := document("criteo", "auth0")
		change(&doc)
		hash := seal(doc)
		if j, twice := seen[hash]; twice {
			t.Errorf("changes %d and %d have the same hash", i, j)
		}
		seen[hash] = i
	}
	before := seal(document("criteo", "auth0"))
	shelf["auth0"].Notes = "for maintainers"
	if seal(document("criteo", "auth0")) != before {
		t.Error("a note for maintainers makes a new revision")
	}
}
