package bundle

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/site"
	"github.com/sekisho/sekisho/widget"
)

// TestLinkedIsNamed: the first layer names who is linked with personal data and
// asked about, in every language; a site without pays nothing, and no other
// message changes.
func TestLinkedIsNamed(t *testing.T) {
	all, err := Messages(widget.Sources)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := slices.Sorted(maps.Keys(linkedTo)), languages(t); !slices.Equal(got, want) {
		t.Errorf("there are sentences in %v, the widget speaks %v", got, want)
	}
	for _, standard := range []site.Default{site.OptIn, site.OptOut, site.NoticeOnly} {
		for lang, messages := range all {
			r := revision(2)
			r.Document.Default = standard
			for i, name := range []string{"Alpha", "Beta", "Gamma"} {
				r.Vendors[i].Name = catalogue.Text{"en": name}
				r.Vendors[i].LinkedWithPersonalData = false
			}
			plain := ownMessages(r, lang, messages, "banner.", "common.")
			// The second is necessary: nobody is asked about it.
			for i := range r.Vendors {
				r.Vendors[i].LinkedWithPersonalData = true
			}
			for key, text := range ownMessages(r, lang, messages, "banner.", "common.") {
				said, found := strings.CutPrefix(text, plain[key])
				switch {
				case !slices.Contains(firstLayer, key):
					if said != "" {
						t.Errorf("%s, %s: %q", lang, key, text)
					}
				case !found || !strings.Contains(said, "Alpha") || !strings.Contains(said, "Gamma") || strings.Contains(said, "Beta") || strings.Contains(said, "%"):
					t.Errorf("%s, %s: %q", lang, key, text)
				}
			}
		}
	}
	for _, key := range firstLayer {
		if all["ja"][key] == "" {
			t.Errorf("there is no %s", key)
		}
	}
}

// TestSentOnlyWhereShown: words for what a site has none of are not sent.
func TestSentOnlyWhereShown(t *testing.T) {
	all, err := Messages(widget.Sources)
	if err != nil {
		t.Fatal(err)
	}
	sent := func(change func(*site.RevisionVendor)) string {
		r := revision(2)
		for i := range r.Vendors {
			r.Vendors[i].LinkedWithPersonalData = false
			r.Vendors[i].Purposes = []catalogue.PurposeID{catalogue.Analytics}
		}
		change(&r.Vendors[0])
		var keys []string
		for _, key := range strings.Fields("linked linkedText linkedAsk new changed changes changesOnly early gpcOff gpcOver") {
			if ownMessages(r, "ja", all["ja"], "preferences.")["preferences."+key] != "" {
				keys = append(keys, key)
			}
		}
		return strings.Join(keys, " ")
	}
	steps := func(what ...string) func(*site.RevisionVendor) {
		return func(v *site.RevisionVendor) { v.Changed = []site.Step{{Since: 2, What: what}} }
	}
	for name, c := range map[string]struct {
		want   string
		change func(*site.RevisionVendor)
	}{
		"nothing":            {"", func(*site.RevisionVendor) {}},
		"linked":             {"linked linkedText linkedAsk", func(v *site.RevisionVendor) { v.LinkedWithPersonalData = true }},
		"linked, necessary":  {"linked", func(v *site.RevisionVendor) { v.LinkedWithPersonalData, v.Purposes[0] = true, catalogue.Necessary }},
		"advertising":        {"gpcOff gpcOver", func(v *site.RevisionVendor) { v.Purposes[0] = catalogue.Advertising }},
		"new":                {"new changed changes changesOnly", steps(site.CameIn)},
		"no longer linked":   {"linked changed changes changesOnly", steps("linkedWithPersonalData")},
		"early":              {"changed changes changesOnly early", steps("mode", "country")},
		"changed, necessary": {"", func(v *site.RevisionVendor) { steps("country")(v); v.Purposes[0] = catalogue.Necessary }},
	} {
		if got := sent(c.change); got != c.want {
			t.Errorf("%s: sent are %q, want %q", name, got, c.want)
		}
	}
}

// TestAspectsHaveWords: whatever site.Step can name is told in a word of the widget's.
func TestAspectsHaveWords(t *testing.T) {
	all, err := Messages(widget.Sources)
	if err != nil {
		t.Fatal(err)
	}
	for what, key := range aspects {
		if all["ja"]["preferences."+key] == "" {
			t.Errorf("%s: there is no preferences.%s", what, key)
		}
	}
	from, to := revision(1), revision(2)
	v := &to.Vendors[0]
	v.Entity.Name, v.Country, v.Purposes, v.Data, v.Mode = catalogue.Text{"ja": "別の会社"}, "US", []catalogue.PurposeID{catalogue.Advertising}, []string{"ip-address"}, site.Signal
	v.LinkedWithPersonalData = !v.LinkedWithPersonalData
	changed := site.Compare(from, to).Changed
	if len(changed) != 1 || len(changed[0].Aspects) != len(aspects)-1 {
		t.Fatalf("%+v", changed)
	}
	for _, a := range changed[0].Aspects {
		if aspects[a.What] == "" {
			t.Errorf("no word for %q", a.What)
		}
	}
}
