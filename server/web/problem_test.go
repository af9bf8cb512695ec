package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/fault"
)

func TestProblems(t *testing.T) {
	secret := errors.New("dial tcp 10.1.2.3:6379: refused")
	for name, tc := range map[string]struct {
		err    error
		status int
		retry  string
		body   string // part of the body
		hidden string // nowhere in the body
	}{
		"plain error":     {secret, 500, "", `"type":"/problems/internal"`, "10.1.2.3"},
		"internal fault":  {fault.New(fault.Internal, "key %q", "abc"), 500, "", `"title":"Internal error"`, "abc"},
		"malformed":       {fault.New(fault.Malformed, "no JSON"), 400, "", `"detail":"no JSON"`, "errors"},
		"forbidden":       {fault.New(fault.Forbidden, "no"), 403, "", `/problems/forbidden`, "errors"},
		"not found":       {fault.New(fault.NotFound, "no such site"), 404, "", `no such site`, "errors"},
		"conflict":        {fault.New(fault.Conflict, "gone"), 409, "", `/problems/conflict`, "errors"},
		"too large":       {fault.New(fault.TooLarge, "big"), 413, "", `/problems/too-large`, "errors"},
		"unsupported":     {fault.New(fault.Unsupported, "xml"), 415, "", `/problems/unsupported`, "errors"},
		"invalid":         {fault.InvalidFields("bad", []fault.Field{{Path: "/id", Reason: "wrong"}}), 422, "", `"errors":[{"path":"/id","reason":"wrong"}]`, "cause"},
		"throttled":       {&fault.Error{Kind: fault.Throttled, RetryAfter: 1200 * time.Millisecond}, 429, "2", `/problems/throttled`, "errors"},
		"unavailable":     {fault.Wrap(fault.Unavailable, secret, "the store is away"), 503, "5", `"detail":"the store is away"`, "10.1.2.3"},
		"wrapped":         {errors.Join(errors.New("context"), fault.New(fault.NotFound, "no such visitor")), 404, "", "no such visitor", "context"},
		"deadline":        {context.DeadlineExceeded, 503, "5", `/problems/unavailable`, "context"},
		"no route":        {echo.ErrNotFound, 404, "", `"detail":"no such address"`, "message"},
		"no method":       {echo.ErrMethodNotAllowed, 405, "", `/problems/method-not-allowed`, "message"},
		"other by router": {echo.NewHTTPError(418, "teapot"), 500, "", `/problems/internal`, "teapot"},
	} {
		t.Run(name, func(t *testing.T) {
			e, _ := testEcho(t, nil)
			e.GET("/x", func(echo.Context) error { return tc.err })
			w := do(e, httptest.NewRequest("GET", "/x", nil))
			if w.Code != tc.status {
				t.Fatalf("status %d, want %d: %s", w.Code, tc.status, w.Body)
			}
			if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
				t.Errorf("content type %q", got)
			}
			if got := w.Header().Get("Retry-After"); got != tc.retry {
				t.Errorf("Retry-After %q, want %q", got, tc.retry)
			}
			var p Problem
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Status != tc.status || p.Title == "" {
				t.Errorf("problem %+v, %v", p, err)
			}
			if !strings.Contains(w.Body.String(), tc.body) || strings.Contains(w.Body.String(), tc.hidden) {
				t.Errorf("body %s", w.Body)
			}
		})
	}
}

func TestEveryKindHasItsProblem(t *testing.T) {
	names := map[string]bool{}
	for kind := fault.Internal; kind <= fault.Unavailable; kind++ {
		p, ok := problemTypes[kind]
		if !ok || p.Explanation == "" || names[p.Name] || StatusOf(kind) < 400 {
			t.Errorf("kind %d: %+v", kind, p)
		}
		names[p.Name] = true
		e, _ := testEcho(t, nil)
		e.GET("/problems/:name", ExplainProblem)
		if w := do(e, httptest.NewRequest("GET", TypeURI(kind), nil)); w.Code != 200 || !strings.Contains(w.Body.String(), p.Explanation) {
			t.Errorf("%s: %d %s", TypeURI(kind), w.Code, w.Body)
		}
		if w := do(e, httptest.NewRequest("GET", "/problems/nonsense", nil)); w.Code != 404 {
			t.Errorf("unknown problem: %d", w.Code)
		}
	}
}

func TestHeadOfAnErrorHasNoBody(t *testing.T) {
	e, _ := testEcho(t, nil)
	e.HEAD("/x", func(echo.Context) error { return fault.New(fault.NotFound, "no") })
	if w := do(e, httptest.NewRequest("HEAD", "/x", nil)); w.Code != 404 || w.Body.Len() != 0 {
		t.Errorf("%d, %d bytes", w.Code, w.Body.Len())
	}
}

func TestPanicsAreAnsweredAndLogged(t *testing.T) {
	e, log := testEcho(t, nil)
	e.GET("/x", func(echo.Context) error { panic("boom") })
	w := do(e, httptest.NewRequest("GET", "/x", nil))
	if w.Code != 500 || strings.Contains(w.Body.String(), "boom") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if !strings.Contains(log.String(), "boom") || !strings.Contains(log.String(), `"request":"request-1"`) {
		t.Errorf("log: %s", log)
	}
	e.GET("/abort", func(echo.Context) error { panic(http.ErrAbortHandler) })
	defer func() {
		if recover() != http.ErrAbortHandler {
			t.Error("ErrAbortHandler was swallowed")
		}
	}()
	do(e, httptest.NewRequest("GET", "/abort", nil))
}
