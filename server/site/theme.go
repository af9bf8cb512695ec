package site

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/sekisho/sekisho/server/fault"
)

// Theme is the look of all that is drawn in a site's pages, as typed tokens and
// never as CSS. Each token serves both answers alike; what is left out is derived
// so that it can be read (Theme.Palettes).
type Theme struct {
	Layout   string `json:"layout,omitempty"`   // "bar" (default), "card", "dialog"
	Position string `json:"position,omitempty"` // "bottom" (default), "top" for bar; "left", "right" for card; "center" for dialog
	Scheme   string `json:"scheme,omitempty"`   // "auto" (default): as the visitor's system; "light", "dark"
	Accent   string `json:"accent,omitempty"`   // #rrggbb, of buttons, links and marks
	Radius   *int   `json:"radius,omitempty"`   // px, 0 to 24
	// Font are families, the wanted one first. None is loaded: each must be the
	// page's own or on the visitor's machine.
	Font  []string `json:"font,omitempty"`
	Light Colours  `json:"light,omitzero"`
	Dark  Colours  `json:"dark,omitzero"`
}

// Colours are those of one scheme, each "#rrggbb" or "".
type Colours struct {
	Panel      string `json:"panel,omitempty"`      // what everything stands on
	Text       string `json:"text,omitempty"`       // on the panel
	Secondary  string `json:"secondary,omitempty"`  // softer text on the panel
	Line       string `json:"line,omitempty"`       // hairlines, which tell nothing
	Outline    string `json:"outline,omitempty"`    // of fields, switches and buttons without a fill
	Button     string `json:"button,omitempty"`     // fill of both answers
	ButtonText string `json:"buttonText,omitempty"` // on that
	Link       string `json:"link,omitempty"`       // links, switches that are on, edges of buttons, the ring of the focus
}

// Schemes of a theme.
const (
	SchemeAuto  = "auto"
	SchemeLight = "light"
	SchemeDark  = "dark"
)

const (
	maxRadius   = 24
	maxFamilies = 8
	// defaultAccent is 紺, the indigo of shop curtains.
	defaultAccent rgb = 0x223f6b
	// aaText and aaShape are what WCAG 2.2 asks at level AA of text (1.4.3) and of
	// what makes a control out (1.4.11).
	aaText, aaShape = 4.5, 3.0
)

var (
	colourPattern = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)
	// familyPattern lets through nothing that a quoted family name of CSS needs escaped.
	familyPattern = regexp.MustCompile(`^[\p{L}\p{N}](?:[\p{L}\p{M}\p{N} _-]{0,62}[\p{L}\p{M}\p{N}])?$`)
	positions     = map[string][]string{"bar": {"bottom", "top"}, "card": {"left", "right"}, "dialog": {"center"}}
	// genericFamilies are the names of CSS Fonts 4 that browsers themselves fill in.
	genericFamilies = []string{"serif", "sans-serif", "monospace", "cursive", "fantasy", "system-ui", "ui-serif", "ui-sans-serif", "ui-monospace", "ui-rounded"}
)

// The widget's own colours; buttons, links and marks come of the accent.
var (
	lightColours = Colours{Panel: "#ffffff", Text: "#1b2027", Secondary: "#545c66", Line: "#dfe3e8", Outline: "#78808a"}
	darkColours  = Colours{Panel: "#1c2026", Text: "#eef0f3", Secondary: "#b1b8c1", Line: "#3a414b", Outline: "#8d959f"}
)

// Generic reports whether a family is one that browsers themselves fill in.
func Generic(family string) bool { return slices.Contains(genericFamilies, family) }

// WithDefaults fills in what needs no sums: layout, position, scheme and radius.
func (t Theme) WithDefaults() Theme {
	if t.Layout == "" {
		t.Layout = "bar"
	}
	if t.Position == "" {
		t.Position = map[string]string{"bar": "bottom", "card": "right", "dialog": "center"}[t.Layout]
	}
	if t.Scheme == "" {
		t.Scheme = SchemeAuto
	}
	if t.Radius == nil {
		t.Radius = new(8)
	}
	return t
}

// Palettes returns all colours of both schemes, as "#rrggbb": those that the
// theme gives, and the rest derived from its panel and its accent. A derived one
// has AA's contrast to what it stands on, whatever was given.
func (t Theme) Palettes() (light, dark Colours) {
	accent, ok := colour(t.Accent)
	if !ok {
		accent = defaultAccent
	}
	return t.Light.complete(lightColours, accent), t.Dark.complete(darkColours, accent)
}

