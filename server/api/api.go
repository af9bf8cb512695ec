// Package api is what browsers and servers call: scripts and their parts,
// decisions, what is known of one visitor, and what pages report. contract.md in words, openapi.json
// in full.
package api

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/consent"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
)

// Sites says what is live.
type Sites interface {
	// Live returns the revision that visitors are shown now, from memory and so
	// also while the store is away; NotFound when there is no such site or nothing
	// of it is published.
	Live(ctx context.Context, key string) (*site.Revision, error)
}

// Recorder takes decisions in and says what follows. Each method returns
// NotFound for a site that is not there, and Unavailable while the store is away.
type Recorder interface {
	// Record keeps a decision for good before it returns; origin is one of the
	// site's, or "" when the caller named none. The same id again: fresh is false
	// and the receipt is the same. Conflict: the revision was never live. Invalid:
	// fields against the rules.
	Record(ctx context.Context, site, origin string, d consent.Decision) (receipt consent.Receipt, fresh bool, err error)
	// Consent returns what follows now per vendor of the live revision; NotFound
	// when nothing is held of the visitor.
	Consent(ctx context.Context, site string, visitor uuid.UUID) ([]consent.Verdict, error)
	// Cookie returns the cookie that follows from what is held, under a revision.
	Cookie(ctx context.Context, site string, visitor uuid.UUID, revision int) (consent.Cookie, error)
	// History returns the visitor's decisions, oldest first; NotFound when there are none.
	History(ctx context.Context, site string, visitor uuid.UUID) ([]consent.Entry, error)
	// Erase removes all that is held of the visitor; no error when that is nothing.
	Erase(ctx context.Context, site string, visitor uuid.UUID) error
}

// API serves the routes that server/routes.go lists under it. All fields are needed.
type API struct {
	Sites     Sites
	Recorder  Recorder
	Discovery Discovery
	Receipts  Receipts
	Scripts   Scripts
	Editor    Editor
	// Domain returns the domain for the cookie of a page whose origin shares its
	// registrable domain, or its very host, with this service: first-party mode.
	// "" for any other origin, and for none.
	Domain func(origin string) string
	// HTTPS says that the public URL is https, so that cookies are Secure.
	HTTPS bool
	// Token is the service's own, which may do everything; "" for none.
	Token     string
	Operators Operators
	// Address returns the keyed pseudonym of a client's address.
	Address func(ip string) string
	Now     func() time.Time
	Log     *slog.Logger
}

// parseID reads a UUID in its one usual form; what stands in an address and is
// no UUID is Malformed, so that nothing but UUIDs reaches a store.
func parseID(c echo.Context, param string) (uuid.UUID, error) {
	id, err := usualUUID(c.Param(param))
	if err != nil {
		return uuid.Nil, fault.Wrap(fault.Malformed, err, "the %s in the address is not a UUID", param)
	}
	return id, nil
}

// usualUUID reads 8-4-4-4-12 hexadecimal digits. The other forms that
// uuid.Parse takes would make one thing have several names.
func usualUUID(s string) (uuid.UUID, error) {
	if len(s) != 36 {
		return uuid.Nil, errors.New("not 36 characters")
	}
	return uuid.Parse(s)
}
