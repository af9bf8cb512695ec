package console

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
	"github.com/sekisho/sekisho/server/site"
	"github.com/sekisho/sekisho/server/web"
	"golang.org/x/net/publicsuffix"
)

// ownView is what own-vendor.html draws: a vendor of the site's own.
type ownView struct {
	// ID is "" for a vendor that is not there yet.
	ID    string
	Entry catalogue.Vendor
	// Hosts and Cookies are as they were typed, one a line.
	Hosts, Cookies string
	Purposes       []choiceOf
	Data           []string // categories that there are
	Countries      []choiceOf
	// Tried is the address of the matching test, "" for none, and Verdict what came of it.
	Tried, Verdict string
}

// choiceOf is an entry of a list that one chooses from.
type choiceOf struct{ Value, Label string }

// Main is the vendor's main purpose.
func (v ownView) Main() string {
	if len(v.Entry.Purposes) == 0 {
		return ""
	}
	return string(v.Entry.Purposes[0])
}

// Also reports whether the vendor has a purpose besides its main one.
func (v ownView) Also(id string) bool {
	return slices.Contains(v.Entry.Purposes, catalogue.PurposeID(id)) && v.Main() != id
}

// Receives reports whether the vendor receives a category of data.
func (v ownView) Receives(category string) bool { return slices.Contains(v.Entry.Data, category) }

func (k *Console) ownOf(id string, v catalogue.Vendor, lang speaker) ownView {
	view := ownView{ID: id, Entry: v, Data: catalogue.DataCategories()}
	for _, p := range k.Catalogue.Purposes() {
		view.Purposes = append(view.Purposes, choiceOf{string(p.ID), p.Label.In(string(lang))})
	}
	for _, code := range catalogue.Countries() {
		view.Countries = append(view.Countries, choiceOf{code, lang.country(code)})
	}
	slices.SortFunc(view.Countries, func(a, b choiceOf) int { return strings.Compare(a.Label, b.Label) })
	var hosts, cookies []string
	for _, h := range v.Hosts {
		hosts = append(hosts, h.Host+h.Path)
	}
	for _, cookie := range v.Cookies {
		cookies = append(cookies, strings.TrimSpace(cookie.Name+" "+cookie.Domain))
	}
	view.Hosts, view.Cookies = strings.Join(hosts, "\n"), strings.Join(cookies, "\n")
	return view
}

// OwnVendorPage serves GET /console/sites/:site/own-vendor: the form for a new
// vendor, perhaps of a host, or for the one that the address names.
func (k *Console) OwnVendorPage(c echo.Context) error {
	d, head, err := k.draft(c)
	if err != nil {
		return err
	}
	v, id := catalogue.Vendor{Country: "JP"}, c.QueryParam("vendor")
	if id != "" {
		i := position(d.Document.Vendors, id)
		if i < 0 || d.Document.Vendors[i].Custom == nil {
			return noVendor()
		}
		v = *d.Document.Vendors[i].Custom
	} else if host := c.QueryParam("host"); host != "" {
		v.Hosts = []catalogue.Host{{Host: host}}
	}
	return k.render(c, http.StatusOK, page{Name: "own-vendor", Area: "vendors", Site: head, Data: k.ownOf(id, v, speakerOf(c))})
}

// SaveOwnVendor serves POST /console/sites/:site/own-vendor. The button of the
// matching test saves nothing.
func (k *Console) SaveOwnVendor(c echo.Context) error {
	f, d, head, err := k.draftForm(c)
	if err != nil {
		return err
	}
	ctx, id, lang := c.Request().Context(), f.text("vendor"), speakerOf(c)
	if f.ticked("test") {
		view := k.ownTyped(f, d.Document, lang)
		view.Verdict = k.try(view.Tried, id, view.Entry, d.Document, lang)
		return k.render(c, http.StatusOK, page{Name: "own-vendor", Area: "vendors", Site: head, Data: view})
	}
	_, err = k.Sites.EditDraft(ctx, head.Key, f.text("on"), callerOf(c).DisplayName(), "own vendor "+id, func(doc *site.Document) error {
		return k.putOwn(doc, f, id)
	})
	if err == nil {
		if err := k.note(c, operator.Act{Action: operator.ActEditDraft, Site: head.Key, Subject: id, Detail: "vendors"}); err != nil {
			return err
		}
		return done(c, "/console/sites/"+head.Key+"/vendors", "saved")
	}
	problem, ok := mendable(err)
	if !ok {
		return err
	}
	if d, head, err = k.draft(c); err != nil {
		return err
	}
	view := k.ownTyped(f, d.Document, lang)
	p := page{Name: "own-vendor", Area: "vendors", Site: head, Data: view, Message: conflictWords(lang, problem, d)}
	return k.again(c, p, problem, web.StatusOf(problem.Kind))
}

// ownTyped is the page as it was typed.
func (k *Console) ownTyped(f form, doc site.Document, lang speaker) ownView {
	var before catalogue.Vendor
	if i := position(doc.Vendors, f.text("vendor")); i >= 0 && doc.Vendors[i].Custom != nil {
		before = *doc.Vendors[i].Custom
	}
	view := k.ownOf(f.text("vendor"), f.vendor(before), lang)
	view.Hosts, view.Cookies, view.Tried = f.text("hosts"), f.text("cookies"), f.text("try")
	return view
}

