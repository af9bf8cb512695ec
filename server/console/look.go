package console

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
)

// previewView is what the part "preview" draws.
type previewView struct {
	// Address of the preview; "" while the draft breaks a rule.
	Address   string
	Languages []string
	// Language and Width that are shown.
	Language, Width string
	// Page is where the links to another language or width lead.
	Page string
}

// widths in which a preview is shown.
var widths = []string{"desktop", "phone"}

// Widths are those that can be chosen.
func (previewView) Widths() []string { return widths }

// preview returns what shows the draft on a page, in the language and the width
// that the page's address asks for.
func (k *Console) preview(c echo.Context, d site.Draft, at string) previewView {
	v := previewView{Languages: d.Document.Languages, Width: widths[0], Page: "/console/sites/" + d.Document.Key + "/" + at}
	if asked := c.QueryParam("width"); slices.Contains(widths, asked) {
		v.Width = asked
	}
	if len(v.Languages) > 0 {
		v.Language = v.Languages[0]
	}
	if asked := c.QueryParam("in"); slices.Contains(v.Languages, asked) {
		v.Language = asked
	}
	if _, _, err := k.Sites.Compose(c.Request().Context(), d.Document); err == nil {
		v.Address = "/preview/" + k.previews.sign(d.Document.Key, 0) + "/?lang=" + v.Language + "&draft=" + d.Tag
	}
	return v
}

// lookView is what look.html draws.
type lookView struct {
	Theme site.Theme
	// Radius and Font are as they were typed.
	Radius, Font string
	Places       []string // layout and position, "bar-bottom"
	Place        string
	Light, Dark  []colourField
	Preview      previewView
}

// colourField is a colour of a scheme: what the site has chosen, and what it is otherwise.
type colourField struct {
	Name, Path    string // "light.panel", "/theme/light/panel"
	Chosen, Usual string
}

// Schemes are what a site can choose.
func (lookView) Schemes() []string {
	return []string{site.SchemeAuto, site.SchemeLight, site.SchemeDark}
}

var places = []string{"bar-bottom", "bar-top", "card-right", "card-left", "dialog-center"}

// colourNames are the colours of a scheme in the order of the page.
var colourNames = []string{"panel", "text", "secondary", "button", "buttonText", "link", "outline", "line"}

// colour returns the place in a scheme of the colour of that name.
func colour(c *site.Colours, name string) *string {
	return map[string]*string{"panel": &c.Panel, "text": &c.Text, "secondary": &c.Secondary, "button": &c.Button,
		"buttonText": &c.ButtonText, "link": &c.Link, "outline": &c.Outline, "line": &c.Line}[name]
}

func lookOf(t site.Theme) lookView {
	full := t.WithDefaults()
	light, dark := t.Palettes()
	v := lookView{Theme: full, Places: places, Place: full.Layout + "-" + full.Position, Radius: strconv.Itoa(*full.Radius), Font: strings.Join(t.Font, "\n")}
	for _, name := range colourNames {
		v.Light = append(v.Light, colourField{"light." + name, "/theme/light/" + name, *colour(&t.Light, name), *colour(&light, name)})
		v.Dark = append(v.Dark, colourField{"dark." + name, "/theme/dark/" + name, *colour(&t.Dark, name), *colour(&dark, name)})
	}
	return v
}

// LookPage serves GET /console/sites/:site/look.
func (k *Console) LookPage(c echo.Context) error {
	d, head, err := k.draft(c)
	if err != nil {
		return err
	}
	v := lookOf(d.Document.Theme)
	v.Preview = k.preview(c, d, "look")
	return k.render(c, http.StatusOK, page{Name: "look", Area: "look", Site: head, Data: v})
}

// SaveLook serves POST /console/sites/:site/look. A colour that cannot be read is
// refused with its contrast.
func (k *Console) SaveLook(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	return k.edit(c, f, "look", func(doc *site.Document) []fault.Field { return f.theme(&doc.Theme) }, func(doc site.Document) any {
		v := lookOf(doc.Theme)
		v.Radius, v.Font = f.text("radius"), f.text("font")
		// What is live in the draft goes on being shown beside what was refused.
		if d, _, err := k.draft(c); err == nil {
			v.Preview = k.preview(c, d, "look")
		}
		return v
	}, owned("/theme"))
}

// theme reads a look, and returns what could not be read.
func (f form) theme(t *site.Theme) []fault.Field {
	*t = site.Theme{Scheme: f.text("scheme"), Accent: f.text("accent"), Font: f.lines("font")}
	t.Layout, t.Position, _ = strings.Cut(f.text("place"), "-")
	for _, name := range colourNames {
		*colour(&t.Light, name), *colour(&t.Dark, name) = f.text("light."+name), f.text("dark."+name)
	}
	radius, err := strconv.Atoi(f.text("radius"))
	if err != nil {
		return []fault.Field{{Path: "/theme/radius", Reason: "must be a whole number of pixels", ReasonJa: "整数（ピクセル）で入力してください"}}
	}
	t.Radius = &radius
	return nil
}
