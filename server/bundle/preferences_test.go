package bundle

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/site"
	"github.com/sekisho/sekisho/widget"
)

// facts are the names that types.ts gives to what is told of a vendor.
func facts(t *testing.T) []string {
	t.Helper()
	source, err := fs.ReadFile(widget.Sources, "src/types.ts")
	if err != nil {
		t.Fatal(err)
	}
	_, row, _ := strings.Cut(string(source), "export type VendorFacts = [\n")
	row, _, ok := strings.Cut(row, "\n];")
	if !ok {
		t.Fatal("types.ts has no VendorFacts")
	}
	var names []string
	for _, m := range regexp.MustCompile(`(?m)^  (\w+)\??: `).FindAllStringSubmatch(row, -1) {
		names = append(names, m[1])
	}
	return names
}

// fact returns what is told of the vendor at a position under a name of types.ts, "" for what is left out.
func fact(t *testing.T, p preferences, position int, name string) string {
	t.Helper()
	i := slices.Index(facts(t), name)
	if i < 0 {
		t.Fatalf("types.ts has no fact %q", name)
	}
	if position >= len(p.Vendors[i]) {
		return ""
	}
	return fmt.Sprint(p.Vendors[i][position])
}

// TestVendorFacts: what Go writes stands where types.ts says, and what is empty at the end is left out.
func TestVendorFacts(t *testing.T) {
	in := input(revision(3))
	v := &in.Revision.Vendors[0]
	v.Receives = catalogue.Text{"ja": "閲覧したページ"}
	v.Changed = []site.Step{{Since: 3, What: []string{"country", "data"}}, {Since: 2, What: []string{site.CameIn}}}
	day := int64(86400)
	v.Cookies = []catalogue.Cookie{{Name: "a", LifetimeSeconds: &day}}
	p := preferencesTexts(in, "en", nil)
	if len(p.Vendors) != len(facts(t)) {
		t.Fatalf("Go writes %d facts, types.ts has %v", len(p.Vendors), facts(t))
	}
	for name, want := range map[string]string{
		"name": "Name zeta", "entity": "zeta株式会社", "purpose": "2", "country": "JP", "receives": "閲覧したページ", "usedFor": "広告",
		"privacy": "https://zeta.example/ja", "optOut": "https://zeta.example/out", "cookies": "a 1 day", "formerNames": "旧zeta",
		"unverified": "entity privacy optOut", "language": "ja", "linked": "1", "changed": "3 country receives,2 new",
	} {
		if got := fact(t, p, 0, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	for name, want := range map[string]int{"name": 3, "language": 1, "linked": 1, "changed": 1} {
		if got := len(p.Vendors[slices.Index(facts(t), name)]); got != want {
			t.Errorf("%d vendors have something at %s, want %d", got, name, want)
		}
	}
}

func TestLifetimes(t *testing.T) {
	for seconds, want := range map[int64]string{0: "x 0", 31536000: "x 1 year", 63072000: "x 2 year", 33696000: "x 13 month", 34128000: "x 395 day",
		86400: "x 1 day", 1800: "x 30 minute", 1: "x 1 second", 5400: "x 90 minute", 7200: "x 2 hour"} {
		if got := cookies([]catalogue.Cookie{{Name: "x", LifetimeSeconds: &seconds}}); got != want {
			t.Errorf("%d: %q, want %q", seconds, got, want)
		}
	}
	if got := cookies([]catalogue.Cookie{{Name: "a"}, {Name: "b_*"}}); got != "a,b_*" {
		t.Errorf("unknown lifetimes: %q", got)
	}
}

// TestFullPreferences: with twenty vendors of which some are linked with personal
// data, and a third have changed, the texts for that included, the budget
// is kept, too.
func TestFullPreferences(t *testing.T) {
	in := realInput(t, twenty)
	in.Revision.Document.Languages = []string{"ja", "vi"}
	for i := range in.Revision.Vendors {
		v := &in.Revision.Vendors[i]
		v.LinkedWithPersonalData = i%7 == 0
		if i%3 == 0 {
			v.Changed = []site.Step{{Since: v.Since, What: [][]string{{site.CameIn}, {"data", "linkedWithPersonalData"}, {"mode"}}[i/3%3]}}
		}
	}
	b := build(t, in)
	for _, lang := range in.Revision.Document.Languages {
		hold(t, "preferences, "+lang, weight(t, b, partName("preferences", lang)), "preferences")
	}
}
