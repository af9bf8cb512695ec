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

type pageKey struct {
	site, lang string
	html       bool
}

type made struct {
	revision int
	at       time.Time
	asset    web.Asset
}

//go:embed notice.html
var pageText string

//go:embed notice.css
var styleText []byte

var (
	page  = template.Must(template.New("notice").Parse(pageText))
	style = web.NewAsset("text/css; charset=utf-8", cacheStyle, styleText)
)

// New returns the pages of a service's sites; purposes are in the order in
// which they are shown.
func New(sites Sites, purposes []catalogue.Purpose, now func() time.Time) *Pages {
	return &Pages{sites: sites, purposes: purposes, now: now, made: map[pageKey]made{}}
}

// Page serves GET /sites/:site/notice.
func (p *Pages) Page(c echo.Context) error { return p.serve(c, true) }

// JSON serves GET /sites/:site/notice.json: the same for programs.
func (p *Pages) JSON(c echo.Context) error { return p.serve(c, false) }

// Style serves GET /notice.css.
func (p *Pages) Style(c echo.Context) error { return style.Serve(c) }

func (p *Pages) serve(c echo.Context, html bool) error {
	ctx := c.Request().Context()
	rev, err := p.sites.Live(ctx, c.Param("site"))
	if err != nil {
		return err
	}
	key := pageKey{rev.Site, pick(rev, c.QueryParam("lang")), html}
	p.mu.Lock()
	have, ok := p.made[key]
	p.mu.Unlock()
	if !ok || have.revision != rev.Number || p.now().Sub(have.at) >= fresh {
		history, err := p.history(ctx, rev, key.lang)
		switch {
		case err == nil:
			asset, err := p.make(rev, key, history)
			if err != nil {
				return err
			}
			have = made{rev.Number, p.now(), asset}
			p.keep(key, have)
		case !ok || have.revision != rev.Number:
			// The store is away. What is sent to whom must be told all the same;
			// the history comes back with the store.
			asset, err := p.make(rev, key, []Publication{})
			if err != nil {
				return err
			}
			asset.CacheControl = "no-store"
			return asset.Serve(c)
		} // else what was true a minute ago is still good
	}
	return have.asset.Serve(c)
}

func (p *Pages) make(rev *site.Revision, key pageKey, history []Publication) (web.Asset, error) {
	n := p.notice(rev, key.lang, history)
	var b bytes.Buffer
	if key.html {
		if err := page.Execute(&b, n); err != nil {
			return web.Asset{}, err
		}
		return web.NewAsset("text/html; charset=utf-8", cachePage, b.Bytes()), nil
	}
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(n); err != nil {
		return web.Asset{}, err
	}
	return web.NewAsset("application/json", cachePage, b.Bytes()), nil
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
