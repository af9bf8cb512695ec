package site

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/sekisho/sekisho/server/fault"
)

var colourInText = regexp.MustCompile(`#[0-9a-f]{6}|\d+\.\d\d\b`)

// standing are the pairs of a palette that have to stand apart, and by how much.
func standing(c Colours) map[string][3]any {
	return map[string][3]any{
		"text": {c.Text, c.Panel, aaText}, "secondary": {c.Secondary, c.Panel, aaText}, "link": {c.Link, c.Panel, aaText},
		"buttonText": {c.ButtonText, c.Button, aaText}, "outline": {c.Outline, c.Panel, aaShape},
	}
}

func holdAA(t *testing.T, told string, c Colours) {
	t.Helper()
	for what, p := range standing(c) {
		if ratio := must(p[0].(string)).contrast(must(p[1].(string))); ratio < p[2].(float64) {
			t.Errorf("%s: %s %v on %v has %.3f", told, what, p[0], p[1], ratio)
		}
	}
}

func TestWidgetsOwnColours(t *testing.T) {
	light, dark := Theme{}.Palettes()
	for _, c := range []struct{ got, own Colours }{{light, lightColours}, {dark, darkColours}} {
		shown := c.got
		shown.Button, shown.ButtonText, shown.Link = "", "", ""
		if shown != c.own {
			t.Errorf("%+v became %+v", c.own, shown)
		}
		holdAA(t, "own", c.got)
	}
	for _, none := range []string{"", "red", "#12345g"} {
		if light, _ := (Theme{Accent: none}).Palettes(); light.Button != defaultAccent.String() || light.Link != defaultAccent.String() {
			t.Errorf("accent %q gives %v", none, light)
		}
	}
}

func TestAnyAccentIsReadable(t *testing.T) {
	for accent := range every {
		light, dark := Theme{Accent: accent.String()}.Palettes()
		holdAA(t, accent.String()+" light", light)
		holdAA(t, accent.String()+" dark", dark)
		if light.Button != accent.String() {
			t.Errorf("the accent %v became %v in light", accent, light.Button)
		}
		if accent.contrast(0xffffff) >= aaText && light.Link != accent.String() {
			t.Errorf("%v is readable, and became %v", accent, light.Link)
		}
	}
}

// TestWhatIsLeftOutIsReadable: any colours that pass the check by themselves, with
// any that are left out, give a palette that reaches AA throughout.
func TestWhatIsLeftOutIsReadable(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 2))
	refused, kept := 0, 0
	for range 2000 {
		theme := Theme{Accent: rgb(random.Uint32N(1 << 24)).String()}
		given := reflect.ValueOf(&theme.Dark).Elem()
		for i := range given.NumField() {
			if random.IntN(4) == 0 {
				given.Field(i).SetString(rgb(random.Uint32N(1 << 24)).String())
			}
		}
		if len(theme.illegible()) > 0 {
			refused++
			continue
		}
		kept++
		_, dark := theme.Palettes()
		holdAA(t, fmt.Sprintf("%+v", theme), dark)
		for i := range given.NumField() {
			if want, got := given.Field(i).String(), reflect.ValueOf(dark).Field(i).String(); want != "" && got != want {
				t.Errorf("%+v: %s became %s", theme, want, got)
			}
		}
		// Either answer has an edge, whatever its fill: the edge has the colour of links.
		if edge := must(dark.Link).contrast(must(dark.Panel)); edge < aaShape {
			t.Errorf("%+v: the edge of a button has %.2f", theme, edge)
		}
	}
	if refused < 200 || kept < 200 {
		t.Errorf("%d refused and %d kept: nothing much was tried", refused, kept)
	}
}

func TestIllegibleThemes(t *testing.T) {
	for _, c := range []struct {
		name  string
		theme Theme
		path  string // "" for none
		says  []string
	}{
		{"grey 76 on white", Theme{Light: Colours{Text: "#767676"}}, "", nil},
		{"grey 77 on white", Theme{Light: Colours{Text: "#777777"}}, "/theme/light/text", []string{"#777777", "4.47 ", "panel (#ffffff)", "text needs 4.50", "1.4.3", "is #767676"}},
		{"secondary", Theme{Light: Colours{Secondary: "#777777"}}, "/theme/light/secondary", []string{"4.47"}},
		{"link on the dark panel", Theme{Dark: Colours{Link: "#223f6b"}}, "/theme/dark/link", []string{"#223f6b", "1.55", "panel (#1c2026)", "needs 4.50"}},
		{"link on a panel of its own", Theme{Dark: Colours{Panel: "#000000", Link: "#757575"}}, "", nil},
		{"the same on another", Theme{Dark: Colours{Panel: "#111111", Link: "#757575"}}, "/theme/dark/link", []string{"4.0", "panel (#111111)"}},
		{"words of a button", Theme{Light: Colours{Button: "#ffd400", ButtonText: "#ffffff"}}, "/theme/light/buttonText", []string{"1.4", "button (#ffd400)"}},
		{"words of a button that is derived", Theme{Light: Colours{ButtonText: "#ffd400"}}, "", nil},
		{"outline at three", Theme{Light: Colours{Outline: "#949494"}}, "", nil},
		{"outline below", Theme{Light: Colours{Outline: "#959595"}}, "/theme/light/outline", []string{"2.99", "outline of a control needs 3.00", "1.4.11", "is #949494"}},
		{"a line may be faint", Theme{Light: Colours{Line: "#ffffff"}}, "", nil},
		{"a button may be as the panel: it has an edge", Theme{Light: Colours{Button: "#ffffff"}}, "", nil},
		{"any panel by itself", Theme{Light: Colours{Panel: "#777777"}}, "", nil},
		{"dark that is never shown", Theme{Scheme: SchemeLight, Dark: Colours{Text: "#000000"}}, "", nil},
		{"light that is never shown", Theme{Scheme: SchemeDark, Light: Colours{Text: "#ffffff"}}, "", nil},
		{"dark that is shown alone", Theme{Scheme: SchemeDark, Dark: Colours{Text: "#000000"}}, "/theme/dark/text", []string{"1.2"}},
	} {
		found := c.theme.illegible()
		if c.path == "" {
			if len(found) != 0 {
				t.Errorf("%s: %v", c.name, found)
			}
			continue
		}
		if len(found) != 1 || found[0].Path != c.path {
			t.Errorf("%s: %v, want %s", c.name, found, c.path)
			continue
		}
		for _, said := range c.says {
			if !strings.Contains(found[0].Reason, said) {
				t.Errorf("%s: %q does not say %q", c.name, found[0].Reason, said)
			}
		}
		for _, part := range colourInText.FindAllString(found[0].Reason, -1) {
			if !strings.Contains(found[0].ReasonJa, part) {
				t.Errorf("%s: %q does not say %s", c.name, found[0].ReasonJa, part)
			}
		}
	}
}

