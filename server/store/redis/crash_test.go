package redis

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/sekisho/sekisho/server/store/redis/redistest"
	"github.com/sekisho/sekisho/server/store/storetest"
)

// TestKill: what was acknowledged before kill -9 of Redis is there afterwards,
// once, where Redis runs with appendfsync always.
func TestKill(t *testing.T) {
	server := redistest.Start(t)
	s := openAt(t, server.URL())
	storetest.CreateCrashSite(t, s)
	var counted int64
	for round := range 6 {
		seed := rand.Uint64()
		after := 1 + int(seed%1500)
		ctx, cancel := context.WithCancel(t.Context())
		enough := make(chan struct{})
		var once sync.Once
		var acks []storetest.Ack
		var writers sync.WaitGroup
		writers.Go(func() {
			defer once.Do(func() { close(enough) })
			storetest.CrashWrites(ctx, s, seed, func(a storetest.Ack) {
				if acks = append(acks, a); len(acks) == after {
					once.Do(func() { close(enough) })
				}
			})
		})
		<-enough
		server.Kill() // while the writers write
		writers.Wait()
		cancel()
		if len(acks) < after {
			t.Fatalf("seed %d: the writers ended after %d acknowledgements", seed, len(acks))
		}
		server.Restart()
		held := storetest.CheckCrash(t, s, seed, acks, counted)
		counted += held
		t.Logf("round %d, seed %d: %d acknowledged, %d held", round, seed, len(acks), held)
	}
}
