package api

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
)

// Editor changes sites.
type Editor interface {
	// Apply makes doc the site's draft and a revision of it, and publishes that
	// if asked. Invalid with fields for a document against the rules, in which
	// case nothing has changed; Unavailable when the store is away.
	Apply(ctx context.Context, doc site.Document, o site.ApplyOptions) (site.Result, error)
	// Publications returns a site's publications, oldest first.
	Publications(ctx context.Context, key string) ([]site.Publication, error)
}

// MinToken is the least length of a token, in characters.
const MinToken = 32

// RequireToken lets a request pass that carries the service's token as a
// bearer token (RFC 6750). It compares hashes, which all have one length.
func (a *API) RequireToken(next echo.HandlerFunc) echo.HandlerFunc {
	want := sha256.Sum256([]byte(a.Token))
	return func(c echo.Context) error {
		scheme, token, _ := strings.Cut(c.Request().Header.Get(echo.HeaderAuthorization), " ")
		got := sha256.Sum256([]byte(token))
		same := subtle.ConstantTimeCompare(got[:], want[:]) == 1
		if !same || !strings.EqualFold(scheme, "bearer") || len(a.Token) < MinToken {
			return fault.New(fault.Forbidden, "this needs the service's token: Authorization: Bearer …")
		}
		return next(c)
	}
}

// ApplySite serves PUT /v1/sites/:site, the way to change a site while the
// service holds the embedded store, which one process alone may open. The body
// is a site.json; ?publish=true makes the revision live.
func (a *API) ApplySite(c echo.Context) error {
	r := c.Request()
	if media, _, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType)); err != nil || media != "application/json" || r.Header.Get(echo.HeaderContentEncoding) != "" {
		return fault.New(fault.Unsupported, "send a site.json as application/json")
	}
	publish := c.QueryParam("publish")
	if publish != "" && publish != "true" && publish != "false" {
		return fault.New(fault.Malformed, "publish is true or false")
	}
	doc, err := site.Parse(http.MaxBytesReader(c.Response(), r.Body, site.MaxBytes+1))
	if err != nil {
		return err
	}
	if doc.Key != c.Param("site") {
		return fault.InvalidFields("the file is of another site", []fault.Field{{Path: "/key", Reason: "must be the key in the address"}})
	}
	result, err := a.Editor.Apply(r.Context(), doc, site.ApplyOptions{Publish: publish == "true", By: "PUT /v1/sites"})
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, result)
}

// Shown is what visitors of a site are shown, and since when.
type Shown struct {
	Revision    *site.Revision `json:"revision"`
	PublishedAt time.Time      `json:"publishedAt"`
}

// ShowSite serves GET /v1/sites/:site: the live revision with all that it says of
// the site, for whoever writes pages or servers for it.
func (a *API) ShowSite(c echo.Context) error {
	ctx, key := c.Request().Context(), c.Param("site")
	live, err := a.Sites.Live(ctx, key)
	if err != nil {
		return err
	}
	publications, err := a.Editor.Publications(ctx, key)
	if err != nil {
		return err
	}
	shown := Shown{Revision: live}
	for _, p := range publications {
		shown.PublishedAt = p.At
	}
	return c.JSON(http.StatusOK, shown)
}
