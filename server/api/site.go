package api

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
	"github.com/sekisho/sekisho/server/site"
)

// Editor changes sites.
type Editor interface {
	// Apply makes doc the site's draft and a revision of it, and publishes that
	// if asked. Invalid with fields for a document against the rules, in which
	// case nothing has changed; Unavailable when the store is away.
	Apply(ctx context.Context, doc site.Document, o site.ApplyOptions) (site.Result, error)
	// Record returns what is kept of a site; NotFound when there is none.
	Record(ctx context.Context, key string) (site.Record, error)
	// Publications returns a site's publications, oldest first.
	Publications(ctx context.Context, key string) ([]site.Publication, error)
}

// MinToken is the least length of the service's own token, in characters.
const MinToken = 32

// Operators says who holds a token, and keeps what was done with it.
type Operators interface {
	// Bearer returns who has an API token; Forbidden when it is unknown, revoked or
	// expired. from is the pseudonym of the address that asks.
	Bearer(ctx context.Context, token, from string) (operator.Identity, error)
	// Note keeps an entry of the audit log durably.
	Note(ctx context.Context, by operator.Identity, a operator.Act) error
}

// holderKey is where Require leaves who asks.
const holderKey = "api.holder"

func holder(c echo.Context) operator.Identity { return c.Get(holderKey).(operator.Identity) }

// Require lets a request pass whose bearer token (RFC 6750) has a permission on
// the site in the address: the service's own has all, one that an operator made has
// what it was given.
func (a *API) Require(p operator.Permission) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			scheme, token, _ := strings.Cut(c.Request().Header.Get(echo.HeaderAuthorization), " ")
			if !strings.EqualFold(scheme, "bearer") || token == "" {
				return fault.New(fault.Forbidden, "this needs a token: Authorization: Bearer …")
			}
			by, err := a.bearer(c, token)
			if err != nil {
				return err
			}
			if err := by.Require(p, c.Param("site")); err != nil {
				return err
			}
			c.Set(holderKey, by)
			return next(c)
		}
	}
}

// bearer returns who has a token. The service's own is compared by hashes, which
// all have one length.
func (a *API) bearer(c echo.Context, token string) (operator.Identity, error) {
	from := a.Address(c.RealIP())
	want, got := sha256.Sum256([]byte(a.Token)), sha256.Sum256([]byte(token))
	if len(a.Token) >= MinToken && subtle.ConstantTimeCompare(got[:], want[:]) == 1 {
		by := operator.Command("the service's token")
		by.From = from
		return by, nil
	}
	return a.Operators.Bearer(c.Request().Context(), token, from)
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
	by, exists := holder(c), true
	switch _, err := a.Editor.Record(r.Context(), doc.Key); {
	case fault.KindOf(err) == fault.NotFound:
		exists = false
	case err != nil:
		return err
	}
	for p, needed := range map[operator.Permission]bool{operator.CreateSites: !exists, operator.Publish: publish == "true"} {
		if err := by.Require(p, doc.Key); needed && err != nil {
			return err
		}
	}
	result, err := a.Editor.Apply(r.Context(), doc, site.ApplyOptions{Publish: publish == "true", By: by.Actor.Name})
	if err != nil {
		return err
	}
	if err := a.noteApplied(r.Context(), by, result, doc.Key, exists); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, result)
}

// noteApplied keeps what a site.json came to in the audit log.
func (a *API) noteApplied(ctx context.Context, by operator.Identity, r site.Result, key string, existed bool) error {
	act := operator.Act{Action: operator.ActEditDraft, Site: key, Detail: "site.json"}
	if !existed {
		act.Action = operator.ActCreateSite
	}
	if err := a.Operators.Note(ctx, by, act); err != nil || !r.Published {
		return err
	}
	return a.Operators.Note(ctx, by, operator.Act{Action: operator.ActPublish, Site: key, Subject: strconv.Itoa(r.Revision)})
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
