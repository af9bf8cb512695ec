package console

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
)

// The manual for marketers: help/<language>/<page>.md, the first line its title
// ("# …"), the order that of the names' numbers ("10-start.md" is at help/start).
//
//go:embed help
var helpFiles embed.FS

// helpPage is one page of the manual.
type helpPage struct {
	Name, Title string
	Body        template.HTML
}

// manual is the pages by language, in their order.
var manual = readManual(helpFiles)

func readManual(files fs.FS) map[string][]helpPage {
	markdown := goldmark.New(goldmark.WithExtensions(extension.Table), goldmark.WithParserOptions(parser.WithAutoHeadingID(), parser.WithAttribute()))
	all := map[string][]helpPage{}
	for _, lang := range languages {
		names, err := fs.Glob(files, "help/"+lang+"/*.md")
		if err != nil { // the pattern is a constant
			panic(err)
		}
		for _, name := range names {
			text, err := fs.ReadFile(files, name)
			if err != nil {
				panic(err)
			}
			title, body, ok := strings.Cut(string(text), "\n")
			if !ok || !strings.HasPrefix(title, "# ") {
				panic(fmt.Errorf("%s does not begin with its title", name))
			}
			var b bytes.Buffer
			if err := markdown.Convert([]byte(body), &b); err != nil {
				panic(fmt.Errorf("%s: %w", name, err))
			}
			_, at, _ := strings.Cut(strings.TrimSuffix(path.Base(name), ".md"), "-")
			// The files are ours, and goldmark leaves no HTML of theirs in place.
			all[lang] = append(all[lang], helpPage{Name: at, Title: strings.TrimPrefix(title, "# "), Body: template.HTML(b.String())})
		}
	}
	return all
}

// helpView is what help.html draws: the manual's contents, and a page of it.
type helpView struct {
	Pages []helpPage
	Page  helpPage
}

// Help serves GET /console/help and /console/help/:page. Whoever is not signed in
// may read it: it is in the binary that everybody can have.
func (k *Console) Help(c echo.Context) error {
	pages := manual[string(speakerOf(c))]
	name := c.Param("page")
	for i, one := range pages {
		if one.Name == name || name == "" && i == 0 {
			return k.render(c, 200, page{Name: "help", Own: one.Title, Area: "help", Data: helpView{pages, one}})
		}
	}
	return fault.New(fault.NotFound, "the manual has no such page")
}
