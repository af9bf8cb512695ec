package embedded

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/sekisho/sekisho/server/fault"
)

// TestPoison: one write that the database refuses fails alone, and its
// neighbours in the same transaction are written once.
func TestPoison(t *testing.T) {
	s := openAt(t, t.TempDir(), time.Now)
	put := func(name string) func(*writer) error {
		return func(w *writer) error {
			w.counts[count{"shop", "2026-11-21", name}]++
			_, err := w.putKey.Exec(name, []byte(name))
			return err
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	refusal := fault.New(fault.Conflict, "no")
	jobs := []*job{
		{ctx: t.Context(), run: put("before")},
		{ctx: t.Context(), run: func(w *writer) error {
			_, err := w.putKey.Exec("half", []byte("half"))
			return errors.Join(err, errors.New("a bug"))
		}},
		{ctx: t.Context(), run: func(*writer) error { return refusal }},
		{ctx: ended, run: put("too late")},
		{ctx: t.Context(), run: put("after")},
	}
	for _, j := range jobs {
		j.done = make(chan error, 1)
	}
	// The writer itself is made to run the batch, so that nothing else does meanwhile.
	if err := s.do(t.Context(), func(w *writer) error {
		if err := w.commit(); err != nil {
			return err
		}
		s.runBatch(w, jobs)
		return w.begin()
	}); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"", "a bug", "no", "context canceled", ""} {
		err := <-jobs[i].done
		if (err == nil) != (want == "") || (err != nil && err.Error() != want) {
			t.Errorf("job %d: %v", i, err)
		}
	}
	for name, there := range map[string]bool{"before": true, "half": false, "too late": false, "after": true} {
		got, err := s.Key(t.Context(), name, []byte("free"))
		if err != nil || (string(got) != "free") != there {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	counts, err := s.Counts(t.Context(), "shop", "2026-11-21")
	if err != nil || len(counts) != 2 || counts["before"] != 1 || counts["after"] != 1 {
		t.Errorf("%v, %v", counts, err)
	}
}

// TestUncertain: a caller whose time is up while the writer is busy is told
// that nobody knows, and is not kept waiting.
func TestUncertain(t *testing.T) {
	s := openAt(t, t.TempDir(), time.Now)
	busy, release := make(chan struct{}), make(chan struct{})
	first := make(chan error, 1)
	go func() {
		first <- s.do(context.Background(), func(*writer) error { close(busy); <-release; return nil })
	}()
	<-busy
	ctx, cancel := context.WithCancel(t.Context())
	waiting := make(chan error, 1)
	go func() { waiting <- s.do(ctx, func(*writer) error { return nil }) }()
	cancel()
	if err := <-waiting; fault.KindOf(err) != fault.Unavailable || !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	close(release)
	if err := <-first; err != nil {
		t.Error(err)
	}
}
