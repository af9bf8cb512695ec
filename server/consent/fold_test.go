package consent

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/site"
)

// foldNow is when the cases of the fold are looked at; answered is when their
// decision was taken, three months before.
var (
	foldNow  = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	answered = time.Date(2026, 8, 21, 9, 0, 0, 0, time.UTC)
)

func foldVendor(id string, index, since int, purposes ...catalogue.PurposeID) site.RevisionVendor {
	return site.RevisionVendor{Vendor: catalogue.Vendor{ID: id, Purposes: purposes}, Index: index, Since: since}
}

// foldRevision has one vendor of each kind: "need" is necessary, "count" is
// there for analytics, "help" for functionality, "ads", "person" and "share"
// are denied by GPC, "mixed" is there for analytics and advertising.
func foldRevision(change ...func(*site.Revision)) *site.Revision {
	rev := &site.Revision{Number: 7, Document: site.Document{Default: site.OptIn, ExpiryMonths: 6}, Vendors: []site.RevisionVendor{
		foldVendor("count", 0, 1, catalogue.Analytics),
		foldVendor("need", 1, 1, catalogue.Necessary),
		foldVendor("ads", 2, 1, catalogue.Advertising),
		foldVendor("person", 9, 1, catalogue.Personalization),
		foldVendor("share", 4, 1, catalogue.Social),
		foldVendor("mixed", 17, 1, catalogue.Analytics, catalogue.Advertising),
		foldVendor("help", 6, 1, catalogue.Functionality),
	}}
	for _, c := range change {
		c(rev)
	}
	return rev
}

func since(id string, revision int) func(*site.Revision) {
	return func(r *site.Revision) {
		i := slices.IndexFunc(r.Vendors, func(v site.RevisionVendor) bool { return v.ID == id })
		r.Vendors[i].Since = revision
	}
}

func byDefault(d site.Default) func(*site.Revision) {
	return func(r *site.Revision) { r.Document.Default = d }
}

func paused(r *site.Revision) { r.Document.Paused = true }

func months(n int) func(*site.Revision) {
	return func(r *site.Revision) { r.Document.ExpiryMonths = n }
}

// only keeps one vendor.
func only(id string) func(*site.Revision) {
	return func(r *site.Revision) {
		r.Vendors = slices.DeleteFunc(r.Vendors, func(v site.RevisionVendor) bool { return v.ID != id })
	}
}

// decided is a cookie under revision 7, or the one that change says.
func decided(granted []int, change ...func(*Cookie)) Cookie {
	c := Cookie{Visitor: vectorVisitor, Sequence: 2, Revision: 7, At: answered, Granted: setOf(granted...)}
	for _, f := range change {
		f(&c)
	}
	return c
}

func under(revision uint32) func(*Cookie) { return func(c *Cookie) { c.Revision = revision } }
func open(indices ...int) func(*Cookie)   { return func(c *Cookie) { c.Unanswered = indices } }
func at(t time.Time) func(*Cookie)        { return func(c *Cookie) { c.At = t } }
func date(y, m, d, h, min, s int) time.Time {
	return time.Date(y, time.Month(m), d, h, min, s, 0, time.UTC)
}

const day = 24 * time.Hour

// foldCase says what must follow: "id consent basis run|hold" for each vendor,
// in the revision's order.
type foldCase struct {
	name   string
	rev    *site.Revision
	cookie Cookie
	gpc    bool
	now    time.Time // zero: foldNow
	want   []string
}

const (
	needRuns    = "need granted necessary run"
	countWaits  = "count unasked default hold"
	countRuns   = "count unasked default run"
	countYes    = "count granted choice run"
	countNo     = "count denied choice hold"
	countHeld   = "count granted choice hold"
	adsWaits    = "ads unasked default hold"
	adsRuns     = "ads unasked default run"
	adsYes      = "ads granted choice run"
	adsNo       = "ads denied choice hold"
	adsSignal   = "ads denied signal hold"
	mixedSignal = "mixed denied signal hold"
)

func all(count, need, ads, person, share, mixed, help string) []string {
	return []string{count, need, ads, person, share, mixed, help}
}

