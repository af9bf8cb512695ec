package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/sekisho/sekisho/server/consent"
	"github.com/sekisho/sekisho/server/fault"
)

var decisionTests = []test{
	{"nothing there", decisionMissing},
	{"what was recorded comes back", decisionRoundTrip},
	{"an odd entry comes back", decisionOdd},
	{"the same id again writes nothing", decisionTwice},
	{"the same id fifty times at once", decisionRace},
	{"ids belong to their visitor", decisionIDs},
	{"a late retry overrides nothing", decisionLate},
	{"equal sequences: the larger id wins", decisionTie},
	{"ids that differ in one byte keep their order", decisionBytes},
	{"history in order of sequence, then id", decisionHistory},
	{"a long history", decisionLongHistory},
	{"a history has an end", decisionFullHistory},
	{"erasing", decisionErase},
	{"time to live grows and never shrinks", decisionTTL},
	{"what has expired is gone", decisionExpiry},
	{"two hundred visitors at once", decisionCrowd},
	{"a context that ended", decisionContext},
}

func decisionMissing(t *testing.T, s Stores) {
	key, visitor := newSite(t, s, 3), uuid.New()
	_, err := s.State(t.Context(), key, visitor)
	wantKind(t, "State", err, fault.NotFound)
	_, err = s.History(t.Context(), key, visitor)
	wantKind(t, "History", err, fault.NotFound)
	if err := s.Erase(t.Context(), key, visitor); err != nil {
		t.Errorf("Erase: %v", err)
	}
	_, _, err = s.Record(t.Context(), NewWrite(newKey(), visitor, NewID(), 1, Indices(0), nil))
	wantKind(t, "Record for a site that is not there", err, fault.NotFound)
	_, _, err = s.Record(t.Context(), NewWrite(key, visitor, NewID(), 1, Indices(3), nil))
	if err == nil {
		t.Error("a vendor without an index was recorded")
	}
	_, err = s.History(t.Context(), key, visitor)
	wantKind(t, "History after a refused write", err, fault.NotFound)
}

func checkHeld(t *testing.T, s Stores, key string, visitor uuid.UUID, writes ...consent.Write) {
	t.Helper()
	var state consent.State
	var history []consent.Entry
	for _, w := range writes {
		state = state.Merge(w.Layer)
		history = append(history, w.Entry)
	}
	slices.SortFunc(history, byAge)
	gotState, err := s.State(t.Context(), key, visitor)
	if err != nil || !reflect.DeepEqual(gotState, state) {
		t.Errorf("State: %v\n got %+v\nwant %+v", err, gotState, state)
	}
	gotHistory, err := s.History(t.Context(), key, visitor)
	if err != nil || !reflect.DeepEqual(gotHistory, history) {
		t.Errorf("History: %v\n got %+v\nwant %+v", err, gotHistory, history)
	}
}

func byAge(a, b consent.Entry) int {
	if a.Sequence != b.Sequence {
		return int(int64(a.Sequence) - int64(b.Sequence))
	}
	return bytes.Compare(a.ID[:], b.ID[:])
}

func decisionRoundTrip(t *testing.T, s Stores) {
	key := newSite(t, s, 500)
	var all, odd consent.Bits
	for i := range 500 {
		all = all.Set(i)
		if i%2 == 1 {
			odd = odd.Set(i)
		}
	}
	for name, w := range map[string]consent.Write{
		"one vendor":   NewWrite(key, uuid.New(), NewID(), 1, Indices(0), Indices(0)),
		"the last one": NewWrite(key, uuid.New(), NewID(), 1, Indices(499), nil),
		"500 vendors":  NewWrite(key, uuid.New(), NewID(), 1<<32-1, all, odd),
	} {
		stored, fresh := record(t, s, w)
		if !fresh || !reflect.DeepEqual(stored, w.Entry) {
			t.Errorf("%s: fresh %v\n got %+v\nwant %+v", name, fresh, stored, w.Entry)
		}
		checkHeld(t, s, key, w.Entry.Visitor, w)
	}
}

