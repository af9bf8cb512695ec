package console

import (
	"errors"
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
	"github.com/sekisho/sekisho/server/site"
	"github.com/sekisho/sekisho/server/web"
)

// settingsView is what settings.html and new.html draw.
type settingsView struct {
	Document  site.Document
	Languages []string // all that the widget speaks
	// Expiry and Sample are as they were typed.
	Expiry, Sample string
}

// defaults are what a tag may do before a choice, in the order in which they are offered.
func (settingsView) Defaults() []site.Default {
	return []site.Default{site.OptIn, site.OptOut, site.NoticeOnly}
}

// Speaks reports whether the site has a language.
func (v settingsView) Speaks(lang string) bool { return slices.Contains(v.Document.Languages, lang) }

func (k *Console) settingsOf(doc site.Document) settingsView {
	v := settingsView{Document: doc, Languages: k.Languages, Expiry: strconv.Itoa(doc.ExpiryMonths)}
	if doc.ReportSample != nil {
		v.Sample = strconv.FormatFloat(*doc.ReportSample*100, 'f', -1, 64)
	}
	return v
}

// SettingsPage serves GET /console/sites/:site/settings.
func (k *Console) SettingsPage(c echo.Context) error {
	d, head, err := k.draft(c)
	if err != nil {
		return err
	}
	return k.render(c, http.StatusOK, page{Name: "settings", Area: "settings", Site: head, Data: k.settingsOf(d.Document)})
}

// SaveSettings serves POST /console/sites/:site/settings. What breaks a rule is
// refused with its field, and what was typed stays.
func (k *Console) SaveSettings(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	return k.edit(c, f, "settings", func(doc *site.Document) []fault.Field { return f.settings(doc) }, func(doc site.Document) any {
		v := k.settingsOf(doc)
		v.Expiry, v.Sample = f.text("expiryMonths"), f.text("reportSample")
		return v
	}, owned("/name", "/origins", "/languages", "/default", "/expiryMonths", "/hosts", "/policy", "/reportOnly", "/reportSample", "/notice", "/signals"))
}

// settings puts what the form says into the document, and returns what is no number.
func (f form) settings(doc *site.Document) []fault.Field {
	var refused []fault.Field
	doc.Name = f.both("name", doc.Name)
	doc.Origins, doc.Languages, doc.Default = f.lines("origins"), f.all("languages"), site.Default(f.text("default"))
	doc.Strict, doc.Policy, doc.ReportOnly = f.ticked("strict"), f.ticked("policy"), f.ticked("reportOnly")
	doc.ReloadOnWithdrawal, doc.Hosts = f.ticked("reloadOnWithdrawal"), f.lines("hosts")
	doc.Notice.Controller = f.both("controller", doc.Notice.Controller)
	doc.Notice.Contact = site.Contact{Email: f.text("email"), URL: f.text("url"), Phone: f.text("phone")}
	doc.Notice.Complaints = site.Body{URL: f.text("complaintsURL"), Phone: f.text("complaintsPhone")}
	if name := f.both("complaints", nil); len(name) > 0 {
		doc.Notice.Complaints.Name = name
	}
	doc.Notice.Enacted = f.text("enacted")
	doc.Signals.DataLayer = f.text("dataLayer")
	var err error
	if doc.ExpiryMonths, err = strconv.Atoi(f.text("expiryMonths")); err != nil {
		refused = append(refused, fault.Field{Path: "/expiryMonths", Reason: "must be a number of months", ReasonJa: "月数を数字で入力してください"})
	}
	doc.ReportSample = nil
	if typed := f.text("reportSample"); typed != "" {
		percent, err := strconv.ParseFloat(typed, 64)
		if err != nil {
			refused = append(refused, fault.Field{Path: "/reportSample", Reason: "must be a number of percent", ReasonJa: "割合（%）を数字で入力してください"})
		}
		share := percent / 100
		doc.ReportSample = &share
	}
	return refused
}

// both reads a text in the console's languages; other languages stay as they are.
func (f form) both(name string, have catalogue.Text) catalogue.Text {
	text := catalogue.Text{}
	for lang, s := range have {
		text[lang] = s
	}
	for _, lang := range languages {
		if s := f.text(name + "." + lang); s != "" {
			text[lang] = s
		} else {
			delete(text, lang)
		}
	}
	return text
}

