package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
)

var siteTests = []test{
	{"nothing there", siteMissing},
	{"what was applied comes back", siteRoundTrip},
	{"a stale change is refused whole", siteConflict},
	{"a revision never changes", siteRevisionImmutable},
	{"the same change twice is one", siteSameChange},
	{"no update is lost", siteRace},
	{"publications in their order", sitePublications},
	{"a context that ended", siteContext},
}

// changeOf returns a change that creates a site with one published revision.
func changeOf(key string, vendors int) site.Change {
	doc := site.Document{
		Key: key, Name: catalogue.Text{"ja": "例の店 🏯", "en": "<b>Example</b> & \u2028shop"}, Origins: []string{"https://www.example.jp"},
		Languages: []string{"ja", "en"}, Default: site.OptIn, ExpiryMonths: 6, Texts: map[string]site.Messages{"ja": {"title": "クッキー"}},
	}
	rev := site.Revision{Site: key, Number: 1, Hash: fmt.Sprintf("%064x", 7), CreatedAt: start, Document: doc}
	indices := map[string]int{}
	for i := range vendors {
		v := site.RevisionVendor{Index: i, Since: 1, LinkedWithPersonalData: i%2 == 0}
		v.ID, v.Name = VendorID(i), catalogue.Text{"ja": fmt.Sprintf("業者%d", i)}
		v.Purposes = []catalogue.PurposeID{catalogue.Advertising}
		rev.Vendors = append(rev.Vendors, v)
		indices[v.ID] = i
	}
	return site.Change{
		Record: site.Record{Key: key, Draft: doc, Latest: 1, Live: 1, Indices: indices, CreatedAt: start, UpdatedAt: start,
			Announced: &site.Announcement{Revision: 1, LiveAt: start.Add(time.Hour), At: start, By: "鈴木", Why: "初回"}},
		Revision:    &rev,
		Publication: &site.Publication{Site: key, Revision: 1, At: start, By: "apply", Why: "初回"},
	}
}

func apply(t *testing.T, s site.Store, c site.Change) {
	t.Helper()
	if err := s.Apply(t.Context(), c); err != nil {
		t.Fatalf("Apply: %v", err)
	}
}

func siteMissing(t *testing.T, s Stores) {
	key := newKey()
	_, _, err := s.Site(t.Context(), key)
	wantKind(t, "Site", err, fault.NotFound)
	_, err = s.Revision(t.Context(), key, 1)
	wantKind(t, "Revision", err, fault.NotFound)
	_, err = s.Publications(t.Context(), key)
	wantKind(t, "Publications", err, fault.NotFound)
	versions, err := s.Versions(t.Context())
	if _, there := versions[key]; err != nil || there {
		t.Errorf("Versions: %v, %v", versions, err)
	}
}

func siteRoundTrip(t *testing.T, s Stores) {
	for _, vendors := range []int{0, 1, 500} {
		c := changeOf(newKey(), vendors)
		apply(t, s, c)
		key := c.Record.Key
		record, version, err := s.Site(t.Context(), key)
		if err != nil || version == 0 || !reflect.DeepEqual(record, c.Record) {
			t.Errorf("%d vendors: version %d, %v\n got %+v\nwant %+v", vendors, version, err, record, c.Record)
		}
		rev, err := s.Revision(t.Context(), key, 1)
		if err != nil || !reflect.DeepEqual(rev, *c.Revision) {
			t.Errorf("%d vendors: %v\n got %+v\nwant %+v", vendors, err, rev, *c.Revision)
		}
		_, err = s.Revision(t.Context(), key, 2)
		wantKind(t, "a revision above the latest", err, fault.NotFound)
		_, err = s.Revision(t.Context(), key, -1)
		wantKind(t, "revision -1", err, fault.NotFound)
		if versions, err := s.Versions(t.Context()); err != nil || versions[key] != version {
			t.Errorf("Versions: %v, not %d, %v", versions[key], version, err)
		}
	}
	only := site.Change{Record: site.Record{Key: newKey(), Indices: map[string]int{}, CreatedAt: start, UpdatedAt: start}}
	apply(t, s, only)
	if list, err := s.Publications(t.Context(), only.Record.Key); err != nil || len(list) != 0 {
		t.Errorf("publications of a site that was never published: %v, %v", list, err)
	}
}

