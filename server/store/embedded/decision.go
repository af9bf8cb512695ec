package embedded

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/sekisho/sekisho/server/consent"
	"github.com/sekisho/sekisho/server/fault"
)

// Record implements consent.Store.
func (s *Store) Record(ctx context.Context, write consent.Write) (consent.Entry, bool, error) {
	e := &write.Entry
	if _, err := s.names.Of(ctx, e.Site, write.Layer.Asked); err != nil {
		return consent.Entry{}, false, err
	}
	packed, err := consent.PackEntry(*e, write.Layer)
	if err != nil {
		return consent.Entry{}, false, err
	}
	stored, fresh := packed, false
	err = s.do(ctx, func(w *writer) (err error) {
		stored, fresh, err = w.record(&write, packed, s.now())
		return err
	})
	if err != nil {
		return consent.Entry{}, false, err
	}
	entry, err := s.names.Unpack(ctx, stored, e.Site, e.Visitor, e.ID)
	return entry, fresh, err
}

// record writes entry, state and counters, or returns the entry that is held
// under that id already.
func (w *writer) record(write *consent.Write, packed []byte, now time.Time) (stored []byte, fresh bool, err error) {
	e := &write.Entry
	held, err := w.heldOf(e.Site, e.Visitor)
	if err != nil {
		return nil, false, err
	}
	ms := now.UnixMilli()
	if held.historyUntil != 0 && held.historyUntil <= ms {
		if _, err := w.dropDecisions.Exec(e.Site, e.Visitor[:]); err != nil {
			return nil, false, err
		}
		held.historyUntil = 0
	}
	var state consent.State
	if held.stateUntil > ms {
		if state, err = consent.UnpackState(held.state); err != nil {
			return nil, false, err
		}
	} else {
		held.stateUntil = 0
	}
	put, err := w.putDecision.Exec(e.Site, e.Visitor[:], e.ID[:], packed)
	if err != nil {
		return nil, false, err
	}
	if n, err := put.RowsAffected(); err != nil {
		return nil, false, err
	} else if n == 0 {
		err := w.decision.QueryRow(e.Site, e.Visitor[:], e.ID[:]).Scan(&stored)
		return stored, false, err
	}
	held.state = state.Merge(write.Layer).Pack()
	held.stateUntil = max(held.stateUntil, now.Add(write.StateTTL).UnixMilli())
	held.historyUntil = max(held.historyUntil, now.Add(write.HistoryTTL).UnixMilli())
	if err := w.hold(e.Site, e.Visitor, held); err != nil {
		return nil, false, err
	}
	day := e.RecordedAt.UTC().Format(time.DateOnly)
	for _, name := range write.Counters {
		w.counts[count{e.Site, day, name}]++
	}
	return packed, true, nil
}

// held is a visitor's row; times in milliseconds, 0 for none.
type held struct {
	state                    []byte
	stateUntil, historyUntil int64
}

func (w *writer) heldOf(key string, visitor uuid.UUID) (h held, err error) {
	err = w.visitor.QueryRow(key, visitor[:]).Scan(&h.state, &h.stateUntil, &h.historyUntil)
	if errors.Is(err, sql.ErrNoRows) {
		return held{}, nil
	}
	return h, err
}

// hold writes a visitor's row; next is the earlier of the two times that is not 0.
func (w *writer) hold(key string, visitor uuid.UUID, h held) error {
	next := min(h.stateUntil, h.historyUntil)
	if next == 0 {
		next = max(h.stateUntil, h.historyUntil)
	}
	_, err := w.putVisitor.Exec(key, visitor[:], h.state, h.stateUntil, h.historyUntil, next)
	return err
}

// State implements consent.Store.
func (s *Store) State(ctx context.Context, key string, visitor uuid.UUID) (consent.State, error) {
	var packed []byte
	err := s.read.state.QueryRowContext(ctx, key, visitor[:], s.now().UnixMilli()).Scan(&packed)
	if errors.Is(err, sql.ErrNoRows) {
		return consent.State{}, nothingHeld()
	}
	if err != nil {
		return consent.State{}, s.fail(err)
	}
	return consent.UnpackState(packed)
}

func nothingHeld() error { return fault.New(fault.NotFound, "nothing is held of this visitor") }

// History implements consent.Store.
func (s *Store) History(ctx context.Context, key string, visitor uuid.UUID) ([]consent.Entry, error) {
	rows, err := s.read.history.QueryContext(ctx, key, visitor[:], s.now().UnixMilli())
	if err != nil {
		return nil, s.fail(err)
	}
	defer rows.Close()
	type record struct{ id, packed []byte }
	var records []record
	for rows.Next() {
		var r record
		if err := rows.Scan(&r.id, &r.packed); err != nil {
			return nil, s.fail(err)
		}
		records = append(records, r)
	}
	if err := rows.Err(); err != nil {
		return nil, s.fail(err)
	}
	if len(records) == 0 {
		return nil, nothingHeld()
	}
	history := make([]consent.Entry, len(records))
	for i, r := range records {
		if history[i], err = s.names.Unpack(ctx, r.packed, key, visitor, uuid.UUID(r.id)); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(history, consent.OldestFirst)
	return history, nil
}

// Erase implements consent.Store.
func (s *Store) Erase(ctx context.Context, key string, visitor uuid.UUID) error {
	return s.do(ctx, func(w *writer) error { return w.drop(key, visitor) })
}

func (w *writer) drop(key string, visitor uuid.UUID) error {
	if _, err := w.dropDecisions.Exec(key, visitor[:]); err != nil {
		return err
	}
	_, err := w.dropVisitor.Exec(key, visitor[:])
	return err
}

// Counts implements consent.Store.
func (s *Store) Counts(ctx context.Context, key, day string) (map[string]int64, error) {
	rows, err := s.read.counts.QueryContext(ctx, key, day)
	if err != nil {
		return nil, s.fail(err)
	}
	defer rows.Close()
	counts := map[string]int64{}
	for rows.Next() {
		var name string
		var value int64
		if err := rows.Scan(&name, &value); err != nil {
			return nil, s.fail(err)
		}
		counts[name] = value
	}
	return counts, s.fail(rows.Err())
}

// Key implements consent.KeyStore.
func (s *Store) Key(ctx context.Context, name string, candidate []byte) (key []byte, err error) {
	candidate = bytes.Clone(candidate)
	if candidate == nil {
		candidate = []byte{}
	}
	var found []byte
	err = s.do(ctx, func(w *writer) error {
		if _, err := w.putKey.Exec(name, candidate); err != nil {
			return err
		}
		return w.key.QueryRow(name).Scan(&found)
	})
	if err != nil {
		return nil, err
	}
	return found, nil
}
