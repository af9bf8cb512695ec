package redis

import (
	"context"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/go-redis/redis_rate/v10"
)

// Limiter limits how often something may happen, all instances of the service
// counted together.
type Limiter struct {
	store  *Store
	prefix string
	limit  redis_rate.Limit
	rate   *redis_rate.Limiter
}

// Limiter returns a limiter that lets perSecond happen on average and burst at
// once, per key. Both must be above 0. Limiters of the same rate count together.
func (s *Store) Limiter(perSecond float64, burst int) *Limiter {
	return &Limiter{
		store: s, rate: redis_rate.NewLimiter(s.client),
		prefix: fmt.Sprintf("%slimit:%g/%d:", prefix, perSecond, burst),
		limit:  redis_rate.Limit{Rate: 1, Burst: burst, Period: time.Duration(float64(time.Second) / perSecond)},
	}
}

// Allow says whether one more may happen for the key, and counts it when it
// may. When not, retryAfter is how long until the next would. An error means
// that nobody knows: Unavailable. Redis remembers the key for as long as the
// limit asks for, so a key is a keyed hash and never an address itself.
func (l *Limiter) Allow(ctx context.Context, key string) (ok bool, retryAfter time.Duration, err error) {
	result, err := l.rate.Allow(ctx, l.prefix+base64.RawURLEncoding.EncodeToString([]byte(key)), l.limit)
	if err != nil {
		return false, 0, l.store.fail(err)
	}
	return result.Allowed > 0, max(result.RetryAfter, 0), nil
}
