package embedded

import (
	"context"
	"testing"
	"time"

	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
)

// TestSweepOperators: sessions and attempts go when they have ended, and nothing
// else of operators does.
func TestSweepOperators(t *testing.T) {
	c := &clock{time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)}
	s := openAt(t, t.TempDir(), c.now)
	for hash, lasts := range map[string]time.Duration{"short": time.Hour, "long": 2 * time.Hour} {
		if err := s.PutSession(t.Context(), operator.Session{Hash: hash, Operator: "o", Until: c.now().Add(lasts)}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Attempt(t.Context(), hash, lasts); err != nil {
			t.Fatal(err)
		}
	}
	change := operator.Change{ID: "c", Put: []operator.Record{{Operator: operator.Operator{ID: "o"}}}, PutLinks: []operator.Link{{Hash: "l", ExpiresAt: c.now()}}, Entries: []operator.Entry{{ID: "e"}}}
	if err := s.ApplyRoster(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	c.at = c.at.Add(time.Hour)
	if _, err := s.Session(t.Context(), "short"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a session at its end: %v", err)
	}
	if n, left, err := s.Attempt(t.Context(), "long", time.Hour); err != nil || n != 2 || left != time.Hour {
		t.Errorf("%d, %v, %v", n, left, err)
	}
	if _, err := s.Sweep(t.Context(), c.now()); err != nil {
		t.Fatal(err)
	}
	for table, want := range map[string]int{"sessions": 1, "attempts": 1, "operators": 1, "links": 1, "audit": 1} {
		if n := s.rows(t, table); n != want {
			t.Errorf("%s: %d rows, not %d", table, n, want)
		}
	}
}

// TestAuditNeverChanges: not even by a statement that somebody adds later.
func TestAuditNeverChanges(t *testing.T) {
	s := openAt(t, t.TempDir(), time.Now)
	if err := s.AppendAudit(t.Context(), operator.Entry{ID: "a"}, operator.Entry{ID: "b"}); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"DELETE FROM audit", "DELETE FROM audit WHERE number = 2", "UPDATE audit SET actor = 'x'", "UPDATE audit SET at = at"} {
		err := s.do(context.WithoutCancel(t.Context()), func(w *writer) error {
			_, err := w.conn.ExecContext(context.Background(), text)
			return err
		})
		if err == nil {
			t.Errorf("%s: done", text)
		}
	}
	if n := s.rows(t, "audit"); n != 2 {
		t.Errorf("%d entries, not 2", n)
	}
}