// foldCases cover each pair of the precedence, and each edge.
func foldCases() []foldCase {
	everybody := []int{0, 2, 4, 6, 9, 17}
	undecided := all(countWaits, needRuns, adsWaits, "person unasked default hold", "share unasked default hold", "mixed unasked default hold", "help unasked default hold")
	running := all(countRuns, needRuns, adsRuns, "person unasked default run", "share unasked default run", "mixed unasked default run", "help unasked default run")
	granted := all(countYes, needRuns, adsYes, "person granted choice run", "share granted choice run", "mixed granted choice run", "help granted choice run")
	denied := all(countNo, needRuns, adsNo, "person denied choice hold", "share denied choice hold", "mixed denied choice hold", "help denied choice hold")
	signalled := all(countWaits, needRuns, adsSignal, "person denied signal hold", "share denied signal hold", mixedSignal, "help unasked default hold")
	signalledRunning := all(countRuns, needRuns, adsSignal, "person denied signal hold", "share denied signal hold", mixedSignal, "help unasked default run")
	ads := only("ads")
	yes, no := decided([]int{2}), decided(nil)
	return []foldCase{
		{"nothing decided, opt-in", foldRevision(), Cookie{}, false, time.Time{}, undecided},
		{"nothing decided, opt-out", foldRevision(byDefault(site.OptOut)), Cookie{}, false, time.Time{}, running},
		{"nothing decided, notice-only", foldRevision(byDefault(site.NoticeOnly)), Cookie{}, false, time.Time{}, running},
		{"all granted", foldRevision(), decided(everybody), false, time.Time{}, granted},
		{"all denied", foldRevision(), decided(nil), false, time.Time{}, denied},
		{"some granted", foldRevision(), decided([]int{0, 9}), false, time.Time{},
			all(countYes, needRuns, adsNo, "person granted choice run", "share denied choice hold", "mixed denied choice hold", "help denied choice hold")},
		{"no vendors", foldRevision(only("nobody")), decided(everybody), true, time.Time{}, nil},

		{"necessary over nothing", foldRevision(only("need")), Cookie{}, false, time.Time{}, []string{needRuns}},
		{"necessary over a choice against it", foldRevision(only("need")), decided(nil), false, time.Time{}, []string{needRuns}},
		{"necessary over a choice for it", foldRevision(only("need")), decided([]int{1}), false, time.Time{}, []string{needRuns}},
		{"necessary over a signal", foldRevision(only("need")), Cookie{}, true, time.Time{}, []string{needRuns}},
		{"necessary over a pause", foldRevision(only("need"), paused), Cookie{}, false, time.Time{}, []string{needRuns}},
		{"necessary over unanswered", foldRevision(only("need")), decided(nil, open(1)), false, time.Time{}, []string{needRuns}},
		{"necessary over a new revision", foldRevision(only("need"), since("need", 7)), decided(nil, under(3)), false, time.Time{}, []string{needRuns}},
		{"necessary and expired", foldRevision(only("need")), decided(nil, at(date(2020, 1, 1, 0, 0, 0))), false, time.Time{}, []string{needRuns}},
		{"necessary beside another purpose is not necessary", foldRevision(ads, func(r *site.Revision) {
			r.Vendors[0].Purposes = []catalogue.PurposeID{catalogue.Necessary, catalogue.Advertising}
		}), Cookie{}, false, time.Time{}, []string{adsWaits}},

		{"a grant over a signal", foldRevision(ads), yes, true, time.Time{}, []string{adsYes}},
		{"a denial over a signal", foldRevision(ads), no, true, time.Time{}, []string{adsNo}},
		{"a grant over opt-in", foldRevision(ads), yes, false, time.Time{}, []string{adsYes}},
		{"a denial over opt-out", foldRevision(ads, byDefault(site.OptOut)), no, false, time.Time{}, []string{adsNo}},
		{"a denial over notice-only", foldRevision(ads, byDefault(site.NoticeOnly)), no, false, time.Time{}, []string{adsNo}},
		{"a grant on an opt-out site", foldRevision(ads, byDefault(site.OptOut)), yes, false, time.Time{}, []string{adsYes}},
		{"a signal over opt-in", foldRevision(), Cookie{}, true, time.Time{}, signalled},
		{"a signal over opt-out", foldRevision(byDefault(site.OptOut)), Cookie{}, true, time.Time{}, signalledRunning},
		{"a signal over notice-only", foldRevision(byDefault(site.NoticeOnly)), Cookie{}, true, time.Time{}, signalledRunning},
		{"a signal over an expired grant", foldRevision(ads), decided([]int{2}, at(date(2026, 1, 1, 0, 0, 0))), true, time.Time{}, []string{adsSignal}},
		{"a signal over a grant that answers no longer", foldRevision(ads, since("ads", 7)), decided([]int{2}, under(6)), true, time.Time{}, []string{adsSignal}},
		{"a signal over unanswered", foldRevision(ads), decided(nil, open(2)), true, time.Time{}, []string{adsSignal}},
		{"a signal says nothing of analytics", foldRevision(only("count")), Cookie{}, true, time.Time{}, []string{countWaits}},
		{"a signal says nothing of functionality", foldRevision(only("help"), byDefault(site.OptOut)), Cookie{}, true, time.Time{}, []string{"help unasked default run"}},
		{"a signal denies who is there for advertising too", foldRevision(only("mixed"), byDefault(site.OptOut)), Cookie{}, true, time.Time{}, []string{mixedSignal}},

		{"a pause holds the undecided", foldRevision(only("count"), paused), Cookie{}, false, time.Time{}, []string{countWaits}},
		{"a pause holds opt-out", foldRevision(only("count"), paused, byDefault(site.OptOut)), Cookie{}, false, time.Time{}, []string{countWaits}},
		{"a pause holds notice-only", foldRevision(only("count"), paused, byDefault(site.NoticeOnly)), Cookie{}, false, time.Time{}, []string{countWaits}},
		{"a pause holds the granted, who stay granted", foldRevision(only("count"), paused), decided([]int{0}), false, time.Time{}, []string{countHeld}},
		{"a pause leaves a denial a denial", foldRevision(only("count"), paused), no, false, time.Time{}, []string{countNo}},

		{"a vendor of the same revision", foldRevision(ads, since("ads", 7)), yes, false, time.Time{}, []string{adsYes}},
		{"a vendor of the next revision is unasked", foldRevision(ads, since("ads", 7)), decided([]int{2}, under(6)), false, time.Time{}, []string{adsWaits}},
		{"a vendor of the next revision, denied before", foldRevision(ads, since("ads", 7)), decided(nil, under(6)), false, time.Time{}, []string{adsWaits}},
		{"a changed vendor on an opt-out site is unasked again", foldRevision(ads, since("ads", 7), byDefault(site.OptOut)), decided(nil, under(6)), false, time.Time{}, []string{adsRuns}},
		{"a decision of a later revision, after a step back", foldRevision(ads, since("ads", 7)), decided([]int{2}, under(9)), false, time.Time{}, []string{adsYes}},
		{"a decision of revision 0 answers for nobody", foldRevision(ads), decided([]int{2}, under(0)), false, time.Time{}, []string{adsWaits}},
		{"one new vendor among old ones", foldRevision(since("mixed", 7)), decided(everybody, under(6)), false, time.Time{},
			all(countYes, needRuns, adsYes, "person granted choice run", "share granted choice run", "mixed unasked default hold", "help granted choice run")},
		{"a new vendor among denied ones", foldRevision(since("mixed", 7)), decided(nil, under(6)), false, time.Time{},
			all(countNo, needRuns, adsNo, "person denied choice hold", "share denied choice hold", "mixed unasked default hold", "help denied choice hold")},
		{"unanswered under the same revision", foldRevision(), decided([]int{0}, open(4, 6)), false, time.Time{},
			all(countYes, needRuns, adsNo, "person denied choice hold", "share unasked default hold", "mixed denied choice hold", "help unasked default hold")},
		{"unanswered on an opt-out site", foldRevision(only("share"), byDefault(site.OptOut)), decided(nil, open(4)), false, time.Time{}, []string{"share unasked default run"}},
		{"unanswered over a granted bit", foldRevision(ads), decided([]int{2}, open(2)), false, time.Time{}, []string{adsWaits}},
		{"an unanswered index of nobody", foldRevision(ads), decided([]int{2}, open(3, 4000)), false, time.Time{}, []string{adsYes}},
		{"a granted index of nobody", foldRevision(ads), decided([]int{3, 4000}), false, time.Time{}, []string{adsNo}},

		{"a millisecond before the end", foldRevision(ads), yes, false, answered.Add(180*day - time.Millisecond), []string{adsYes}},
		{"the moment of the end", foldRevision(ads), yes, false, answered.Add(180 * day), []string{adsWaits}},
		{"after the end, denied before", foldRevision(ads), no, false, answered.Add(180*day + time.Second), []string{adsWaits}},
		{"after the end on an opt-out site", foldRevision(ads, byDefault(site.OptOut)), no, false, answered.Add(180 * day), []string{adsRuns}},
		{"one month", foldRevision(ads, months(1)), yes, false, answered.Add(30*day - time.Second), []string{adsYes}},
		{"one month is over", foldRevision(ads, months(1)), yes, false, answered.Add(30 * day), []string{adsWaits}},
		{"one month from 31 January, a moment before", foldRevision(ads, months(1)), decided([]int{2}, at(date(2026, 1, 31, 12, 0, 0))), false, date(2026, 3, 2, 11, 59, 59), []string{adsYes}},
		{"one month from 31 January", foldRevision(ads, months(1)), decided([]int{2}, at(date(2026, 1, 31, 12, 0, 0))), false, date(2026, 3, 2, 12, 0, 0), []string{adsWaits}},
		{"24 months", foldRevision(ads, months(24)), yes, false, answered.Add(720*day - time.Second), []string{adsYes}},
		{"24 months are over", foldRevision(ads, months(24)), yes, false, answered.Add(720 * day), []string{adsWaits}},
		{"a clock that was ahead", foldRevision(ads), decided([]int{2}, at(date(2027, 1, 1, 0, 0, 0))), false, time.Time{}, []string{adsYes}},
		{"a clock of 1970", foldRevision(ads), decided([]int{2}, at(date(1970, 1, 1, 0, 0, 0))), false, time.Time{}, []string{adsWaits}},
	}
}

