package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/fault"
)

// Problem is the body of every error answer (RFC 9457).
type Problem struct {
	// Type is a path on this service, stable for good: programs compare it, and
	// people who open it find an explanation.
	Type   string        `json:"type"`
	Title  string        `json:"title"`
	Status int           `json:"status"`
	Detail string        `json:"detail,omitempty"`
	Errors []fault.Field `json:"errors,omitempty"`
}

// ProblemType is what is known of a kind of error before it happens.
type ProblemType struct {
	Name        string // last part of Problem.Type
	Status      int
	Title       string
	Explanation string
}

// The one place where kinds become statuses.
var problemTypes = map[fault.Kind]ProblemType{
	fault.Internal: {"internal", http.StatusInternalServerError, "Internal error",
		"Something went wrong on our side. Nothing about it is sent out; the log holds the cause under the X-Request-Id of the answer. The same request may be sent again."},
	fault.Malformed: {"malformed", http.StatusBadRequest, "Malformed request",
		"The request could not be read: not one JSON document in UTF-8, a key that is unknown or stands there twice, nested too deep, or an id in the address that is no id. Sending it again unchanged will not help."},
	fault.Invalid: {"invalid", http.StatusUnprocessableEntity, "Invalid fields",
		"The request was read, but fields break a rule. Each entry of \"errors\" names one by its path and says why. Nothing was stored."},
	fault.NotFound: {"not-found", http.StatusNotFound, "Not found",
		"There is nothing of this name here."},
	fault.Forbidden: {"forbidden", http.StatusForbidden, "Forbidden",
		"The caller may not do this: for a decision, the page's origin is not one of the site's."},
	fault.Conflict: {"conflict", http.StatusConflict, "Conflict",
		"What the request builds on has changed, was retired or never was: for a decision, the revision that it names. Read the current one first."},
	fault.TooLarge: {"too-large", http.StatusRequestEntityTooLarge, "Too large",
		"The body is larger than the documented limit. It was not read to its end."},
	fault.Unsupported: {"unsupported", http.StatusUnsupportedMediaType, "Unsupported media type",
		"Bodies are application/json or text/plain in UTF-8 and are not compressed."},
	fault.Throttled: {"throttled", http.StatusTooManyRequests, "Too many requests",
		"Too many requests came from here, or for this site. Retry-After says how many seconds to wait."},
	fault.Unavailable: {"unavailable", http.StatusServiceUnavailable, "Unavailable",
		"A part that is needed is away. Nothing is acknowledged that is not stored: send the same request again, after the seconds in Retry-After."},
}

// method is the one error that the router alone can make.
var methodNotAllowed = ProblemType{"method-not-allowed", http.StatusMethodNotAllowed, "Method not allowed",
	"The address is there, but not for this method. Allow lists those that are."}

// ProblemPath is where problem types are explained: TypeURI begins with it.
const ProblemPath = "/problems/"

// defaultRetry is the Retry-After of a fault that does not know better.
const defaultRetry = 5 * time.Second

// TypeURI returns the problem type of a kind as it stands in answers.
func TypeURI(kind fault.Kind) string { return ProblemPath + problemTypes[kind].Name }

// StatusOf returns the status that a fault of this kind is answered with.
func StatusOf(kind fault.Kind) int { return problemTypes[kind].Status }

// ExplainProblem serves GET /problems/:name: what a problem type means.
func ExplainProblem(c echo.Context) error {
	all := []ProblemType{methodNotAllowed}
	for _, p := range problemTypes {
		all = append(all, p)
	}
	for _, p := range all {
		if p.Name == c.Param("name") {
			return c.String(http.StatusOK, fmt.Sprintf("%s (%d)\n\n%s\n", p.Title, p.Status, p.Explanation))
		}
	}
	return fault.New(fault.NotFound, "no such problem type")
}

// handleError renders whatever a handler returned. People read what was
// written for them in a fault, and of any other error no more than that it happened.
func handleError(log *slog.Logger, m *Metrics) echo.HTTPErrorHandler {
	return func(err error, c echo.Context) {
		if c.Response().Committed {
			return
		}
		p, retry := problemOf(err)
		m.problems.WithLabelValues(strings.TrimPrefix(p.Type, ProblemPath)).Inc()
		h := c.Response().Header()
		if p.Status >= 500 && !errors.Is(err, context.Canceled) {
			level := slog.LevelError
			if p.Status == http.StatusServiceUnavailable {
				level = slog.LevelWarn // something that we need is away; whoever asked comes back
			}
			log.LogAttrs(c.Request().Context(), level, "request failed",
				slog.String("request", h.Get(echo.HeaderXRequestID)), slog.String("route", c.Path()),
				slog.Int("status", p.Status), slog.String("error", err.Error()))
		}
		if retry > 0 {
			h.Set(echo.HeaderRetryAfter, strconv.Itoa(int(math.Ceil(retry.Seconds()))))
		}
		h.Set(echo.HeaderCacheControl, "no-store")
		body, _ := json.Marshal(p) // strings and numbers alone: cannot fail
		h.Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
		if c.Request().Method == http.MethodHead {
			h.Set(echo.HeaderContentType, "application/problem+json")
			c.Response().WriteHeader(p.Status)
			return
		}
		if err := c.Blob(p.Status, "application/problem+json", body); err != nil {
			log.LogAttrs(c.Request().Context(), slog.LevelDebug, "answer not delivered", slog.String("error", err.Error()))
		}
	}
}

// problemOf returns the answer to an error and the Retry-After, 0 for none.
func problemOf(err error) (Problem, time.Duration) {
	if he, ok := errors.AsType[*echo.HTTPError](err); ok {
		return routerProblem(he), 0
	}
	f, ok := errors.AsType[*fault.Error](err)
	if !ok {
		f = &fault.Error{}
		if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
			f.Kind = fault.Unavailable
		}
	}
	t := problemTypes[f.Kind]
	p := Problem{Type: TypeURI(f.Kind), Title: t.Title, Status: t.Status, Detail: f.Detail, Errors: f.Fields}
	if f.Kind == fault.Internal {
		p.Detail, p.Errors = "", nil // may quote what only the log should know
	}
	retry := time.Duration(0)
	if f.Kind == fault.Throttled || f.Kind == fault.Unavailable {
		retry = f.RetryAfter
		if retry <= 0 {
			retry = defaultRetry
		}
	}
	return p, retry
}

// routerProblem answers the errors that echo itself makes.
func routerProblem(he *echo.HTTPError) Problem {
	switch he.Code {
	case http.StatusMethodNotAllowed:
		return Problem{Type: ProblemPath + methodNotAllowed.Name, Title: methodNotAllowed.Title, Status: he.Code}
	case http.StatusNotFound:
		t := problemTypes[fault.NotFound]
		return Problem{Type: TypeURI(fault.NotFound), Title: t.Title, Status: t.Status, Detail: "no such address"}
	}
	t := problemTypes[fault.Internal]
	return Problem{Type: TypeURI(fault.Internal), Title: t.Title, Status: t.Status}
}
