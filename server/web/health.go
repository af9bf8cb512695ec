package web

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/fault"
)

// checkTime bounds all checks of one readiness answer together.
const checkTime = 3 * time.Second

// Check is a part that has to work before requests may come here.
type Check struct {
	Name string // a word for operators
	// Run returns words for what works but promises less than it should
	// ("appendfsync-everysec"), or why the part does not work.
	Run func(context.Context) (degraded []string, err error)
}

// Health answers whether the process lives and whether it is ready for traffic.
type Health struct {
	checks   []Check
	draining atomic.Bool
}

// NewHealth returns a Health that is ready when all checks pass.
func NewHealth(checks ...Check) *Health { return &Health{checks: checks} }

// Drain makes Ready answer 503 from now on, so that a balancer looks elsewhere
// while the last requests are answered here.
func (h *Health) Drain() { h.draining.Store(true) }

// Alive serves GET /healthz: the process answers. It asks nothing else, since
// restarting this process would not bring back a store.
func (h *Health) Alive(c echo.Context) error {
	return c.JSON(http.StatusOK, map[string]string{"status": "alive"})
}

// Readiness is the body of GET /readyz when ready.
type Readiness struct {
	Status   string   `json:"status"`
	Degraded []string `json:"degraded"`
}

// Ready serves GET /readyz: 200 with what is degraded, or 503 naming the parts that are away.
func (h *Health) Ready(c echo.Context) error {
	if h.draining.Load() {
		return fault.New(fault.Unavailable, "shutting down")
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), checkTime)
	defer cancel()
	answer := Readiness{Status: "ready", Degraded: []string{}}
	var away []string
	var cause error
	for _, check := range h.checks {
		degraded, err := check.Run(ctx)
		if err != nil {
			away, cause = append(away, check.Name), err
			continue
		}
		answer.Degraded = append(answer.Degraded, degraded...)
	}
	if len(away) > 0 {
		return fault.Wrap(fault.Unavailable, cause, "not ready: %s", strings.Join(away, ", "))
	}
	return c.JSON(http.StatusOK, answer)
}
