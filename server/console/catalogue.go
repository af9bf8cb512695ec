package console

import (
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
	"github.com/sekisho/sekisho/server/web"
)

// offer is an entry of the catalogue that can be added to a site.
type offer struct {
	ID, Name, Entity, Country string
	// Former names that policies still print.
	Former   []string
	Purposes []string
	// Has: it is in the draft.
	Has          bool
	Discontinued bool
	// Ticked from the start.
	Ticked bool
	// Found are addresses that brought it up.
	Found []string
}

// catalogueView is what catalogue.html draws.
type catalogueView struct {
	Query  string
	Offers []offer
}

func (k *Console) offerOf(v *catalogue.Vendor, doc site.Document, lang speaker) offer {
	return offer{ID: v.ID, Name: v.Name.In(string(lang)), Entity: v.Entity.Name.In(string(lang)), Country: lang.country(v.Country),
		Former: v.FormerNames, Purposes: k.purposeLabels(v, lang), Has: position(doc.Vendors, v.ID) >= 0, Discontinued: v.Status == "discontinued"}
}

func (k *Console) catalogueOf(doc site.Document, query string, lang speaker) catalogueView {
	view := catalogueView{Query: query}
	for _, v := range k.Catalogue.Search(query) {
		view.Offers = append(view.Offers, k.offerOf(v, doc, lang))
	}
	return view
}

// CataloguePage serves GET /console/sites/:site/catalogue.
func (k *Console) CataloguePage(c echo.Context) error {
	d, head, err := k.draft(c)
	if err != nil {
		return err
	}
	return k.render(c, http.StatusOK, page{Name: "catalogue", Area: "vendors", Site: head, Data: k.catalogueOf(d.Document, c.QueryParam("q"), speakerOf(c))})
}

// AddVendors serves POST /console/sites/:site/catalogue.
func (k *Console) AddVendors(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	if ids := f.all("vendor"); len(ids) > 0 {
		if err := k.addVendors(c, ids); err != nil {
			return err
		}
		return done(c, "/console/sites/"+c.Param("site")+"/vendors", "vendors-added")
	}
	d, head, err := k.draft(c)
	if err != nil {
		return err
	}
	problem := &fault.Error{Kind: fault.Invalid, Detail: speakerOf(c).T("catalogue.chooseOne")}
	p := page{Name: "catalogue", Area: "vendors", Site: head, Message: problem.Detail, Data: k.catalogueOf(d.Document, f.text("q"), speakerOf(c))}
	return k.again(c, p, problem, web.StatusOf(problem.Kind))
}
