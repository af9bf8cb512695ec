package web

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/fault"
	"golang.org/x/time/rate"
)

// Limiter says whether one more request of a key may pass, and counts it when
// it may. When not, retryAfter is how long until the next would. An error
// means that nobody knows; the caller decides what then.
type Limiter interface {
	Allow(ctx context.Context, key string) (ok bool, retryAfter time.Duration, err error)
}

// Rate is a steady rate with a burst on top. The zero Rate limits nothing.
type Rate struct {
	PerSecond float64
	Burst     int
}

// maxKeys bounds what a local limiter remembers (about 20 MB); the keys that
// were not seen for longest are forgotten, and start with a full burst again.
const maxKeys = 100_000

// Local is a Limiter of this process alone.
type Local struct {
	rate Rate
	now  func() time.Time

	mu   sync.Mutex
	keys *simplelru.LRU[string, *rate.Limiter]
}

// NewLocal returns a limiter that reads the clock from now.
func NewLocal(r Rate, now func() time.Time) *Local {
	keys, err := simplelru.NewLRU[string, *rate.Limiter](maxKeys, nil)
	if err != nil {
		panic(err) // the size is a constant above 0
	}
	return &Local{rate: r, now: now, keys: keys}
}

// Allow implements Limiter; its error is always nil.
func (l *Local) Allow(_ context.Context, key string) (bool, time.Duration, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	bucket, ok := l.keys.Get(key)
	if !ok {
		bucket = rate.NewLimiter(rate.Limit(l.rate.PerSecond), l.rate.Burst)
		l.keys.Add(key, bucket)
	}
	now := l.now()
	r := bucket.ReserveN(now, 1)
	if !r.OK() { // a burst of 0 lets nothing through, ever
		return false, time.Hour, nil
	}
	if wait := r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
		return false, wait, nil
	}
	return true, 0, nil
}

// Fallback returns a limiter that asks shared, and local whenever shared does
// not know: when the store is away, writes stay limited instead of open.
func Fallback(shared, local Limiter, log *slog.Logger) Limiter {
	return fallback{shared, local, log}
}

type fallback struct {
	shared, local Limiter
	log           *slog.Logger
}

func (f fallback) Allow(ctx context.Context, key string) (bool, time.Duration, error) {
	ok, retry, err := f.shared.Allow(ctx, key)
	if err == nil {
		return ok, retry, nil
	}
	f.log.LogAttrs(ctx, slog.LevelWarn, "shared limiter away", slog.String("error", err.Error()))
	return f.local.Allow(ctx, key)
}

// Limit returns middleware that lets a request pass while l allows the key
// that it maps to, and answers Throttled otherwise.
func Limit(l Limiter, key func(echo.Context) string) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			ok, retry, err := l.Allow(c.Request().Context(), key(c))
			if err != nil {
				return fault.Wrap(fault.Unavailable, err, "the limits cannot be checked")
			}
			if !ok {
				return &fault.Error{Kind: fault.Throttled, Detail: "too many requests; wait and try again", RetryAfter: max(retry, time.Second)}
			}
			return next(c)
		}
	}
}
