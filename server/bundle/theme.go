package bundle

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/sekisho/sekisho/server/site"
)

// look is what becomes of a theme.
type look struct {
	Layout   string `json:"layout"`
	Position string `json:"position"`
	// CSS is what stands after the widget's own rules: css in widget/src/types.ts.
	CSS string `json:"css"`
}

// theme writes a site's tokens as the widget takes them. All sums are done here,
// at publication: a visitor pays for the rules that apply and for nothing else.
func theme(t site.Theme) look {
	t = t.WithDefaults()
	light, dark := t.Palettes()
	var css strings.Builder
	switch t.Scheme {
	case site.SchemeLight:
		css.WriteString(":host{color-scheme:light!important}.s{" + properties(light))
	case site.SchemeDark:
		css.WriteString(":host{color-scheme:dark!important}.s{" + properties(dark))
	default:
		css.WriteString(".s{" + properties(light))
	}
	fmt.Fprintf(&css, ";--r:%dpx", *t.Radius)
	if len(t.Font) > 0 {
		css.WriteString(";font-family:" + families(t.Font))
	}
	css.WriteString("}")
	if t.Scheme == site.SchemeAuto {
		css.WriteString("@media(prefers-color-scheme:dark){.s{" + properties(dark) + "}}")
	}
	return look{t.Layout, t.Position, css.String()}
}

// properties are the custom properties whose meaning widget/src/ui/style.ts tells.
func properties(c site.Colours) string {
	return "--f:" + short(c.Button) + ";--t:" + short(c.ButtonText) + ";--m:" + short(c.Link) + ";--p:" + short(c.Panel) +
		";--i:" + short(c.Text) + ";--s:" + short(c.Secondary) + ";--l:" + short(c.Line) + ";--o:" + short(c.Outline)
}

// short writes "#rrggbb" with three digits where those say the same.
func short(c string) string {
	if c[1] == c[2] && c[3] == c[4] && c[5] == c[6] {
		return string([]byte{'#', c[1], c[3], c[5]})
	}
	return c
}

// families writes a value of font-family: names quoted, so that none is taken for
// a keyword, and one that browsers fill in at the end.
func families(font []string) string {
	var list []string
	for _, family := range font {
		if !site.Generic(family) {
			family = strconv.Quote(family)
		}
		list = append(list, family)
	}
	if !site.Generic(font[len(font)-1]) {
		list = append(list, "sans-serif")
	}
	return strings.Join(list, ",")
}