// complete derives what is not given: on the widget's own panel, under its own
// text, as the widget has it; else softer text, outlines and lines are shades
// between those two, so that they have the panel's tint.
func (c Colours) complete(own Colours, accent rgb) Colours {
	panel := pick(c.Panel, func() rgb { return must(own.Panel) })
	bright := panel.text() == 0
	if bright {
		own = lightColours
	} else {
		own = darkColours
	}
	text := pick(c.Text, func() rgb { return must(own.Text).nearest(panel, aaText) })
	shade := func(usual string, share float64) rgb {
		if panel == must(own.Panel) && text == must(own.Text) {
			return must(usual)
		}
		return text.mix(panel, share)
	}
	button := pick(c.Button, func() rgb {
		fill := accent
		if !bright {
			fill = fill.nearest(panel, aaText) // as a light on the dark, not a hole in it
		}
		if on, ok := colour(c.ButtonText); ok {
			fill = fill.nearest(on, aaText)
		}
		return fill
	})
	return Colours{
		Panel: panel.String(), Text: text.String(), Button: button.String(),
		Secondary:  pick(c.Secondary, func() rgb { return shade(own.Secondary, 0.27).nearest(panel, aaText) }).String(),
		Outline:    pick(c.Outline, func() rgb { return shade(own.Outline, 0.45).nearest(panel, aaShape) }).String(),
		Line:       pick(c.Line, func() rgb { return shade(own.Line, 0.86) }).String(),
		ButtonText: pick(c.ButtonText, button.text).String(),
		Link:       pick(c.Link, func() rgb { return accent.nearest(panel, aaText) }).String(),
	}
}

// pick returns the colour that is given, or what is derived in its place.
func pick(given string, derived func() rgb) rgb {
	if c, ok := colour(given); ok {
		return c
	}
	return derived()
}

// must reads a colour of the widget's own.
func must(s string) rgb {
	c, ok := colour(s)
	if !ok {
		panic("no colour: " + s)
	}
	return c
}

// theme checks the tokens one by one, then what stands on what.
func (c *check) theme(doc Document) {
	t := doc.Theme
	layout := t.WithDefaults().Layout
	if allowed, ok := positions[layout]; !ok {
		c.fault("/theme/layout", `must be "bar", "card" or "dialog"`, "「bar」「card」「dialog」のどれかにしてください")
	} else if t.Position != "" && !slices.Contains(allowed, t.Position) {
		c.fault("/theme/position", `must be "%[2]s" with the layout %[1]s`, "レイアウトが%sのときは、%[3]sにしてください",
			fault.Quote(layout), strings.Join(allowed, `" or "`), "「"+strings.Join(allowed, "」か「")+"」")
	}
	if schemes := []string{"", SchemeAuto, SchemeLight, SchemeDark}; !slices.Contains(schemes, t.Scheme) {
		c.fault("/theme/scheme", `must be "auto", "light" or "dark"`, "「auto」「light」「dark」のどれかにしてください")
	}
	c.colour("/theme/accent", t.Accent)
	if t.Radius != nil && (*t.Radius < 0 || *t.Radius > maxRadius) {
		c.fault("/theme/radius", "must be from 0 to %d pixels", "0から%dまでのピクセル数にしてください", maxRadius)
	}
	c.font(t.Font)
	for _, scheme := range []struct {
		name, other string
		colours     Colours
	}{{SchemeLight, SchemeDark, t.Light}, {SchemeDark, SchemeLight, t.Dark}} {
		path := "/theme/" + scheme.name
		for _, token := range scheme.colours.tokens() {
			c.colour(path+"/"+token[0], token[1])
		}
		if t.Scheme == scheme.other && scheme.colours != (Colours{}) {
			c.warn(path, "is shown to nobody: the scheme is %s", "配色が%sに固定されているため、この色は表示されません", fault.Quote(t.Scheme))
		}
	}
	// A paused site shows nothing, and nothing may stand in the way of pausing.
	if illegible := t.illegible(); doc.Paused {
		c.warnings = append(c.warnings, illegible...)
	} else {
		c.fields = append(c.fields, illegible...)
	}
}

func (c *check) colour(path, value string) {
	if value != "" && !colourPattern.MatchString(value) {
		c.fault(path, `must be a colour of six digits such as "#0a5bd3"`, "「#」と6桁の16進数で色を入力してください（例：#0a5bd3）")
	}
}

