package notice

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
)

// Change is one thing that a notice said and says no more, or says now.
type Change struct {
	What, From, To string // What is a key of the page's words
}

// VendorChange is a recipient of which the notice says something else.
type VendorChange struct {
	Name    string
	Changes []Change
}

// Difference is what the notice says under one revision and not under another.
type Difference struct {
	Notice                // of the later revision
	Before         Notice // of the earlier one
	Settings       []Change
	Added, Removed []Vendor
	Changed        []VendorChange
}

// Same reports whether both notices say the same.
func (d Difference) Same() bool {
	return len(d.Settings)+len(d.Added)+len(d.Removed)+len(d.Changed) == 0
}

// Changes serves GET /sites/:site/notice/changes?from=2&to=5: how the notice of
// one revision differs from another's, in words. Revisions are those that have
// been published, and the one that is announced. Without numbers it is the
// announced one against what is live, else what is live against what was before.
func (p *Pages) Changes(c echo.Context) error {
	ctx, key := c.Request().Context(), c.Param("site")
	live, err := p.sites.Live(ctx, key)
	if err != nil {
		return err
	}
	publications, err := p.sites.Publications(ctx, key)
	if err != nil {
		return err
	}
	announced, err := p.sites.Announced(ctx, key)
	if err != nil {
		return err
	}
	from, to := usual(publications, announced, live.Number)
	if asked := c.QueryParam("from"); asked != "" {
		from, _ = strconv.Atoi(asked)
	}
	if asked := c.QueryParam("to"); asked != "" {
		to, _ = strconv.Atoi(asked)
	}
	lang := pick(live, c.QueryParam("lang"))
	var notices [2]Notice
	for i, number := range []int{from, to} {
		public := slices.ContainsFunc(publications, func(pub site.Publication) bool { return pub.Revision == number })
		if !public && (announced == nil || announced.Revision != number) {
			return fault.New(fault.NotFound, "there is no published revision of that number")
		}
		rev, err := p.sites.Revision(ctx, key, number)
		if err != nil {
			return err
		}
		notices[i] = p.notice(rev, lang, nil)
		notices[i].dated(publications, announced)
	}
	d := compare(notices[0], notices[1])
	d.Languages, d.Up = languages(live), "../../../"
	var b bytes.Buffer
	if err := changesPage.Execute(&b, d); err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderCacheControl, cachePage)
	return c.HTMLBlob(http.StatusOK, b.Bytes())
}

// usual returns the revisions that somebody wants compared who names none.
func usual(publications []site.Publication, announced *site.Announcement, live int) (from, to int) {
	if announced != nil {
		return live, announced.Revision
	}
	from = live
	for _, pub := range slices.Backward(publications) {
		if pub.Revision != live {
			from = pub.Revision
			break
		}
	}
	return from, live
}

// dated puts in when a notice was first published, or will be.
func (n *Notice) dated(publications []site.Publication, announced *site.Announcement) {
	for _, pub := range publications {
		if pub.Revision == n.Revision {
			n.PublishedAt = pub.At
			return
		}
	}
	if announced != nil {
		n.PublishedAt = announced.LiveAt
	}
}

// compare returns what changes for readers from one notice to another of the same site and language.
func compare(from, to Notice) Difference {
	d := Difference{Notice: to, Before: from}
	d.Settings = changesOf([][3]string{
		{"name", from.Name, to.Name},
		{"default", from.T(string(from.Default)), to.T(string(to.Default))},
		{"stopped", from.yes(from.Paused), to.yes(to.Paused)},
		{"validity", from.T("months", from.ExpiryMonths), to.T("months", to.ExpiryMonths)},
		{"controller", from.Controller, to.Controller},
		{"contact", from.reach(from.Contact.Email, from.Contact.URL, from.Contact.Phone), to.reach(to.Contact.Email, to.Contact.URL, to.Contact.Phone)},
		{"complaints", from.reach(from.Complaints.Name, from.Complaints.URL, from.Complaints.Phone), to.reach(to.Complaints.Name, to.Complaints.URL, to.Complaints.Phone)},
	})
	for _, v := range to.Vendors {
		i := slices.IndexFunc(from.Vendors, func(b Vendor) bool { return b.ID == v.ID })
		if i < 0 {
			d.Added = append(d.Added, v)
			continue
		}
		if changes := vendorChanges(from, to, from.Vendors[i], v); len(changes) > 0 {
			d.Changed = append(d.Changed, VendorChange{v.Name, changes})
		}
	}
	for _, v := range from.Vendors {
		if !slices.ContainsFunc(to.Vendors, func(b Vendor) bool { return b.ID == v.ID }) {
			d.Removed = append(d.Removed, v)
		}
	}
	return d
}

func vendorChanges(from, to Notice, a, b Vendor) []Change {
	return changesOf([][3]string{
		{"name", a.Name, b.Name},
		{"entity", a.Entity, b.Entity},
		{"country", a.CountryName, b.CountryName},
		{"receives", a.Receives, b.Receives},
		{"purposes", from.Join(from.Labels(a.Purposes)), to.Join(to.Labels(b.Purposes))},
		{"usedFor", a.UsedFor, b.UsedFor},
		{"linked", from.yes(a.LinkedWithPersonalData), to.yes(b.LinkedWithPersonalData)},
		{"before", from.yes(a.LoadsBeforeChoice), to.yes(b.LoadsBeforeChoice)},
		{"cookies", from.cookieNames(a), to.cookieNames(b)},
		{"privacy", a.Privacy, b.Privacy},
		{"optOut", a.OptOut, b.OptOut},
	})
}

// changesOf returns those of the rows (what, from, to) in which both sides differ.
func changesOf(rows [][3]string) []Change {
	var changes []Change
	for _, r := range rows {
		if r[1] != r[2] {
			changes = append(changes, Change{r[0], r[1], r[2]})
		}
	}
	return changes
}

func (n Notice) yes(b bool) string {
	if b {
		return n.T("yes")
	}
	return n.T("no")
}

// reach joins what there is of how to reach somebody.
func (Notice) reach(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " / ")
}

func (n Notice) cookieNames(v Vendor) string {
	names := make([]string, len(v.Cookies))
	for i, c := range v.Cookies {
		names[i] = c.Name + "（" + n.Lifetime(c) + "）"
		if n.Language != "ja" {
			names[i] = c.Name + " (" + n.Lifetime(c) + ")"
		}
	}
	return n.Join(names)
}
