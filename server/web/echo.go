package web

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
)

// Options are what New needs.
type Options struct {
	Log *slog.Logger
	// Proxies are the networks whose X-Forwarded-For is believed.
	Proxies []netip.Prefix
	// HTTPS says that the public URL is https.
	HTTPS   bool
	Metrics *Metrics
	Now     func() time.Time
	// ID returns the id of a request, for its log lines and X-Request-Id. A
	// caller's own is not taken over: it would be text of a stranger in the log.
	ID func() string
}

// New returns an echo without routes, with what all of them share.
func New(o Options) *echo.Echo {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.Logger.SetOutput(io.Discard) // nothing may bypass slog
	e.IPExtractor = extractor(o.Proxies)
	e.SchemeExtractor = echo.ExtractSchemeDirect()
	e.HTTPErrorHandler = handleError(o.Log, o.Metrics)
	e.Use(observe(e, o), everywhere(o.HTTPS), recoverPanics)
	return e
}

// observe gives each request its id, one line in the log and its metrics. The
// line says nothing of who asked: neither address nor agent, and the route's
// pattern in place of a path, which would carry a visitor's id.
func observe(e *echo.Echo, o Options) echo.MiddlewareFunc {
	patterns := sync.OnceValue(func() map[string]bool { // routes are added before the first request
		known := map[string]bool{}
		for _, r := range e.Routes() {
			known[r.Path] = true
		}
		return known
	})
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			start, id := o.Now(), o.ID()
			c.Response().Header().Set(echo.HeaderXRequestID, id)
			o.Metrics.inFlight.Inc()
			defer o.Metrics.inFlight.Dec()
			if err := next(c); err != nil {
				c.Error(err)
			}
			route, status, took := routePattern(c, patterns()), c.Response().Status, o.Now().Sub(start)
			method := c.Request().Method
			o.Metrics.observe(route, method, status, took)
			o.Log.LogAttrs(c.Request().Context(), slog.LevelInfo, "request",
				slog.String("request", id), slog.String("method", clip(method)), slog.String("route", route),
				slog.Int("status", status), slog.Int64("bytes", c.Response().Size),
				slog.Int64("microseconds", took.Microseconds()))
			return nil
		}
	}
}

// recoverPanics turns a panic of a handler into an Internal error with its stack
// for the log. http.ErrAbortHandler goes on: it asks net/http to cut the connection.
func recoverPanics(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			switch p := recover(); p {
			case nil:
			case http.ErrAbortHandler:
				panic(p)
			default:
				err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
			}
		}()
		return next(c)
	}
}
