package console

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
	"github.com/sekisho/sekisho/server/web"
	"golang.org/x/text/language"
)

// Keys under which Frame leaves in the request's context what it found out.
const (
	callerKey  = "console.caller"
	speakerKey = "console.speaker"
)

// caller is who asks for a page.
type caller struct {
	Identity operator.Identity
}

// SignedIn reports whether somebody is signed in, with a second factor where one is asked for.
func (c *caller) SignedIn() bool { return c.Identity.Actor.Kind == operator.ByOperator }

// May reports whether the caller's role has a permission, for what a page offers.
// Whether it may be used now is for Require to say.
func (c *caller) May(p operator.Permission) bool {
	return c.SignedIn() && operator.Can(c.Identity.Operator.Role, p)
}

// DisplayName is the caller's name.
func (c *caller) DisplayName() string { return c.Identity.Operator.Label() }

// Role is the caller's role.
func (c *caller) Role() operator.Role { return c.Identity.Operator.Role }

func callerOf(c echo.Context) *caller     { return c.Get(callerKey).(*caller) }
func speakerOf(c echo.Context) speaker    { return c.Get(speakerKey).(speaker) }
func by(c echo.Context) operator.Identity { return callerOf(c).Identity }

// Frame goes around every route of the console.
func (k *Console) Frame(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Set(callerKey, &caller{})
		c.Set(speakerKey, k.language(c, ""))
		if asked := c.QueryParam("lang"); slices.Contains(languages, asked) {
			c.SetCookie(k.cookie(languageCookie, asked, int((365 * 24 * time.Hour).Seconds())))
		}
		c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
		err := k.enter(c)
		if err == nil {
			err = next(c)
		}
		if err == nil || c.Response().Committed {
			return err
		}
		return k.refuse(c, err)
	}
}

// enter finds out who calls, and refuses what another site's page sends.
func (k *Console) enter(c echo.Context) error {
	r := c.Request()
	if err := k.sameOrigin(r); err != nil {
		return err
	}
	cookie, err := r.Cookie(k.cookieName())
	if err != nil { // there is none
		return nil
	}
	identity, err := k.Operators.Identify(r.Context(), cookie.Value, k.Address(c.RealIP()))
	switch {
	case errors.Is(err, operator.ErrSignedOut):
		k.forget(c)
		return nil
	case err != nil:
		return err
	}
	c.Set(callerKey, &caller{identity})
	c.Set(speakerKey, k.language(c, identity.Operator.Language))
	return nil
}

// sameOrigin refuses unsafe requests that another origin's page makes. Browsers
// say where a request comes from; one that says nothing is none of ours, since
// the console has no other callers with its cookie.
func (k *Console) sameOrigin(r *http.Request) error {
	if err := k.origin.Check(r); err != nil {
		return fault.Wrap(fault.Forbidden, err, "this form was sent from another site")
	}
	unsafe := r.Method != http.MethodGet && r.Method != http.MethodHead && r.Method != http.MethodOptions
	if unsafe && r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") == "" {
		return fault.New(fault.Forbidden, "the request does not say which page it comes from")
	}
	return nil
}

// matcher finds the language among ours that suits a browser best.
var matcher = func() language.Matcher {
	tags := make([]language.Tag, len(languages))
	for i, known := range languages {
		tags[i] = language.Make(known)
	}
	return language.NewMatcher(tags)
}()

// languageCookie remembers in a browser which language was asked for there.
const languageCookie = "sekisho-console-language"

// noteFor is how long an entry of the audit log may take to be written.
const noteFor = 10 * time.Second

// note writes into the audit log what the caller has done. It does not end with
// the request: whoever hangs up after a change has made it all the same.
func (k *Console) note(c echo.Context, a operator.Act) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.Request().Context()), noteFor)
	defer cancel()
	return k.Operators.Note(ctx, by(c), a)
}

