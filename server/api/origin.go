package api

import (
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
)

// revisionKey is where CheckOrigin leaves the live revision for handlers.
const revisionKey = "sekisho.revision"

// preflightSeconds is how long a browser may remember a preflight's answer; it
// bounds how long an origin that left the site still gets through to the check.
const preflightSeconds = "600"

// CheckOrigin is middleware of all routes below a site. It finds the site's
// live revision and lets scripts of the site's own pages read the answers,
// errors included; with credentials only in first-party mode, where the answer
// carries a cookie.
//
// Whatever changes something is refused to pages of any other origin. A request
// without an Origin comes from no browser's script: it passes, and what it
// records is marked as of unknown origin.
func (a *API) CheckOrigin(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Add(echo.HeaderVary, echo.HeaderOrigin)
		rev, err := a.Sites.Live(c.Request().Context(), c.Param("site"))
		if err != nil {
			return err
		}
		c.Set(revisionKey, rev)
		origins := c.Request().Header.Values(echo.HeaderOrigin)
		listed := len(origins) == 1 && rev.AllowsOrigin(origins[0])
		if listed {
			h.Set(echo.HeaderAccessControlAllowOrigin, origins[0])
			h.Set(echo.HeaderAccessControlExposeHeaders, "Retry-After, X-Request-Id")
			if a.Domain(origins[0]) != "" {
				h.Set(echo.HeaderAccessControlAllowCredentials, "true")
			}
		}
		if reads := c.Request().Method == http.MethodGet || c.Request().Method == http.MethodHead; !reads && len(origins) > 0 && !listed {
			return fault.New(fault.Forbidden, "this origin is not one of the site's")
		}
		return next(c)
	}
}

// Preflight answers a browser that asks before it sends (Fetch standard,
// CORS-preflight request). CheckOrigin has refused foreign origins.
func (a *API) Preflight(c echo.Context) error {
	h := c.Response().Header()
	h.Set(echo.HeaderAllow, "OPTIONS, GET, POST, DELETE")
	if h.Get(echo.HeaderAccessControlAllowOrigin) != "" {
		h.Set(echo.HeaderAccessControlAllowMethods, "GET, POST, DELETE")
		h.Set(echo.HeaderAccessControlAllowHeaders, "Content-Type")
		h.Set(echo.HeaderAccessControlMaxAge, preflightSeconds)
	}
	return c.NoContent(http.StatusNoContent)
}

func liveRevision(c echo.Context) *site.Revision { return c.Get(revisionKey).(*site.Revision) }
