package embedded

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/sekisho/sekisho/server/store/storetest"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	crashChild()
	goleak.VerifyTestMain(m)
}

// openAt opens a store in a folder and closes it with the test.
func openAt(t testing.TB, folder string, now func() time.Time) *Store {
	t.Helper()
	s, err := Open(t.Context(), scheme+folder, now)
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

func TestConformance(t *testing.T) {
	s := openAt(t, t.TempDir(), time.Now)
	storetest.Run(t, func(*testing.T) storetest.Stores {
		return storetest.Stores{Store: s, Left: func(t *testing.T, key string, visitor uuid.UUID) (state, history time.Duration) {
			stateUntil, historyUntil := untilOf(t, s, key, visitor)
			return time.Until(stateUntil), time.Until(historyUntil)
		}}
	})
}

func untilOf(t *testing.T, s *Store, key string, visitor uuid.UUID) (state, history time.Time) {
	t.Helper()
	var stateMillis, historyMillis int64
	row := s.reads.QueryRowContext(t.Context(), "SELECT state_until, history_until FROM visitors WHERE site = ? AND visitor = ?", key, visitor[:])
	if err := row.Scan(&stateMillis, &historyMillis); err != nil {
		t.Fatal(err)
	}
	return time.UnixMilli(stateMillis), time.UnixMilli(historyMillis)
}

func BenchmarkStore(b *testing.B) {
	storetest.Bench(b, func(b *testing.B) storetest.Store { return openAt(b, b.TempDir(), time.Now) })
}