// language returns what the pages speak: what a link has asked for in this browser
// (?lang=, which is remembered), else the operator's language, else what the
// browser prefers.
func (k *Console) language(c echo.Context, own string) speaker {
	remembered := ""
	if cookie, err := c.Request().Cookie(languageCookie); err == nil {
		remembered = cookie.Value
	}
	for _, lang := range []string{c.QueryParam("lang"), remembered, own} {
		if slices.Contains(languages, lang) {
			return speaker(lang)
		}
	}
	_, i := language.MatchStrings(matcher, c.Request().Header.Get("Accept-Language"))
	return speaker(languages[i])
}

// Require lets a request pass whose caller has a permission, on the site of the
// address if there is one. Who is not signed in is asked to; who has to give the
// password again is asked for that, and comes back.
func (k *Console) Require(p operator.Permission) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if err := by(c).Require(p, c.Param("site")); err != nil {
				return err
			}
			return next(c)
		}
	}
}

// SignedIn lets every operator pass who is signed in, also one who still has to
// set up a second factor.
func (k *Console) SignedIn(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if !callerOf(c).SignedIn() {
			return fault.Wrap(fault.Forbidden, operator.ErrSignedOut, "sign in first")
		}
		return next(c)
	}
}

// refuse answers a fault: by sending the browser where it can be mended, else by
// a page that says what is wrong.
func (k *Console) refuse(c echo.Context, err error) error {
	if he, ok := errors.AsType[*echo.HTTPError](err); ok {
		return he
	}
	switch {
	case errors.Is(err, operator.ErrSignedOut):
		return c.Redirect(http.StatusSeeOther, "/console/sign-in?"+next(c).Encode())
	case errors.Is(err, operator.ErrStepUp):
		return c.Redirect(http.StatusSeeOther, "/console/step-up?"+next(c).Encode())
	case errors.Is(err, operator.ErrFactorFirst):
		return c.Redirect(http.StatusSeeOther, "/console/me/factor")
	}
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		f = &fault.Error{Kind: fault.Internal, Err: err}
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			f.Kind = fault.Unavailable
		}
	}
	status := web.StatusOf(f.Kind)
	if status >= http.StatusInternalServerError {
		k.Log.LogAttrs(c.Request().Context(), slog.LevelError, "page failed",
			slog.String("request", c.Response().Header().Get(echo.HeaderXRequestID)), slog.String("route", c.Path()),
			slog.Int("status", status), slog.String("error", err.Error()))
	}
	return k.again(c, page{Name: "problem", Own: speakerOf(c).T("problem.title")}, f, status)
}

// next is where to go on to after signing in: the page that was asked for, or,
// when a form was sent, the page that it stood on.
func next(c echo.Context) url.Values {
	to := c.Request().URL.RequestURI()
	if c.Request().Method != http.MethodGet {
		to = "/console/"
		if from, err := url.Parse(c.Request().Referer()); err == nil && from.Host == c.Request().Host {
			to = from.RequestURI()
		}
	}
	return url.Values{"next": {local(to)}}
}

// nextQuery is the query that hands on where to go.
func nextQuery(to string) string { return url.Values{"next": {local(to)}}.Encode() }

// local returns an address within the console, the start for any other.
func local(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(u.Path, "/console/") || strings.Contains(to, `\`) {
		return "/console/"
	}
	return u.RequestURI()
}

// cookieName is that of the session's cookie. Browsers take the prefix from
// https alone, and then only for this very host.
func (k *Console) cookieName() string {
	if k.HTTPS {
		return "__Host-sekisho-console"
	}
	return "sekisho-console"
}

// pendingName is that of the cookie of a session that waits for its second factor.
func (k *Console) pendingName() string { return k.cookieName() + "-pending" }

// remember gives the browser the token of a session.
func (k *Console) remember(c echo.Context, a operator.Admission) {
	name := k.cookieName()
	if a.Pending {
		name = k.pendingName()
	}
	c.SetCookie(k.cookie(name, a.Token, int(a.Until.Sub(k.now()).Seconds())))
}

// forget has the browser drop the token.
func (k *Console) forget(c echo.Context) { c.SetCookie(k.cookie(k.cookieName(), "", -1)) }

func (k *Console) cookie(name, token string, age int) *http.Cookie {
	return &http.Cookie{Name: name, Value: token, Path: "/", MaxAge: age, Secure: k.HTTPS, HttpOnly: true, SameSite: http.SameSiteLaxMode}
}
