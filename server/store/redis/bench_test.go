package redis

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/sekisho/sekisho/server/store/redis/redistest"
	"github.com/sekisho/sekisho/server/store/storetest"
)

func BenchmarkStore(b *testing.B) {
	for _, fsync := range []string{"always", "everysec"} {
		b.Run(fsync, func(b *testing.B) {
			s := openAt(b, redistest.Start(b, "--appendfsync", fsync).URL())
			for _, callers := range []int{1, 64, 256} {
				b.Run(fmt.Sprintf("plain SET/%d callers", callers), func(b *testing.B) {
					value := make([]byte, 39)
					storetest.Callers(b, callers, func() error {
						return s.client.Set(context.Background(), uuid.NewString(), value, time.Hour).Err()
					})
				})
			}
			storetest.Bench(b, func(*testing.B) storetest.Store { return s })
		})
	}
	b.Run("cluster", func(b *testing.B) {
		s := openAt(b, redistest.StartCluster(b, 3).URL())
		storetest.Bench(b, func(*testing.B) storetest.Store { return s })
	})
}
