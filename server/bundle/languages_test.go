package bundle

import (
	"maps"
	"slices"
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
