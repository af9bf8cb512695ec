package storetest

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
)

var auditTests = []test{
	{"what was appended comes back", auditRoundTrip},
	{"pages follow each other", auditPages},
	{"chosen by actor, action, site and time", auditFilter},
	{"a rare entry is found", auditRare},
	{"time never runs backwards", auditTime},
	{"the same entry twice is one", auditSameEntry},
	{"numbers have no gap", auditRace},
	{"a context that ended", auditContext},
}

// newEntry returns an entry of an actor whom no other test has.
func newEntry(actor string) operator.Entry {
	return operator.Entry{At: time.Now().UTC().Truncate(time.Millisecond), ID: newKey(), By: operator.Actor{Kind: operator.ByOperator, ID: actor, Name: "花子 <b>"},
		Action: operator.ActPublish, Site: "shop", Subject: "3", Detail: "公開\u2028", From: "f00d", Outcome: operator.Done}
}

func appendAudit(t *testing.T, s Stores, entries ...operator.Entry) {
	t.Helper()
	if err := s.AppendAudit(t.Context(), entries...); err != nil {
		t.Fatalf("AppendAudit: %v", err)
	}
}

func audit(t *testing.T, s operator.AuditStore, q operator.Query) operator.Page {
	t.Helper()
	page, err := s.Audit(t.Context(), q)
	if err != nil {
		t.Fatalf("Audit: %v", err)
	}
	return page
}

// all follows the pages of a filter to their end.
func all(t *testing.T, s Stores, f operator.Filter, limit int) (entries []operator.Entry) {
	t.Helper()
	q := operator.Query{Filter: f, Limit: limit}
	for range 10_000 {
		page := audit(t, s, q)
		if len(page.Entries) > limit {
			t.Fatalf("%d entries on a page of %d", len(page.Entries), limit)
		}
		entries = append(entries, page.Entries...)
		if page.Next == (operator.Place{}) {
			return entries
		}
		q.Before = page.Next
	}
	t.Fatal("the pages do not end")
	return nil
}

func auditRoundTrip(t *testing.T, s Stores) {
	e := newEntry(newKey())
	appendAudit(t, s, e)
	appendAudit(t, s)
	got := all(t, s, operator.Filter{Actor: e.By.ID}, 10)
	if len(got) != 1 || got[0].Number == 0 || got[0].At.Before(e.At) {
		t.Fatalf("%+v", got)
	}
	e.Number, e.At = got[0].Number, got[0].At
	if !reflect.DeepEqual(got[0], e) {
		t.Errorf("\n got %+v\nwant %+v", got[0], e)
	}
	if newest := audit(t, s, operator.Query{Limit: 1}); len(newest.Entries) != 1 || newest.Entries[0].ID != e.ID {
		t.Errorf("the newest entry is %+v", newest)
	}
}

func auditPages(t *testing.T, s Stores) {
	actor := newKey()
	var want []string
	for i := range 23 {
		e := newEntry(actor)
		e.Subject = fmt.Sprint(i)
		appendAudit(t, s, e)
		want = append([]string{e.ID}, want...)
	}
	for _, limit := range []int{1, 4, 22, 23, 24} {
		var got []string
		var last uint64
		for _, e := range all(t, s, operator.Filter{Actor: actor}, limit) {
			if last != 0 && e.Number >= last {
				t.Errorf("number %d follows %d", e.Number, last)
			}
			got, last = append(got, e.ID), e.Number
		}
		if !slices.Equal(got, want) {
			t.Errorf("pages of %d: %v, not %v", limit, got, want)
		}
	}
}

