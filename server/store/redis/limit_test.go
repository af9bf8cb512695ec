package redis

import (
	"sync"
	"testing"
	"time"

	"github.com/sekisho/sekisho/server/store/redis/redistest"
)

func TestLimiter(t *testing.T) {
	server := redistest.Start(t)
	one, two := openAt(t, server.URL()), openAt(t, server.URL())
	// One in a thousand seconds: nothing comes back while the test runs.
	limiters := []*Limiter{one.Limiter(0.001, 10), two.Limiter(0.001, 10)}
	var mu sync.Mutex
	passed := 0
	var callers sync.WaitGroup
	for i := range 40 {
		callers.Go(func() {
			ok, retry, err := limiters[i%2].Allow(t.Context(), "a key")
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err != nil:
				t.Error(err)
			case ok:
				passed++
			case retry < 900*time.Second || retry > 1000*time.Second:
				t.Errorf("come back in %v", retry)
			}
		})
	}
	callers.Wait()
	if passed != 10 {
		t.Errorf("%d of 40 passed on two instances together, not 10", passed)
	}
	if ok, _, err := limiters[0].Allow(t.Context(), "another key"); err != nil || !ok {
		t.Errorf("another key: %v, %v", ok, err)
	}
	if ok, _, err := one.Limiter(0.001, 11).Allow(t.Context(), "a key"); err != nil || !ok {
		t.Errorf("the same key under another limit: %v, %v", ok, err)
	}
}
