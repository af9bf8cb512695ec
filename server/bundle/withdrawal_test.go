package bundle

import (
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/site"
	"github.com/sekisho/sekisho/widget"
)

// withdrawalOf returns the data of the revision's withdrawal.js, and its entry.
func withdrawalOf(t *testing.T, r *site.Revision) (withdrawal, string) {
	t.Helper()
	in := input(r)
	for i, p := range in.Purposes {
		in.Purposes[i].GoogleConsentTypes = []string{"type-of-" + string(p.ID)}
	}
	parts := withdrawalParts(in)
	if len(parts) != 1 || parts[0].name != "withdrawal.js" {
		t.Fatalf("parts %+v", parts)
	}
	return parts[0].data.(withdrawal), parts[0].source
}

func TestWithdrawal(t *testing.T) {
	r := revision(1)
	zeta, auth, mid := &r.Vendors[0], &r.Vendors[1], &r.Vendors[2]
	zeta.Cookies = append(zeta.Cookies, catalogue.Cookie{Name: "_z_*", Party: "first"}, catalogue.Cookie{Name: "**", Party: "first"})
	zeta.Storage = []catalogue.Storage{{Area: "localStorage", Key: "z"}, {Area: "sessionStorage", Key: "z:*"}, {Area: "indexedDB", Key: "zdb"}, {Area: "localStorage", Key: "*"}}
	zeta.Signal, auth.Signal, mid.Signal = "google", "meta", "clarity"
	data, entry := withdrawalOf(t, r)
	want := []vendorTraces{
		{Cookie: []string{"_zeta", "_z_*"}, LocalStorage: []string{"z"}, SessionStorage: []string{"z:*"}, IndexedDB: []string{"zdb"},
			Signal: "google", Types: []string{"type-of-social"}},
		{Cookie: []string{"_auth"}}, // nobody is asked about it, and what it keeps stays
		{Cookie: []string{"_mid"}, Signal: "clarity"},
	}
	if !reflect.DeepEqual(data.Vendors, want) {
		t.Errorf("traces %+v\nwant   %+v", data.Vendors, want)
	}
	for _, name := range []string{"google", "clarity"} {
		if !strings.Contains(entry, "from './src/signals/"+name+"'") {
			t.Errorf("the entry lacks %s:\n%s", name, entry)
		}
	}
	if strings.Contains(entry, "meta") {
		t.Errorf("the entry carries a signal that nobody listens to:\n%s", entry)
	}

	mid.Signal = "matomo"
	if data, entry := withdrawalOf(t, r); data.Vendors[2].Signal != "" || strings.Contains(entry, "matomo") {
		t.Errorf("Matomo would stay silent after a later grant: %+v", data.Vendors[2])
	}

	// A page that tells its tags what they may do tells them this as well.
	for _, mode := range []site.Mode{site.Signal, site.Both} {
		zeta.Mode = mode
		if data, entry := withdrawalOf(t, r); data.Vendors[0].Signal != "" || data.Vendors[0].Types != nil || strings.Contains(entry, "google") {
			t.Errorf("%s: told twice: %+v", mode, data.Vendors[0])
		}
	}
}

func TestWithdrawalOfNobody(t *testing.T) {
	r := revision(1)
	r.Vendors = r.Vendors[1:2]
	if parts := withdrawalParts(input(r)); parts != nil {
		t.Errorf("nobody can be denied, and yet there is %+v", parts)
	}
}

// TestWithdrawalReportOnly: nothing is cleared away where nothing is held.
func TestWithdrawalReportOnly(t *testing.T) {
	r := revision(1)
	r.Document.ReportOnly = true
	if parts := withdrawalParts(input(r)); parts != nil {
		t.Errorf("report-only, and yet there is %+v", parts)
	}
	r.Document.Paused = true
	if parts := withdrawalParts(input(r)); parts == nil {
		t.Error("paused, which goes first, and nothing is cleared away")
	}
}

// TestWithdrawalReloads: also where pages carry a policy, which reloads the tab of
// the choice alone.
func TestWithdrawalReloads(t *testing.T) {
	for _, c := range []struct{ reload, policy, want bool }{{false, false, false}, {true, false, true}, {true, true, true}} {
		r := revision(1)
		r.Document.ReloadOnWithdrawal, r.Document.Policy = c.reload, c.policy
		if data, _ := withdrawalOf(t, r); data.Reload != c.want {
			t.Errorf("%+v: reload is %v", c, data.Reload)
		}
	}
}

// TestWithdrawalShape: Go writes what widget/src/withdrawal/main.ts reads.
func TestWithdrawalShape(t *testing.T) {
	source, err := fs.ReadFile(widget.Sources, "src/withdrawal/main.ts")
	if err != nil {
		t.Fatal(err)
	}
	for name, of := range map[string]reflect.Type{"Withdrawal": reflect.TypeFor[withdrawal](), "VendorTraces": reflect.TypeFor[vendorTraces]()} {
		var got []string
		for f := range of.Fields() {
			tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			got = append(got, tag)
		}
		slices.Sort(got)
		if want := declared(t, string(source), name); !slices.Equal(got, want) {
			t.Errorf("%s: Go writes %v\nmain.ts has %v", name, got, want)
		}
	}
}

// TestWithdrawalBudget holds what follows a decision to widget/budget.json.
func TestWithdrawalBudget(t *testing.T) {
	b := build(t, realInput(t, twenty))
	hold(t, decidedName, weight(t, b, decidedName), "decided")
	hold(t, withdrawalName, weight(t, b, withdrawalName), "withdrawal")
}
