package statistics

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"github.com/sekisho/sekisho/server/consent"
)

// tally adds counters up.
type tally struct {
	all               []int64
	days              []named
	languages         map[string][]int64
	layers, revisions map[int][]int64
	same              map[int]answers // by revision: decisions with one answer for all
	vendors           map[string]*answers
}

type named struct {
	name   string
	counts []int64
}

type answers struct{ granted, denied int64 }

func newTally() *tally {
	return &tally{all: fresh(), languages: map[string][]int64{}, layers: map[int][]int64{}, revisions: map[int][]int64{},
		same: map[int]answers{}, vendors: map[string]*answers{}}
}

func fresh() []int64 { return make([]int64, len(Outcomes)) }

// day adds the counters of a day.
func (t *tally) day(day string, counts map[string]int64) {
	today := fresh()
	for name, n := range counts {
		c, ok := consent.ParseCounter(name)
		if !ok {
			continue
		}
		if at, known := outcomeOf[c.Action]; known {
			for _, to := range [][]int64{t.all, today, of(t.languages, c.Language), of(t.layers, c.Layer), of(t.revisions, c.Revision)} {
				to[at] += n
			}
			continue
		}
		a := answers{denied: n}
		if c.Granted {
			a = answers{granted: n}
		}
		switch {
		case c.Action != "":
		case c.Vendor != "":
			t.answer(c.Vendor, a)
		default:
			s := t.same[c.Revision]
			t.same[c.Revision] = answers{s.granted + a.granted, s.denied + a.denied}
		}
	}
	t.days = append(t.days, named{day, today})
}

func (t *tally) answer(vendor string, a answers) {
	if t.vendors[vendor] == nil {
		t.vendors[vendor] = &answers{}
	}
	t.vendors[vendor].granted += a.granted
	t.vendors[vendor].denied += a.denied
}

func of[K comparable](m map[K][]int64, key K) []int64 {
	if m[key] == nil {
		m[key] = fresh()
	}
	return m[key]
}

// report returns the tables with what is small hidden.
func (t *tally) report() *Report {
	all := hideTotals(t.all)
	return &Report{
		Outcomes: Outcomes, All: all,
		Days:      hide(t.days, all),
		Languages: hide(rows(t.languages, func(s string) string { return s }, cmp.Compare[string]), all),
		Layers:    hide(rows(t.layers, strconv.Itoa, cmp.Compare[int]), all),
		Revisions: hide(rows(t.revisions, strconv.Itoa, func(a, b int) int { return cmp.Compare(b, a) }), all),
	}
}

func rows[K comparable](m map[K][]int64, name func(K) string, order func(a, b K) int) []named {
	var out []named
	for _, key := range slices.SortedFunc(maps.Keys(m), order) {
		out = append(out, named{name(key), m[key]})
	}
	return out
}

// compareVendors puts those first whom most visitors were asked about.
func compareVendors(a, b Vendor, t *tally) int {
	asked := func(id string) int64 { return t.vendors[id].granted + t.vendors[id].denied }
	return cmp.Or(cmp.Compare(asked(b.ID), asked(a.ID)), cmp.Compare(a.ID, b.ID))
}
