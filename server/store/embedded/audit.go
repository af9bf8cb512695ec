package embedded

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"time"

	"github.com/sekisho/sekisho/server/operator"
)

// AppendAudit implements operator.AuditStore. Every entry is known by its ID
// for ever.
func (s *Store) AppendAudit(ctx context.Context, entries ...operator.Entry) error {
	return s.do(ctx, func(w *writer) error { return w.appendAudit(entries) })
}

func (w *writer) appendAudit(entries []operator.Entry) error {
	for _, e := range entries {
		var number, at int64
		if err := w.lastAudit.QueryRow().Scan(&number, &at); err != nil {
			return err
		}
		at = max(at, e.At.UnixMilli())
		e.Number, e.At = uint64(number+1), time.UnixMilli(at).UTC()
		packed, err := json.Marshal(e)
		if err != nil {
			return err
		}
		if _, err := w.putAudit.Exec(number+1, at, e.ID, e.By.ID, e.By.For, string(e.Action), e.Site, packed); err != nil {
			return err
		}
	}
	return nil
}

// Audit implements operator.AuditStore.
func (s *Store) Audit(ctx context.Context, q operator.Query) (operator.Page, error) {
	where := []string{"number < ?"}
	args := []any{int64(math.MaxInt64)}
	if q.Before.Number > 0 {
		args[0] = int64(min(q.Before.Number, math.MaxInt64))
	}
	if q.Actor != "" {
		where, args = append(where, "(actor = ? OR owner = ? AND owner <> '')"), append(args, q.Actor, q.Actor)
	}
	if q.Action != "" {
		where, args = append(where, "action = ?"), append(args, string(q.Action))
	}
	if q.Site != "" {
		where, args = append(where, "site = ? AND site <> ''"), append(args, q.Site)
	}
	if !q.From.IsZero() {
		where, args = append(where, "at >= ?"), append(args, ceilMillis(q.From))
	}
	if !q.To.IsZero() {
		where, args = append(where, "at < ?"), append(args, ceilMillis(q.To))
	}
	args = append(args, q.Limit+1)
	entries, err := readAll[operator.Entry](ctx, s.reads,
		"SELECT content FROM audit WHERE "+strings.Join(where, " AND ")+" ORDER BY number DESC LIMIT ?", args...)
	if err != nil {
		return operator.Page{}, s.fail(err)
	}
	page := operator.Page{Entries: entries}
	if len(entries) > q.Limit {
		page.Entries = entries[:q.Limit]
		last := page.Entries[q.Limit-1]
		page.Next = operator.Place{At: last.At, Number: last.Number}
	}
	return page, nil
}

// ceilMillis is the first millisecond that is not before t; entries have no finer times.
func ceilMillis(t time.Time) int64 {
	return t.Add(time.Millisecond - time.Nanosecond).UnixMilli()
}
