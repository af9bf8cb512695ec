package console

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/site"
	"golang.org/x/net/html"
	"golang.org/x/net/publicsuffix"
)

// pasteView is what paste.html draws.
type pasteView struct {
	Text string
	// Looked: something was pasted, and this is what was found in it.
	Looked bool
	// Known are vendors that the gate would recognise, Maybe those of which it
	// has other addresses on the same hosts.
	Known, Maybe []offer
	// Own are vendors of the site's own that were recognised, by name.
	Own []string
	// Unknown are hosts of which nothing is known.
	Unknown []string
}

// PastePage serves GET /console/sites/:site/paste.
func (k *Console) PastePage(c echo.Context) error {
	_, head, err := k.draft(c)
	if err != nil {
		return err
	}
	return k.render(c, http.StatusOK, page{Name: "paste", Area: "vendors", Site: head, Data: pasteView{}})
}

// Paste serves POST /console/sites/:site/paste: it says whose tags a snippet
// holds, after adding what the form asks for.
func (k *Console) Paste(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	did := ""
	switch host, ids := f.text("host"), f.all("vendor"); {
	case host != "":
		did, err = "host-added", k.addHost(c, host)
	case f.ticked("add") && len(ids) > 0:
		did, err = "vendors-added", k.addVendors(c, ids)
	}
	if err != nil {
		return err
	}
	d, head, err := k.draft(c)
	if err != nil {
		return err
	}
	view := k.recognise(f.text("snippet"), d.Document, speakerOf(c))
	return k.render(c, http.StatusOK, page{Name: "paste", Area: "vendors", Site: head, Done: did, Data: view})
}

// recognise says whose the addresses in a snippet are, by the rules of the gate.
func (k *Console) recognise(text string, doc site.Document, lang speaker) pasteView {
	view := pasteView{Text: text, Looked: text != ""}
	var own []catalogue.Rule
	for i, choice := range doc.Vendors {
		if choice.Custom != nil {
			own = append(own, choice.Custom.Rules(i)...)
		}
	}
	ours, all := catalogue.NewMatcher(own), k.Catalogue.Matcher()
	known, maybe := map[string][]string{}, map[string][]string{}
	for _, a := range addresses(text) {
		if i, ok := ours.Match(a.Hostname(), a.RequestURI()); ok {
			if name := doc.Vendors[i].Custom.Name.In(string(lang)); !slices.Contains(view.Own, name) {
				view.Own = append(view.Own, name)
			}
			continue
		}
		shown := a.Host + a.RequestURI()
		if i, ok := all.Match(a.Hostname(), a.RequestURI()); ok {
			known[k.Catalogue.All()[i].ID] = append(known[k.Catalogue.All()[i].ID], shown)
			continue
		}
		near := k.atHost(a.Hostname())
		for _, v := range near {
			maybe[v.ID] = append(maybe[v.ID], shown)
		}
		if len(near) == 0 && !ownHost(doc, a.Hostname()) && !slices.Contains(view.Unknown, a.Hostname()) {
			view.Unknown = append(view.Unknown, a.Hostname())
		}
	}
	for _, v := range k.Catalogue.All() {
		o := k.offerOf(v, doc, lang)
		if o.Found = known[v.ID]; o.Found != nil {
			o.Ticked = true
			view.Known = append(view.Known, o)
		} else if o.Found = maybe[v.ID]; o.Found != nil {
			view.Maybe = append(view.Maybe, o)
		}
	}
	return view
}

// atHost returns the entries of the catalogue that have any address on a host.
func (k *Console) atHost(host string) []*catalogue.Vendor {
	var found []*catalogue.Vendor
	for i, v := range k.Catalogue.All() {
		if _, ok := k.hosts[i].Match(host, "/"); ok {
			found = append(found, v)
		}
	}
	return found
}

// hostMatchers returns for each entry of a catalogue what finds its hosts, whatever the path.
func hostMatchers(c *catalogue.Catalogue) []*catalogue.Matcher {
	var all []*catalogue.Matcher
	for _, v := range c.All() {
		rules := v.Rules(0)
		for i := range rules {
			rules[i].Path = ""
		}
		all = append(all, catalogue.NewMatcher(rules))
	}
	return all
}

// ownHost reports whether a host is the site's: of its pages, or declared as its own.
func ownHost(doc site.Document, host string) bool {
	own := slices.Clone(doc.Hosts)
	for _, origin := range doc.Origins {
		if u, err := url.Parse(origin); err == nil && u.Hostname() != "" {
			own = append(own, u.Hostname())
		}
	}
	return slices.ContainsFunc(own, func(o string) bool { return host == o || strings.HasSuffix(host, "."+o) })
}

// address is what stands for a request in the text of a page or a script: with a
// scheme, or with two slashes alone.
var address = regexp.MustCompile("(?i)(?:(?:https?|wss?):)?//[a-z0-9_*-]+(?:\\.[a-z0-9_-]+)+(?::\\d+)?(?:[/?][^\\s\"'`<>\\\\()]*)?")

// addresses returns the requests that a snippet names, each once, in its order:
// in attributes, in scripts and in what a noscript holds. What a script puts
// together from pieces cannot be found.
func addresses(text string) []*url.URL {
	var found []*url.URL
	seen := map[string]bool{}
	add := func(text string) {
		for _, s := range address.FindAllString(strings.ReplaceAll(text, `\/`, "/"), -1) {
			if strings.HasPrefix(s, "//") {
				s = "https:" + s
			}
			u, err := url.Parse(s)
			if err != nil || u.User != nil || seen[s] {
				continue
			}
			u.Host = strings.ToLower(u.Host)
			// A name that nobody can register is of a comment or a file, and no host.
			if suffix, listed := publicsuffix.PublicSuffix(u.Hostname()); suffix != u.Hostname() && (listed || strings.Contains(suffix, ".")) && !strings.Contains(u.Host, "*") {
				seen[s] = true
				found = append(found, u)
			}
		}
	}
	z := html.NewTokenizer(strings.NewReader(text))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return found
		case html.StartTagToken, html.SelfClosingTagToken:
			for _, attr := range z.Token().Attr {
				add(attr.Val)
			}
		default:
			add(html.UnescapeString(string(z.Raw())))
		}
	}
}
