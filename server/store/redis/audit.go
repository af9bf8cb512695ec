package redis

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/sekisho/sekisho/server/operator"
)

const (
	// auditChunk is how many entries are read at a time.
	auditChunk = 500
	// auditLook is how many are looked at for one page, so that a rare filter
	// does not hold Redis or the page for long.
	auditLook = 10_000
)

// AppendAudit implements operator.AuditStore.
func (s *Store) AppendAudit(ctx context.Context, entries ...operator.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	_, err := s.runRoster(ctx, []any{"", "", 0}, entries)
	return err
}

// Audit implements operator.AuditStore. The stream's ids hold time and number,
// so a period and a place are found at once; the rest is looked through.
func (s *Store) Audit(ctx context.Context, q operator.Query) (operator.Page, error) {
	var page operator.Page
	before := q.Before
	if !q.To.IsZero() {
		if ceilMillis(q.To) <= 0 {
			return page, nil // before any entry
		}
		if to := (operator.Place{At: time.UnixMilli(ceilMillis(q.To))}); before == (operator.Place{}) || to.At.Before(before.At) {
			before = to
		}
	}
	from := "-"
	if !q.From.IsZero() {
		from = strconv.FormatInt(max(0, ceilMillis(q.From)), 10)
	}
	for looked := 0; looked < auditLook; looked += auditChunk {
		end := "+"
		if before != (operator.Place{}) {
			end = fmt.Sprintf("(%d-%d", max(0, before.At.UnixMilli()), before.Number)
		}
		var found []redis.XMessage
		err := s.twice(ctx, func() (err error) {
			found, err = s.client.XRevRangeN(ctx, auditKey, end, from, auditChunk).Result()
			return err
		})
		if err != nil {
			return operator.Page{}, err
		}
		for _, m := range found {
			place, err := operator.ParsePlace(m.ID)
			if err != nil {
				return operator.Page{}, fmt.Errorf("audit log: %w", err)
			}
			if !chosen(q, m.Values) {
				before = place
				continue
			}
			if len(page.Entries) == q.Limit {
				page.Next = operator.Place{At: page.Entries[q.Limit-1].At, Number: page.Entries[q.Limit-1].Number}
				return page, nil
			}
			e, err := entryOf(m, place)
			if err != nil {
				return operator.Page{}, err
			}
			page.Entries = append(page.Entries, e)
			before = place
		}
		if len(found) < auditChunk {
			return page, nil
		}
	}
	page.Next = before
	return page, nil
}

// chosen reports whether a filter chooses an entry, its time aside.
func chosen(q operator.Query, values map[string]any) bool {
	return (q.Actor == "" || values["actor"] == q.Actor || values["owner"] == q.Actor) &&
		(q.Action == "" || values["action"] == string(q.Action)) &&
		(q.Site == "" || values["site"] == q.Site)
}

func entryOf(m redis.XMessage, place operator.Place) (operator.Entry, error) {
	var e operator.Entry
	packed, _ := m.Values["entry"].(string)
	if err := json.Unmarshal([]byte(packed), &e); err != nil {
		return e, fmt.Errorf("audit log, entry %s: %w", m.ID, err)
	}
	e.Number, e.At = place.Number, place.At
	return e, nil
}

// ceilMillis is the first millisecond that is not before t; entries have no finer times.
func ceilMillis(t time.Time) int64 {
	return t.Add(time.Millisecond - time.Nanosecond).UnixMilli()
}