// foldVector is a foldCase as the widget's tests read it. Since the widget gets
// flags instead of purposes, so do the vectors.
type foldVector struct {
	Name     string   `json:"name"`
	Now      int64    `json:"now"` // Unix milliseconds
	Expiry   int      `json:"expiry"`
	Mode     int      `json:"mode"`
	Paused   bool     `json:"paused"`
	Vendors  [][4]any `json:"vendors"`
	Cookie   string   `json:"cookie"`
	GPC      bool     `json:"gpc"`
	Verdicts [][3]any `json:"verdicts"` // consent, basis, allowed
}

// siteVendors is a revision's list as the script carries it.
func siteVendors(rev *site.Revision) [][4]any {
	list := [][4]any{}
	for i := range rev.Vendors {
		v := &rev.Vendors[i]
		flags := 0
		if v.Necessary() {
			flags |= 1
		}
		if SignalDenies(&v.Vendor) {
			flags |= 2
		}
		list = append(list, [4]any{v.ID, v.Index, v.Since, flags})
	}
	return list
}

func mode(d site.Default) int {
	return slices.Index([]site.Default{site.OptIn, site.OptOut, site.NoticeOnly}, d)
}

func words(verdicts []Verdict) []string {
	var all []string
	for _, v := range verdicts {
		run := "hold"
		if v.Allowed {
			run = "run"
		}
		all = append(all, strings.Join([]string{v.Vendor, string(v.Consent), string(v.Basis), run}, " "))
	}
	return all
}

