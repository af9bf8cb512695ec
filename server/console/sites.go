package console

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
	"github.com/sekisho/sekisho/server/site"
)

// siteRow is a site in the list of sites.
type siteRow struct {
	*siteHead
	// Vendors is how many the draft has.
	Vendors int
	Paused  bool
}

// ListSites serves GET /console/sites.
func (k *Console) ListSites(c echo.Context) error {
	ctx := c.Request().Context()
	keys, err := k.Sites.Keys(ctx)
	if err != nil {
		return err
	}
	var rows []siteRow
	for _, key := range keys {
		if !by(c).MaySee(key) {
			continue
		}
		d, err := k.Sites.Draft(ctx, key)
		if err != nil {
			return err
		}
		paused, err := k.paused(ctx, key)
		if err != nil {
			return err
		}
		rows = append(rows, siteRow{headOf(d, speakerOf(c)), len(d.Document.Vendors), paused})
	}
	return k.render(c, http.StatusOK, page{Name: "sites", Area: "sites", Data: rows})
}

// draft returns the draft of the site in the address, and the head of its pages.
func (k *Console) draft(c echo.Context) (site.Draft, *siteHead, error) {
	d, err := k.Sites.Draft(c.Request().Context(), c.Param("site"))
	if err != nil {
		return d, nil, err
	}
	return d, headOf(d, speakerOf(c)), nil
}

// Undo serves POST /console/sites/:site/undo: it takes the last edit of the draft
// back, provided that the draft is still what the page showed.
func (k *Console) Undo(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	key := c.Param("site")
	if _, err := k.Sites.UndoEdit(c.Request().Context(), key, f.text("on")); err != nil {
		return err
	}
	if err := k.note(c, operator.Act{Action: operator.ActEditDraft, Site: key, Detail: "undo"}); err != nil {
		return err
	}
	return done(c, local(next(c).Get("next")), "undone")
}

// draftForm returns what a form about a site sent, with the site's draft and the
// head of its pages.
func (k *Console) draftForm(c echo.Context) (form, site.Draft, *siteHead, error) {
	f, err := readForm(c)
	if err != nil {
		return form{}, site.Draft{}, nil, err
	}
	d, head, err := k.draft(c)
	return f, d, head, err
}

// mendable returns a fault that whoever edits a draft can do something about: a
// field against the rules, or somebody else's change. Of others it says false.
func mendable(err error) (*fault.Error, bool) {
	f, ok := errors.AsType[*fault.Error](err)
	return f, ok && (f.Kind == fault.Invalid || f.Kind == fault.Conflict)
}