func decisionOdd(t *testing.T, s Stores) {
	key := newSite(t, s, 3)
	w := NewWrite(key, uuid.New(), NewID(), 3, Indices(0, 2), Indices(2))
	w.Entry.Page, w.Entry.Origin, w.Entry.RevisionHash = "/レジ/🏯\"'\\;--\x00\n%00", "", "no hash"
	w.Entry.Action, w.Entry.Layer, w.Entry.Language = consent.Signal, 0, "zh-Hant-TW"
	w.Entry.At = w.Entry.RecordedAt.AddDate(60, 0, 0)
	w.Entry.Revision, w.Layer.Revision = 1<<31-1, 1<<31-1
	if stored, _ := record(t, s, w); !reflect.DeepEqual(stored, w.Entry) {
		t.Errorf("got %+v\nwant %+v", stored, w.Entry)
	}
	checkHeld(t, s, key, w.Entry.Visitor, w)
}

func decisionTwice(t *testing.T, s Stores) {
	key := newSite(t, s, 3)
	first := NewWrite(key, uuid.New(), NewID(), 1, Indices(0, 1), Indices(0))
	record(t, s, first)
	changed := NewWrite(key, first.Entry.Visitor, first.Entry.ID, 9, Indices(2), Indices(2))
	changed.Entry.RecordedAt = changed.Entry.RecordedAt.Add(time.Hour)
	for name, w := range map[string]consent.Write{"the same": first, "other words under the same id": changed} {
		if stored, fresh := record(t, s, w); fresh || !reflect.DeepEqual(stored, first.Entry) {
			t.Errorf("%s: fresh %v\n got %+v\nwant %+v", name, fresh, stored, first.Entry)
		}
	}
	checkHeld(t, s, key, first.Entry.Visitor, first)
}

func decisionRace(t *testing.T, s Stores) {
	key := newSite(t, s, 3)
	visitor, id := uuid.New(), NewID()
	var mu sync.Mutex
	var writer consent.Write
	fresh := 0
	entries := map[string]int{}
	together(50, func(i int) {
		w := NewWrite(key, visitor, id, 1, Indices(0, 1), Indices(i%2))
		w.Entry.Page = fmt.Sprintf("/%d", i)
		stored, isFresh, err := s.Record(t.Context(), w)
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			t.Errorf("Record: %v", err)
		}
		entries[fmt.Sprintf("%+v", stored)]++
		if isFresh {
			fresh++
			writer = w
		}
	})
	if fresh != 1 || len(entries) != 1 {
		t.Fatalf("%d were told that theirs was the first, %d different entries came back", fresh, len(entries))
	}
	checkHeld(t, s, key, visitor, writer)
	counts, err := s.Counts(t.Context(), key, "2026-11-21")
	if err != nil || counts["1|save|2|ja"] != 1 {
		t.Errorf("counted %v, %v", counts, err)
	}
}

func decisionIDs(t *testing.T, s Stores) {
	one, two := newSite(t, s, 3), newSite(t, s, 3)
	id, a, b := NewID(), uuid.New(), uuid.New()
	writes := []consent.Write{
		NewWrite(one, a, id, 1, Indices(0), nil), NewWrite(one, b, id, 1, Indices(1), Indices(1)), NewWrite(two, a, id, 1, Indices(2), nil),
	}
	for i, w := range writes {
		if _, fresh := record(t, s, w); !fresh {
			t.Errorf("write %d was taken for another visitor's", i)
		}
	}
	for _, w := range writes {
		checkHeld(t, s, w.Entry.Site, w.Entry.Visitor, w)
	}
}