func TestIllegibleInJapanese(t *testing.T) {
	found := Theme{Light: Colours{Text: "#777777", Outline: "#959595", Button: "#ffd400", ButtonText: "#ffffff"}}.illegible()
	want := []string{
		"パネル（#ffffff）に対する #777777 のコントラスト比は4.47です。文字には4.50以上が必要です（WCAG 2.2 達成基準1.4.3）。同じ色合いで基準を満たす最も近い色は #767676 です",
		"ボタン（#ffd400）に対する #ffffff のコントラスト比は1.43です。文字には4.50以上が必要です（WCAG 2.2 達成基準1.4.3）。同じ色合いで基準を満たす最も近い色は #5e5e5e です",
		"パネル（#ffffff）に対する #959595 のコントラスト比は2.99です。ボタンや入力欄の輪郭には3.00以上が必要です（WCAG 2.2 達成基準1.4.11）。同じ色合いで基準を満たす最も近い色は #949494 です",
	}
	for i, f := range found {
		if i >= len(want) || f.ReasonJa != want[i] {
			t.Errorf("%d: %s", i, f.ReasonJa)
		}
	}
	if len(found) != len(want) {
		t.Errorf("%d found, want %d", len(found), len(want))
	}
}

func TestThemeIsSettled(t *testing.T) {
	doc := document("criteo")
	doc.Theme = Theme{Accent: "#0A5BD3", Scheme: SchemeLight, Radius: new(0), Light: Colours{Panel: "#FFFFEE", Link: "#00007F"}, Dark: Colours{Panel: "#0A0A0A"},
		Font: []string{"游明朝 Demibold", "Noto Serif JP", "UD デジタル 教科書体 N-R", "M_PLUS 1p", "851チカラヅヨク", "ui-serif", "serif"}}
	got, warnings, err := testRules(testShelf()).Validate(doc)
	if err != nil || got.Theme.Accent != "#0a5bd3" || got.Theme.Light != (Colours{Panel: "#ffffee", Link: "#00007f"}) || got.Theme.Dark.Panel != "#0a0a0a" {
		t.Errorf("%+v, %v", got.Theme, err)
	}
	if len(warnings) != 1 || warnings[0].Path != "/theme/dark" || !strings.Contains(warnings[0].Reason, "shown to nobody") {
		t.Errorf("warnings: %v", warnings)
	}
	// A theme of before is told as it was, so that its revision keeps its hash.
	if told := text(Theme{Accent: "#000000"}); told != `{"accent":"#000000"}` {
		t.Errorf("told as %s", told)
	}
}

// TestIllegibleIsRefused when it is set, and was it stored by then, when it is to go live.
func TestIllegibleIsRefused(t *testing.T) {
	store := newMemory()
	sites := New(store, testRules(testShelf()), clock())
	doc := document("criteo")
	if _, err := sites.Apply(t.Context(), doc, ApplyOptions{}); err != nil {
		t.Fatal(err)
	}
	doc.Theme.Dark = Colours{Link: "#223F6B"}
	_, err := sites.Apply(t.Context(), doc, ApplyOptions{})
	f, _ := errors.AsType[*fault.Error](err)
	if f == nil || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Path != "/theme/dark/link" || f.Fields[0].ReasonJa == "" {
		t.Errorf("applied: %v", err)
	}
	if record, _, err := store.Site(t.Context(), doc.Key); err != nil || record.Latest != 1 || record.Draft.Theme.Dark.Link != "" {
		t.Errorf("something has changed: %+v, %v", record, err)
	}
	if fields := (testRules(testShelf())).equal(doc); len(fields) != 1 || fields[0].Path != "/theme/dark/link" {
		t.Errorf("an equal choice, it seems: %v", fields)
	}
	// Pausing is never refused for looks, since nothing is shown; going on is.
	doc.Paused = true
	result, err := sites.Apply(t.Context(), doc, ApplyOptions{Publish: true})
	if err != nil || len(result.Warnings) != 1 || result.Warnings[0].Path != "/theme/dark/link" {
		t.Errorf("%v, %+v", err, result)
	}
	doc.Paused = false
	if _, err := sites.Apply(t.Context(), doc, ApplyOptions{Publish: true}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("goes on with such a theme: %v", err)
	}
}