// putOwn writes the vendor of a form into a document, in its place or behind the
// others, and returns the rules that it breaks, by field of the form.
func (k *Console) putOwn(doc *site.Document, f form, id string) error {
	i := len(doc.Vendors)
	if id != "" {
		if i = position(doc.Vendors, id); i < 0 || doc.Vendors[i].Custom == nil {
			return noVendor()
		}
	} else {
		doc.Vendors = append(doc.Vendors, site.VendorChoice{Custom: &catalogue.Vendor{}})
	}
	v := f.vendor(*doc.Vendors[i].Custom)
	if v.ID = id; id == "" {
		v.ID = k.freeID(v.Hosts, doc.Vendors)
	}
	doc.Vendors[i].ID, doc.Vendors[i].Custom = v.ID, &v
	_, blockers, _ := k.Sites.Check(*doc)
	var refused []fault.Field
	at := "/vendors/" + strconv.Itoa(i)
	for _, b := range blockers {
		if path, ok := strings.CutPrefix(b.Path, at+"/custom"); ok {
			b.Path = path
			refused = append(refused, b)
		} else if b.Path == "/vendors" {
			refused = append(refused, b)
		}
	}
	return fault.InvalidFields("the vendor breaks a rule", refused)
}

// notInID is what cannot stand in an id.
var notInID = regexp.MustCompile(`[^a-z0-9]+`)

// freeID makes an id of the first host's registered name that nobody has.
func (k *Console) freeID(hosts []catalogue.Host, taken []site.VendorChoice) string {
	base := "vendor"
	if len(hosts) > 0 {
		domain, err := publicsuffix.EffectiveTLDPlusOne(strings.TrimPrefix(hosts[0].Host, "*."))
		if name := strings.Trim(notInID.ReplaceAllString(domain, "-"), "-"); err == nil && name != "" {
			base = name[:min(len(name), 56)]
		}
	}
	id := base
	for n := 2; ; n++ {
		if _, known := k.Catalogue.Vendor(id); !known && position(taken, id) < 0 {
			return id
		}
		id = fmt.Sprintf("%s-%d", base, n)
	}
}

// vendor reads a vendor; what the form does not ask for stays as it was.
func (f form) vendor(v catalogue.Vendor) catalogue.Vendor {
	v.Name, v.Entity.Name = f.both("name", v.Name), f.both("entity", v.Entity.Name)
	v.Receives, v.UsedFor = f.both("receives", v.Receives), f.both("usedFor", v.UsedFor)
	v.Country, v.Data = f.text("country"), f.all("data")
	v.Purposes = nil
	for _, id := range append([]string{f.text("main")}, f.all("purposes")...) {
		if p := catalogue.PurposeID(id); id != "" && !slices.Contains(v.Purposes, p) {
			v.Purposes = append(v.Purposes, p)
		}
	}
	v.Hosts = nil
	for _, line := range f.lines("hosts") {
		v.Hosts = append(v.Hosts, hostOf(line))
	}
	cookies := v.Cookies
	v.Cookies = nil
	for _, line := range f.lines("cookies") {
		v.Cookies = append(v.Cookies, cookieOf(line, cookies))
	}
	v.Links.Privacy, v.Links.OptOut = f.both("privacy", v.Links.Privacy), f.text("optOut")
	if len(v.Links.Privacy) == 0 {
		v.Links.Privacy = nil
	}
	return v
}

// hostOf reads a line: a host, or an address of which the scheme does not count.
func hostOf(line string) catalogue.Host {
	for _, scheme := range []string{"https:", "http:"} {
		line = strings.TrimPrefix(line, scheme)
	}
	line = strings.TrimPrefix(line, "//")
	host, path, _ := strings.Cut(line, "/")
	h := catalogue.Host{Host: strings.ToLower(host)}
	if path, _, _ = strings.Cut(path, "#"); path != "" && path != "*" {
		h.Path = "/" + path
	}
	return h
}

// cookieOf reads a line: a name, and the domain where it is not the site's own.
// What else was known of the cookie stays.
func cookieOf(line string, before []catalogue.Cookie) catalogue.Cookie {
	name, domain, _ := strings.Cut(line, " ")
	cookie := catalogue.Cookie{Name: name, Party: "first", Domain: strings.TrimPrefix(strings.TrimSpace(domain), ".")}
	if cookie.Domain != "" {
		cookie.Party = "third"
	}
	for _, b := range before {
		if b.Name == cookie.Name && b.Domain == cookie.Domain {
			return b
		}
	}
	return cookie
}

// try says to whom the gate would give an address, with the vendor as it was typed.
func (k *Console) try(typed, id string, v catalogue.Vendor, doc site.Document, lang speaker) string {
	if typed != "" && !strings.Contains(typed, "//") {
		typed = "https://" + typed
	}
	u, err := url.Parse(typed)
	if err != nil || u.Hostname() == "" {
		return lang.T("own-vendor.tryNone")
	}
	names := []string{""} // of the vendor itself
	rules := v.Rules(0)
	for _, choice := range doc.Vendors {
		if other := k.entryOf(choice); other != nil && choice.ID != id {
			rules = append(rules, other.Rules(len(names))...)
			names = append(names, other.Name.In(string(lang)))
		}
	}
	i, ok := catalogue.NewMatcher(rules).Match(u.Hostname(), u.RequestURI())
	switch {
	case !ok:
		return lang.T("own-vendor.tryNobody")
	case i == 0:
		return lang.T("own-vendor.tryThis")
	}
	return lang.T("own-vendor.tryOther", names[i])
}