func auditFilter(t *testing.T, s Stores) {
	actor, site := newKey(), newKey()
	// A time of its own, later than everything so far, so that periods are exact.
	base := time.Now().UTC().Truncate(time.Second).Add(time.Minute)
	if newest := audit(t, s, operator.Query{Limit: 1}); len(newest.Entries) > 0 && newest.Entries[0].At.After(base) {
		base = newest.Entries[0].At.Truncate(time.Second).Add(time.Minute)
	}
	var ids []string
	for i, action := range []operator.Action{operator.ActReadRecord, operator.ActPublish, operator.ActReadRecord, operator.ActPublish} {
		e := newEntry(actor)
		e.Action, e.At = action, base.Add(time.Duration(i)*time.Second)
		if i >= 2 {
			e.Site = site
		}
		if i == 3 {
			e.By = operator.Actor{Kind: operator.ByToken, ID: newKey(), For: actor}
		}
		appendAudit(t, s, e)
		ids = append(ids, e.ID)
	}
	other := newEntry(newKey())
	other.Site, other.At = site, base.Add(10*time.Second)
	appendAudit(t, s, other)
	at := func(i int) time.Time { return base.Add(time.Duration(i) * time.Second) }
	for _, c := range []struct {
		name string
		f    operator.Filter
		want []string
	}{
		{"actor, and tokens of the actor", operator.Filter{Actor: actor}, []string{ids[3], ids[2], ids[1], ids[0]}},
		{"action", operator.Filter{Actor: actor, Action: operator.ActReadRecord}, []string{ids[2], ids[0]}},
		{"site", operator.Filter{Site: site}, []string{other.ID, ids[3], ids[2]}},
		{"site and action", operator.Filter{Site: site, Action: operator.ActReadRecord}, []string{ids[2]}},
		{"from", operator.Filter{Actor: actor, From: at(2)}, []string{ids[3], ids[2]}},
		{"from, to the microsecond", operator.Filter{Actor: actor, From: at(2).Add(time.Microsecond)}, []string{ids[3]}},
		{"to", operator.Filter{Actor: actor, To: at(2)}, []string{ids[1], ids[0]}},
		{"to, to the microsecond", operator.Filter{Actor: actor, To: at(2).Add(time.Microsecond)}, []string{ids[2], ids[1], ids[0]}},
		{"a period", operator.Filter{From: at(1), To: at(3)}, []string{ids[2], ids[1]}},
		{"nothing", operator.Filter{Actor: actor, Site: "none"}, nil},
		{"quotes", operator.Filter{Actor: "' OR 1=1 --"}, nil},
		{"before time began", operator.Filter{To: time.Unix(-1, 0)}, nil},
	} {
		for _, limit := range []int{1, 2, 50} {
			var got []string
			for _, e := range all(t, s, c.f, limit) {
				got = append(got, e.ID)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%s, pages of %d: %v, not %v", c.name, limit, got, c.want)
			}
		}
	}
}

// auditRare: behind very many others, where pages may come short.
func auditRare(t *testing.T, s Stores) {
	rare, others := newEntry(newKey()), newKey()
	appendAudit(t, s, rare)
	many := make([]operator.Entry, 300)
	for range 40 {
		for i := range many {
			many[i] = newEntry(others)
		}
		appendAudit(t, s, many...)
	}
	if got := all(t, s, operator.Filter{Actor: rare.By.ID}, 10); len(got) != 1 || got[0].ID != rare.ID {
		t.Errorf("%+v", got)
	}
	if got := all(t, s, operator.Filter{Actor: others}, 500); len(got) != 40*300 {
		t.Errorf("%d entries, not %d", len(got), 40*300)
	}
}

func auditTime(t *testing.T, s Stores) {
	actor := newKey()
	late, early := newEntry(actor), newEntry(actor)
	late.At = late.At.Add(time.Hour)
	appendAudit(t, s, late)
	appendAudit(t, s, early)
	got := all(t, s, operator.Filter{Actor: actor}, 10)
	if len(got) != 2 || got[0].ID != early.ID || got[0].At.Before(got[1].At) || got[0].Number != got[1].Number+1 {
		t.Errorf("%+v", got)
	}
}

func auditSameEntry(t *testing.T, s Stores) {
	actor := newKey()
	one, two := newEntry(actor), newEntry(actor)
	appendAudit(t, s, one)
	appendAudit(t, s, one, two)
	appendAudit(t, s, two, one)
	if got := all(t, s, operator.Filter{Actor: actor}, 10); len(got) != 2 || got[0].ID != two.ID || got[1].ID != one.ID {
		t.Errorf("%+v", got)
	}
}

func auditRace(t *testing.T, s Stores) {
	const people, acts = 8, 10
	actor := newKey()
	together(people, func(i int) {
		for range acts {
			if i == 0 { // changes of the roster write to the same log
				if err := tryChange(t.Context(), s, operator.Change{Entries: []operator.Entry{newEntry(actor)}}); err != nil {
					t.Errorf("ApplyRoster: %v", err)
				}
			} else if err := s.AppendAudit(t.Context(), newEntry(actor)); err != nil {
				t.Errorf("AppendAudit: %v", err)
			}
		}
	})
	got := all(t, s, operator.Filter{Actor: actor}, 7)
	if len(got) != people*acts {
		t.Fatalf("%d entries, not %d", len(got), people*acts)
	}
	for i := 1; i < len(got); i++ {
		if got[i].Number != got[i-1].Number-1 {
			t.Errorf("number %d follows %d", got[i].Number, got[i-1].Number)
		}
	}
}

func auditContext(t *testing.T, s Stores) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	wantKind(t, "AppendAudit", s.AppendAudit(ended, newEntry("a")), fault.Unavailable)
	_, err := s.Audit(ended, operator.Query{Limit: 1})
	wantKind(t, "Audit", err, fault.Unavailable)
}
