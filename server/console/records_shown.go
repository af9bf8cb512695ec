package console

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
)

// shownView is what shown.html draws: a revision as visitors were shown it.
type shownView struct {
	Revision     *site.Revision
	Publications []site.Publication // those that made it live
	Vendors      []shownVendor
	Preview      previewView
}

// shownVendor is a vendor with the facts of the revision.
type shownVendor struct {
	Name, Entity, Country, Receives, UsedFor string
	Purposes                                 []string
}

// Shown serves GET /console/sites/:site/records/revisions/:revision: what visitors
// were shown by a revision, with the widget and as a list. It names no visitor.
func (k *Console) Shown(c echo.Context) error {
	_, head, err := k.draft(c)
	if err != nil {
		return err
	}
	ctx, lang := c.Request().Context(), speakerOf(c)
	number, err := strconv.Atoi(c.Param("revision"))
	if err != nil || number < 1 {
		return fault.New(fault.NotFound, "there is no such revision")
	}
	rev, err := k.Sites.Revision(ctx, head.Key, number)
	if err != nil {
		return err
	}
	v := shownView{Revision: rev, Preview: k.previewOf(c, rev)}
	publications, err := k.Sites.Publications(ctx, head.Key)
	if err != nil {
		return err
	}
	for _, p := range publications {
		if p.Revision == number {
			v.Publications = append(v.Publications, p)
		}
	}
	for i := range rev.Vendors {
		vendor := &rev.Vendors[i].Vendor
		v.Vendors = append(v.Vendors, shownVendor{
			Name: vendor.Name.In(string(lang)), Entity: vendor.Entity.Name.In(string(lang)), Country: lang.country(vendor.Country),
			Receives: vendor.Receives.In(string(lang)), UsedFor: vendor.UsedFor.In(string(lang)), Purposes: k.purposeLabels(vendor, lang),
		})
	}
	return k.render(c, http.StatusOK, page{Name: "shown", Own: lang.T("shown.title", number), Area: "records", Site: head, Data: v})
}

// previewOf returns what shows a revision, in the language and the width that the
// page's address asks for.
func (k *Console) previewOf(c echo.Context, rev *site.Revision) previewView {
	number := strconv.Itoa(rev.Number)
	v := previewView{Languages: rev.Document.Languages, Width: widths[0], Page: "/console/sites/" + rev.Site + "/records/revisions/" + number}
	if asked := c.QueryParam("width"); slices.Contains(widths, asked) {
		v.Width = asked
	}
	v.Language = v.Languages[0]
	if asked := c.QueryParam("in"); slices.Contains(v.Languages, asked) {
		v.Language = asked
	}
	v.Address = "/preview/" + k.previews.sign(rev.Site, rev.Number) + "/?lang=" + v.Language
	return v
}