// owned returns whether a page is responsible for the field at a path.
func owned(prefixes ...string) func(path string) bool {
	return func(path string) bool {
		return slices.ContainsFunc(prefixes, func(prefix string) bool {
			return path == prefix || len(path) > len(prefix) && path[:len(prefix)+1] == prefix+"/"
		})
	}
}

// edit changes the draft of the site in the address as a form says, under the name of a page.
//
// apply writes into the document and returns what could not be read. mine says
// for which fields the page is responsible: those that break a rule are refused
// here, others are left to their own page, since a draft may be incomplete. Then,
// or when somebody else has changed the draft, the page is drawn again by view
// with what was typed, and nothing has changed.
func (k *Console) edit(c echo.Context, f form, name string, apply func(*site.Document) []fault.Field, view func(site.Document) any, mine func(string) bool) error {
	ctx, key := c.Request().Context(), c.Param("site")
	var typed site.Document
	d, err := k.Sites.EditDraft(ctx, key, f.text("on"), callerOf(c).DisplayName(), name, func(doc *site.Document) error {
		refused := apply(doc)
		typed = *doc
		settled, blockers, _ := k.Sites.Check(*doc)
		for _, b := range blockers {
			if mine(b.Path) && !missing(b.Path) && !slices.ContainsFunc(refused, func(r fault.Field) bool { return r.Path == b.Path }) {
				refused = append(refused, b)
			}
		}
		if len(refused) == 0 {
			*doc = settled
		}
		return fault.InvalidFields("the form breaks a rule", refused)
	})
	if err == nil {
		if err := k.note(c, operator.Act{Action: operator.ActEditDraft, Site: key, Detail: name}); err != nil {
			return err
		}
		return done(c, "/console/sites/"+d.Document.Key+"/"+name, "saved")
	}
	problem, ok := mendable(err)
	if !ok {
		return err
	}
	now, head, err := k.draft(c)
	if err != nil {
		return err
	}
	if problem.Kind == fault.Conflict { // what was typed, over what the other has made of the rest
		typed = now.Document
		apply(&typed)
	}
	p := page{Name: name, Area: name, Site: head, Data: view(typed)}
	if n := len(now.Edits); problem.Kind == fault.Conflict && n > 0 {
		p.Message = speakerOf(c).T("problem.conflictBy", now.Edits[n-1].By, speakerOf(c).Time(now.Edits[n-1].At))
	}
	return k.again(c, p, problem, web.StatusOf(problem.Kind))
}

// missing reports whether a field is only needed for a publication: a draft may lack it.
func missing(path string) bool { return path == "/notice/controller" || path == "/notice/contact" }

// NewSitePage serves GET /console/sites/new.
func (k *Console) NewSitePage(c echo.Context) error {
	doc := site.Document{Languages: []string{"ja"}, Default: site.OptIn, ExpiryMonths: site.DefaultExpiryMonths}
	return k.render(c, http.StatusOK, page{Name: "new", Area: "sites", Data: k.settingsOf(doc)})
}

// CreateSite serves POST /console/sites/new: a site with a draft and nothing else,
// from where the guide goes on.
func (k *Console) CreateSite(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	doc := site.Document{Key: f.text("key"), Default: site.OptIn, ExpiryMonths: site.DefaultExpiryMonths,
		Name: f.both("name", nil), Origins: f.lines("origins"), Languages: f.all("languages")}
	ctx := c.Request().Context()
	settled, blockers, _ := k.Sites.Check(doc)
	mine := owned("/key", "/name", "/origins", "/languages")
	blockers = slices.DeleteFunc(blockers, func(b fault.Field) bool { return !mine(b.Path) })
	err = fault.InvalidFields("the site breaks a rule", blockers)
	if err == nil {
		_, err = k.Sites.CreateDraft(ctx, settled)
	}
	if problem, ok := errors.AsType[*fault.Error](err); ok && problem.Kind == fault.Invalid {
		return k.again(c, page{Name: "new", Area: "sites", Data: k.settingsOf(doc)}, problem, web.StatusOf(problem.Kind))
	}
	if err != nil {
		return err
	}
	if err := k.note(c, operator.Act{Action: operator.ActCreateSite, Site: doc.Key}); err != nil {
		return err
	}
	return done(c, "/console/sites/"+doc.Key, "created")
}
