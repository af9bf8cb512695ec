package redis

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/sekisho/sekisho/server/store/redis/redistest"
	"github.com/sekisho/sekisho/server/store/storetest"
)

// TestSentinel: the primary dies, its replica takes over, the store follows.
func TestSentinel(t *testing.T) {
	primary := redistest.Start(t)
	replica := redistest.Start(t, "--replicaof", "127.0.0.1 "+strconv.Itoa(primary.Port), "--repl-diskless-sync-delay", "0")
	primary.Do("CONFIG", "SET", "repl-diskless-sync-delay", "0")
	watcher := redistest.StartSentinel(t, primary)
	watcher.AwaitReplica()
	s := openAt(t, watcher.URL())
	storetest.CreateSite(t, s, "shop", 3)

	d, err := s.Durability(t.Context())
	if err != nil || len(d.Problems) != 1 || !strings.Contains(d.Problems[0], "min-replicas-to-write is 0") {
		t.Errorf("%+v, %v", d, err)
	}
	w := storetest.NewWrite("shop", uuid.New(), storetest.NewID(), 1, storetest.Indices(0), nil)
	if _, _, err := s.Record(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	if primary.Do("WAIT", 1, 5000) != int64(1) {
		t.Fatal("the replica does not follow")
	}
	primary.Kill()
	storetest.Until(t, 30*time.Second, "the replica has taken over", func() bool { return watcher.Primary() == replica.Port })
	after := storetest.NewWrite("shop", w.Entry.Visitor, storetest.NewID(), 2, storetest.Indices(1), nil)
	storetest.Until(t, 30*time.Second, "decisions are recorded again", func() bool {
		_, _, err := s.Record(t.Context(), after)
		return err == nil
	})
	if history, err := s.History(t.Context(), "shop", w.Entry.Visitor); err != nil || len(history) != 2 {
		t.Errorf("%d decisions are held, %v", len(history), err)
	}
}
