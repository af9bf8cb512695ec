package console

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/policy"
	"github.com/sekisho/sekisho/server/site"
	"github.com/sekisho/sekisho/server/snippet"
)

// ways are the ways to put the tag into pages, the one for most sites first: two of
// script alone, the policy in the page, the policy as a header of some servers, and
// the file that announces Global Privacy Control.
var ways = []string{"tag", "sealed", "strict", "nginx", "apache", "cloudflare", "gpc"}

// tagView is what tag.html draws.
type tagView struct {
	Way string
	// Text is what to copy, "" where Needs says what is missing: "live" for a
	// publication, "policy" for the setting.
	Text, Needs string
	Notes       []string
	// Seen is when a page of the site last loaded the script; zero for not since Started.
	Seen, Started time.Time
	Origins       []string
}

// Ways are all that there is to choose from.
func (tagView) Ways() []string { return ways }

// Reach says in how many of the ways in which tags arrive nothing is requested
// before consent.
func (v tagView) Reach() (all []int) {
	m := snippet.Measured
	switch v.Way {
	case "tag":
		return []int{m.Tag, m.All}
	case "sealed":
		return []int{m.Sealed, m.All}
	case "strict":
		return []int{m.Strict, m.All}
	case "gpc":
		return nil
	}
	return []int{m.Header, m.All}
}

// TagPage serves GET /console/sites/:site/tag: what to paste, for what is live.
func (k *Console) TagPage(c echo.Context) error {
	d, head, err := k.draft(c)
	if err != nil {
		return err
	}
	view := tagView{Way: ways[0], Origins: d.Document.Origins}
	view.Seen, view.Started = k.sightings.last(head.Key)
	if asked := c.QueryParam("way"); slices.Contains(ways, asked) {
		view.Way = asked
	}
	if err := k.toPaste(c, &view, head.Key); err != nil {
		return err
	}
	return k.render(c, http.StatusOK, page{Name: "tag", Area: "tag", Site: head, Data: view})
}

// toPaste fills in what to copy.
func (k *Console) toPaste(c echo.Context, view *tagView, key string) error {
	ctx, lang := c.Request().Context(), string(speakerOf(c))
	live, err := k.Sites.Live(ctx, key)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	switch {
	case view.Way == "tag" || view.Way == "sealed":
		withPolicy := live != nil && live.Document.Policy
		if view.Text = snippet.Tag(k.PublicURL, key, withPolicy, lang); view.Way == "sealed" {
			view.Text = snippet.Sealed(k.PublicURL, key, withPolicy, lang)
		}
	case live == nil:
		view.Needs = "live"
	case view.Way == "gpc":
		publications, err := k.Sites.Publications(ctx, key)
		if err != nil {
			return err
		}
		for _, p := range publications {
			view.Text = snippet.GPC(p.At)
		}
	case !live.Document.Policy:
		view.Needs = "policy"
	default:
		return k.pastePolicy(c, view, live, lang)
	}
	return nil
}

// noteDays is how far back pages' reports are looked at.
const noteDays = 30

// pastePolicy fills in the policy of what is live, with what is to be known of its
// hosts. Nobody who reports can keep it from being shown.
func (k *Console) pastePolicy(c echo.Context, view *tagView, live *site.Revision, lang string) error {
	p, err := policy.New(live, k.PublicURL)
	if err != nil {
		return err
	}
	if view.Text = snippet.Strict(p, k.PublicURL, lang); view.Way != "strict" {
		if view.Text, err = snippet.Header(p, view.Way, lang); err != nil {
			return err
		}
	}
	figures, err := k.Discovery.Figures(c.Request().Context(), live.Site, k.now().AddDate(0, 0, 1-noteDays))
	if view.Notes = snippet.Notes(p, figures, noteDays, lang); err != nil {
		view.Notes = append(view.Notes, snippet.Unread(err, lang))
	}
	return nil
}

// sightings remember when a page of each site last loaded the site's script: the
// moment and nothing of who or where, in this instance alone and since its start.
type sightings struct {
	started time.Time
	mu      sync.Mutex
	at      map[string]time.Time
}

// sightingInterval is how exactly it is remembered.
const sightingInterval = time.Minute

func newSightings(now time.Time) *sightings {
	return &sightings{started: now, at: map[string]time.Time{}}
}

func (s *sightings) note(site string, now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Sub(s.at[site]) >= sightingInterval {
		s.at[site] = now
	}
}

// last returns when a site's tag was seen, zero for never, and since when that is watched.
func (s *sightings) last(site string) (at, since time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at[site], s.started
}

// SeeTag goes around the route of the sites' scripts, and remembers that a page
// of the site has loaded its own: browsers say that a script element asked
// (Fetch Metadata), and from which origin the page is, unless it keeps that to
// itself. Browsers that loaded the script lately do not ask again for some minutes.
func (k *Console) SeeTag(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if err := next(c); err != nil {
			return err
		}
		r := c.Request()
		if r.Header.Get("Sec-Fetch-Dest") != "script" {
			return nil
		}
		key := strings.TrimSuffix(c.Param("site.js"), ".js")
		// It is in memory: its script has just been served.
		if live, err := k.Sites.Live(r.Context(), key); err != nil || !fromSite(live, r.Referer()) {
			return nil
		}
		k.sightings.note(key, k.now())
		return nil
	}
}

// fromSite reports whether a page that says where it is, or does not, may be the site's.
func fromSite(live *site.Revision, referer string) bool {
	if referer == "" {
		return true
	}
	u, err := url.Parse(referer)
	return err == nil && live.AllowsOrigin(u.Scheme+"://"+u.Host)
}
