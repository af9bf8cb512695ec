package web

import (
	"github.com/labstack/echo/v4"
)

// A Surface is a sort of caller, with the headers that protect its answers.
type Surface map[string]string

// The surfaces. Every route belongs to one; see server/routes.go.
var (
	// Embedded is what pages of other origins load: scripts and their parts.
	Embedded = Surface{
		"Access-Control-Allow-Origin":  "*",
		"Cross-Origin-Resource-Policy": "cross-origin",
		"Timing-Allow-Origin":          "*",
	}
	// API is read by scripts and servers; nothing of it is a page or is kept.
	API = Surface{
		"Cache-Control":                "no-store",
		"Content-Security-Policy":      "default-src 'none'; frame-ancestors 'none'",
		"Cross-Origin-Resource-Policy": "same-origin",
	}
	// Document is public and the same for everybody: OpenAPI, notices as JSON, explanations.
	Document = Surface{
		"Access-Control-Allow-Origin":  "*",
		"Content-Security-Policy":      "default-src 'none'; frame-ancestors 'none'",
		"Cross-Origin-Resource-Policy": "cross-origin",
	}
	// Page is a page without script, for people.
	Page = Surface{
		"Content-Security-Policy":      "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
	}
	// Preview is a page that shows a draft, in a frame of the console or by itself:
	// whatever it is told, it runs no script but the widget's.
	Preview = Surface{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; " +
			"frame-ancestors 'self'; sandbox allow-scripts; require-trusted-types-for 'script'",
		"Cross-Origin-Resource-Policy": "same-origin",
	}
	// Console is what operators see: script and style from files of its own alone,
	// and frames of its own for previews.
	Console = Surface{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; " +
			"base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Permissions-Policy":           "camera=(), geolocation=(), microphone=()",
		// A form's page is where one comes back to after giving the password again.
		"Referrer-Policy": "same-origin",
	}
)

// Headers returns middleware that sets a surface's headers before the handler,
// which may then replace one.
func (s Surface) Headers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		for k, v := range s {
			h.Set(k, v)
		}
		return next(c)
	}
}

// everywhere sets what every answer carries, errors of the router included.
// HSTS goes out only where the public URL is https: a browser ignores it over
// plain HTTP, and a proxy must not turn it into a promise that nobody made.
func everywhere(https bool) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			h := c.Response().Header()
			h.Set(echo.HeaderXContentTypeOptions, "nosniff")
			h.Set(echo.HeaderReferrerPolicy, "no-referrer")
			if https {
				h.Set(echo.HeaderStrictTransportSecurity, "max-age=31536000")
			}
			return next(c)
		}
	}
}
