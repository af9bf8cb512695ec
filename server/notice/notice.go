// Package notice serves the published page of what a site sends, to whom and
// why: the items of article 27-12 of the Telecommunications Business Act and of
// article 22-2-29 of its ordinance (外部送信規律), in plain words, without script.
//
// Nothing on it is typed by hand: it says what the live revision says, so that
// it cannot fall behind what the gate lets through.
package notice

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"html/template"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/site"
	"github.com/sekisho/sekisho/server/web"
)

// Sites says what was published. All methods return NotFound for what is not
// there and Unavailable when the store is away.
type Sites interface {
	// Live returns the revision that visitors are shown now, from memory.
	Live(ctx context.Context, key string) (*site.Revision, error)
	// Revision returns any revision of a site.
	Revision(ctx context.Context, key string, number int) (*site.Revision, error)
	// Publications returns a site's publications, oldest first.
	Publications(ctx context.Context, key string) ([]site.Publication, error)
	// Announced returns the publication that is to come, nil for none, from memory.
	Announced(ctx context.Context, key string) (*site.Announcement, error)
}

// Pages serves notices.
type Pages struct {
	sites    Sites
	purposes []catalogue.Purpose
	now      func() time.Time

	mu   sync.Mutex
	made map[pageKey]made
}

const (
	// fresh is how long a page that was made is served before it is made again;
	// a new live revision shows at once.
	fresh = time.Minute
	// kept bounds the pages in memory; each is some 100 kB.
	kept = 256
	// shown is how many publications the history goes back.
	shown = 50

	cachePage  = "public, max-age=60"
	cacheStyle = "public, max-age=3600"
)

// form is a way in which a notice is served.
type form int

const (
	asPage form = iota
	asFrame
	asJSON
)

type pageKey struct {
	site, lang string
	form       form
}

// shows is what a page that was made is about: another revision, or another
// announcement, shows at once.
type shows struct {
	revision, announced int
	liveAt              int64 // Unix
}

type made struct {
	shows
	at    time.Time
	asset web.Asset
}

//go:embed notice.html
var pageText string

//go:embed changes.html
var changesText string

//go:embed notice.css
var styleText []byte

var (
	page        = template.Must(template.New("notice").Parse(pageText))
	changesPage = template.Must(template.New("changes").Funcs(template.FuncMap{
		// dict makes one value of several, for a part of the page that takes more than one.
		"dict": func(pairs ...any) map[string]any {
			d := map[string]any{}
			for i := 0; i+1 < len(pairs); i += 2 {
				d[pairs[i].(string)] = pairs[i+1]
			}
			return d
		},
	}).Parse(changesText))
	style = web.NewAsset("text/css; charset=utf-8", cacheStyle, styleText)
)

// New returns the pages of a service's sites; purposes are in the order in
// which they are shown.
func New(sites Sites, purposes []catalogue.Purpose, now func() time.Time) *Pages {
	return &Pages{sites: sites, purposes: purposes, now: now, made: map[pageKey]made{}}
}

// Page serves GET /sites/:site/notice.
func (p *Pages) Page(c echo.Context) error { return p.serve(c, asPage) }

// JSON serves GET /sites/:site/notice.json: the same for programs.
func (p *Pages) JSON(c echo.Context) error { return p.serve(c, asJSON) }

// Embed serves GET /sites/:site/notice/embed: the same for a frame in the site's
// own pages, and in nobody else's.
func (p *Pages) Embed(c echo.Context) error {
	rev, err := p.sites.Live(c.Request().Context(), c.Param("site"))
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors "+strings.Join(rev.Document.Origins, " "))
	h.Set("Cross-Origin-Resource-Policy", "cross-origin") // pages that isolate themselves (COEP) may frame it, too
	return p.serve(c, asFrame)
}

// Style serves GET /notice.css.
func (p *Pages) Style(c echo.Context) error { return style.Serve(c) }

