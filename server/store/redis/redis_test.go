package redis

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/sekisho/sekisho/server/store/redis/redistest"
	"github.com/sekisho/sekisho/server/store/storetest"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	// After many refused connections go-redis tries one more from a goroutine
	// that sleeps a second before it notices that its pool is closed.
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("github.com/redis/go-redis/v9/internal/pool.(*ConnPool).tryDial"))
}

// openAt opens a store and closes it with the test. It is patient: where tests
// of other packages load the disk, a sync may take longer than a second.
func openAt(t testing.TB, address string) *Store {
	t.Helper()
	s, err := Open(t.Context(), address+"?read_timeout=20s")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

func conformance(t *testing.T, s *Store) {
	left := func(t *testing.T, key string) time.Duration {
		t.Helper()
		d, err := s.client.PTTL(t.Context(), key).Result()
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	storetest.Run(t, func(*testing.T) storetest.Stores {
		return storetest.Stores{Store: s, Left: func(t *testing.T, key string, visitor uuid.UUID) (state, history time.Duration) {
			tag := tagOf(visitor)
			return left(t, stateKey(tag, key, visitor)), left(t, historyKey(tag, key, visitor))
		}, LeftOfDay: func(t *testing.T, key, day string) time.Duration { return left(t, discoveryKey(key, day)) }}
	})
}

func TestConformance(t *testing.T) { conformance(t, openAt(t, redistest.Start(t).URL())) }

func TestConformanceInCluster(t *testing.T) {
	conformance(t, openAt(t, redistest.StartCluster(t, 3).URL()))
}