func decisionLate(t *testing.T, s Stores) {
	key, visitor := newSite(t, s, 4), uuid.New()
	newest := NewWrite(key, visitor, NewID(), 5, Indices(0, 1, 2), Indices(0))
	late := NewWrite(key, visitor, NewID(), 2, Indices(0, 1), Indices(0, 1))
	late.Layer.RecordedAt, late.Entry.RecordedAt = newest.Layer.RecordedAt.Add(time.Hour), newest.Entry.RecordedAt.Add(time.Hour)
	carried := NewWrite(key, visitor, NewID(), 1, Indices(2, 3), Indices(2, 3))
	for _, w := range []consent.Write{newest, late, carried} {
		if _, fresh := record(t, s, w); !fresh {
			t.Error("a late decision was not kept")
		}
	}
	checkHeld(t, s, key, visitor, newest, late, carried)
	state, err := s.State(t.Context(), key, visitor)
	if err != nil || len(state.Layers) != 2 || !state.Layers[0].Granted.Has(0) || state.Layers[0].Granted.Has(1) {
		t.Errorf("%+v, %v", state, err)
	}
}

func decisionTie(t *testing.T, s Stores) {
	key := newSite(t, s, 2)
	small, large := NewID(), NewID()
	if bytes.Compare(small[:], large[:]) > 0 {
		small, large = large, small
	}
	for _, order := range [][2]uuid.UUID{{small, large}, {large, small}} {
		visitor := uuid.New()
		for _, id := range order {
			granted := Indices()
			if id == large {
				granted = Indices(1)
			}
			record(t, s, NewWrite(key, visitor, id, 3, Indices(0, 1), granted))
		}
		state, err := s.State(t.Context(), key, visitor)
		if err != nil || len(state.Layers) != 1 || state.Layers[0].ID != large || !state.Layers[0].Granted.Has(1) {
			t.Errorf("%+v, %v", state, err)
		}
	}
}

// decisionBytes: ids are compared as unsigned bytes, not as text of some
// language: 0x00, 0x80 and 0xff are where such comparisons go wrong.
func decisionBytes(t *testing.T, s Stores) {
	key := newSite(t, s, 2)
	values := []byte{0x00, 0x01, 0x41, 0x61, 0x7f, 0x80, 0xc3, 0xff}
	base := NewID()
	for position := range base {
		if position == 6 || position == 8 {
			continue // version and variant
		}
		visitor := uuid.New()
		var writes []consent.Write
		for _, at := range []int{3, 0, 7, 5, 1, 6, 2, 4} {
			id := base
			id[position] = values[at]
			w := NewWrite(key, visitor, id, 1, Indices(0), nil)
			record(t, s, w)
			writes = append(writes, w)
		}
		checkHeld(t, s, key, visitor, writes...)
	}
	visitor := uuid.New()
	var writes []consent.Write
	for _, sequence := range []uint32{1 << 31, 0x61000000, 1, 0xff, 0x80, 1<<32 - 1, 0x0100} {
		w := NewWrite(key, visitor, NewID(), sequence, Indices(0), nil)
		record(t, s, w)
		writes = append(writes, w)
	}
	checkHeld(t, s, key, visitor, writes...)
}

func decisionHistory(t *testing.T, s Stores) {
	key, visitor := newSite(t, s, 5), uuid.New()
	var writes []consent.Write
	for i, sequence := range []uint32{3, 1, 2, 3, 1, 10, 2, 256, 7} {
		w := NewWrite(key, visitor, NewID(), sequence, Indices(i%5), nil)
		record(t, s, w)
		writes = append(writes, w)
	}
	checkHeld(t, s, key, visitor, writes...)
}

