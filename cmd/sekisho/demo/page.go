package demo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"
)

// paste is a way to put tags into a page; see "Ways to paste" in README.md.
type paste int

const (
	pasteTag       paste = 1 // Sekisho's own tag and nothing else
	pasteBlind     paste = 2 // and the line that keeps the browser from fetching static scripts ahead
	pasteTemplates paste = 3 // tags that stand in the HTML are wrapped in <template data-vendor>
)

// blindfold is the line of pasteBlind: the browser's look-ahead scanner stops
// at a policy that, because it stands inside a comment by the time it is
// parsed, never applies.
const blindfold = `<script>document.write('<!--')</script><meta http-equiv="Content-Security-Policy" content="object-src *"><!-- -->` + "\n"

// tag is one vendor's official snippet.
type tag struct {
	Vendor string `json:"vendor"`
	// Form is how the snippet loads: "dynamic" (script inserts it), "static" (a
	// script element in the HTML), "together" (inline code behind the element
	// needs it, so both are held as one) or "inert" (marked up for the gate).
	Form string `json:"form"`
	html string
}

// markup is the tag as it stands in the page.
func (t tag) markup(how paste) string {
	if t.Form == "together" || t.Form == "static" && how == pasteTemplates {
		return fmt.Sprintf("<template data-vendor=%q>\n%s</template>\n", t.Vendor, t.html)
	}
	return t.html
}

// view is what page.html shows.
type view struct {
	Site, Lang, OtherLang string
	T                     map[string]string
	Gate, Head, Body      template.HTML            // our own embedded files, see snippets/
	Inert                 map[string]template.HTML // by vendor
	Here, Other, Switch   string
	Real                  bool
	Vendors               []row
	Pastes                []choice
	Data                  pageData
}

type row struct {
	ID, Name string
	Via      bool // reaches the page through the tag manager
}

type choice struct {
	Href, Label, Text string
	Current           bool
}

// pageData is what panel.js reads.
type pageData struct {
	Site    string            `json:"site"`
	Server  string            `json:"server"`
	After   int64             `json:"after"`
	Real    bool              `json:"real"`
	Cookies []string          `json:"cookies"` // names of what Sekisho and the stand-ins set
	Words   map[string]string `json:"words"`
}

// page answers GET /.
func (d *Demo) page(w http.ResponseWriter, r *http.Request) {
	if hostname(r.Host) == "localhost" {
		// Under this name the stand-ins (NAME.localhost) would be hosts of the site's own.
		http.Redirect(w, r, d.server+r.URL.RequestURI(), http.StatusFound)
		return
	}
	query := r.URL.Query()
	lang, other := "ja", "en"
	if query.Get("lang") == "en" {
		lang, other = other, lang
	}
	how := pasteBlind
	switch query.Get("paste") {
	case "1":
		how = pasteTag
	case "3":
		how = pasteTemplates
	}
	real := query.Get("real") == "1"
	v := view{
		Site: d.site, Lang: lang, OtherLang: other, T: d.texts[lang], Real: real,
		Here: pageURL(lang, how, real), Other: pageURL(other, how, real), Switch: pageURL(lang, how, !real),
		Inert: map[string]template.HTML{}, Data: pageData{Site: d.site, Server: d.server, After: d.seen.last(), Real: real, Cookies: d.cookies(), Words: d.texts[lang]},
	}
	v.Gate = template.HTML(`<script src="` + d.server + `/s/` + d.site + `.js"></script>`)
	if how == pasteBlind {
		v.Gate = template.HTML(blindfold) + v.Gate
	}
	var head, body strings.Builder
	for _, t := range d.tags {
		html := t.markup(how)
		if !real {
			html = d.rewrite(html)
		}
		switch {
		case t.Form == "inert":
			v.Inert[t.Vendor] = template.HTML(html)
		case t.Form == "together":
			body.WriteString(html + "\n")
		default:
			head.WriteString(html + "\n")
		}
		v.Vendors = append(v.Vendors, row{ID: t.Vendor, Name: d.name(t.Vendor, lang)})
	}
	v.Head, v.Body = template.HTML(head.String()), template.HTML(body.String())
	v.Vendors = append(v.Vendors, row{ID: viaContainer, Name: d.name(viaContainer, lang), Via: true})
	for _, p := range []paste{pasteTag, pasteBlind, pasteTemplates} {
		v.Pastes = append(v.Pastes, choice{
			Href: pageURL(lang, p, real), Current: p == how,
			Label: v.T[fmt.Sprintf("paste%d", p)], Text: v.T[fmt.Sprintf("paste%dText", p)],
		})
	}
	var buf bytes.Buffer
	if err := d.template.Execute(&buf, v); err != nil {
		http.Error(w, "demo page: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = buf.WriteTo(w) // the reader went away: nobody is left to tell
}

func pageURL(lang string, how paste, real bool) string {
	q := url.Values{}
	if lang != "ja" {
		q.Set("lang", lang)
	}
	if how != pasteBlind {
		q.Set("paste", fmt.Sprint(int(how)))
	}
	if real {
		q.Set("real", "1")
	}
	if len(q) == 0 {
		return "/"
	}
	return "/?" + q.Encode()
}

// requests answers GET /demo/requests?after=N with how many requests of each
// vendor's reached a stand-in since.
func (d *Demo) requests(w http.ResponseWriter, r *http.Request) {
	var after int64
	if _, err := fmt.Sscan(r.URL.Query().Get("after"), &after); err != nil {
		http.Error(w, "after: not a number", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(d.seen.since(after)) // the reader went away
}