func TestFoldVectors(t *testing.T) {
	vectors := []foldVector{}
	for _, c := range foldCases() {
		now := c.now
		if now.IsZero() {
			now = foldNow
		}
		verdicts := FoldCookie(c.rev, c.cookie, Signals{GPC: c.gpc}, now)
		if got := words(verdicts); !slices.Equal(got, c.want) {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got, c.want)
		}
		if got := Fold(c.rev, stateOf(c.rev, c.cookie), Signals{GPC: c.gpc}, now); !reflect.DeepEqual(got, verdicts) {
			t.Errorf("%s: the state says %q, the cookie %q", c.name, words(got), words(verdicts))
		}
		v := foldVector{Name: c.name, Now: now.UnixMilli(), Expiry: c.rev.Document.ExpiryMonths, Mode: mode(c.rev.Document.Default),
			Paused: c.rev.Document.Paused, Vendors: siteVendors(c.rev), GPC: c.gpc, Verdicts: [][3]any{}}
		if c.cookie.Sequence > 0 {
			v.Cookie = c.cookie.Encode()
		}
		for _, verdict := range verdicts {
			v.Verdicts = append(v.Verdicts, [3]any{verdict.Consent, verdict.Basis, verdict.Allowed})
		}
		vectors = append(vectors, v)
	}
	golden(t, "testdata/fold.json", vectors)
}

