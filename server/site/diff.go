package site

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/sekisho/sekisho/server/catalogue"
)

// Diff is what changes for visitors when revision To follows revision From.
type Diff struct {
	From     int            `json:"from"` // 0: nothing was live
	To       int            `json:"to"`
	Added    []VendorName   `json:"added,omitempty"`
	Removed  []VendorName   `json:"removed,omitempty"`
	Changed  []VendorChange `json:"changed,omitempty"`  // in substance
	Reworded []VendorName   `json:"reworded,omitempty"` // facts other than the substance
	Texts    []TextChange   `json:"texts,omitempty"`
	Settings []Aspect       `json:"settings,omitempty"`
	// Reasks are the vendors that visitors who decided on everything under From
	// will be asked about: the new ones and those changed in substance.
	Reasks []VendorName `json:"reasks,omitempty"`
}

// VendorName is a vendor, as a person may read it.
type VendorName struct {
	ID   string         `json:"id"`
	Name catalogue.Text `json:"name"`
}

// VendorChange is a vendor that is no longer what visitors answered about.
type VendorChange struct {
	VendorName
	Aspects []Aspect `json:"aspects"`
}

// Aspect is one thing that was From and is To. What is a key of site.json or of
// a vendor's entry.
type Aspect struct {
	What string `json:"what"`
	From string `json:"from"`
	To   string `json:"to"`
}

// TextChange is a text of the site's own that came, went or changed.
type TextChange struct {
	Language string `json:"language"`
	Key      string `json:"key"`
}

// Empty reports whether nothing changes for visitors. What is published first
// always changes something, even without a vendor.
func (d Diff) Empty() bool {
	return (d.From > 0 || d.To == 0) && len(d.Added)+len(d.Removed)+len(d.Changed)+len(d.Reworded)+len(d.Texts)+len(d.Settings)+len(d.Reasks) == 0
}

// Compare returns what changes from one revision to another; from is nil where
// nothing has been live. With the same revision twice it is empty.
func Compare(from, to *Revision) Diff {
	d := Diff{To: to.Number}
	if from == nil {
		from = &Revision{Document: Document{Key: to.Site}}
		for i := range to.Vendors {
			d.Added = append(d.Added, nameOf(&to.Vendors[i]))
		}
		d.reasks(from, to)
		return d
	}
	d.From = from.Number
	for i := range to.Vendors {
		d.vendor(from, &to.Vendors[i])
	}
	for i := range from.Vendors {
		if _, stays := to.Vendor(from.Vendors[i].ID); !stays {
			d.Removed = append(d.Removed, nameOf(&from.Vendors[i]))
		}
	}
	d.Texts = compareTexts(from.Document.Texts, to.Document.Texts)
	d.Settings = compareSettings(from.Document, to.Document)
	d.reasks(from, to)
	return d
}

func nameOf(v *RevisionVendor) VendorName { return VendorName{ID: v.ID, Name: v.Name} }

func (d *Diff) vendor(from *Revision, v *RevisionVendor) {
	before, ok := from.Vendor(v.ID)
	if !ok {
		d.Added = append(d.Added, nameOf(v))
		return
	}
	if aspects := substance(before, v); len(aspects) > 0 {
		d.Changed = append(d.Changed, VendorChange{nameOf(v), aspects})
		return
	}
	if text(before.Vendor) != text(v.Vendor) {
		d.Reworded = append(d.Reworded, nameOf(v))
	}
}

// reasks lists who is asked about again. The numbers alone decide: a vendor
// that an older publication showed otherwise is asked about, too.
func (d *Diff) reasks(from, to *Revision) {
	for _, id := range to.Reasks(from.Number) {
		v, _ := to.Vendor(id)
		d.Reasks = append(d.Reasks, nameOf(v))
	}
}

func compareTexts(from, to map[string]Messages) []TextChange {
	var changes []TextChange
	languages := maps.Clone(from)
	if languages == nil {
		languages = map[string]Messages{}
	}
	maps.Copy(languages, to)
	for _, lang := range slices.Sorted(maps.Keys(languages)) {
		keys := map[string]bool{}
		for k := range from[lang] {
			keys[k] = true
		}
		for k := range to[lang] {
			keys[k] = true
		}
		for _, k := range slices.Sorted(maps.Keys(keys)) {
			a, had := from[lang][k]
			b, has := to[lang][k]
			if had != has || a != b {
				changes = append(changes, TextChange{lang, k})
			}
		}
	}
	return changes
}

func compareSettings(from, to Document) []Aspect {
	var changed []Aspect
	for _, s := range []struct {
		what string
		of   func(Document) any
	}{
		{"name", func(d Document) any { return d.Name }},
		{"origins", func(d Document) any { return d.Origins }},
		{"languages", func(d Document) any { return d.Languages }},
		{"default", func(d Document) any { return d.Default }},
		{"expiryMonths", func(d Document) any { return d.ExpiryMonths }},
		{"strict", func(d Document) any { return d.Strict }},
		{"hosts", func(d Document) any { return d.Hosts }},
		{"policy", func(d Document) any { return d.Policy }},
		{"reportOnly", func(d Document) any { return d.ReportOnly }},
		{"reloadOnWithdrawal", func(d Document) any { return d.ReloadOnWithdrawal }},
		{"signals", func(d Document) any { return d.Signals }},
		{"reportSample", func(d Document) any { return d.ReportSample }},
		{"paused", func(d Document) any { return d.Paused }},
		{"notice", func(d Document) any { return d.Notice }},
		{"theme", func(d Document) any { return d.Theme }},
	} {
		a, b := text(s.of(from)), text(s.of(to))
		if a != b {
			changed = append(changed, Aspect{s.what, a, b})
		}
	}
	return changed
}

// text is a value as a person can compare it: a plain text as it stands, a
// switch as on or off, all else as JSON.
func text(v any) string {
	switch v := v.(type) {
	case Default:
		return string(v)
	case bool:
		if v {
			return "on"
		}
		return "off"
	}
	b, err := json.Marshal(v)
	if err != nil { // none of the types in a document can fail
		panic(err)
	}
	return string(b)
}
