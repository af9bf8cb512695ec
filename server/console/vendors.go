package console

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
	"github.com/sekisho/sekisho/server/site"
)

// staleAfter is the age of an entry's newest source from which on the entry is
// flagged: companies are renamed and bought within a year.
const staleAfter = 365 * 24 * time.Hour

// vendorRow is a vendor of a draft, as its pages show it.
type vendorRow struct {
	ID   string
	Name string // the id where nobody knows the vendor
	// Entry is the catalogue's or the site's own; nil where there is none any more.
	Entry  *catalogue.Vendor
	Own    bool
	Mode   site.Mode
	Linked bool
	// Discontinued: the vendor has closed; Successor is the entry that follows it, nil for none.
	Discontinued bool
	Successor    *catalogue.Vendor
	// Checked is when the entry was last held against its sources, if that is long ago; else zero.
	Checked time.Time
	// First and Last among those of the same purpose.
	First, Last bool
}

// purposeGroup is the vendors of one main purpose, in the draft's order.
type purposeGroup struct {
	Label string
	Rows  []vendorRow
}

// vendorsView is what vendors.html draws.
type vendorsView struct {
	Groups []purposeGroup
	Count  int
}

// entryOf returns the entry of a vendor as a site uses it; nil where nobody knows it.
func (k *Console) entryOf(choice site.VendorChoice) *catalogue.Vendor {
	if choice.Custom != nil {
		return choice.Custom
	}
	v, _ := k.Catalogue.Vendor(choice.ID)
	return v
}

// mainPurpose of a vendor as a site uses it, "" where nobody knows it.
func (k *Console) mainPurpose(choice site.VendorChoice) catalogue.PurposeID {
	if v := k.entryOf(choice); v != nil && len(v.Purposes) > 0 {
		return v.Purposes[0]
	}
	return ""
}

func (k *Console) vendorRow(choice site.VendorChoice, lang speaker) vendorRow {
	v := k.entryOf(choice)
	row := vendorRow{ID: choice.ID, Name: choice.ID, Entry: v, Own: choice.Custom != nil, Mode: choice.Mode, Linked: choice.LinkedWithPersonalData}
	if row.Mode == "" {
		row.Mode = site.Hold
	}
	if v == nil {
		return row
	}
	row.Name = v.Name.In(string(lang))
	row.Discontinued = v.Status == "discontinued"
	row.Successor, _ = k.Catalogue.Vendor(v.Successor)
	if at := newest(v.Sources); !at.IsZero() && k.now().Sub(at) > staleAfter {
		row.Checked = at
	}
	return row
}

// newest returns the day of the latest source, zero for none.
func newest(sources []catalogue.Source) time.Time {
	var last time.Time
	for _, s := range sources {
		if at, err := time.Parse(time.DateOnly, s.Date); err == nil && at.After(last) {
			last = at
		}
	}
	return last
}

// VendorsPage serves GET /console/sites/:site/vendors.
func (k *Console) VendorsPage(c echo.Context) error {
	d, head, err := k.draft(c)
	if err != nil {
		return err
	}
	lang := speakerOf(c)
	view := vendorsView{Count: len(d.Document.Vendors)}
	purposes := append(slices.Clone(k.Catalogue.Purposes()), catalogue.Purpose{})
	for _, p := range purposes {
		g := purposeGroup{Label: p.Label.In(string(lang))}
		if p.ID == "" {
			g.Label = lang.T("vendors.noPurpose")
		}
		for _, choice := range d.Document.Vendors {
			if k.mainPurpose(choice) == p.ID {
				g.Rows = append(g.Rows, k.vendorRow(choice, lang))
			}
		}
		if n := len(g.Rows); n > 0 {
			g.Rows[0].First, g.Rows[n-1].Last = true, true
			view.Groups = append(view.Groups, g)
		}
	}
	return k.render(c, http.StatusOK, page{Name: "vendors", Area: "vendors", Site: head, Data: view})
}