func (c *check) font(families []string) {
	if len(families) > maxFamilies {
		c.fault("/theme/font", "has %d families; at most %d are allowed", "書体が%d個あります。%d個までにしてください", len(families), maxFamilies)
		return
	}
	for i, family := range families {
		path := fmt.Sprintf("/theme/font/%d", i)
		if !familyPattern.MatchString(family) {
			c.fault(path, "must be the name of one family, 1 to 64 letters, digits, spaces, hyphens and underscores, or one of %s",
				"書体の名前を一つ、64文字以内で入力してください。使えるのは、文字、数字、空白、ハイフン、「_」です（または %s のどれか）", listed(genericFamilies))
		} else if slices.Contains(families[:i], family) {
			c.twice(path, family)
		}
	}
}

// settledTheme returns the theme with its colours in lower case.
func settledTheme(t Theme) Theme {
	t.Accent, t.Light, t.Dark = strings.ToLower(t.Accent), t.Light.lower(), t.Dark.lower()
	return t
}

// illegible says which of the colours that a theme gives have too little contrast
// to what they stand on, in the schemes that are shown. Nothing is returned for a
// theme whose every text and control reaches AA. Derived colours always do.
//
// The pairs are those that the widget's style sheets draw. What else has to stand
// out follows from these: a switch that is on, the edge of either answer, and the
// ring of the focus have the colour of links; a message has text and panel the
// other way round. Lines need no contrast, since they tell nothing by themselves.
func (t Theme) illegible() []fault.Field {
	light, dark := t.Palettes()
	var found []fault.Field
	if t.Scheme != SchemeDark {
		found = append(found, illegible("/theme/light/", t.Light, light)...)
	}
	if t.Scheme != SchemeLight {
		found = append(found, illegible("/theme/dark/", t.Dark, dark)...)
	}
	return found
}

func illegible(path string, given, shown Colours) []fault.Field {
	var found []fault.Field
	for _, p := range []struct {
		token, given, shown, ground, groundJa, on string
		need                                      float64
	}{
		{"text", given.Text, shown.Text, "panel", "パネル", shown.Panel, aaText},
		{"secondary", given.Secondary, shown.Secondary, "panel", "パネル", shown.Panel, aaText},
		{"link", given.Link, shown.Link, "panel", "パネル", shown.Panel, aaText},
		{"buttonText", given.ButtonText, shown.ButtonText, "button", "ボタン", shown.Button, aaText},
		{"outline", given.Outline, shown.Outline, "panel", "パネル", shown.Panel, aaShape},
	} {
		c, on := must(p.shown), must(p.on)
		ratio := c.contrast(on)
		if p.given == "" || ratio >= p.need {
			continue
		}
		what, whatJa, criterion := "text", "文字", "1.4.3"
		if p.need == aaShape {
			what, whatJa, criterion = "the outline of a control", "ボタンや入力欄の輪郭", "1.4.11"
		}
		ratio2, need2, better := twoDecimals(ratio), twoDecimals(p.need), c.nearest(on, p.need)
		found = append(found, fault.Field{Path: path + p.token,
			Reason: fmt.Sprintf("%v has a contrast of %s to the %s (%v); %s needs %s (WCAG 2.2, %s). The nearest of its hue that passes is %v",
				c, ratio2, p.ground, on, what, need2, criterion, better),
			ReasonJa: fmt.Sprintf("%s（%v）に対する %v のコントラスト比は%sです。%sには%s以上が必要です（WCAG 2.2 達成基準%s）。同じ色合いで基準を満たす最も近い色は %v です",
				p.groundJa, on, c, ratio2, whatJa, need2, criterion, better)})
	}
	return found
}

// twoDecimals rounds down, so that a ratio that falls short never looks as if it did not.
func twoDecimals(ratio float64) string { return fmt.Sprintf("%.2f", math.Floor(ratio*100)/100) }

// tokens are the names and values of all colours, in the order of the document.
func (c *Colours) tokens() [][2]string {
	return [][2]string{{"panel", c.Panel}, {"text", c.Text}, {"secondary", c.Secondary}, {"line", c.Line},
		{"outline", c.Outline}, {"button", c.Button}, {"buttonText", c.ButtonText}, {"link", c.Link}}
}

func (c Colours) lower() Colours {
	for _, value := range []*string{&c.Panel, &c.Text, &c.Secondary, &c.Line, &c.Outline, &c.Button, &c.ButtonText, &c.Link} {
		*value = strings.ToLower(*value)
	}
	return c
}
