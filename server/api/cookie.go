package api

import (
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/consent"
	"github.com/sekisho/sekisho/server/site"
)

// setCookie has the browser keep its own cookie for longer than the days that
// some browsers allow to a cookie written by script. It does so in first-party
// mode alone: elsewhere it would be a third party's cookie.
//
// The browser's cookie goes back as it came when it knows this decision or a
// later one; the service may not know of those yet. Otherwise it is made from
// what the service holds. A failure costs the visitor nothing but the longer
// life, so the decision is acknowledged all the same.
func (a *API) setCookie(c echo.Context, rev *site.Revision, d consent.Decision) {
	domain := a.Domain(c.Request().Header.Get(echo.HeaderOrigin))
	if domain == "" {
		return
	}
	cookie, ok := ownCookie(c.Request(), d)
	if !ok {
		var err error
		cookie, err = a.Recorder.Cookie(c.Request().Context(), rev.Site, d.Visitor, d.Revision)
		if err != nil {
			a.Log.LogAttrs(c.Request().Context(), slog.LevelWarn, "cookie not renewed", slog.String("error", err.Error()))
			return
		}
	}
	left := consent.Expires(cookie.At, rev.Document.ExpiryMonths).Sub(a.Now())
	if left < time.Second {
		return // the answers in it hold no longer
	}
	if _, err := netip.ParseAddr(domain); err == nil || domain == "localhost" {
		domain = "" // such hosts take host-only cookies alone
	}
	c.SetCookie(&http.Cookie{
		Name: consent.CookieName, Value: cookie.Encode(), Path: "/", Domain: domain,
		MaxAge: int(left / time.Second), Secure: a.HTTPS, SameSite: http.SameSiteLaxMode,
	})
}

// ownCookie returns the newest of the request's cookies of the decision's
// visitor, if one is no older than the decision. A browser may send several of
// one name, from the page's host and its parent domain.
func ownCookie(r *http.Request, d consent.Decision) (newest consent.Cookie, ok bool) {
	for _, sent := range r.CookiesNamed(consent.CookieName) {
		cookie, valid := consent.DecodeCookie(sent.Value)
		if !valid || cookie.Visitor != d.Visitor || cookie.Sequence < d.Sequence {
			continue
		}
		later := cookie.Sequence > newest.Sequence || cookie.Sequence == newest.Sequence && cookie.At.After(newest.At)
		if !ok || later {
			newest, ok = cookie, true
		}
	}
	return newest, ok
}
