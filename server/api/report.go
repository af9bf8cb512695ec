package api

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/discovery"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/web"
)

const (
	// maxReport is the largest body of a report, in bytes.
	maxReport = 4 << 10
	// reportDays is how far back figures go where nothing else is asked for.
	reportDays = 30
	// maxFigures is how many are told: anybody can report, and answers have an end.
	maxFigures = 1000
)

// Discovery takes reports of pages in and says what they come to. Each method
// returns Unavailable while the store is away.
type Discovery interface {
	// Record counts what one page view met. Invalid: fields against the rules.
	Record(ctx context.Context, site string, findings []discovery.Finding) error
	// Figures returns what was counted from the day of since on, the most frequent first.
	Figures(ctx context.Context, site string, since time.Time) ([]discovery.Figure, error)
}

// reportBody is a report as it comes. Whatever else a page could say of itself
// or its visitor is an unknown key, and so refused.
type reportBody struct {
	Findings []discovery.Finding `json:"findings"`
}

// RecordReport serves POST /v1/sites/:site/reports.
func (a *API) RecordReport(c echo.Context) error {
	var body reportBody
	if err := web.Decode(c.Response(), c.Request(), maxReport, &body); err != nil {
		return err
	}
	if err := a.Discovery.Record(c.Request().Context(), liveRevision(c).Site, body.Findings); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// Reports is what a site's pages reported.
type Reports struct {
	Site    string             `json:"site"`
	Days    int                `json:"days"` // today and the days before it, in UTC
	Figures []discovery.Figure `json:"figures"`
	LeftOut int                `json:"leftOut,omitempty"` // how many less frequent ones there are
}

// Reports serves GET /v1/sites/:site/reports.
func (a *API) Reports(c echo.Context) error {
	ctx, key, days := c.Request().Context(), c.Param("site"), reportDays
	if text := c.QueryParam("days"); text != "" {
		var err error
		if days, err = strconv.Atoi(text); err != nil || days < 1 || days > discovery.Retention {
			return fault.New(fault.Malformed, "days is a number from 1 to %d", discovery.Retention)
		}
	}
	if _, err := a.Sites.Live(ctx, key); err != nil {
		return err
	}
	figures, err := a.Discovery.Figures(ctx, key, a.Now().AddDate(0, 0, 1-days))
	if err != nil {
		return err
	}
	told := figures[:min(len(figures), maxFigures)]
	return c.JSON(http.StatusOK, Reports{Site: key, Days: days, Figures: told, LeftOut: len(figures) - len(told)})
}