// stateOf is what the service holds of a visitor whose browser holds the cookie.
func stateOf(rev *site.Revision, c Cookie) State {
	if c.Sequence == 0 {
		return State{}
	}
	l := Layer{ID: idFrom(1), Sequence: c.Sequence, Revision: c.Revision, RecordedAt: c.At}
	for i := range rev.Vendors {
		v := &rev.Vendors[i]
		if !v.Necessary() && !slices.Contains(c.Unanswered, v.Index) {
			l.Asked = l.Asked.Set(v.Index)
			if c.Granted.Has(v.Index) {
				l.Granted = l.Granted.Set(v.Index)
			}
		}
	}
	return State{Layers: []Layer{l}}
}

// drawRevision draws a revision over the vendor indices that drawLayers uses.
func drawRevision(t *rapid.T) *site.Revision {
	rev := &site.Revision{Number: rapid.IntRange(1, 6).Draw(t, "number"), Document: site.Document{
		Default:      rapid.SampledFrom([]site.Default{site.OptIn, site.OptOut, site.NoticeOnly}).Draw(t, "default"),
		ExpiryMonths: rapid.IntRange(1, 24).Draw(t, "months"),
		Paused:       rapid.IntRange(0, 9).Draw(t, "paused") == 0,
	}}
	purposes := []catalogue.PurposeID{catalogue.Necessary, catalogue.Functionality, catalogue.Analytics, catalogue.Advertising, catalogue.Personalization, catalogue.Social}
	for _, index := range rapid.SliceOfNDistinct(rapid.IntRange(0, 20), 0, 12, rapid.ID[int]).Draw(t, "indices") {
		rev.Vendors = append(rev.Vendors, foldVendor(fmt.Sprint("v", index), index, rapid.IntRange(1, rev.Number).Draw(t, "since"),
			rapid.SliceOfNDistinct(rapid.SampledFrom(purposes), 1, 2, rapid.ID[catalogue.PurposeID]).Draw(t, "purposes")...))
	}
	return rev
}

// drawRecent draws layers that have not expired, under revisions that exist.
func drawRecent(t *rapid.T) []Layer {
	layers := drawLayers(t)
	for i := range layers {
		layers[i].Revision = rapid.Uint32Range(1, 6).Draw(t, "revision")
		layers[i].RecordedAt = foldNow.Add(-time.Duration(rapid.IntRange(0, 29*24).Draw(t, "hours")) * time.Hour)
	}
	return layers
}

// TestFoldDenialStays: what is denied is not granted by more layers unless one
// of them grants it.
func TestFoldDenialStays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rev, layers := drawRevision(t), drawRecent(t)
		signals := Signals{GPC: rapid.Bool().Draw(t, "gpc")}
		n := rapid.IntRange(0, len(layers)).Draw(t, "before")
		before := Fold(rev, mergeAll(layers[:n]), signals, foldNow)
		after := Fold(rev, mergeAll(layers), signals, foldNow)
		for i, v := range before {
			if v.Consent == Granted {
				continue
			}
			grants := slices.ContainsFunc(layers[n:], func(l Layer) bool { return l.Granted.Has(rev.Vendors[i].Index) })
			if !grants && after[i].Consent == Granted {
				t.Fatalf("%s was %s and is granted, though no later layer grants it", v.Vendor, v.Consent)
			}
		}
	})
}

