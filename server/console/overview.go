package console

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
	"github.com/sekisho/sekisho/server/site"
)

// overviewView is what overview.html draws.
type overviewView struct {
	Draft site.Draft
	// Since is when the live revision was published; zero for none.
	Since time.Time
	// Blockers is how many things keep the draft from being published.
	Blockers int
	// Paused: visitors are shown nothing now.
	Paused bool
	// Changed: the draft differs from what is live.
	Changed bool
	// Today is how many decisions there have been since midnight UTC; -1 when
	// nobody knows.
	Today int64
	Steps []step
}

// step is one step of the guide from a new site to its publication.
type step struct {
	Area string // of siteAreas, and by it the text "overview.step.…"
	Done bool
}

// Overview serves GET /console/sites/:site.
func (k *Console) Overview(c echo.Context) error {
	d, head, err := k.draft(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	view := overviewView{Draft: d, Today: k.decisionsToday(ctx, head.Key)}
	publications, err := k.Sites.Publications(ctx, head.Key)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	if len(publications) > 0 {
		view.Since = publications[len(publications)-1].At
	}
	if view.Paused, err = k.paused(ctx, head.Key); err != nil {
		return err
	}
	_, blockers, _ := k.Sites.Check(d.Document)
	view.Blockers = len(blockers)
	if len(blockers) == 0 {
		_, diff, err := k.Sites.Compose(ctx, d.Document)
		if err != nil {
			return err
		}
		view.Changed = !diff.Empty()
	}
	open := map[string]bool{}
	for _, b := range blockers {
		open[areaOf(b.Path)] = true
	}
	for _, area := range []string{"settings", "vendors", "texts", "look"} {
		view.Steps = append(view.Steps, step{area, !open[area] && (area != "vendors" || len(d.Document.Vendors) > 0)})
	}
	seen, _ := k.sightings.last(head.Key)
	view.Steps = append(view.Steps, step{"publish", d.Live > 0}, step{"tag", view.Today > 0 || !seen.IsZero()})
	return k.render(c, http.StatusOK, page{Name: "overview", Own: head.Name, Area: "overview", Site: head, Data: view})
}

// decisionsToday counts decisions since midnight UTC, -1 when the store is away:
// the page itself has to be seen then all the same.
func (k *Console) decisionsToday(ctx context.Context, key string) int64 {
	counts, err := k.Decisions.Counts(ctx, key, k.now().UTC().Format(time.DateOnly))
	if err != nil {
		k.Log.LogAttrs(ctx, slog.LevelWarn, "counts not read", slog.String("site", key), slog.String("error", err.Error()))
		return -1
	}
	sum := int64(0)
	for name, n := range counts {
		// REVISION|ACTION|LAYER|LANGUAGE is raised once by each decision; the others are of vendors.
		if parts := strings.Split(name, "|"); len(parts) == 4 && parts[1] != "vendor" {
			sum += n
		}
	}
	return sum
}

// paused reports whether what is live of a site is paused; what is not live is not.
func (k *Console) paused(ctx context.Context, key string) (bool, error) {
	live, err := k.Sites.Live(ctx, key)
	if fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return live.Document.Paused, nil
}

// Pause serves POST /console/sites/:site/pause: the kill switch.
func (k *Console) Pause(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	ctx, key, paused := c.Request().Context(), c.Param("site"), f.text("paused") == "true"
	action, why := operator.ActUnpause, speakerOf(c).T("overview.unpause")
	if paused {
		action, why = operator.ActPause, speakerOf(c).T("overview.pause")
	}
	if _, err := k.Sites.Pause(ctx, key, paused, callerOf(c).DisplayName(), cmp.Or(f.text("why"), why)); err != nil {
		return err
	}
	if err := k.note(c, operator.Act{Action: action, Site: key}); err != nil {
		return err
	}
	if paused {
		return done(c, "/console/sites/"+key, "paused")
	}
	return done(c, "/console/sites/"+key, "unpaused")
}
