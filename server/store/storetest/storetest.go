// Package storetest is what every store has to pass: the sentences of the
// contracts of site.Store, consent.Store, consent.KeyStore, discovery.Store and
// operator.Stores as tests, a random comparison with a model, benchmarks, and the writers of the crash tests.
//
// A new store joins by one call of Run and one of Bench.
package storetest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/sekisho/sekisho/server/consent"
	"github.com/sekisho/sekisho/server/discovery"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
	"github.com/sekisho/sekisho/server/site"
)

// Store is all that a store of Sekisho is.
type Store interface {
	site.Store
	consent.Store
	consent.KeyStore
	discovery.Store
	operator.Stores
}

// Stores is a store under test.
type Stores struct {
	Store
	// Left tells for how long the state and the history of a visitor will still
	// be held, as the store itself has noted it.
	Left func(t *testing.T, site string, visitor uuid.UUID) (state, history time.Duration)
	// LeftOfDay tells for how long what was reported on a day will still be held;
	// nil for a store that removes days when it is swept.
	LeftOfDay func(t *testing.T, site, day string) time.Duration
}

// Run holds a store to its contracts. open returns a store, which may hold what
// earlier tests have left in it: every test uses sites and visitors of its own.
func Run(t *testing.T, open func(t *testing.T) Stores) {
	for _, group := range []struct {
		name  string
		tests []test
	}{
		{"sites", siteTests}, {"decisions", decisionTests}, {"counts", countTests}, {"keys", keyTests}, {"discoveries", discoveryTests},
		{"operators", operatorTests}, {"sessions", sessionTests}, {"attempts", attemptTests}, {"audit", auditTests}, {"model", modelTests},
	} {
		t.Run(group.name, func(t *testing.T) {
			for _, test := range group.tests {
				t.Run(test.name, func(t *testing.T) { test.run(t, open(t)) })
			}
		})
	}
}

type test struct {
	name string
	run  func(t *testing.T, s Stores)
}

// start is when the tests take place by the clock of the entries.
var start = time.Date(2026, 11, 21, 9, 0, 0, 123e6, time.UTC)

var lastSite atomic.Int64

// newKey returns the key of a site that no other test uses.
func newKey() string {
	return fmt.Sprintf("t%d-%d", time.Now().UnixNano()%1e9, lastSite.Add(1))
}

// newSite creates a site that has given indices to n vendors.
func newSite(t testing.TB, s site.Store, n int) string {
	t.Helper()
	key := newKey()
	CreateSite(t, s, key, n)
	return key
}

// CreateSite creates a site of that key with n vendors, vendor-0 and so on,
// each with its number for an index.
func CreateSite(t testing.TB, s site.Store, key string, n int) {
	t.Helper()
	r := site.Record{Key: key, Draft: site.Document{Key: key}, Indices: map[string]int{}, CreatedAt: start, UpdatedAt: start}
	for i := range n {
		r.Indices[VendorID(i)] = i
	}
	if err := s.Apply(t.Context(), site.Change{Record: r}); err != nil {
		t.Fatalf("creating site %s: %v", key, err)
	}
}

// VendorID names the vendor with the given index.
func VendorID(index int) string { return fmt.Sprintf("vendor-%d", index) }

// NewID returns a new id of a decision.
func NewID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// Indices returns the set of the given vendor indices.
func Indices(indices ...int) consent.Bits {
	var b consent.Bits
	for _, i := range indices {
		b = b.Set(i)
	}
	return b
}

// NewWrite returns a write as the recorder would prepare it, with the one
// counter "1|save|2|ja".
func NewWrite(key string, visitor, id uuid.UUID, sequence uint32, asked, granted consent.Bits) consent.Write {
	at := start.Add(time.Duration(sequence) * time.Second)
	e := consent.Entry{
		Decision: consent.Decision{ID: id, Visitor: visitor, Sequence: sequence, Revision: 1, Action: consent.Save,
			Granted: []string{}, Denied: []string{}, Language: "ja", Layer: 2, At: at.Add(-time.Second), Page: "/cart"},
		Site: key, RecordedAt: at, RevisionHash: fmt.Sprintf("%064x", 1), Origin: "https://www.example.jp",
	}
	for i := range asked.Indices {
		if granted.Has(i) {
			e.Granted = append(e.Granted, VendorID(i))
		} else {
			e.Denied = append(e.Denied, VendorID(i))
		}
	}
	return consent.Write{
		Entry:    e,
		Layer:    consent.Layer{ID: id, Sequence: sequence, Revision: 1, RecordedAt: at, Asked: asked, Granted: granted},
		Counters: []string{"1|save|2|ja"}, StateTTL: time.Hour, HistoryTTL: 2 * time.Hour,
	}
}

// record writes and expects success.
func record(t *testing.T, s consent.Store, w consent.Write) (consent.Entry, bool) {
	t.Helper()
	stored, fresh, err := s.Record(t.Context(), w)
	if err != nil {
		t.Fatalf("Record: %v", err)
	}
	return stored, fresh
}

func wantKind(t *testing.T, what string, err error, kind fault.Kind) {
	t.Helper()
	if err == nil || fault.KindOf(err) != kind {
		t.Errorf("%s: %v (kind %d), want kind %d", what, err, fault.KindOf(err), kind)
	}
}

// together calls fn n times at once and waits for all.
func together(n int, fn func(i int)) {
	var ready, done sync.WaitGroup
	gate := make(chan struct{})
	for i := range n {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-gate
			fn(i)
		})
	}
	ready.Wait()
	close(gate)
	done.Wait()
}

// Until asks cond again and again until it holds, and fails the test when it
// does not within limit.
func Until(t testing.TB, limit time.Duration, what string, cond func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !cond() {
		select {
		case <-ctx.Done():
			t.Fatalf("still not so after %v: %s", limit, what)
		case <-tick.C:
		}
	}
}
