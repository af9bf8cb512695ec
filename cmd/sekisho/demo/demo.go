// Package demo is the shop that `sekisho demo` shows: a page with the official
// snippets of many vendors, a panel that shows what the gate does with them,
// and stand-ins for the vendors' servers, so that all of it works without the
// internet and without telling anybody.
//
// The snippets keep their official form. A vendor's host such as
// connect.facebook.net becomes connect.facebook.net.localhost, which browsers
// resolve to this machine by themselves; the demo answers there. The catalogue
// that the demo's site uses owns those names as well (see Hosts), so the gate
// tells vendors apart by the same rules as anywhere else.
package demo

import (
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"net/url"
)

//go:embed site.json
var siteFile []byte

//go:embed page.html
var pageFile string

//go:embed page.css panel.js
var assets embed.FS

//go:embed tags.json texts.json standins.json snippets
var files embed.FS

// Demo serves the demo page and the stand-ins.
type Demo struct {
	site, server string
	name         func(vendor, lang string) string
	tags         []tag
	texts        map[string]map[string]string
	standins     []standin
	vendorOf     map[string]string // by host
	rewrite      func(string) string
	template     *template.Template
	seen         seen
}

// SiteFile returns the demo's site.json with the origins that its page has.
func SiteFile(origins []string) ([]byte, error) {
	var document map[string]any
	if err := json.Unmarshal(siteFile, &document); err != nil {
		return nil, fmt.Errorf("site.json: %w", err)
	}
	document["origins"] = origins
	return json.Marshal(document)
}

// New returns the demo of a site of the service at the public URL server.
// name returns a vendor's name in a language.
func New(site, server string, name func(vendor, lang string) string) (*Demo, error) {
	address, err := url.Parse(server)
	if err != nil {
		return nil, fmt.Errorf("public URL: %w", err)
	}
	d := &Demo{site: site, server: server, name: name}
	for file, into := range map[string]any{"tags.json": &d.tags, "texts.json": &d.texts, "standins.json": &d.standins} {
		if err := read(file, into); err != nil {
			return nil, err
		}
	}
	for i, t := range d.tags {
		html, err := files.ReadFile("snippets/" + t.Vendor + ".html")
		if err != nil {
			return nil, err
		}
		d.tags[i].html = string(html)
	}
	if d.template, err = template.New("page").Parse(pageFile); err != nil {
		return nil, err
	}
	d.vendorOf = d.hosts()
	d.rewrite = rewriter(d.vendorOf, port(address))
	return d, nil
}

// Handler serves the demo in front of the service.
func (d *Demo) Handler(service http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", d.page)
	mux.HandleFunc("GET /demo/requests", d.requests)
	mux.Handle("GET /demo/", http.StripPrefix("/demo/", http.FileServerFS(assets)))
	mux.Handle("/", service)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if host, is := standinHost(r.Host); is {
			d.standin(w, r, host)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

func read(file string, into any) error {
	data, err := files.ReadFile(file)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// port is the port of an address, also where it goes without saying.
func port(address *url.URL) string {
	if _, p, err := net.SplitHostPort(address.Host); err == nil {
		return p
	}
	return "80"
}
