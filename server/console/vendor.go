package console

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
	"github.com/sekisho/sekisho/server/site"
	"github.com/sekisho/sekisho/server/web"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// vendorView is what vendor.html draws.
type vendorView struct {
	vendorRow
	// Modes that can be chosen: a tag that takes no signal can only be held.
	Modes             []site.Mode
	Purposes          []string
	Country           string
	Receives, UsedFor string
	Hosts             []string
	// Privacy and OptOut are the vendor's own pages, "" for none.
	Privacy, OptOut string
}

// modesOf returns the modes in which a vendor can be used.
func modesOf(v *catalogue.Vendor) []site.Mode {
	if v == nil || v.Signal == "" || v.Necessary() {
		return []site.Mode{site.Hold}
	}
	return []site.Mode{site.Hold, site.Both, site.Signal}
}

// purposeLabels are a vendor's purposes in words.
func (k *Console) purposeLabels(v *catalogue.Vendor, lang speaker) []string {
	var labels []string
	for _, id := range v.Purposes {
		for _, p := range k.Catalogue.Purposes() {
			if p.ID == id {
				labels = append(labels, p.Label.In(string(lang)))
			}
		}
	}
	return labels
}

// country names a country by its code (CLDR), the code where it has no name.
func (lang speaker) country(code string) string {
	region, err := language.ParseRegion(code)
	if err != nil {
		return code
	}
	return display.Regions(language.Make(string(lang))).Name(region)
}

func (k *Console) vendorOf(choice site.VendorChoice, lang speaker) vendorView {
	view := vendorView{vendorRow: k.vendorRow(choice, lang), Modes: modesOf(k.entryOf(choice))}
	v := view.Entry
	if v == nil {
		return view
	}
	view.Purposes, view.Country = k.purposeLabels(v, lang), lang.country(v.Country)
	view.Receives, view.UsedFor = v.Receives.In(string(lang)), v.UsedFor.In(string(lang))
	view.Privacy, view.OptOut = v.Links.Privacy.In(string(lang)), v.Links.OptOut
	for _, h := range v.Hosts {
		view.Hosts = append(view.Hosts, h.Host+h.Path)
	}
	return view
}

// VendorPage serves GET /console/sites/:site/vendors/:vendor.
func (k *Console) VendorPage(c echo.Context) error {
	d, head, err := k.draft(c)
	if err != nil {
		return err
	}
	i := position(d.Document.Vendors, c.Param("vendor"))
	if i < 0 {
		return noVendor()
	}
	view := k.vendorOf(d.Document.Vendors[i], speakerOf(c))
	return k.render(c, http.StatusOK, page{Name: "vendor", Own: view.Name, Area: "vendors", Site: head, Data: view})
}

// SaveVendor serves POST /console/sites/:site/vendors/:vendor: how the site uses the vendor.
func (k *Console) SaveVendor(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	ctx, key, id := c.Request().Context(), c.Param("site"), c.Param("vendor")
	mode, linked := site.Mode(f.text("mode")), f.ticked("linked")
	_, err = k.Sites.EditDraft(ctx, key, f.text("on"), callerOf(c).DisplayName(), "vendor "+id, func(doc *site.Document) error {
		i := position(doc.Vendors, id)
		if i < 0 {
			return noVendor()
		}
		if !slices.Contains(modesOf(k.entryOf(doc.Vendors[i])), mode) {
			return fault.InvalidFields("the vendor cannot be used so", []fault.Field{{Path: "/mode", Reason: "is not a way in which this vendor can be used", ReasonJa: "この外部事業者では選べません"}})
		}
		doc.Vendors[i].Mode, doc.Vendors[i].LinkedWithPersonalData = mode, linked
		if mode == site.Hold { // what a file leaves out
			doc.Vendors[i].Mode = ""
		}
		return nil
	})
	if err == nil {
		if err := k.note(c, operator.Act{Action: operator.ActEditDraft, Site: key, Subject: id, Detail: "vendors"}); err != nil {
			return err
		}
		return done(c, "/console/sites/"+key+"/vendors/"+id, "saved")
	}
	problem, ok := mendable(err)
	if !ok {
		return err
	}
	d, head, err := k.draft(c)
	if err != nil {
		return err
	}
	i := position(d.Document.Vendors, id)
	if i < 0 {
		return noVendor()
	}
	choice := d.Document.Vendors[i]
	choice.Mode, choice.LinkedWithPersonalData = mode, linked
	view := k.vendorOf(choice, speakerOf(c))
	p := page{Name: "vendor", Own: view.Name, Area: "vendors", Site: head, Data: view, Message: conflictWords(speakerOf(c), problem, d)}
	return k.again(c, p, problem, web.StatusOf(problem.Kind))
}

// conflictWords says who has changed a draft meanwhile; "" where nobody has, or nobody knows.
func conflictWords(lang speaker, problem *fault.Error, d site.Draft) string {
	n := len(d.Edits)
	if problem.Kind != fault.Conflict || n == 0 {
		return ""
	}
	return lang.T("problem.conflictBy", d.Edits[n-1].By, lang.Time(d.Edits[n-1].At))
}

func noVendor() error { return fault.New(fault.NotFound, "the draft has no such vendor") }