// ArrangeVendors serves POST /console/sites/:site/vendors: one vendor goes up,
// down or away. Each step names its vendor, so that it can be made on whatever
// the draft is by then.
func (k *Console) ArrangeVendors(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	to := url.URL{Path: "/console/sites/" + c.Param("site") + "/vendors"}
	if id := f.text("remove"); id != "" {
		err := k.reshape(c, "vendors", id, func(doc *site.Document) error {
			doc.Vendors = slices.DeleteFunc(doc.Vendors, func(v site.VendorChoice) bool { return v.ID == id })
			return nil
		})
		if err != nil {
			return err
		}
		return done(c, to.Path, "vendor-removed")
	}
	id, step := f.text("up"), -1
	if id == "" {
		id, step = f.text("down"), 1
	}
	if id == "" {
		return fault.New(fault.Malformed, "the form does not say what to do")
	}
	if err := k.reshape(c, "vendors", "", func(doc *site.Document) error {
		k.move(doc.Vendors, id, step)
		return nil
	}); err != nil {
		return err
	}
	// Where the row is now: whoever moves one a long way goes on there.
	to.RawQuery, to.Fragment = "done=vendor-moved", "vendor-"+id
	return c.Redirect(http.StatusSeeOther, to.String())
}

// move changes places of a vendor and the next one of its main purpose in a direction, if there is one.
func (k *Console) move(vendors []site.VendorChoice, id string, step int) {
	i := position(vendors, id)
	if i < 0 {
		return
	}
	for j := i + step; j >= 0 && j < len(vendors); j += step {
		if k.mainPurpose(vendors[j]) == k.mainPurpose(vendors[i]) {
			vendors[i], vendors[j] = vendors[j], vendors[i]
			return
		}
	}
}

// position of the vendor of that id, -1 for none.
func position(vendors []site.VendorChoice, id string) int {
	return slices.IndexFunc(vendors, func(v site.VendorChoice) bool { return v.ID == id })
}

// reshape changes the draft of the site in the address, whatever it is by then,
// and notes it; for what cannot undo what another operator does meanwhile. Edits of
// the same place and subject are taken back together.
func (k *Console) reshape(c echo.Context, place, subject string, edit func(*site.Document) error) error {
	ctx, key := c.Request().Context(), c.Param("site")
	if _, err := k.Sites.EditDraft(ctx, key, "", callerOf(c).DisplayName(), place+" "+subject, edit); err != nil {
		return err
	}
	return k.note(c, operator.Act{Action: operator.ActEditDraft, Site: key, Subject: subject, Detail: place})
}

// addVendors puts entries of the catalogue behind the vendors of the draft; those that are there stay as they are.
func (k *Console) addVendors(c echo.Context, ids []string) error {
	for _, id := range ids {
		if _, ok := k.Catalogue.Vendor(id); !ok {
			return fault.New(fault.NotFound, "the catalogue has no such vendor")
		}
	}
	return k.reshape(c, "vendors", strings.Join(ids, " "), func(doc *site.Document) error {
		for _, id := range ids {
			if position(doc.Vendors, id) < 0 {
				doc.Vendors = append(doc.Vendors, site.VendorChoice{ID: id})
			}
		}
		return nil
	})
}

// addHost declares a host as the site's own.
func (k *Console) addHost(c echo.Context, host string) error {
	return k.reshape(c, "hosts", host, func(doc *site.Document) error {
		if slices.Contains(doc.Hosts, host) {
			return nil
		}
		doc.Hosts = append(doc.Hosts, host)
		_, blockers, _ := k.Sites.Check(*doc)
		mine := owned("/hosts")
		return fault.InvalidFields("this host cannot be added", slices.DeleteFunc(blockers, func(b fault.Field) bool { return !mine(b.Path) }))
	})
}

// vendorTabs are the pages about a site's vendors by their templates' names, which
// are their addresses, too.
var vendorTabs = []string{"vendors", "catalogue", "paste", "own-vendor", "discovered", "import"}

// VendorTabs are those that the caller may look at.
func (p page) VendorTabs() []string {
	return slices.DeleteFunc(slices.Clone(vendorTabs), func(name string) bool {
		return name == "discovered" && !p.May(operator.SeeStatistics) || name == "own-vendor" && !p.May(operator.EditDrafts)
	})
}
