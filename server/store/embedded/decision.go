package embedded

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
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
	h, err := w.heldOf(e.Site, e.Visitor)
	if err != nil {
		return nil, false, err
	}
	h.forget(now.UnixMilli())
	if stored, err = consent.FindHistory(h.history, e.ID); stored != nil || err != nil {
		return stored, false, err
	}
	var state consent.State
	if h.stateUntil != 0 {
		if state, err = consent.UnpackState(h.state); err != nil {
			return nil, false, err
		}
	}
	h.state = state.Merge(write.Layer).Pack()
	if h.history, err = consent.AppendHistory(h.history, e.ID, packed); err != nil {
		return nil, false, err
	}
	h.stateUntil = max(h.stateUntil, now.Add(write.StateTTL).UnixMilli())
	h.historyUntil = max(h.historyUntil, now.Add(write.HistoryTTL).UnixMilli())
	if err := w.hold(e.Site, e.Visitor, h); err != nil {
		return nil, false, err
	}
	day := e.RecordedAt.UTC().Format(time.DateOnly)
	for _, name := range write.Counters {
		w.counts[count{e.Site, day, name}]++
	}
	return packed, true, nil
}

// held is a visitor's row; times in milliseconds, 0 where nothing is held.
type held struct {
	state        []byte
	stateUntil   int64
	history      []byte
	historyUntil int64
}

// forget empties what has expired.
func (h *held) forget(now int64) {
	if h.stateUntil <= now {
		h.state, h.stateUntil = []byte{}, 0
	}
	if h.historyUntil <= now {
		h.history, h.historyUntil = []byte{}, 0
	}
}

// next returns the earlier of the times at which something expires, 0 for never.
func (h *held) next() int64 {
	if h.stateUntil == 0 || h.historyUntil == 0 {
		return max(h.stateUntil, h.historyUntil)
	}
	return min(h.stateUntil, h.historyUntil)
}

func (w *writer) heldOf(key string, visitor uuid.UUID) (h held, err error) {
	err = w.visitor.QueryRow(key, visitor[:]).Scan(&h.state, &h.stateUntil, &h.history, &h.historyUntil)
	if errors.Is(err, sql.ErrNoRows) {
		return held{}, nil
	}
	return h, err
}

func (w *writer) hold(key string, visitor uuid.UUID, h held) error {
	_, err := w.putVisitor.Exec(key, visitor[:], h.state, h.stateUntil, h.history, h.historyUntil, h.next())
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
	var packed []byte
	err := s.read.history.QueryRowContext(ctx, key, visitor[:], s.now().UnixMilli()).Scan(&packed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nothingHeld()
	}
	if err != nil {
		return nil, s.fail(err)
	}
	return s.names.UnpackHistory(ctx, packed, key, visitor)
}

// Erase implements consent.Store.
func (s *Store) Erase(ctx context.Context, key string, visitor uuid.UUID) error {
	return s.do(ctx, func(w *writer) error { return w.drop(key, visitor) })
}

func (w *writer) drop(key string, visitor uuid.UUID) error {
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
