package server

import (
	"context"
	"log/slog"
	"time"
)

// sweepInterval is how often a store that does not forget by itself is told to.
const sweepInterval = 24 * time.Hour

// sweeper is a store in which what has expired takes room until it is swept:
// store/embedded. Redis forgets by itself.
type sweeper interface {
	// Sweep removes what has expired by now and returns how many visitors are
	// no longer known.
	Sweep(ctx context.Context, now time.Time) (removed int, err error)
}

// sweep sweeps at once and at each tick, until ctx ends. A sweep that fails is
// made up for by the next: reads never show what has expired.
func sweep(ctx context.Context, store sweeper, now func() time.Time, tick <-chan time.Time, log *slog.Logger) {
	for {
		removed, err := store.Sweep(ctx, now())
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			log.Warn("sweep failed", slog.Any("error", err))
		case removed > 0:
			log.Info("swept", slog.Int("visitors", removed))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick:
		}
	}
}
