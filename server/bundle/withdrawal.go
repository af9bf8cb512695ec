package bundle

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/site"
)

// withdrawalName is the name of the file that clears away what vendors without
// consent have left behind.
const withdrawalName = "withdrawal.js"

// withdrawal is Withdrawal of widget/src/withdrawal/main.ts.
type withdrawal struct {
	Reload  bool           `json:"reload"`
	Vendors []vendorTraces `json:"vendors"`
}

// vendorTraces are the names under which a vendor keeps things on the site's own
// domain, and the signal by which its running tag is told.
type vendorTraces struct {
	Cookie         []string `json:"cookie,omitempty"`
	LocalStorage   []string `json:"localStorage,omitempty"`
	SessionStorage []string `json:"sessionStorage,omitempty"`
	IndexedDB      []string `json:"indexedDB,omitempty"`
	Signal         string   `json:"signal,omitempty"`
	Types          []string `json:"types,omitempty"`
}

// withdrawalParts is the file that stops what can be stopped and deletes what is
// left behind by vendors that were denied. It is there where somebody can be denied:
// widget/src/decided.ts counts on it. Report-only changes
// nothing that tags do, also after an earlier denial.
func withdrawalParts(in Input) []part {
	vendors := in.Revision.Vendors
	if reportOnly(in) || !slices.ContainsFunc(vendors, func(v site.RevisionVendor) bool { return !v.Necessary() }) {
		return nil
	}
	data := withdrawal{Reload: in.Revision.Document.ReloadOnWithdrawal, Vendors: []vendorTraces{}}
	var signals []string
	for i := range vendors {
		traces := tracesOf(&vendors[i], in.Purposes)
		if s := traces.Signal; s != "" && !slices.Contains(signals, s) {
			signals = append(signals, s)
		}
		data.Vendors = append(data.Vendors, traces)
	}
	return []part{{name: withdrawalName, entry: "sekisho:withdrawal-entry", source: withdrawalEntry(signals), module: "sekisho:withdrawal", data: data}}
}

// withdrawalEntry writes an entry that carries these signals and no others.
func withdrawalEntry(signals []string) string {
	var imports, names strings.Builder
	for i, s := range signals {
		fmt.Fprintf(&imports, "import { deny as deny%d } from './src/signals/%s';\n", i, s)
		fmt.Fprintf(&names, "%s: deny%d, ", s, i)
	}
	return "import data from 'sekisho:withdrawal';\nimport { withdrawal } from './src/withdrawal/main';\n" + imports.String() +
		"export default withdrawal(data, { " + names.String() + "});\n"
}

// tracesOf returns what a vendor keeps on the site's own domain. A name of stars
// alone would be everybody's, and is left out.
func tracesOf(v *site.RevisionVendor, purposes []catalogue.Purpose) vendorTraces {
	var t vendorTraces
	keep := func(names *[]string, name string) {
		if strings.Trim(name, "*") != "" {
			*names = append(*names, name)
		}
	}
	for _, c := range v.Cookies {
		if c.Party == "first" {
			keep(&t.Cookie, c.Name)
		}
	}
	for _, s := range v.Storage {
		keep(map[string]*[]string{"localStorage": &t.LocalStorage, "sessionStorage": &t.SessionStorage, "indexedDB": &t.IndexedDB}[s.Area], s.Key)
	}
	// What a site tells its tags anyway, it tells them on a denial, too. And Matomo
	// remembers a refusal for itself (mtm_consent_removed, for 30 years): where its
	// tag is just held, nobody would take that back on a later grant.
	if v.Mode == site.Signal || v.Mode == site.Both || v.Necessary() || v.Signal == "matomo" {
		return t
	}
	if t.Signal = v.Signal; v.Signal == "google" {
		// Of its main purpose alone: the others are other vendors' main ones.
		for _, p := range purposes {
			if p.ID == v.Purposes[0] {
				t.Types = append(t.Types, p.GoogleConsentTypes...)
			}
		}
	}
	return t
}
