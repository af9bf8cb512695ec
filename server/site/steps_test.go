package site

import (
	"encoding/json"
	"testing"

	"github.com/sekisho/sekisho/server/catalogue"
)

// TestSteps: a revision says what those have not seen who answered under an earlier one.
func TestSteps(t *testing.T) {
	s, _, shelf := newSites(t)
	steps := func(id string) string {
		live, err := s.Live(t.Context(), "shop")
		if err != nil {
			t.Fatal(err)
		}
		v, _ := live.Vendor(id)
		return text(v.Changed)
	}
	step := func(name string, doc Document, want map[string]string) {
		t.Helper()
		apply(t, s, doc, true)
		for id, want := range want {
			if got := steps(id); got != want {
				t.Errorf("%s: %s says %s, want %s", name, id, got, want)
			}
		}
	}
	step("the first publication, before which nobody answered", document("criteo"), map[string]string{"criteo": "null"})
	step("another comes in", document("criteo", "meta-pixel"), map[string]string{"criteo": "null", "meta-pixel": `[{"since":2,"what":["new"]}]`})
	setPurpose(shelf, "criteo", catalogue.Personalization)
	linked := document("criteo", "meta-pixel")
	linked.Vendors[0].LinkedWithPersonalData = true
	step("two aspects at once", linked, map[string]string{"criteo": `[{"since":3,"what":["purposes","linkedWithPersonalData"]}]`, "meta-pixel": `[{"since":2,"what":["new"]}]`})
	step("and one back", document("criteo", "meta-pixel"), map[string]string{"criteo": `[{"since":4,"what":["linkedWithPersonalData"]},{"since":3,"what":["purposes","linkedWithPersonalData"]}]`})
	step("out", document("meta-pixel"), nil)
	step("and in again", document("criteo", "meta-pixel"), map[string]string{"criteo": `[{"since":6,"what":["new"]}]`})
}

// TestStepsAreBounded: the oldest are taken together, and nothing is lost.
func TestStepsAreBounded(t *testing.T) {
	var live *Revision
	v := RevisionVendor{Vendor: catalogue.Vendor{ID: "criteo", Country: "JP", Purposes: []catalogue.PurposeID{"advertising"}}}
	for number := 1; number <= 3*maxSteps; number++ {
		if number == 2 {
			v.Purposes = []catalogue.PurposeID{"analytics"}
		} else {
			v.LinkedWithPersonalData = !v.LinkedWithPersonalData
		}
		v.Since, v.Changed = follow(live, &v, number)
		live = &Revision{Number: number, Vendors: []RevisionVendor{v}}
	}
	if len(v.Changed) != maxSteps || v.Changed[0].Since != 3*maxSteps {
		t.Fatalf("%+v", v.Changed)
	}
	if oldest := text(v.Changed[maxSteps-1]); oldest != `{"since":13,"what":["linkedWithPersonalData","purposes"]}` {
		t.Errorf("the oldest is %s", oldest)
	}
}

// TestRevisionsWithoutSteps: those stored before steps were kept read on, and
// what follows them says what it can.
func TestRevisionsWithoutSteps(t *testing.T) {
	var live Revision
	if err := json.Unmarshal([]byte(`{"site":"shop","number":7,"vendors":[{"id":"criteo","country":"JP","index":0,"since":5}]}`), &live); err != nil {
		t.Fatal(err)
	}
	v := RevisionVendor{Vendor: catalogue.Vendor{ID: "criteo", Country: "JP"}}
	if since, steps := follow(&live, &v, 8); since != 5 || steps != nil {
		t.Errorf("as it was: %d %+v", since, steps)
	}
	v.Country = "US"
	if since, steps := follow(&live, &v, 8); since != 8 || text(steps) != `[{"since":8,"what":["country"]}]` {
		t.Errorf("changed: %d %+v", since, steps)
	}
}
