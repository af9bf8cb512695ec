package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/fault"
)

const (
	// checkTime bounds all checks of one readiness answer together.
	checkTime = 3 * time.Second
	// checkAge is how long an answer is given again, so that asking often costs
	// the store nothing.
	checkAge = 500 * time.Millisecond
)

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
	now      func() time.Time
	draining atomic.Bool

	mu     sync.Mutex // held while checks run: callers wait for one answer
	at     time.Time
	answer Readiness
	err    error
}

// NewHealth returns a Health that is ready when all checks pass.
func NewHealth(now func() time.Time, checks ...Check) *Health {
	return &Health{now: now, checks: checks}
}

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
	answer, err := h.check(c.Request().Context())
	if err != nil {
		return err
	}
	return c.JSON(http.StatusOK, answer)
}

func (h *Health) check(ctx context.Context) (Readiness, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if now := h.now(); h.at.IsZero() || now.Sub(h.at) >= checkAge {
		// Others wait for the answer, so the caller's leaving must not spoil it.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), checkTime)
		defer cancel()
		h.answer, h.err = h.run(ctx)
		h.at = now
	}
	return h.answer, h.err
}

func (h *Health) run(ctx context.Context) (Readiness, error) {
	answer := Readiness{Status: "ready", Degraded: []string{}}
	var away []string
	var cause error
	for _, check := range h.checks {
		degraded, err := check.Run(ctx)
		if err != nil {
			away, cause = append(away, check.Name), errors.Join(cause, err)
			continue
		}
		answer.Degraded = append(answer.Degraded, degraded...)
	}
	if len(away) > 0 {
		return Readiness{}, fault.Wrap(fault.Unavailable, cause, "not ready: %s", strings.Join(away, ", "))
	}
	return answer, nil
}
