package storetest

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/sekisho/sekisho/server/consent"
)

// Bench measures a store with decisions on 20 vendors, each by a new visitor.
func Bench(b *testing.B, open func(b *testing.B) Store) {
	for _, callers := range []int{1, 64, 256} {
		b.Run(fmt.Sprintf("record/%d callers", callers), func(b *testing.B) {
			s := open(b)
			key := newSite(b, s, 20)
			Callers(b, callers, func() error {
				_, _, err := s.Record(b.Context(), TwentyVendors(key))
				return err
			})
		})
	}
	b.Run("state/64 callers", func(b *testing.B) {
		s := open(b)
		key := newSite(b, s, 20)
		visitors := make([]uuid.UUID, 1000)
		for i := range visitors {
			w := TwentyVendors(key)
			visitors[i] = w.Entry.Visitor
			if _, _, err := s.Record(b.Context(), w); err != nil {
				b.Fatal(err)
			}
		}
		var n atomic.Int64
		Callers(b, 64, func() error {
			_, err := s.State(b.Context(), key, visitors[n.Add(1)%int64(len(visitors))])
			return err
		})
	})
}

// TwentyVendors returns the first decision of a new visitor on 20 vendors.
func TwentyVendors(key string) consent.Write {
	w := NewWrite(key, uuid.New(), NewID(), 1, consent.Bits{0xff, 0xff, 0x0f}, consent.Bits{0xff, 0xff, 0x0f})
	w.Counters = []string{"1|accept-all|1|ja", "1|all|granted"}
	return w
}

// Callers calls fn b.N times from that many goroutines and reports calls per second.
func Callers(b *testing.B, callers int, fn func() error) {
	b.Helper()
	b.ReportAllocs()
	b.ResetTimer()
	var next atomic.Int64
	var failed atomic.Pointer[error]
	together(callers, func(int) {
		for next.Add(1) <= int64(b.N) {
			if err := fn(); err != nil {
				failed.Store(&err)
				return
			}
		}
	})
	b.StopTimer()
	if err := failed.Load(); err != nil {
		b.Fatal(*err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
}
