package bundle

import (
	"encoding/json"
	"flag"
	"io/fs"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sekisho/sekisho/server/site"
	"github.com/sekisho/sekisho/widget"
)

var update = flag.Bool("update", false, "write the themes that the interface's tests draw")

// themes are those that the interface's tests draw, by name: accents that make it
// hard, and sites with looks of their own.
var themes = map[string]site.Theme{
	"":        {},
	"#ffd400": {Accent: "#ffd400"},
	"#000000": {Accent: "#000000"},
	"#ffffff": {Accent: "#ffffff"},
	"night": {Scheme: site.SchemeDark, Accent: "#c9a227", Radius: new(2), Font: []string{"Noto Serif CJK JP", "serif"},
		Dark: site.Colours{Panel: "#1d1a2b", Text: "#f4efe6", Link: "#e3bf6a"}},
	"paper": {Accent: "#7a1f2b", Radius: new(0), Light: site.Colours{Panel: "#f6f1e7", Outline: "#8a7f6c"}, Dark: site.Colours{Panel: "#2a2521"}},
	"day":   {Scheme: site.SchemeLight, Accent: "#00785a", Radius: new(24), Font: []string{"ui-rounded"}},
}

// TestThemesOfTheInterface: what the browser's tests draw is what the service writes.
func TestThemesOfTheInterface(t *testing.T) {
	const path = "../../cmd/sekisho/e2e/ui/themes.json"
	all := map[string]look{}
	for name, tokens := range themes {
		all[name] = theme(tokens)
	}
	want, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != string(want) {
		t.Errorf("%s is not what the service writes (%v); go test ./server/bundle -run Themes -update", path, err)
	}
}

// written is all that a theme can come to: custom properties, a family, a scheme.
// No rule is for one element, so that none is for one answer.
var written = regexp.MustCompile(`^(:host\{color-scheme:(light|dark)!important\})?` + propertiesPattern +
	`;--r:\d+px(;font-family:("[^"\\]+"|[a-z-]+)(,("[^"\\]+"|[a-z-]+))*)?\}(@media\(prefers-color-scheme:dark\)\{` + propertiesPattern + `\}\})?$`)

const propertiesPattern = `\.s\{(--[ftmpislo]:#([0-9a-f]{3}|[0-9a-f]{6});?){8}`

// TestNoTokenIsForOneAnswer: each token by itself, set to what no other site has,
// changes properties around both answers or how all is laid out, and nothing else.
func TestNoTokenIsForOneAnswer(t *testing.T) {
	usual := theme(site.Theme{})
	all := site.Theme{Layout: "card", Position: "left", Scheme: site.SchemeLight, Accent: "#a01080", Radius: new(13), Font: []string{"游明朝"},
		Light: site.Colours{Panel: "#fffef0", Text: "#010203", Secondary: "#040506", Line: "#070809", Outline: "#0a0b0c", Button: "#0d0e0f", ButtonText: "#f0f1f2", Link: "#101112"},
		Dark:  site.Colours{Panel: "#000001", Text: "#f1f2f3", Secondary: "#f4f5f6", Line: "#f7f8f9", Outline: "#fafbfc", Button: "#fdfeff", ButtonText: "#000002", Link: "#e0e1e2"}}
	var each func(from, to reflect.Value, name string, one *site.Theme)
	each = func(from, to reflect.Value, name string, one *site.Theme) {
		for i := range from.NumField() {
			token := name + from.Type().Field(i).Name
			if from.Field(i).Kind() == reflect.Struct {
				each(from.Field(i), to.Field(i), token+".", one)
				continue
			}
			to.Field(i).Set(from.Field(i))
			if got := theme(*one); got == usual || !written.MatchString(got.CSS) {
				t.Errorf("%s alone: %+v", token, got)
			}
			to.Field(i).SetZero()
		}
	}
	var one site.Theme
	each(reflect.ValueOf(all), reflect.ValueOf(&one).Elem(), "", &one)
}

func TestThemeWritesPropertiesAlone(t *testing.T) {
	for name, tokens := range themes {
		css := theme(tokens).CSS
		if !written.MatchString(css) {
			t.Errorf("%s: %s", name, css)
		}
		for scheme, halves := range map[string][2]bool{site.SchemeLight: {true, false}, site.SchemeDark: {false, true}, site.SchemeAuto: {true, true}} {
			tokens.Scheme = scheme
			light, dark := tokens.Palettes()
			css := theme(tokens).CSS
			if strings.Contains(css, properties(light)) != halves[0] || strings.Contains(css, properties(dark)) != halves[1] {
				t.Errorf("%s, %s: %s", name, scheme, css)
			}
		}
	}
	for _, c := range []struct {
		font []string
		want string
	}{
		{[]string{"Noto Serif JP", "serif"}, `;font-family:"Noto Serif JP",serif}`},
		{[]string{"游明朝", "inherit"}, `;font-family:"游明朝","inherit",sans-serif}`},
		{nil, `--r:8px}`},
	} {
		if css := theme(site.Theme{Font: c.font}).CSS; !strings.Contains(css, c.want) {
			t.Errorf("%q: %s", c.font, css)
		}
	}
}

// uses are all that the widget draws with tokens of the theme, by property, and
// what has to stand out from what there. A new one is to be judged and entered
// here, and a new pair in site.Theme's check of contrasts as well.
var uses = map[string]string{
	// Text, and shapes as strong as text: 4.5.
	"color --i": "text on panel", "color --s": "secondary on panel", "color --m": "link on panel",
	"color --t": "buttonText on button", "background --f": "buttonText on button",
	"background --p": "text, secondary, link and outline on panel",
	"background --i": "panel on text", "color --p": "panel on text", // a message
	"border --s": "secondary on panel", // an arrow
	// The edge of both answers, the ring of the focus, a switch that is on: 4.5, where 3 would do.
	"border --m": "link on panel", "outline --m": "link on panel", "background --m": "link on panel",
	// Fields, switches, buttons without a fill: 3.
	"border --o": "outline on panel", "background --o": "outline on panel",
	// What tells nothing that is not told otherwise: lines, a glow under the pointer.
	"border --l": "", "box-shadow --l": "", "box-shadow --o": "",
	"border-radius --r": "",
}

// useOfToken is a property and the first token in its value.
var useOfToken = regexp.MustCompile(`([a-z-]+):[^:;{}']*?var\((--[a-z])\)`)

// side is what a property of one side, or of a colour alone, has more in its name.
var side = regexp.MustCompile(`-(top|bottom|left|right|inline|block|start|end|color|style)\b`)

func TestEveryUseOfAColourIsJudged(t *testing.T) {
	met := map[string]bool{}
	err := fs.WalkDir(widget.Sources, "src", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "style.ts") {
			return err
		}
		source, err := fs.ReadFile(widget.Sources, path)
		for _, m := range useOfToken.FindAllStringSubmatch(string(source), -1) {
			use := side.ReplaceAllString(m[1], "") + " " + m[2]
			met[use] = true
			if _, ok := uses[use]; !ok {
				t.Errorf("%s: %s: which contrast does it need?", path, use)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, use := range slices.Sorted(maps.Keys(uses)) {
		if !met[use] {
			t.Errorf("nothing draws %s any more", use)
		}
	}
}
