package notice

import (
	"fmt"
	"strings"

	"github.com/sekisho/sekisho/server/site"
)

// themed is the stylesheet that gives a notice the colours of its site's theme,
// on top of notice.css. All of them are of the form "#rrggbb". Paper stays white.
func themed(theme site.Theme) []byte {
	light, dark := theme.Palettes()
	scheme := theme.WithDefaults().Scheme
	var b strings.Builder
	b.WriteString("@media screen {\n")
	switch scheme {
	case site.SchemeLight:
		variables(&b, "light", light)
	case site.SchemeDark:
		variables(&b, "dark", dark)
	default:
		variables(&b, "light dark", light)
		b.WriteString("@media (prefers-color-scheme: dark) {\n")
		variables(&b, "light dark", dark)
		b.WriteString("}\n")
	}
	b.WriteString("}\n")
	return []byte(b.String())
}

// variables writes one scheme. The tint is the ground itself: softer text and
// links are known to be readable on that alone.
func variables(b *strings.Builder, scheme string, c site.Colours) {
	fmt.Fprintf(b, ":root { color-scheme: %s; --ground: %s; --tint: %[2]s; --ink: %s; --soft: %s; --mark: %[4]s; --line: %s; --link: %s; --accent: %s; }\n",
		scheme, c.Panel, c.Text, c.Secondary, c.Line, c.Link, c.Button)
}
