package embedded

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/sekisho/sekisho/server/discovery"
)

const (
	// sweepBatch is how many visitors one transaction of a sweep looks at, so
	// that decisions never wait long behind it.
	sweepBatch = 200
	// countDays is how long the counters of a day are kept.
	countDays = 400
)

// Sweep removes what has expired by now, counters of more than 400 days ago,
// what pages reported before discovery.Retention, and the sessions and attempts of operators that have ended; it returns the
// number of visitors of whom nothing is held any more.
// Reads do not depend on it: what has expired is absent from then on. The
// caller decides how often to sweep; once a day is enough.
func (s *Store) Sweep(ctx context.Context, now time.Time) (removed int, err error) {
	daysAgo := func(n int) string { return now.UTC().AddDate(0, 0, -n).Format(time.DateOnly) }
	if err := s.do(ctx, func(w *writer) error {
		if _, err := w.dropCounts.Exec(daysAgo(countDays)); err != nil {
			return err
		}
		if _, err := w.dropDiscoveries.Exec(daysAgo(discovery.Retention)); err != nil {
			return err
		}
		if _, err := w.dropSessions.Exec(now.UnixMilli()); err != nil {
			return err
		}
		_, err := w.dropAttempts.Exec(now.UnixMilli())
		return err
	}); err != nil {
		return 0, err
	}
	for {
		var seen, gone int
		if err := s.do(ctx, func(w *writer) (err error) {
			seen, gone, err = w.sweep(now.UnixMilli())
			return err
		}); err != nil {
			return removed, err
		}
		removed += gone
		if seen < sweepBatch {
			return removed, nil
		}
	}
}

// sweep looks at the visitors of whom something has expired, the longest first.
func (w *writer) sweep(now int64) (seen, gone int, err error) {
	type row struct {
		site    string
		visitor []byte
		held
	}
	rows, err := w.expired.Query(now, sweepBatch)
	if err != nil {
		return 0, 0, err
	}
	defer rows.Close()
	var expired []row
	for rows.Next() {
		var r row
		if err := rows.Scan(&r.site, &r.visitor, &r.state, &r.stateUntil, &r.history, &r.historyUntil); err != nil {
			return 0, 0, err
		}
		expired = append(expired, r)
	}
	if err := rows.Err(); err != nil {
		return 0, 0, err
	}
	for _, r := range expired {
		visitor := uuid.UUID(r.visitor)
		if r.forget(now); r.next() == 0 {
			gone++
			err = w.drop(r.site, visitor)
		} else {
			err = w.hold(r.site, visitor, r.held)
		}
		if err != nil {
			return 0, 0, err
		}
	}
	return len(expired), gone, nil
}