// TestFoldOrder: decisions may arrive in any order, and more than once.
func TestFoldOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rev, layers := drawRevision(t), drawRecent(t)
		want := Fold(rev, mergeAll(layers), Signals{}, foldNow)
		again := rapid.Permutation(slices.Concat(layers, layers[:1])).Draw(t, "order")
		if got := Fold(rev, mergeAll(again), Signals{}, foldNow); !reflect.DeepEqual(got, want) {
			t.Fatalf("%q\nin another order %q", words(want), words(got))
		}
	})
}

// TestFoldByDefinition holds Fold to its words: the newest layer that names a
// vendor answers for it, if its revision is not below the vendor's Since.
func TestFoldByDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rev, layers := drawRevision(t), drawRecent(t)
		gpc := rapid.Bool().Draw(t, "gpc")
		sorted := slices.SortedFunc(slices.Values(layers), func(a, b Layer) int { return newer(a.Sequence, a.ID, b.Sequence, b.ID) })
		for i, got := range Fold(rev, mergeAll(layers), Signals{GPC: gpc}, foldNow) {
			v := &rev.Vendors[i]
			want := Verdict{Vendor: v.ID, Consent: Unasked, Basis: ByDefault}
			newest := slices.IndexFunc(sorted, func(l Layer) bool { return l.Asked.Has(v.Index) })
			if gpc && SignalDenies(&v.Vendor) {
				want.Consent, want.Basis = Denied, BySignal
			}
			if newest >= 0 && v.Since <= int(sorted[newest].Revision) {
				want.Consent, want.Basis = Denied, ByChoice
				if sorted[newest].Granted.Has(v.Index) {
					want.Consent = Granted
				}
			}
			if v.Necessary() {
				want.Consent, want.Basis = Granted, ByNecessity
			}
			waits := want.Consent == Unasked && rev.Document.Default == site.OptIn
			want.Allowed = v.Necessary() || !rev.Document.Paused && want.Consent != Denied && !waits
			if got != want {
				t.Fatalf("%+v, want %+v", got, want)
			}
		}
	})
}

// TestCookieFrom: the cookie that the service writes says what its state says.
func TestCookieFrom(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rev, layers := drawRevision(t), drawRecent(t)
		signals := Signals{GPC: rapid.Bool().Draw(t, "gpc")}
		s := mergeAll(layers)
		c := CookieFrom(rev, vectorVisitor, s)
		decoded, ok := DecodeCookie(c.Encode())
		if !ok || c.Sequence != s.Layers[0].Sequence {
			t.Fatalf("%+v, %v", c, ok)
		}
		got, want := FoldCookie(rev, decoded, signals, foldNow), Fold(rev, s, signals, foldNow)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("the cookie says %q, the state %q", words(got), words(want))
		}
	})
	empty := CookieFrom(foldRevision(), uuid.New(), State{})
	if _, ok := DecodeCookie(empty.Encode()); ok {
		t.Error("a visitor without a decision has a cookie")
	}
}

// TestFoldRevivesNothing: a decision about one vendor does not bring back what
// the visitor said of another one too long ago.
func TestFoldRevivesNothing(t *testing.T) {
	rev := foldRevision()
	newest := Layer{Sequence: 2, Revision: 7, RecordedAt: answered, Asked: Bits{}.Set(0)}
	for age, want := range map[time.Duration]Consent{6*expiryMonth - time.Second: Granted, 6 * expiryMonth: Unasked} {
		old := Layer{Sequence: 1, Revision: 7, RecordedAt: answered.Add(-age), Asked: Bits{}.Set(2), Granted: Bits{}.Set(2)}
		s := State{Layers: []Layer{newest, old}}
		verdicts := Fold(rev, s, Signals{}, foldNow)
		if verdicts[0].Consent != Denied || verdicts[2].Consent != want {
			t.Errorf("after %v: %+v", age, verdicts)
		}
		if got := CookieFrom(rev, uuid.New(), s).Granted.Has(2); got != (want == Granted) {
			t.Errorf("after %v: the cookie grants %v", age, got)
		}
	}
}

func TestSignalDenies(t *testing.T) {
	for _, v := range foldRevision().Vendors {
		want := slices.Contains([]string{"ads", "person", "share", "mixed"}, v.ID)
		if SignalDenies(&v.Vendor) != want {
			t.Errorf("%s: %v", v.ID, !want)
		}
	}
}