// decisionFullHistory: whoever floods one visitor is stopped, and what is held stays.
func decisionFullHistory(t *testing.T, s Stores) {
	key, visitor := newSite(t, s, 3), uuid.New()
	write := func(sequence int) consent.Write {
		w := NewWrite(key, visitor, NewID(), uint32(sequence), Indices(0, 1), Indices(1))
		w.Entry.Page = "/" + strings.Repeat("p", 2000)
		return w
	}
	var last consent.Write
	var err error
	taken := 0
	for ; taken <= consent.MaxHistory/2000; taken++ {
		w := write(taken + 1)
		if _, _, err = s.Record(t.Context(), w); err != nil {
			break
		}
		last = w
	}
	wantKind(t, "Record beyond the end", err, fault.Throttled)
	if taken < 100 {
		t.Errorf("only %d decisions were taken", taken)
	}
	if _, fresh, err := s.Record(t.Context(), last); err != nil || fresh {
		t.Errorf("the last one again: fresh %v, %v", fresh, err)
	}
	state, err := s.State(t.Context(), key, visitor)
	if err != nil || len(state.Layers) != 1 || state.Layers[0].ID != last.Entry.ID {
		t.Errorf("State: %+v, %v", state, err)
	}
	history, err := s.History(t.Context(), key, visitor)
	if err != nil || len(history) != taken {
		t.Errorf("History: %d entries of %d, %v", len(history), taken, err)
	}
}

// decisionLongHistory: every decision is kept, however many there are.
func decisionLongHistory(t *testing.T, s Stores) {
	key, visitor := newSite(t, s, 20), uuid.New()
	var writes []consent.Write
	for i := range 150 {
		w := NewWrite(key, visitor, NewID(), uint32(i/2+1), Indices(i%20, (i+7)%20), Indices(i%20))
		record(t, s, w)
		writes = append(writes, w)
		if _, fresh := record(t, s, writes[i*7%len(writes)]); fresh {
			t.Fatalf("decision %d of %d was forgotten", i*7%len(writes), i+1)
		}
	}
	checkHeld(t, s, key, visitor, writes...)
	last := NewWrite(key, visitor, NewID(), 1000, Indices(0), nil)
	last.HistoryTTL = 1000 * time.Hour
	record(t, s, last)
	if _, history := s.Left(t, key, visitor); history < 999*time.Hour {
		t.Errorf("%v left of a long history, not about %v", history, last.HistoryTTL)
	}
}

func decisionErase(t *testing.T, s Stores) {
	key, visitor, neighbour := newSite(t, s, 3), uuid.New(), uuid.New()
	w := NewWrite(key, visitor, NewID(), 1, Indices(0), Indices(0))
	stays := NewWrite(key, neighbour, NewID(), 1, Indices(1), Indices(1))
	record(t, s, w)
	record(t, s, stays)
	for range 2 {
		if err := s.Erase(t.Context(), key, visitor); err != nil {
			t.Fatalf("Erase: %v", err)
		}
		_, err := s.State(t.Context(), key, visitor)
		wantKind(t, "State", err, fault.NotFound)
		_, err = s.History(t.Context(), key, visitor)
		wantKind(t, "History", err, fault.NotFound)
	}
	checkHeld(t, s, key, neighbour, stays)
	if counts, err := s.Counts(t.Context(), key, "2026-11-21"); err != nil || counts["1|save|2|ja"] != 2 {
		t.Errorf("counters name nobody and stay: %v, %v", counts, err)
	}
	if _, fresh := record(t, s, w); !fresh {
		t.Error("an erased decision is still known")
	}
}

func decisionTTL(t *testing.T, s Stores) {
	key, visitor := newSite(t, s, 2), uuid.New()
	for i, step := range []struct{ state, history, wantState, wantHistory time.Duration }{
		{time.Hour, 2 * time.Hour, time.Hour, 2 * time.Hour},
		{time.Minute, time.Minute, time.Hour, 2 * time.Hour},
		{3 * time.Hour, 4464 * time.Hour, 3 * time.Hour, 4464 * time.Hour},
	} {
		w := NewWrite(key, visitor, NewID(), uint32(i+1), Indices(0), nil)
		w.StateTTL, w.HistoryTTL = step.state, step.history
		record(t, s, w)
		state, history := s.Left(t, key, visitor)
		const slack = time.Minute
		if state > step.wantState || state < step.wantState-slack || history > step.wantHistory || history < step.wantHistory-slack {
			t.Errorf("step %d: %v and %v left, not %v and %v", i, state, history, step.wantState, step.wantHistory)
		}
	}
}

