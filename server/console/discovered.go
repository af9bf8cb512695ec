package console

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/discovery"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
)

// Discovery says what pages met.
type Discovery interface {
	// Figures returns what was counted of a site from the day of since (in UTC) to
	// today, the most frequent first; Unavailable when the store is away.
	Figures(ctx context.Context, site string, since time.Time) ([]discovery.Figure, error)
}

// spans are the days back that can be looked at.
var spans = []int{7, 30, discovery.Retention}

// discoveredHost is a host that is no vendor's of the site.
type discoveredHost struct {
	Host     string
	Kinds    []string
	Estimate int64 // of page views
	LastSeen string
	// Vendors of the catalogue that have the host: one where it is all that
	// vendor's, several where they share it.
	Vendors []offer
	// Settled: the draft says whose it is.
	Settled bool
}

// discoveredTag is a vendor's tag that the browser fetched ahead of the gate, or
// that would have been held.
type discoveredTag struct {
	discovery.Figure
	Name string
}

// discoveredView is what discovered.html draws.
type discoveredView struct {
	Days  int
	Hosts []discoveredHost
	Tags  []discoveredTag
	// More is how many page views met what a day has no room for.
	More int64
	// Silent: the site's pages report nothing.
	Silent bool
}

// Spans are the days back that can be looked at.
func (discoveredView) Spans() []int { return spans }

// DiscoveredPage serves GET /console/sites/:site/discovered.
func (k *Console) DiscoveredPage(c echo.Context) error {
	d, head, err := k.draft(c)
	if err != nil {
		return err
	}
	days, err := strconv.Atoi(c.QueryParam("days"))
	if err != nil || !slices.Contains(spans, days) {
		days = 30
	}
	figures, err := k.Discovery.Figures(c.Request().Context(), head.Key, k.now().AddDate(0, 0, 1-days))
	if err != nil {
		return err
	}
	view := k.discovered(figures, d.Document, speakerOf(c))
	view.Days, view.Silent = days, discovery.Sample(&d.Document) == 0
	return k.render(c, http.StatusOK, page{Name: "discovered", Area: "vendors", Site: head, Data: view})
}

func (k *Console) discovered(figures []discovery.Figure, doc site.Document, lang speaker) discoveredView {
	var view discoveredView
	var rules []catalogue.Rule
	names := map[string]string{}
	for i, choice := range doc.Vendors {
		if v := k.entryOf(choice); v != nil {
			rules = append(rules, v.Rules(i)...)
			names[choice.ID] = v.Name.In(string(lang))
		}
	}
	draft := catalogue.NewMatcher(rules)
	at := map[string]int{}
	for _, f := range figures {
		switch {
		case f.What == discovery.Other:
			view.More += f.Estimate
			continue
		case f.What != discovery.Unknown:
			view.Tags = append(view.Tags, discoveredTag{f, names[f.Vendor]})
			continue
		}
		i, seen := at[f.Host]
		if !seen {
			i = len(view.Hosts)
			at[f.Host] = i
			h := discoveredHost{Host: f.Host}
			_, h.Settled = draft.Match(f.Host, "/")
			h.Settled = h.Settled || ownHost(doc, f.Host)
			if !h.Settled {
				for _, v := range k.atHost(f.Host) {
					h.Vendors = append(h.Vendors, k.offerOf(v, doc, lang))
				}
			}
			view.Hosts = append(view.Hosts, h)
		}
		h := &view.Hosts[i]
		h.Estimate += f.Estimate
		h.LastSeen = max(h.LastSeen, f.LastSeen)
		if !slices.Contains(h.Kinds, f.Kind) {
			h.Kinds = append(h.Kinds, f.Kind)
		}
	}
	return view
}

// SettleHost serves POST /console/sites/:site/discovered: a host becomes a
// vendor's of the catalogue, or the site's own.
func (k *Console) SettleHost(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	to := "/console/sites/" + c.Param("site") + "/discovered"
	if id := f.text("vendor"); id != "" {
		if err := k.addVendors(c, []string{id}); err != nil {
			return err
		}
		return done(c, to, "vendors-added")
	}
	if f.text("host") == "" {
		return fault.New(fault.Malformed, "the form does not say what to do")
	}
	if err := k.addHost(c, f.text("host")); err != nil {
		return err
	}
	return done(c, to, "host-added")
}
