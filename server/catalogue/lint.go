package catalogue

import (
	"cmp"
	"slices"
	"time"

	"github.com/sekisho/sekisho/server/fault"
)

// A lint rule is one function, with a file in testdata/bad that breaks it and
// nothing else. The name says what is asked for.
type lintRule struct {
	name  string
	check func(*lint)
}

var lintRules = []lintRule{
	{"id-pattern", idPattern},
	{"status-known", statusKnown},
	{"kind-pattern", kindPattern},
	{"successor-exists", successorExists},
	{"languages-present", languagesPresent},
	{"entity-named", entityNamed},
	{"texts-plain", textsPlain},
	{"country-iso", countryISO},
	{"purposes-known", purposesKnown},
	{"necessary-alone", necessaryAlone},
	{"data-known", dataKnown},
	{"hosts-present", hostsPresent},
	{"host-shape", hostShape},
	{"host-wildcard", hostWildcard},
	{"host-not-public-suffix", hostNotPublicSuffix},
	{"path-shape", pathShape},
	{"host-owned-once", hostOwnedOnce},
	{"roles-known", rolesKnown},
	{"cookies-complete", cookiesComplete},
	{"lifetimes-positive", lifetimesPositive},
	{"storage-complete", storageComplete},
	{"links-https", linksHTTPS},
	{"list-ids-positive", listIDsPositive},
	{"signal-known", signalKnown},
	{"unverified-known", unverifiedKnown},
	{"sources-dated", sourcesDated},
	{"facts-sourced", factsSourced},
}

// lint is one entry under examination.
type lint struct {
	*Vendor
	others   []*Vendor // whose hosts and ids are taken
	purposes []Purpose
	now      time.Time
	// custom is an entry of a site's own: it needs no sources (the site is the
	// source) and no language but Japanese.
	custom bool
	fields []fault.Field
}

// fault notes what is wrong with the field at a path, in both languages; see fault.Say.
func (l *lint) fault(path, en, ja string, args ...any) {
	l.fields = append(l.fields, fault.Say(en, ja, args...).Field(path))
}

// twice notes an entry that its list has already.
func (l *lint) twice(path, entry string) {
	l.fault(path, "%s stands here twice", "%sが重複しています。一つだけ残してください", fault.Quote(entry))
}

func (l *lint) run() []fault.Field {
	for _, r := range lintRules {
		r.check(l)
	}
	slices.SortStableFunc(l.fields, func(a, b fault.Field) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Reason, b.Reason))
	})
	return l.fields
}

// Check says what is wrong with an entry, by itself and beside all entries of
// the catalogue that have another id. Sources must not be dated after now.
func (c *Catalogue) Check(v *Vendor, now time.Time) []fault.Field {
	l := lint{Vendor: v, purposes: c.purposes, now: now}
	for _, other := range c.vendors {
		if other.ID != v.ID {
			l.others = append(l.others, other)
		}
	}
	return l.run()
}

// CheckCustom says what is wrong with entries of a site's own, by position:
// each by itself, against the catalogue, whose ids and hosts are taken, and
// against each other. Unlike the catalogue's own entries they may not share a
// host with another vendor of the same company, for what they call themselves
// proves nothing.
func (c *Catalogue) CheckCustom(entries []*Vendor) [][]fault.Field {
	faults := make([][]fault.Field, len(entries))
	for i, v := range entries {
		l := lint{Vendor: v, purposes: c.purposes, custom: true}
		l.others = slices.Concat(c.vendors, entries[:i], entries[i+1:])
		if _, taken := c.byID[v.ID]; taken {
			l.fault("/id", "%s is an entry of the catalogue; choose another id", "%sはカタログにあるIDです。別のIDにしてください", fault.Quote(v.ID))
		}
		faults[i] = l.run()
	}
	return faults
}
