package console

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
)

// textsView is what texts.html draws: the texts of one language.
type textsView struct {
	Language  string
	Languages []string
	Groups    []textGroup
	Preview   previewView
}

// textGroup is the texts of one layer of what visitors see.
type textGroup struct {
	Name  string // "banner"
	Texts []textField
}

// textField is one text: the site's own, and the widget's that is shown without.
type textField struct {
	Key, Path, Own, Usual string
	// Long texts get several lines.
	Long bool
}

// textGroups are the layers in the order in which visitors meet them.
var textGroups = []string{"banner", "common", "preferences", "record", "embeds"}

// longText is from how many bytes on a text gets several lines.
const longText = 90

func (k *Console) textsOf(doc site.Document, lang string) textsView {
	v := textsView{Language: lang, Languages: doc.Languages}
	usual := k.Texts[lang]
	for _, group := range textGroups {
		g := textGroup{Name: group}
		for _, key := range slices.Sorted(maps.Keys(usual)) {
			if strings.HasPrefix(key, group+".") {
				own := doc.Texts[lang][key]
				g.Texts = append(g.Texts, textField{key, "/texts/" + lang + "/" + key, own, usual[key], len(usual[key]) > longText})
			}
		}
		v.Groups = append(v.Groups, g)
	}
	return v
}

// textLanguage is the language whose texts a request is about: the site's first,
// unless it asks for another of the site's.
func textLanguage(doc site.Document, asked string) string {
	if slices.Contains(doc.Languages, asked) || len(doc.Languages) == 0 {
		return asked
	}
	return doc.Languages[0]
}

// TextsPage serves GET /console/sites/:site/texts.
func (k *Console) TextsPage(c echo.Context) error {
	d, head, err := k.draft(c)
	if err != nil {
		return err
	}
	v := k.textsOf(d.Document, textLanguage(d.Document, c.QueryParam("in")))
	v.Preview = k.preview(c, d, "texts")
	return k.render(c, http.StatusOK, page{Name: "texts", Area: "texts", Site: head, Data: v})
}

// SaveTexts serves POST /console/sites/:site/texts, for the texts of one language.
func (k *Console) SaveTexts(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	lang := f.text("in")
	if k.Texts[lang] == nil {
		return fault.New(fault.NotFound, "the widget does not speak %q", lang)
	}
	return k.edit(c, f, "texts", func(doc *site.Document) []fault.Field {
		own := site.Messages{}
		for key, usual := range k.Texts[lang] {
			if text := f.text(key); text != "" && text != usual {
				own[key] = text
			}
		}
		texts := maps.Clone(doc.Texts)
		if texts == nil {
			texts = map[string]site.Messages{}
		}
		if texts[lang] = own; len(own) == 0 {
			delete(texts, lang)
		}
		doc.Texts = texts
		return nil
	}, func(doc site.Document) any {
		v := k.textsOf(doc, lang)
		if d, _, err := k.draft(c); err == nil {
			v.Preview = k.preview(c, d, "texts")
		}
		return v
	}, owned("/texts/"+lang))
}
