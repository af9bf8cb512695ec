package storetest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
)

// The same for operators: acts are written until the process that holds the
// data is killed; whatever was acknowledged is in the audit log afterwards,
// once, and a change is there exactly when its entry is.

// actWriters write at once: half of them change the roster, half add entries alone.
const actWriters = 4

// CrashActs writes acts until ctx ends or the store fails for good, and calls
// ack, one call at a time, with the id of each that was acknowledged. A change
// of the roster adds an operator whose id is that of its entry.
func CrashActs(ctx context.Context, s operator.Stores, ack func(id string)) {
	var mu sync.Mutex
	var writers sync.WaitGroup
	for writer := range actWriters {
		writers.Go(func() {
			for ctx.Err() == nil {
				e := newEntry("crash")
				e.ID = NewID().String()
				var err error
				if writer%2 == 0 {
					e.Action = operator.ActJoin
					err = tryChange(ctx, s, operator.Change{Put: []operator.Record{newRecord(e.ID)}, Entries: []operator.Entry{e}})
				} else {
					err = s.AppendAudit(ctx, e)
				}
				if fault.KindOf(err) == fault.Conflict {
					continue // the other writer was faster
				}
				if err != nil {
					return
				}
				mu.Lock()
				ack(e.ID)
				mu.Unlock()
			}
		})
	}
	writers.Wait()
}

// PrintAct writes an acknowledgement as a line, for a parent process to read.
func PrintAct(w io.Writer, id string) { fmt.Fprintf(w, "act %s .\n", id) }

// ReadActs calls fn for each printed acknowledgement until r ends; a line that
// the crash cut off was not acknowledged.
func ReadActs(r io.Reader, fn func(id string)) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if id, whole := strings.CutSuffix(lines.Text(), " ."); whole {
			fn(strings.TrimPrefix(id, "act "))
		}
	}
}

// CheckActs compares what a store holds after all rounds with what it acknowledged.
func CheckActs(t testing.TB, s operator.Stores, acks []string) {
	t.Helper()
	r, err := s.Roster(t.Context())
	if err != nil {
		t.Fatalf("Roster: %v", err)
	}
	operators := map[string]bool{}
	for _, o := range r.Operators {
		operators[o.ID] = true
	}
	held, joined := map[string]bool{}, 0
	q, last := operator.Query{Filter: operator.Filter{Actor: "crash"}, Limit: operator.MaxPage}, uint64(0)
	for {
		page, err := s.Audit(t.Context(), q)
		if err != nil {
			t.Fatalf("Audit: %v", err)
		}
		for _, e := range page.Entries {
			if held[e.ID] || last != 0 && e.Number != last-1 {
				t.Errorf("entry %s has number %d before %d, held already: %v", e.ID, e.Number, last, held[e.ID])
			}
			held[e.ID], last = true, e.Number
			if e.Action == operator.ActJoin {
				if joined++; !operators[e.ID] {
					t.Errorf("operator %s is in the log and not there", e.ID)
				}
			}
		}
		if page.Next == (operator.Place{}) {
			break
		}
		q.Before = page.Next
	}
	if joined != len(operators) || uint64(joined) != r.Version {
		t.Errorf("%d operators and version %d after %d changes in the log", len(operators), r.Version, joined)
	}
	lost := 0
	for _, id := range acks {
		if !held[id] {
			lost++
		}
	}
	if lost > 0 {
		t.Errorf("%d of %d acknowledged acts are lost", lost, len(acks))
	}
	t.Logf("%d acknowledged, %d held, %d operators", len(acks), len(held), len(operators))
}
