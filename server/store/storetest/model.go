package storetest

import (
	"reflect"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/sekisho/sekisho/server/consent"
	"github.com/sekisho/sekisho/server/fault"
	"pgregory.net/rapid"
)

var modelTests = []test{{"random acts end as in the model", modelAgrees}}

// model is what a store does, in the plainest Go.
type model struct {
	history map[uuid.UUID][]consent.Write
	counts  map[string]int64
}

func (m *model) record(w consent.Write) (consent.Entry, bool) {
	for _, have := range m.history[w.Entry.Visitor] {
		if have.Entry.ID == w.Entry.ID {
			return have.Entry, false
		}
	}
	m.history[w.Entry.Visitor] = append(m.history[w.Entry.Visitor], w)
	for _, name := range w.Counters {
		m.counts[name]++
	}
	return w.Entry, true
}

func (m *model) state(visitor uuid.UUID) consent.State {
	var s consent.State
	for _, w := range m.history[visitor] {
		s = s.Merge(w.Layer)
	}
	return s
}

func (m *model) entries(visitor uuid.UUID) []consent.Entry {
	var all []consent.Entry
	for _, w := range m.history[visitor] {
		all = append(all, w.Entry)
	}
	slices.SortFunc(all, byAge)
	return all
}

// modelAgrees lets few visitors with few ids do many things, so that repeated
// ids, ties and late arrivals are common, and compares every answer.
func modelAgrees(t *testing.T, s Stores) {
	ctx := t.Context()
	rapid.Check(t, func(rt *rapid.T) {
		key := newSite(t, s, 24)
		m := &model{map[uuid.UUID][]consent.Write{}, map[string]int64{}}
		visitors := []uuid.UUID{uuid.New(), uuid.New()}
		ids := []uuid.UUID{NewID(), NewID(), NewID(), NewID(), NewID(), NewID()}
		vendors := rapid.SliceOfN(rapid.IntRange(0, 23), 1, 6)
		visitor := func() uuid.UUID { return rapid.SampledFrom(visitors).Draw(rt, "visitor") }
		rt.Repeat(map[string]func(*rapid.T){
			"record": func(rt *rapid.T) {
				var granted consent.Bits
				asked := Indices(vendors.Draw(rt, "asked")...)
				for i := range asked.Indices {
					if rapid.Bool().Draw(rt, "granted") {
						granted = granted.Set(i)
					}
				}
				w := NewWrite(key, visitor(), rapid.SampledFrom(ids).Draw(rt, "id"), rapid.Uint32Range(1, 4).Draw(rt, "sequence"), asked, granted)
				w.Counters = rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 4).Draw(rt, "counters")
				want, wantFresh := m.record(w)
				got, fresh, err := s.Record(ctx, w)
				if err != nil || fresh != wantFresh || !reflect.DeepEqual(got, want) {
					rt.Fatalf("Record: fresh %v, %v\n got %+v\nwant %+v", fresh, err, got, want)
				}
			},
			"erase": func(rt *rapid.T) {
				v := visitor()
				delete(m.history, v)
				if err := s.Erase(ctx, key, v); err != nil {
					rt.Fatal(err)
				}
			},
			"": func(rt *rapid.T) {
				for _, v := range visitors {
					m.compare(rt, s, key, v)
				}
			},
		})
		counts, err := s.Counts(ctx, key, "2026-11-21")
		if err != nil || (len(counts)+len(m.counts) > 0 && !reflect.DeepEqual(counts, m.counts)) {
			rt.Fatalf("counted %v, not %v, %v", counts, m.counts, err)
		}
	})
}

func (m *model) compare(rt *rapid.T, s Stores, key string, visitor uuid.UUID) {
	state, stateErr := s.State(rt.Context(), key, visitor)
	history, historyErr := s.History(rt.Context(), key, visitor)
	want := m.entries(visitor)
	if len(want) == 0 {
		if fault.KindOf(stateErr) != fault.NotFound || fault.KindOf(historyErr) != fault.NotFound {
			rt.Fatalf("something is held of nobody: %v, %v", stateErr, historyErr)
		}
		return
	}
	if stateErr != nil || !reflect.DeepEqual(state, m.state(visitor)) {
		rt.Fatalf("State: %v\n got %+v\nwant %+v", stateErr, state, m.state(visitor))
	}
	if historyErr != nil || !reflect.DeepEqual(history, want) {
		rt.Fatalf("History: %v\n got %+v\nwant %+v", historyErr, history, want)
	}
}
