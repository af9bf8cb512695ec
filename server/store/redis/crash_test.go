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

// TestKillActs: the same for what operators did.
func TestKillActs(t *testing.T) {
	server := redistest.Start(t)
	s := openAt(t, server.URL())
	var acks []string
	for range 3 {
		after := len(acks) + 1 + rand.IntN(300)
		enough := make(chan struct{})
		var once sync.Once
		var writers sync.WaitGroup
		writers.Go(func() {
			defer once.Do(func() { close(enough) })
			storetest.CrashActs(t.Context(), s, func(id string) {
				if acks = append(acks, id); len(acks) == after {
					once.Do(func() { close(enough) })
				}
			})
		})
		<-enough
		server.Kill() // while the writers write
		writers.Wait()
		if len(acks) < after {
			t.Fatalf("the writers ended after %d acknowledgements", len(acks))
		}
		server.Restart()
	}
	storetest.CheckActs(t, s, acks)
}
