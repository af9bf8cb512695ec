package redis

import (
	"testing"

	"github.com/sekisho/sekisho/server/store/redis/redistest"
	"github.com/sekisho/sekisho/server/store/storetest"
)

// TestSize holds what a visitor of a site with 20 vendors costs, keys and
// expiry included, as MEMORY USAGE has it.
func TestSize(t *testing.T) {
	server := redistest.Start(t)
	s := openAt(t, server.URL())
	storetest.CreateSite(t, s, "shop", 20)
	w := storetest.TwentyVendors("shop")
	if _, _, err := s.Record(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	tag := tagOf(w.Entry.Visitor)
	usage := func(key string) int64 { n, _ := server.Do("MEMORY", "USAGE", key).(int64); return n }
	state, history := usage(stateKey(tag, "shop", w.Entry.Visitor)), usage(historyKey(tag, "shop", w.Entry.Visitor))
	t.Logf("state %d B, history of one decision %d B", state, history)
	if state == 0 || state > 160 || history == 0 || history > 240 {
		t.Errorf("state %d B, history %d B", state, history)
	}
}
