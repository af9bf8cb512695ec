package redis

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"sync"
	"time"

	"github.com/go-redis/redis_rate/v10"
)

// limiterKey is the name under which the secret of the limiter is kept.
const limiterKey = "limiter"

// Limiter limits how often something may happen, all instances of the service
// counted together.
type Limiter struct {
	store *Store
	limit redis_rate.Limit
	rate  *redis_rate.Limiter

	mu     sync.Mutex
	secret []byte // nil until fetched
}

// Limiter returns a limiter that lets perSecond happen on average and burst at
// once, per key. Both must be above 0.
func (s *Store) Limiter(perSecond float64, burst int) *Limiter {
	return &Limiter{
		store: s, rate: redis_rate.NewLimiter(s.client),
		limit: redis_rate.Limit{Rate: 1, Burst: burst, Period: time.Duration(float64(time.Second) / perSecond)},
	}
}

// Allow says whether one more may happen for the key, and counts it when it
// may. When not, retryAfter is how long until the next would. An error means
// that nobody knows: Unavailable.
//
// A key is often made of an address, so that Redis sees no more of it than a
// keyed hash, for as long as the limit has to be remembered.
func (l *Limiter) Allow(ctx context.Context, key string) (ok bool, retryAfter time.Duration, err error) {
	hidden, err := l.hide(ctx, key)
	if err != nil {
		return false, 0, err
	}
	result, err := l.rate.Allow(ctx, prefix+"limit:"+hidden, l.limit)
	if err != nil {
		return false, 0, l.store.fail(err)
	}
	return result.Allowed > 0, max(result.RetryAfter, 0), nil
}

func (l *Limiter) hide(ctx context.Context, key string) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.secret == nil {
		secret, err := l.store.Key(ctx, limiterKey, randomKey())
		if err != nil {
			return "", err
		}
		l.secret = secret
	}
	mac := hmac.New(sha256.New, l.secret)
	mac.Write([]byte(key))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil)[:16]), nil
}

func randomKey() []byte {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails: it ends the program instead
	return key
}
