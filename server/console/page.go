package console

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
	"github.com/sekisho/sekisho/server/site"
	"github.com/sekisho/sekisho/server/web"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

//go:embed html/*.html html/sample/*.html
var htmlFiles embed.FS

// pages are the templates by name, each with the layout around it: "sites" is
// html/sites.html, which defines "main".
var pages = parsePages()

// layout is what is around every page; parts are what several of them share.
var layout = []string{"html/layout.html", "html/parts.html"}

func parsePages() map[string]*template.Template {
	entries, err := htmlFiles.ReadDir("html")
	if err != nil { // it is embedded
		panic(err)
	}
	all := map[string]*template.Template{}
	for _, entry := range entries {
		file := "html/" + entry.Name()
		if entry.IsDir() || file == layout[0] || file == layout[1] {
			continue
		}
		name := entry.Name()[:len(entry.Name())-len(".html")]
		// Missing keys are mistakes of ours, never an empty place on a page.
		t := template.New("layout.html").Option("missingkey=error").Funcs(functions)
		all[name] = template.Must(t.ParseFS(htmlFiles, append(layout, file)...))
	}
	return all
}

// functions are for templates that know no page, such as parts.
var functions = template.FuncMap{
	// dict makes one value of several, for a part that takes more than one.
	"dict": func(pairs ...any) map[string]any {
		d := map[string]any{}
		for i := 0; i+1 < len(pairs); i += 2 {
			d[pairs[i].(string)] = pairs[i+1]
		}
		return d
	},
}

// page is what a template draws.
type page struct {
	speaker
	*caller
	// Name of the template, and by it the key of the title: "sites" has "sites.title".
	Name string
	// Title in place of the one by name, "" for that.
	Own string
	// Area of the navigation that the page belongs to.
	Area string
	// Site that the page is about, nil for none.
	Site *siteHead
	// Done is the key of what was just done, for the message at the top; "" for none.
	Done string
	// Message in place of the one by the problem's kind; "" for that.
	Message string
	// Problem is why what was sent was not done; nil for none.
	Problem *fault.Error
	Data    any
	Now     time.Time
	// Request is the id under which the log knows this answer.
	Request string
}

// siteHead is what pages about a site say of it at their head.
type siteHead struct {
	Key, Name string
	// Tag is the draft's, for forms that edit it.
	Tag string
	// Undoable: the draft's last edit can be taken back.
	Undoable bool
	// Live is the revision that visitors are shown, 0 for none.
	Live int
}

// headOf returns the head of pages about a site.
func headOf(d site.Draft, lang speaker) *siteHead {
	name := d.Document.Name.In(string(lang))
	if name == "" {
		name = d.Document.Key
	}
	return &siteHead{Key: d.Document.Key, Name: name, Tag: d.Tag, Undoable: len(d.Edits) > 0, Live: d.Live}
}

// area is one entry of a site's navigation.
type area struct {
	Name, Path string // the name is that of its text, "layout.vendors"
	permission operator.Permission
}

var siteAreas = []area{
	{"overview", "", operator.SeeSites},
	{"vendors", "vendors", operator.SeeSites},
	{"texts", "texts", operator.SeeSites},
	{"look", "look", operator.SeeSites},
	{"settings", "settings", operator.SeeSites},
	{"publish", "publish", operator.SeeSites},
	{"history", "history", operator.SeeSites},
	{"tag", "tag", operator.SeeSites},
	{"choices", "choices", operator.SeeStatistics},
	{"records", "records", operator.ReadRecords},
}

// SiteAreas are the parts of a site that the caller may look at.
func (p page) SiteAreas() []area {
	var may []area
	for _, a := range siteAreas {
		if p.May(a.permission) {
			may = append(may, a)
		}
	}
	return may
}

// Title returns the page's title.
func (p page) Title() string {
	if p.Own != "" {
		return p.Own
	}
	return p.T(p.Name + ".title")
}

// Lang is the language that the page is in.
func (p page) Lang() string { return string(p.speaker) }

// Others are the other languages in which the page can be had.
func (p page) Others() []string {
	var others []string
	for _, lang := range languages {
		if lang != p.Lang() {
			others = append(others, lang)
		}
	}
	return others
}

