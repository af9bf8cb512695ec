package consent

import (
	"slices"
	"time"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/site"
)

// Consent is what follows now for one vendor.
type Consent string

const (
	Granted Consent = "granted"
	Denied  Consent = "denied"
	Unasked Consent = "unasked" // no decision answers for the vendor; not the same as denied
)

// Basis is why a consent is what it is, strongest first.
type Basis string

const (
	ByNecessity Basis = "necessary" // the site cannot work without the vendor
	ByChoice    Basis = "choice"    // the visitor said so
	BySignal    Basis = "signal"    // the visitor's browser said so, by GPC
	ByDefault   Basis = "default"   // nobody said anything
)

// Verdict is what follows now for one vendor of a revision.
type Verdict struct {
	Vendor  string  `json:"vendor"`
	Consent Consent `json:"consent"`
	Basis   Basis   `json:"basis"`
	// Allowed tells whether the vendor's tags may run, which for an unasked
	// vendor is the site's default, and for all but the necessary is no while
	// the site is paused.
	Allowed bool `json:"allowed"`
}

// Signals are what a visitor's browser says on the visitor's behalf.
type Signals struct {
	// GPC is Global Privacy Control: Sec-GPC, navigator.globalPrivacyControl.
	GPC bool
}

// SignalDenies reports whether GPC denies the vendor unless the visitor has
// chosen otherwise: whether it is there for advertising, personalization or social.
func SignalDenies(v *catalogue.Vendor) bool {
	return slices.ContainsFunc(v.Purposes, func(p catalogue.PurposeID) bool {
		return p == catalogue.Advertising || p == catalogue.Personalization || p == catalogue.Social
	})
}

// expiryMonth is what a month of expiry is, here and in the widget: 30 days, so that
// no answer holds longer than the months of any calendar.
const expiryMonth = 30 * 24 * time.Hour

// Expires returns when a decision taken at that time holds no longer.
func Expires(at time.Time, months int) time.Time {
	return at.Add(time.Duration(months) * expiryMonth)
}

// Fold says for each vendor of the revision, in the revision's order, what
// follows from what the visitor decided, the browser's signals and the site's
// default. It is pure, and the same as widget/src/consent/fold.ts, to which
// testdata/fold.json holds it.
//
// Precedence: necessary, then the visitor's explicit choice, then a signal,
// then the default. A decision answers for a vendor exactly when the vendor's
// Since is not above the decision's revision. All answers run out together,
// the site's months of expiry after the newest decision.
func Fold(rev *site.Revision, s State, signals Signals, now time.Time) []Verdict {
	var at time.Time
	if len(s.Layers) > 0 {
		at = s.Layers[0].RecordedAt
	}
	return fold(rev, s.answers(rev.Document.ExpiryMonths), at, signals, now)
}

// FoldCookie is Fold for what the visitor's own browser remembers; a zero Cookie
// stands for no decision.
func FoldCookie(rev *site.Revision, c Cookie, signals Signals, now time.Time) []Verdict {
	return fold(rev, c.answers(), c.At, signals, now)
}

// answer is what the newest decision that names a vendor says of it.
type answer struct {
	revision int
	granted  bool
}

// answers finds the answer for a vendor's index.
type answers func(index int) (answer, bool)

// answers of the layers that still held when the next newer decision was taken:
// it carried those over, as the browser does, and could not revive the others.
func (s State) answers(months int) answers {
	layers := s.Layers
	for i := 1; i < len(layers); i++ {
		if !Expires(layers[i].RecordedAt, months).After(layers[i-1].RecordedAt) {
			layers = layers[:i]
		}
	}
	return func(index int) (answer, bool) {
		for _, l := range layers {
			if l.Asked.Has(index) {
				return answer{int(l.Revision), l.Granted.Has(index)}, true
			}
		}
		return answer{}, false
	}
}

func (c Cookie) answers() answers {
	return func(index int) (answer, bool) {
		if c.Sequence == 0 || slices.Contains(c.Unanswered, index) {
			return answer{}, false
		}
		return answer{int(c.Revision), c.Granted.Has(index)}, true
	}
}

func fold(rev *site.Revision, of answers, at time.Time, signals Signals, now time.Time) []Verdict {
	current := now.Before(Expires(at, rev.Document.ExpiryMonths))
	verdicts := make([]Verdict, len(rev.Vendors))
	for i := range rev.Vendors {
		v := &rev.Vendors[i]
		verdict := Verdict{Vendor: v.ID, Consent: Unasked, Basis: ByDefault}
		said, answered := of(v.Index)
		switch {
		case v.Necessary():
			verdict.Consent, verdict.Basis = Granted, ByNecessity
		case answered && current && v.Since <= said.revision:
			verdict.Consent, verdict.Basis = Denied, ByChoice
			if said.granted {
				verdict.Consent = Granted
			}
		case signals.GPC && SignalDenies(&v.Vendor):
			verdict.Consent, verdict.Basis = Denied, BySignal
		}
		verdict.Allowed = allowed(&rev.Document, verdict)
		verdicts[i] = verdict
	}
	return verdicts
}

func allowed(doc *site.Document, v Verdict) bool {
	switch {
	case v.Basis == ByNecessity:
		return true
	case doc.Paused:
		return false
	case v.Consent == Unasked:
		return doc.Default != site.OptIn
	}
	return v.Consent == Granted
}
