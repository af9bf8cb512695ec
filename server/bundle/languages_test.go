package bundle

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/vendors"
	"github.com/sekisho/sekisho/widget"
)

// languages returns those of the widget, sorted.
func languages(t testing.TB) []string {
	t.Helper()
	texts, err := Messages(widget.Sources)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(texts))
}

// TestPurposesSpeak: whoever reads the widget reads the purposes in the same language.
func TestPurposesSpeak(t *testing.T) {
	cat, err := catalogue.Load(vendors.FS)
	if err != nil {
		t.Fatal(err)
	}
	want := languages(t)
	for _, p := range cat.Purposes() {
		for what, text := range map[string]catalogue.Text{"label": p.Label, "explanation": p.Explanation} {
			if got := slices.Sorted(maps.Keys(text)); !slices.Equal(got, want) {
				t.Errorf("%s: the %s is there in %v, the widget in %v", p.ID, what, got, want)
			}
			for lang, words := range text {
				if words == "" {
					t.Errorf("%s: the %s in %s is empty", p.ID, what, lang)
				}
			}
		}
	}
}

// TestLanguageBudget: no language costs a visitor more than widget/budget.json
// allows in Japanese and English. What a site's gate carries besides (signals,
// embeds) has budgets of its own, so the gate counts as what it is allowed to be
// and what this language adds to it.
func TestLanguageBudget(t *testing.T) {
	in := realInput(t, twenty)
	gate, plain := budget(t, "gate"), len(build(t, in).Script.Brotli)
	for _, lang := range languages(t) {
		in.Revision.Document.Languages = slices.Compact([]string{"ja", lang})
		b := build(t, in)
		more := len(b.Script.Brotli) - plain
		if strings.Contains(lang, "-") {
			hold(t, "tags, "+lang, more, "tags")
		} else {
			more = 0 // nothing is added to the gate, whose size a name sways by some bytes either way
		}
		hold(t, "first view, "+lang, gate+more+weight(t, b, partName("banner", lang)), "firstView")
		hold(t, "preferences, "+lang, weight(t, b, partName("preferences", lang)), "preferences")
	}
}

// TestTagsOnlyWhereNeeded: two letters are told apart by the gate itself.
func TestTagsOnlyWhereNeeded(t *testing.T) {
	for languages, want := range map[string]bool{"ja en": false, "ja ko vi es fr de": false, "ja zh-Hant": true, "pt-BR": true} {
		r := revision(1)
		r.Document.Languages = strings.Fields(languages)
		in := Input{Revision: r, PublicURL: "https://consent.example.jp", Widget: widget.Sources, Purposes: purposes()}
		if got := strings.Contains(string(build(t, in).Script.Identity), "hant|tw"); got != want {
			t.Errorf("%s: tells scripts apart: %t", languages, got)
		}
	}
}

// TestFactsOfAnotherLanguage: what vendors receive is told in Japanese and English
// alone. Who reads neither gets English, and it is marked as such for screen readers.
func TestFactsOfAnotherLanguage(t *testing.T) {
	in := input(revision(1))
	in.Revision.Vendors[1].Receives = catalogue.Text{"ja": "閲覧したページ"}
	in.Revision.Vendors[1].Unverified = []string{"entity.name.en"} // which nobody is shown
	for lang, want := range map[string][2]string{"ja": {"", ""}, "en": {"", "ja"}, "pt-BR": {"en", "ja"}} {
		p := preferencesTexts(in, lang, nil)
		if got := [2]string{fact(t, p, 0, "language"), fact(t, p, 1, "language")}; got != want {
			t.Errorf("%s: the facts are said to be in %q, want %q", lang, got, want)
		}
		if got := fact(t, p, 0, "unverified") + "/" + fact(t, p, 1, "unverified"); got != "entity privacy optOut/" {
			t.Errorf("%s: marked are %s", lang, got)
		}
	}
}