// LanguageName returns a language's name for itself.
func (page) LanguageName(lang string) string { return display.Self.Name(language.Make(lang)) }

// Say words a problem: by the page's own message, else by its kind. What a fault
// says in English is shown to readers of English.
func (p page) Say(f *fault.Error) string {
	switch {
	case p.Message != "":
		return p.Message
	case f.Kind == fault.Internal:
		return p.T("problem.internal", p.Request)
	case p.Lang() == "en" && f.Detail != "" && f.Kind != fault.Unavailable:
		return f.Detail
	}
	return p.T("problem." + strings.TrimPrefix(web.TypeURI(f.Kind), web.ProblemPath))
}

// digits are positions in lists, which a page's own names of fields leave out.
var digits = regexp.MustCompile(`/\d+`)

// FieldName names the field at a path, with a colon after it: as the page itself
// does, else as a site's document does; the path itself where it has no name.
func (p page) FieldName(path string) string {
	name := p.fieldName(path)
	if own := p.Name + ".field" + digits.ReplaceAllString(path, "/*"); p.Has(own) {
		name = p.T(own)
	}
	return p.T("field.named", name)
}

// Reason returns why the field at a path was refused, in the page's language;
// "" when it was not.
func (p page) Reason(path string) string {
	if p.Problem == nil {
		return ""
	}
	for _, f := range p.Problem.Fields {
		if f.Path == path {
			return p.Word(f)
		}
	}
	return ""
}

// ReasonsBelow returns why the field at a path, or one below it, was refused.
func (p page) ReasonsBelow(path string) []string {
	var reasons []string
	for _, f := range p.Reasons() {
		if f.Path == path || strings.HasPrefix(f.Path, path+"/") {
			reasons = append(reasons, f.Reason)
		}
	}
	return reasons
}

// Refused reports whether the field at a path, or one below it, was refused.
func (p page) Refused(path string) bool { return len(p.ReasonsBelow(path)) > 0 }

// Reasons returns all refused fields with their reasons.
func (p page) Reasons() []fault.Field {
	if p.Problem == nil {
		return nil
	}
	out := make([]fault.Field, len(p.Problem.Fields))
	for i, f := range p.Problem.Fields {
		out[i] = fault.Field{Path: f.Path, Reason: p.Word(f)}
	}
	return out
}

// Word tells why a field was refused, or is doubtful, in the page's language.
func (p page) Word(f fault.Field) string {
	if p.Lang() == "ja" && f.ReasonJa != "" {
		return f.ReasonJa
	}
	return f.Reason
}

// render answers with a page.
func (k *Console) render(c echo.Context, status int, p page) error {
	p.speaker, p.caller, p.Now = speakerOf(c), callerOf(c), k.now()
	p.Request = c.Response().Header().Get(echo.HeaderXRequestID)
	if p.Done == "" {
		// What was done is said by the page that one is sent on to. Only keys that
		// there are, so that a link cannot put words into our mouth.
		if done := c.QueryParam("done"); p.Has("done." + done) {
			p.Done = done
		}
	}
	t, ok := pages[p.Name]
	if !ok {
		return fault.New(fault.Internal, "there is no template %q", p.Name)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, p); err != nil {
		return fault.Wrap(fault.Internal, err, "cannot draw %q", p.Name)
	}
	return c.HTMLBlob(status, b.Bytes())
}

// again draws a page anew on which a form was refused, with what was typed and why.
func (k *Console) again(c echo.Context, p page, problem *fault.Error, status int) error {
	p.Problem = problem
	return k.render(c, status, p)
}

// done sends the browser on after something was done (303, so that loading anew
// repeats nothing), with the key of the message that says so.
func done(c echo.Context, to, key string) error {
	u, err := url.Parse(to)
	if err != nil {
		return err
	}
	if key != "" {
		query := u.Query() // a page that one comes back to may have had one, and a message of its own
		query.Set("done", key)
		u.RawQuery = query.Encode()
	}
	return c.Redirect(http.StatusSeeOther, u.String())
}
