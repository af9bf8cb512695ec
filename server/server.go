// Package server puts the parts of Sekisho together behind one HTTP handler.
package server

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/api"
	"github.com/sekisho/sekisho/server/bundle"
	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/consent"
	"github.com/sekisho/sekisho/server/console"
	"github.com/sekisho/sekisho/server/discovery"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/notice"
	"github.com/sekisho/sekisho/server/operator"
	"github.com/sekisho/sekisho/server/site"
	"github.com/sekisho/sekisho/server/web"
)

// Store is a store with all its parts: store/embedded or store/redis.
type Store interface {
	site.Store
	consent.Store
	consent.KeyStore
	discovery.Store
	operator.Stores
	// Ping reports whether the store can be reached.
	Ping(ctx context.Context) error
	// Durability tells how safely an acknowledged decision is kept.
	Durability(ctx context.Context) (consent.Durability, error)
	Close() error
}

// Limits bound what one address, and one site, may ask for. A zero rate limits nothing.
type Limits struct {
	Writes      web.Rate // decisions and erasures of one address, all instances together; by themselves, its reports
	SiteWrites  web.Rate // decisions of one site, by instance
	SiteReports web.Rate // reports of one site, by instance
	Reads       web.Rate // all of /v1/sites, of one address, by instance
}

// DefaultLimits leave room for an office behind one address and for a site's
// busiest minute.
var DefaultLimits = Limits{
	Writes:      web.Rate{PerSecond: 2, Burst: 20},
	SiteWrites:  web.Rate{PerSecond: 500, Burst: 2000},
	SiteReports: web.Rate{PerSecond: 50, Burst: 200},
	Reads:       web.Rate{PerSecond: 200, Burst: 400},
}

// Config is what New needs.
type Config struct {
	Store     Store
	Catalogue *catalogue.Catalogue
	// Widget holds the widget's sources; see package widget.
	Widget fs.FS
	// PublicURL is where browsers reach the service.
	PublicURL string
	// ConsoleURL is where operators reach the console, where Server.Console serves it on
	// an address of its own; "" for beside all else, on PublicURL.
	ConsoleURL string
	// Proxies are the networks whose X-Forwarded-For is believed.
	Proxies []netip.Prefix
	Limits  Limits
	// Shared makes a limiter that all instances share; nil when there is one
	// instance alone.
	Shared func(web.Rate) web.Limiter
	// Token lets whoever holds it change sites over HTTP, beside the tokens that
	// operators make; "" for none.
	Token string
	// Mail sends operators their links; nil where owners pass them on themselves.
	Mail console.Mailer
	// MetricsApart says that metrics are served elsewhere, by Server.Metrics.
	MetricsApart bool
	Now          func() time.Time // nil for time.Now
	Log          *slog.Logger
}

// Server is the service, ready to be run.
type Server struct {
	Sites     *site.Sites
	Operators *operator.Operators

	config  Config
	echo    *echo.Echo
	apart   *echo.Echo // the console's, where that is served apart; else echo
	health  *web.Health
	metrics *web.Metrics
	keeper  *bundle.Keeper
	api     *api.API
	notice  *notice.Pages
	console *console.Console
	keyer   web.Keyer
}

