package api

import (
	"net/http"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/consent"
	"github.com/sekisho/sekisho/server/fault"
)

// VisitorConsent is the answer to what follows now for one visitor.
type VisitorConsent struct {
	Site     string            `json:"site"`
	Visitor  uuid.UUID         `json:"visitor"`
	Revision int               `json:"revision"` // the live one, under which this is so
	Consents []consent.Verdict `json:"consents"`
}

// Consents serves GET /v1/sites/:site/visitors/:visitor.
func (a *API) Consents(c echo.Context) error {
	rev := liveRevision(c)
	visitor, err := parseID(c, "visitor")
	if err != nil {
		return err
	}
	verdicts, err := a.Recorder.Consent(c.Request().Context(), rev.Site, visitor)
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, VisitorConsent{Site: rev.Site, Visitor: visitor, Revision: rev.Number, Consents: verdicts})
}

// VendorConsent serves GET /v1/sites/:site/visitors/:visitor/vendors/:vendor,
// for servers that are about to send on a visitor's behalf. Of a visitor who
// has not decided, the answer is "unasked" rather than an error: that is what
// such a server has to act on.
func (a *API) VendorConsent(c echo.Context) error {
	rev := liveRevision(c)
	visitor, err := parseID(c, "visitor")
	if err != nil {
		return err
	}
	vendor := c.Param("vendor")
	if _, ok := rev.Vendor(vendor); !ok {
		return fault.New(fault.NotFound, "the site has no such vendor")
	}
	verdicts, err := a.Recorder.Consent(c.Request().Context(), rev.Site, visitor)
	if err != nil && fault.KindOf(err) == fault.NotFound {
		verdicts, err = consent.Fold(rev, consent.State{}, consent.Signals{}, a.Now()), nil
	}
	if err != nil {
		return err
	}
	for _, v := range verdicts {
		if v.Vendor == vendor {
			return c.JSON(http.StatusOK, v)
		}
	}
	// Another revision went live between the two readings.
	return fault.New(fault.NotFound, "the site has no such vendor")
}

// Erase serves DELETE /v1/sites/:site/visitors/:visitor.
func (a *API) Erase(c echo.Context) error {
	visitor, err := parseID(c, "visitor")
	if err != nil {
		return err
	}
	if err := a.Recorder.Erase(c.Request().Context(), liveRevision(c).Site, visitor); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}
