package bundle

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/widget"
)

// facts are the names that types.ts gives to what a vendor's row holds.
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

// fact returns what a row holds under a name of types.ts, "" for what is left out.
func fact(t *testing.T, row vendorRow, name string) string {
	t.Helper()
	i := slices.Index(facts(t), name)
	if i < 0 {
		t.Fatalf("types.ts has no fact %q", name)
	}
	if i >= len(row) {
		return ""
	}
	return fmt.Sprint(row[i])
}

// TestVendorRow: what Go writes stands where types.ts says, and what is empty at the end is left out.
func TestVendorRow(t *testing.T) {
	in := input(revision(3))
	v := &in.Revision.Vendors[0]
	v.Receives = catalogue.Text{"ja": "閲覧したページ"}
	day := int64(86400)
	v.Cookies = []catalogue.Cookie{{Name: "a", LifetimeSeconds: &day}}
	row := preferencesTexts(in, "en", nil).Vendors[0]
	if len(row) != len(facts(t)) {
		t.Fatalf("Go writes %d facts, types.ts has %v", len(row), facts(t))
	}
	for name, want := range map[string]string{
		"name": "Name zeta", "entity": "zeta株式会社", "purpose": "2", "country": "JP", "receives": "閲覧したページ", "usedFor": "広告",
		"privacy": "https://zeta.example/ja", "optOut": "https://zeta.example/out", "cookies": "a 1 day", "formerNames": "旧zeta",
		"unverified": "067", "language": "ja", "linked": "1",
	} {
		if got := fact(t, row, name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	plain := preferencesTexts(in, "en", nil).Vendors[2]
	if len(plain) != slices.Index(facts(t), "formerNames")+1 {
		t.Errorf("a row with nothing special: %v", plain)
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
