package storetest

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/sekisho/sekisho/server/consent"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
)

// The crash tests: writers record decisions and note each acknowledgement; the
// process that holds the data is killed with SIGKILL at a moment drawn by
// chance; after its restart everything acknowledged must be there, nothing
// twice, and states and counters must be what the history says.

// Ack is one acknowledged decision.
type Ack struct {
	Visitor, ID uuid.UUID
}

// CrashSite is the site of the crash tests; its maker calls CreateSite with it.
const (
	CrashSite    = "crash"
	crashVendors = 20
	crashWriters = 8
)

// CreateCrashSite creates the site that the writers write to.
func CreateCrashSite(t testing.TB, s site.Store) { CreateSite(t, s, CrashSite, crashVendors) }

// crashVisitors returns the visitors of a round, so that whoever checks knows
// them all, also those whose acknowledgement got lost.
func crashVisitors(seed uint64) []uuid.UUID {
	random := rand.New(rand.NewPCG(seed, 1))
	all := make([]uuid.UUID, 64)
	for i := range all {
		binary.BigEndian.PutUint64(all[i][:], random.Uint64())
		binary.BigEndian.PutUint64(all[i][8:], random.Uint64())
		all[i][6], all[i][8] = all[i][6]&0x0f|0x40, all[i][8]&0x3f|0x80
	}
	return all
}

// CrashWrites records decisions of the round's visitors with several writers
// until ctx ends or the store fails for good, and calls ack, one call at a
// time, after each acknowledgement. Every fourth decision is sent twice.
func CrashWrites(ctx context.Context, s consent.Store, seed uint64, ack func(Ack)) {
	visitors := crashVisitors(seed)
	var mu sync.Mutex
	var sequence atomic.Uint32
	var writers sync.WaitGroup
	for writer := range crashWriters {
		random := rand.New(rand.NewPCG(seed, uint64(writer)+2))
		writers.Go(func() {
			for ctx.Err() == nil {
				visitor := visitors[random.IntN(len(visitors))]
				a, b := random.IntN(crashVendors), random.IntN(crashVendors)
				w := NewWrite(CrashSite, visitor, NewID(), sequence.Add(1), Indices(a, b), Indices(a))
				for range 1 + random.IntN(4)/3 {
					if _, _, err := s.Record(ctx, w); err != nil {
						return
					}
				}
				mu.Lock()
				ack(Ack{visitor, w.Entry.ID})
				mu.Unlock()
			}
		})
	}
	writers.Wait()
}

// Print writes an acknowledgement as a line, for a parent process to read.
func (a Ack) Print(w io.Writer) { fmt.Fprintf(w, "ack %s %s\n", a.Visitor, a.ID) }

// ReadAcks calls fn for each printed acknowledgement until r ends; a line that
// the crash cut off was not acknowledged.
func ReadAcks(r io.Reader, fn func(Ack)) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		var visitor, id string
		if _, err := fmt.Sscanf(lines.Text(), "ack %36s %36s", &visitor, &id); err != nil {
			continue
		}
		v, err1 := uuid.Parse(visitor)
		i, err2 := uuid.Parse(id)
		if err1 == nil && err2 == nil {
			fn(Ack{v, i})
		}
	}
}

// CheckCrash compares what a store holds after the round with what it acknowledged.
func CheckCrash(t testing.TB, s consent.Store, seed uint64, acks []Ack, counted int64) (total int64) {
	t.Helper()
	held := map[Ack]int{}
	for _, visitor := range crashVisitors(seed) {
		history, err := s.History(t.Context(), CrashSite, visitor)
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			t.Fatalf("seed %d: History: %v", seed, err)
		}
		var want consent.State
		for _, e := range history {
			held[Ack{visitor, e.ID}]++
			total++
			want = want.Merge(layerOf(e))
		}
		if state, err := s.State(t.Context(), CrashSite, visitor); err != nil || !reflect.DeepEqual(state, want) {
			t.Errorf("seed %d: a state is not what the history says: %v\n got %+v\nwant %+v", seed, err, state, want)
		}
	}
	lost := 0
	for _, a := range acks {
		if held[a] == 0 {
			lost++
		}
	}
	for a, n := range held {
		if n > 1 {
			t.Errorf("seed %d: decision %s is held %d times", seed, a.ID, n)
		}
	}
	counts, err := s.Counts(t.Context(), CrashSite, "2026-11-21")
	if err != nil {
		t.Fatalf("seed %d: Counts: %v", seed, err)
	}
	if got := counts["1|save|2|ja"] - counted; got != total {
		t.Errorf("seed %d: %d decisions are held, %d were counted", seed, total, got)
	}
	if lost > 0 {
		t.Errorf("seed %d: %d of %d acknowledged decisions are lost", seed, lost, len(acks))
	}
	return total
}

// layerOf returns the layer that an entry of these tests belongs to.
func layerOf(e consent.Entry) consent.Layer {
	l := consent.Layer{ID: e.ID, Sequence: e.Sequence, Revision: uint32(e.Revision), RecordedAt: e.RecordedAt}
	for i := range crashVendors {
		if slices.Contains(e.Granted, VendorID(i)) {
			l.Asked, l.Granted = l.Asked.Set(i), l.Granted.Set(i)
		}
		if slices.Contains(e.Denied, VendorID(i)) {
			l.Asked = l.Asked.Set(i)
		}
	}
	return l
}
