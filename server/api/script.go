package api

import (
	"context"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/web"
)

// Scripts holds the built scripts of the sites in memory.
type Scripts interface {
	// Script returns a site's script for the live revision; NotFound when the
	// site is not there or not published, Unavailable when it is not built yet.
	Script(ctx context.Context, site string) (web.Asset, error)
	// Part returns an immutable part by the hash of its content and its name;
	// NotFound for one that no script refers to.
	Part(hash, name string) (web.Asset, error)
}

const (
	// cacheScript: a publication reaches every page within five minutes; while
	// the service is away browsers go on with what they have.
	cacheScript = "public, max-age=300, stale-while-revalidate=86400, stale-if-error=604800"
	cachePart   = "public, max-age=31536000, immutable"
)

// Script serves GET /s/:site.js. Its bytes depend on the site and
// Accept-Encoding and on nothing else of the request: caches between here and
// the pages must have nothing to be poisoned with.
func (a *API) Script(c echo.Context) error {
	key, ok := strings.CutSuffix(c.Param("site.js"), ".js")
	if !ok {
		return fault.New(fault.NotFound, "no such address")
	}
	asset, err := a.Scripts.Script(c.Request().Context(), key)
	if err != nil {
		return err
	}
	asset.CacheControl = cacheScript
	return asset.Serve(c)
}

// Part serves GET /a/:hash/:name.
func (a *API) Part(c echo.Context) error {
	asset, err := a.Scripts.Part(c.Param("hash"), c.Param("name"))
	if err != nil {
		return err
	}
	asset.CacheControl = cachePart
	return asset.Serve(c)
}