func decisionExpiry(t *testing.T, s Stores) {
	key, visitor := newSite(t, s, 2), uuid.New()
	w := NewWrite(key, visitor, NewID(), 1, Indices(0), nil)
	w.StateTTL, w.HistoryTTL = 20*time.Millisecond, time.Hour
	record(t, s, w)
	Until(t, 5*time.Second, "the state has expired", func() bool {
		_, err := s.State(t.Context(), key, visitor)
		return fault.KindOf(err) == fault.NotFound
	})
	if history, err := s.History(t.Context(), key, visitor); err != nil || len(history) != 1 {
		t.Errorf("the history went with the state: %v, %v", history, err)
	}
	next := NewWrite(key, visitor, NewID(), 2, Indices(1), Indices(1))
	record(t, s, next)
	if state, err := s.State(t.Context(), key, visitor); err != nil || len(state.Layers) != 1 || state.Layers[0].ID != next.Entry.ID {
		t.Errorf("an expired layer came back: %+v, %v", state, err)
	}

	other := uuid.New()
	w = NewWrite(key, other, NewID(), 1, Indices(0), nil)
	w.StateTTL, w.HistoryTTL = time.Hour, 20*time.Millisecond
	record(t, s, w)
	Until(t, 5*time.Second, "the history has expired", func() bool {
		_, err := s.History(t.Context(), key, other)
		return fault.KindOf(err) == fault.NotFound
	})
	if _, fresh := record(t, s, w); !fresh {
		t.Error("an expired decision is still known")
	}
}

func decisionCrowd(t *testing.T, s Stores) {
	const visitors, each = 200, 3
	key := newSite(t, s, 20)
	all := make([][]consent.Write, visitors)
	together(visitors, func(i int) {
		visitor := uuid.New()
		for n := range each {
			w := NewWrite(key, visitor, NewID(), uint32(n+1), Indices(n, i%20), Indices(i%20))
			if _, fresh, err := s.Record(t.Context(), w); err != nil || !fresh {
				t.Errorf("visitor %d, decision %d: fresh %v, %v", i, n, fresh, err)
				return
			}
			all[i] = append(all[i], w)
		}
	})
	for _, writes := range all {
		if len(writes) == each {
			checkHeld(t, s, key, writes[0].Entry.Visitor, writes...)
		}
	}
	if counts, err := s.Counts(t.Context(), key, "2026-11-21"); err != nil || counts["1|save|2|ja"] != visitors*each {
		t.Errorf("counted %v, not %d, %v", counts, visitors*each, err)
	}
}

func decisionContext(t *testing.T, s Stores) {
	key, visitor := newSite(t, s, 2), uuid.New()
	record(t, s, NewWrite(key, visitor, NewID(), 1, Indices(0), nil))
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, stateErr := s.State(ended, key, visitor)
	_, historyErr := s.History(ended, key, visitor)
	_, countsErr := s.Counts(ended, key, "2026-11-21")
	_, _, recordErr := s.Record(ended, NewWrite(key, visitor, NewID(), 2, Indices(0), nil))
	for what, err := range map[string]error{
		"State": stateErr, "History": historyErr, "Counts": countsErr, "Record": recordErr, "Erase": s.Erase(ended, key, visitor),
	} {
		wantKind(t, what, err, fault.Unavailable)
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v does not tell its cause", what, err)
		}
	}
	if history, err := s.History(t.Context(), key, visitor); err != nil || len(history) != 1 {
		t.Errorf("what was cancelled before it began was done: %d decisions, %v", len(history), err)
	}
}
