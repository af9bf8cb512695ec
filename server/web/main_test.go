package web

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock is a clock that stands still until it is moved.
type clock struct{ t time.Time }

func (c *clock) now() time.Time { return c.t }

func (c *clock) move(d time.Duration) { c.t = c.t.Add(d) }

func newClock() *clock { return &clock{time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)} }

// testEcho returns an echo whose log lines go to the returned builder.
func testEcho(t *testing.T, change func(*Options)) (*echo.Echo, *strings.Builder) {
	t.Helper()
	var out strings.Builder
	o := Options{
		Log:     slog.New(slog.NewJSONHandler(&out, nil)),
		Metrics: NewMetrics(),
		Now:     newClock().now,
		ID:      func() string { return "request-1" },
	}
	if change != nil {
		change(&o)
	}
	return New(o), &out
}

func do(e *echo.Echo, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	return w
}