// New returns the service. It asks the store for the installation's keys, and
// makes them when there are none.
//
// Faults: Invalid for a public URL that is none or a token that is too short,
// Unavailable when the store is away.
func New(ctx context.Context, c Config) (*Server, error) {
	public, err := bundle.PublicURL(c.PublicURL)
	if err != nil {
		return nil, err
	}
	https := strings.HasPrefix(public, "https:")
	door := public
	if c.ConsoleURL != "" {
		if door, err = bundle.PublicURL(c.ConsoleURL); err != nil {
			return nil, err
		}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Token != "" && len(c.Token) < api.MinToken {
		return nil, fault.New(fault.Invalid, "the token must have at least %d characters", api.MinToken)
	}
	texts, err := bundle.Messages(c.Widget)
	if err != nil {
		return nil, err
	}
	candidate := make([]byte, 32)
	_, _ = rand.Read(candidate) // never fails, by its documentation
	secret, err := c.Store.Key(ctx, "limits", candidate)
	if err != nil {
		return nil, fmt.Errorf("reading the installation's keys: %w", err)
	}
	s := &Server{config: c, metrics: web.NewMetrics(), keyer: web.NewKeyer(secret)}
	s.Sites = site.New(c.Store, site.Rules{Catalogue: c.Catalogue, Texts: texts}, c.Now)
	s.keeper = bundle.NewKeeper(s.Sites, func(ctx context.Context, r *site.Revision) (*bundle.Bundle, error) {
		return bundle.Build(ctx, bundle.Input{Revision: r, PublicURL: c.PublicURL, Widget: c.Widget, Purposes: c.Catalogue.Purposes()})
	}, c.Now, c.Log)
	s.Operators = operator.New(operator.Config{Store: c.Store, Now: c.Now, Random: rand.Reader, Issuer: bundle.Host(public)})
	signer := consent.NewSigner(c.Store, rand.Reader)
	// Now, rather than at the first decision, which may come while the store is away.
	if _, err := signer.PublicKey(ctx); err != nil {
		return nil, fmt.Errorf("reading the installation's keys: %w", err)
	}
	recorder := &consent.Recorder{Store: c.Store, Sites: published{s.Sites}, Signer: signer, Now: c.Now, Pause: consent.Backoff}
	s.console = console.New(console.Config{
		Operators: s.Operators, Sites: s.Sites, Catalogue: c.Catalogue, Address: s.keyer.Pseudonym,
		Languages: slices.SortedFunc(maps.Keys(texts), masterFirst), Decisions: c.Store, Records: recorder, Receipts: signer,
		Discovery: discovery.Reader{Store: c.Store, Now: c.Now},
		Texts:     texts, Secret: secret,
		Build: func(ctx context.Context, r *site.Revision, at string) (*bundle.Bundle, error) {
			return bundle.Build(ctx, bundle.Input{Revision: r, PublicURL: at, Widget: c.Widget, Purposes: c.Catalogue.Purposes()})
		},
		PublicURL: public, URL: door, Mail: c.Mail, HTTPS: strings.HasPrefix(door, "https:"), Now: c.Now, Log: c.Log,
	})
	s.notice = notice.New(s.Sites, c.Catalogue.Purposes(), c.Now)
	s.health = web.NewHealth(c.Now, web.Check{Name: "store", Run: s.checkStore}, web.Check{Name: "script", Run: s.keeper.Check})
	s.api = &api.API{
		Sites:    s.Sites,
		Recorder: recorder,
		Discovery: &discovery.Recorder{
			Reader: discovery.Reader{Store: c.Store, Now: c.Now}, Sites: s.Sites, Own: bundle.Host(public),
		},
		Receipts:  signer,
		Scripts:   scripts{s.keeper},
		Editor:    s.Sites,
		Domain:    func(origin string) string { return bundle.Domain(c.PublicURL, origin) },
		HTTPS:     https,
		Token:     c.Token,
		Operators: s.Operators,
		Address:   s.keyer.Pseudonym,
		Now:       c.Now,
		Log:       c.Log,
	}
	s.echo = s.newEcho(https)
	if s.apart = s.echo; c.ConsoleURL != "" {
		s.apart = s.newEcho(strings.HasPrefix(door, "https:"))
	}
	s.route()
	return s, nil
}

func (s *Server) newEcho(https bool) *echo.Echo {
	return web.New(web.Options{
		Log: s.config.Log, Proxies: s.config.Proxies, HTTPS: https, Metrics: s.metrics,
		Now: s.config.Now, ID: rand.Text,
	})
}

// Handler answers requests; Run has to run beside it.
func (s *Server) Handler() http.Handler { return s.echo }

// Console answers what operators ask, where the console has an address of its own;
// nil where Handler does.
func (s *Server) Console() http.Handler {
	if s.apart == s.echo {
		return nil
	}
	return s.apart
}

// Metrics serves /metrics for an address of its own.
func (s *Server) Metrics() http.Handler { return s.metrics.Handler() }

// Drain makes /readyz say that this instance is about to go.
func (s *Server) Drain() { s.health.Drain() }

// Run follows the sites and builds their scripts, makes live what was announced
// when its time has come, and has the store forget what has expired, until ctx ends.
func (s *Server) Run(ctx context.Context) {
	if store, ok := s.config.Store.(sweeper); ok {
		daily := time.NewTicker(sweepInterval)
		swept := make(chan struct{})
		go func() {
			defer close(swept)
			sweep(ctx, store, s.config.Now, daily.C, s.config.Log)
		}()
		defer func() { <-swept; daily.Stop() }()
	}
	seconds := time.NewTicker(site.WatchInterval)
	published := make(chan struct{})
	go func() {
		defer close(published)
		due(ctx, s.Sites, s.Operators, seconds.C, s.config.Log)
	}()
	defer func() { <-published; seconds.Stop() }()
	ticker := time.NewTicker(site.WatchInterval)
	defer ticker.Stop()
	s.keeper.Watch(ctx, func(ctx context.Context, w site.Watcher) { s.Sites.Watch(ctx, ticker.C, w) })
}

// checkStore is for readiness: an error when the store is away, a word when it
// keeps decisions less safely than promised.
func (s *Server) checkStore(ctx context.Context) ([]string, error) {
	if err := s.config.Store.Ping(ctx); err != nil {
		return nil, err
	}
	d, err := s.config.Store.Durability(ctx)
	switch {
	case err != nil:
		return nil, err
	case !d.Known:
		return []string{"durability-unknown"}, nil
	case len(d.Problems) > 0:
		return []string{"durability"}, nil
	}
	return nil, nil
}

// limit returns the middleware of a limit that this instance keeps by itself.
func (s *Server) limit(r web.Rate, key func(echo.Context) string) echo.MiddlewareFunc {
	if r == (web.Rate{}) {
		return func(next echo.HandlerFunc) echo.HandlerFunc { return next }
	}
	return web.Limit(web.NewLocal(r, s.config.Now), key)
}

// sharedLimit returns the middleware of a limit that all instances keep
// together where the store lets them, and each by itself while it is away.
func (s *Server) sharedLimit(r web.Rate, key func(echo.Context) string) echo.MiddlewareFunc {
	if r == (web.Rate{}) || s.config.Shared == nil {
		return s.limit(r, key)
	}
	return web.Limit(web.Fallback(s.config.Shared(r), web.NewLocal(r, s.config.Now), s.config.Log), key)
}

// published is the sites as the recorder needs them: a revision that nobody was
// ever shown cannot have been decided about.
type published struct{ sites *site.Sites }

func (p published) Live(ctx context.Context, key string) (*site.Revision, error) {
	return p.sites.Live(ctx, key)
}

func (p published) Revision(ctx context.Context, key string, number int) (*site.Revision, error) {
	ok, err := p.sites.Published(ctx, key, number)
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, fault.New(fault.Conflict, "revision %d was never published", number)
	}
	return p.sites.Revision(ctx, key, number)
}