func siteConflict(t *testing.T, s Stores) {
	c := changeOf(newKey(), 2)
	key := c.Record.Key
	early := c
	early.Expect = 1
	wantKind(t, "a change to a site that is not there", s.Apply(t.Context(), early), fault.Conflict)
	apply(t, s, c)
	before, version, err := s.Site(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	for _, expect := range []uint64{0, version - 1, version + 1, version + 1<<40} {
		stale := site.Change{Record: before, Expect: expect}
		stale.Record.Latest = 9
		rev := *c.Revision
		rev.Number = 9
		stale.Revision, stale.Publication = &rev, &site.Publication{Site: key, Revision: 9, At: start}
		wantKind(t, fmt.Sprintf("a change that expects version %d of %d", expect, version), s.Apply(t.Context(), stale), fault.Conflict)
	}
	after, now, err := s.Site(t.Context(), key)
	if err != nil || now != version || !reflect.DeepEqual(after, before) {
		t.Errorf("a refused change left traces: version %d then %d, %+v, %v", version, now, after, err)
	}
	_, err = s.Revision(t.Context(), key, 9)
	wantKind(t, "the revision of a refused change", err, fault.NotFound)
	if list, err := s.Publications(t.Context(), key); err != nil || len(list) != 1 {
		t.Errorf("the publication of a refused change stays: %v, %v", list, err)
	}
}

func siteRevisionImmutable(t *testing.T, s Stores) {
	c := changeOf(newKey(), 2)
	apply(t, s, c)
	record, version, err := s.Site(t.Context(), c.Record.Key)
	if err != nil {
		t.Fatal(err)
	}
	other := *c.Revision
	other.Hash = "another"
	record.UpdatedAt = start.Add(time.Hour)
	err = s.Apply(t.Context(), site.Change{Record: record, Expect: version, Revision: &other})
	wantKind(t, "a revision whose number is taken", err, fault.Conflict)
	if rev, err := s.Revision(t.Context(), c.Record.Key, 1); err != nil || rev.Hash != c.Revision.Hash {
		t.Errorf("the revision was overwritten: %v, %v", rev.Hash, err)
	}
	if r, v, err := s.Site(t.Context(), c.Record.Key); err != nil || v != version || !r.UpdatedAt.Equal(start) {
		t.Errorf("half of a refused change was written: %v, %v, %v", v, r.UpdatedAt, err)
	}
}

// siteSameChange: an answer that got lost makes its caller apply the same
// change again, which has been made and is no conflict.
func siteSameChange(t *testing.T, s Stores) {
	c := changeOf(newKey(), 2)
	for range 3 {
		apply(t, s, c)
	}
	_, version, err := s.Site(t.Context(), c.Record.Key)
	if err != nil || version != 1 {
		t.Errorf("version %d, %v", version, err)
	}
	c.Expect = version
	c.Record.UpdatedAt = start.Add(time.Minute)
	rev, pub := *c.Revision, *c.Publication
	rev.Number, pub.Revision = 2, 2
	c.Revision, c.Publication = &rev, &pub
	for range 3 {
		apply(t, s, c)
	}
	if list, err := s.Publications(t.Context(), c.Record.Key); err != nil || len(list) != 2 {
		t.Errorf("%d publications, not 2, %v", len(list), err)
	}
}

func siteRace(t *testing.T, s Stores) {
	const people, changes = 8, 5
	key := newSite(t, s, 1)
	var conflicts, failures atomic.Int64
	together(people, func(i int) {
		for n := 0; n < changes; {
			record, version, err := s.Site(t.Context(), key)
			if err != nil {
				failures.Add(1)
				return
			}
			record.Latest++
			record.Draft.Key = fmt.Sprintf("%d/%d", i, n)
			switch err := s.Apply(t.Context(), site.Change{Record: record, Expect: version}); {
			case err == nil:
				n++
			case fault.KindOf(err) == fault.Conflict:
				conflicts.Add(1)
			default:
				failures.Add(1)
				return
			}
		}
	})
	record, version, err := s.Site(t.Context(), key)
	if err != nil || record.Latest != people*changes || version != people*changes+1 || failures.Load() > 0 {
		t.Errorf("%d of %d changes arrived, version %d, %d failures, %d conflicts, %v",
			record.Latest, people*changes, version, failures.Load(), conflicts.Load(), err)
	}
}

func sitePublications(t *testing.T, s Stores) {
	c := changeOf(newKey(), 1)
	apply(t, s, c)
	want := []site.Publication{*c.Publication}
	for i := range 12 { // times run backwards, numbers repeat: the order is that of the acts
		p := site.Publication{Site: c.Record.Key, Revision: 1 + i%2, At: start.Add(-time.Duration(i) * time.Hour), By: "あ", Why: fmt.Sprint(i)}
		record := c.Record
		record.UpdatedAt = start.Add(time.Duration(i+1) * time.Second)
		apply(t, s, site.Change{Record: record, Expect: uint64(i + 1), Publication: &p})
		want = append(want, p)
	}
	got, err := s.Publications(t.Context(), c.Record.Key)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v\n got %+v\nwant %+v", err, got, want)
	}
}

func siteContext(t *testing.T, s Stores) {
	c := changeOf(newKey(), 1)
	apply(t, s, c)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, _, siteErr := s.Site(ended, c.Record.Key)
	_, revisionErr := s.Revision(ended, c.Record.Key, 1)
	_, publicationsErr := s.Publications(ended, c.Record.Key)
	_, versionsErr := s.Versions(ended)
	for what, err := range map[string]error{
		"Site": siteErr, "Revision": revisionErr, "Publications": publicationsErr, "Versions": versionsErr,
		"Apply": s.Apply(ended, changeOf(newKey(), 1)),
	} {
		wantKind(t, what, err, fault.Unavailable)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v does not tell its cause", what, err)
		}
	}
}
