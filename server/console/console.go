// Package console is what operators see: pages drawn on the server, in Japanese
// and English, that work without script.
//
// Life of a request: Frame finds out who calls and in which language, refuses
// unsafe requests from other origins, and turns faults into pages. Require asks
// the one table of permissions (package operator). Then a handler reads its form,
// makes one call of the domain, and draws a page or sends the browser on.
package console

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/operator"
	"github.com/sekisho/sekisho/server/site"
	"github.com/sekisho/sekisho/server/web"
)

// Config is what New needs.
type Config struct {
	Operators *operator.Operators
	Sites     *site.Sites
	Catalogue *catalogue.Catalogue
	// Languages are those that the widget speaks, in the order in which they are offered.
	Languages []string
	// Texts are the widget's own by language, which a site may replace.
	Texts map[string]site.Messages
	// Build compiles drafts for previews.
	Build Build
	// Secret signs the links of previews; all instances share it.
	Secret []byte
	// Decisions counts what visitors decide; see Decisions.
	Decisions Decisions
	// Records and Receipts are of single visitors; see there.
	Records  Records
	Receipts Receipts
	// Discovery says what pages met; see Discovery.
	Discovery Discovery
	// Address returns the keyed pseudonym of a client's address.
	Address func(ip string) string
	// PublicURL is where browsers reach the service, without a final slash.
	PublicURL string
	// URL is where operators reach the console: PublicURL, unless the console has an
	// address of its own.
	URL string
	// Mail sends links to whom they are for; nil where they are shown to be passed on.
	Mail Mailer
	// HTTPS says that the console is reached by https: its cookie then bears the
	// prefix __Host-.
	HTTPS bool
	Now   func() time.Time
	Log   *slog.Logger
}

// Decisions counts what visitors decide.
type Decisions interface {
	// Counts returns a site's counters of a day, "2006-01-02" in UTC, by their names; see
	// consent's counters. Unavailable when the store is away.
	Counts(ctx context.Context, site, day string) (map[string]int64, error)
}

// Console serves the pages.
type Console struct {
	Config
	origin   *http.CrossOriginProtection
	previews *previews
	hosts    []*catalogue.Matcher // of each entry of the catalogue, by itself
	// sightings of the sites' tags.
	sightings *sightings
}

// New returns the console.
func New(c Config) *Console {
	return &Console{Config: c, origin: http.NewCrossOriginProtection(), previews: newPreviews(c.Secret, c.Now), sightings: newSightings(c.Now()), hosts: hostMatchers(c.Catalogue)}
}

func (k *Console) now() time.Time { return k.Now() }

// Start serves GET /console/: what one sees first.
func (k *Console) Start(c echo.Context) error {
	return c.Redirect(http.StatusSeeOther, "/console/sites")
}

// Style, Script and Icon serve what the pages load.
func (*Console) Style(c echo.Context) error  { return style.Serve(c) }
func (*Console) Script(c echo.Context) error { return script.Serve(c) }
func (*Console) Icon(c echo.Context) error   { return icon.Serve(c) }

// SampleStyle serves what the page of a preview loads.
func (*Console) SampleStyle(c echo.Context) error { return sample.Serve(c) }

var (
	style  = web.NewAsset("text/css; charset=utf-8", cacheStatic, styleText)
	script = web.NewAsset("text/javascript; charset=utf-8", cacheStatic, scriptText)
	sample = web.NewAsset("text/css; charset=utf-8", cacheStatic, sampleText)
	icon   = web.NewAsset("image/svg+xml", cacheStatic, iconText)
)

// cacheStatic is short, since the files have no hash in their names.
const cacheStatic = "public, max-age=300"