// scripts are the keeper's files as the API serves them.
type scripts struct{ keeper *bundle.Keeper }

func (s scripts) Script(ctx context.Context, key string) (web.Asset, error) {
	return servable(s.keeper.Script(ctx, key))
}

func (s scripts) Part(hash, name string) (web.Asset, error) {
	return servable(s.keeper.Part(hash, name))
}

func servable(f *bundle.File, err error) (web.Asset, error) {
	if err != nil {
		return web.Asset{}, err
	}
	return web.Asset{ContentType: f.ContentType, Tag: f.Tag, Identity: f.Identity, Gzip: f.Gzip, Brotli: f.Brotli}, nil
}

// Warnings are what an operator must hear at the start, as sentences.
func (s *Server) Warnings(ctx context.Context) ([]string, error) {
	d, err := s.config.Store.Durability(ctx)
	if err != nil {
		return nil, err
	}
	warnings := d.Problems
	if !d.Known && len(warnings) == 0 {
		warnings = []string{"the store does not say how safely it keeps what it acknowledges; check its settings yourself"}
	}
	return warnings, nil
}

// masterFirst orders languages: the master, English, then by their codes.
func masterFirst(a, b string) int {
	order := func(lang string) int { return slices.Index([]string{"en", "ja"}, lang) }
	return cmp.Or(order(b)-order(a), cmp.Compare(a, b))
}
