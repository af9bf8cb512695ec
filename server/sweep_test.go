package server

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"
)

// sweeps hands each call of Sweep to the test, which says how it ends.
type sweeps struct {
	at     chan time.Time
	result chan error
}

func (s sweeps) Sweep(_ context.Context, now time.Time) (int, error) {
	s.at <- now
	return 1, <-s.result
}

func TestSweep(t *testing.T) {
	noon := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	store := sweeps{make(chan time.Time), make(chan error)}
	tick := make(chan time.Time)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		sweep(ctx, store, func() time.Time { return noon }, tick, slog.New(slog.DiscardHandler))
		close(done)
	}()
	if at := <-store.at; !at.Equal(noon) {
		t.Errorf("swept as of %v", at)
	}
	store.result <- errors.New("disk full")
	tick <- noon
	<-store.at // a failure does not end it
	store.result <- nil
	cancel()
	<-done
}