// Theme serves GET /sites/:site/notice.css: the colours of the site's theme.
func (p *Pages) Theme(c echo.Context) error {
	rev, err := p.sites.Live(c.Request().Context(), c.Param("site"))
	if err != nil {
		return err
	}
	return web.NewAsset("text/css; charset=utf-8", cachePage, themed(rev.Document.Theme)).Serve(c)
}

func (p *Pages) serve(c echo.Context, form form) error {
	ctx := c.Request().Context()
	rev, err := p.sites.Live(ctx, c.Param("site"))
	if err != nil {
		return err
	}
	announced, err := p.sites.Announced(ctx, rev.Site)
	if err != nil {
		return err
	}
	key, now := pageKey{rev.Site, pick(rev, c.QueryParam("lang")), form}, shows{revision: rev.Number}
	if announced != nil {
		now.announced, now.liveAt = announced.Revision, announced.LiveAt.Unix()
	}
	p.mu.Lock()
	have, ok := p.made[key]
	p.mu.Unlock()
	if !ok || have.shows != now || p.now().Sub(have.at) >= fresh {
		told, err := p.tell(ctx, rev, announced, key.lang)
		switch {
		case err == nil:
			asset, err := render(told, form)
			if err != nil {
				return err
			}
			have = made{now, p.now(), asset}
			p.keep(key, have)
		case !ok || have.shows != now:
			// The store is away. What is sent to whom must be told all the same;
			// the history comes back with the store.
			asset, err := render(p.notice(rev, key.lang, []Publication{}), form)
			if err != nil {
				return err
			}
			asset.CacheControl = "no-store"
			return asset.Serve(c)
		} // else what was true a minute ago is still good
	}
	return have.asset.Serve(c)
}

// tell returns the whole notice, with its history and what is announced.
func (p *Pages) tell(ctx context.Context, rev *site.Revision, announced *site.Announcement, lang string) (Notice, error) {
	all, err := p.sites.Publications(ctx, rev.Site)
	if err != nil {
		return Notice{}, err
	}
	history, err := p.history(ctx, rev, all, lang)
	if err != nil {
		return Notice{}, err
	}
	n := p.notice(rev, lang, history)
	if n.Enacted == "" && len(all) > 0 {
		n.Enacted = all[0].At.In(japan).Format(time.DateOnly)
	}
	if announced != nil {
		n.Announced, err = p.announced(ctx, rev, announced, lang)
	}
	return n, err
}

func render(n Notice, form form) (web.Asset, error) {
	var b bytes.Buffer
	if form == asJSON {
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(n); err != nil {
			return web.Asset{}, err
		}
		return web.NewAsset("application/json", cachePage, b.Bytes()), nil
	}
	n.Up = "../../"
	if form == asFrame {
		n.Framed, n.Up = true, "../../../"
	}
	if err := page.Execute(&b, n); err != nil {
		return web.Asset{}, err
	}
	return web.NewAsset("text/html; charset=utf-8", cachePage, b.Bytes()), nil
}

func (p *Pages) keep(key pageKey, m made) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.made) >= kept {
		clear(p.made)
	}
	p.made[key] = m
}

// pick returns the language of a notice: the one asked for, if the site
// speaks it, else the site's first; English for one that the page does not speak.
func pick(rev *site.Revision, asked string) string {
	if slices.Contains(rev.Document.Languages, asked) || slices.Contains(languages(rev), asked) {
		return spoken(asked)
	}
	return spoken(rev.Document.Languages[0])
}

// languages returns those in which a site's notice can be read, in the site's order.
func languages(rev *site.Revision) []string {
	var own []string
	for _, lang := range rev.Document.Languages {
		if s := spoken(lang); !slices.Contains(own, s) {
			own = append(own, s)
		}
	}
	return own
}

// spoken returns the language of the page for readers of lang.
func spoken(lang string) string {
	if words[lang] == nil {
		return "en"
	}
	return lang
}
