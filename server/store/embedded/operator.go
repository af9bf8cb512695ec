package embedded

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
)

// Roster implements operator.Store. The lists are read in one transaction, so
// that they belong together.
func (s *Store) Roster(ctx context.Context) (operator.Roster, error) {
	var r operator.Roster
	tx, err := s.reads.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return r, s.fail(err)
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	var version int64
	if err := tx.QueryRowContext(ctx, "SELECT version FROM roster").Scan(&version); err != nil {
		return r, s.fail(err)
	}
	r.Version = uint64(version)
	if r.Operators, err = readAll[operator.Record](ctx, tx, "SELECT content FROM operators ORDER BY id"); err != nil {
		return operator.Roster{}, s.fail(err)
	}
	if r.Links, err = readAll[operator.Link](ctx, tx, "SELECT content FROM links ORDER BY hash"); err != nil {
		return operator.Roster{}, s.fail(err)
	}
	if r.Tokens, err = readAll[operator.Token](ctx, tx, "SELECT content FROM tokens ORDER BY hash"); err != nil {
		return operator.Roster{}, s.fail(err)
	}
	return r, nil
}

type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// readAll returns the rows of a query for one column of JSON.
func readAll[T any](ctx context.Context, from querier, query string, args ...any) ([]T, error) {
	rows, err := from.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		var packed []byte
		var one T
		if err := rows.Scan(&packed); err != nil {
			return nil, err
		}
		if err := json.Unmarshal(packed, &one); err != nil {
			return nil, fmt.Errorf("%T: %w", one, err)
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// readOne returns the one column of JSON of a statement; NotFound for no row.
func readOne[T any](ctx context.Context, s *Store, statement *sql.Stmt, missing string, args ...any) (one T, err error) {
	var packed []byte
	err = statement.QueryRowContext(ctx, args...).Scan(&packed)
	if errors.Is(err, sql.ErrNoRows) {
		return one, fault.New(fault.NotFound, "%s", missing)
	}
	if err != nil {
		return one, s.fail(err)
	}
	if err := json.Unmarshal(packed, &one); err != nil {
		return one, fmt.Errorf("%T: %w", one, err)
	}
	return one, nil
}

// Operator implements operator.Store.
func (s *Store) Operator(ctx context.Context, id string) (operator.Record, error) {
	return readOne[operator.Record](ctx, s, s.read.operator, "there is no such operator", id)
}

// Token implements operator.Store.
func (s *Store) Token(ctx context.Context, hash string) (operator.Token, error) {
	return readOne[operator.Token](ctx, s, s.read.token, "there is no such token", hash)
}

// put is a row that is written as JSON, or removed when it has no content.
type put struct {
	statement func(*writer) *sql.Stmt
	args      []any
}

// packChange works out everything that a change writes, so that nothing can
// fail in the transaction but the database.
func packChange(c operator.Change) (puts []put, err error) {
	add := func(key string, content any, statement func(*writer) *sql.Stmt) {
		packed, e := json.Marshal(content)
		err = errors.Join(err, e)
		puts = append(puts, put{statement, []any{key, packed}})
	}
	drop := func(keys []string, statement func(*writer) *sql.Stmt) {
		for _, key := range keys {
			puts = append(puts, put{statement, []any{key}})
		}
	}
	drop(c.Remove, func(w *writer) *sql.Stmt { return w.dropOperator })
	drop(c.RemoveLinks, func(w *writer) *sql.Stmt { return w.dropLink })
	drop(c.RemoveTokens, func(w *writer) *sql.Stmt { return w.dropToken })
	for _, r := range c.Put {
		add(r.ID, r, func(w *writer) *sql.Stmt { return w.putOperator })
	}
	for _, l := range c.PutLinks {
		add(l.Hash, l, func(w *writer) *sql.Stmt { return w.putLink })
	}
	for _, t := range c.PutTokens {
		add(t.Hash, t, func(w *writer) *sql.Stmt { return w.putToken })
	}
	return puts, err
}

// ApplyRoster implements operator.Store.
func (s *Store) ApplyRoster(ctx context.Context, c operator.Change) error {
	puts, err := packChange(c)
	if err != nil {
		return err
	}
	return s.do(ctx, func(w *writer) error {
		var version int64
		var last string
		if err := w.rosterVersion.QueryRow().Scan(&version, &last); err != nil {
			return err
		}
		if last == c.ID && uint64(version) == c.Expect+1 {
			return nil
		}
		if c.Expect > math.MaxInt64 || int64(c.Expect) != version {
			return fault.New(fault.Conflict, "the operators have changed meanwhile")
		}
		if _, err := w.putRoster.Exec(version+1, c.ID); err != nil {
			return err
		}
		for _, p := range puts {
			if _, err := p.statement(w).Exec(p.args...); err != nil {
				return err
			}
		}
		return w.appendAudit(c.Entries)
	})
}

// UseToken implements operator.Store.
func (s *Store) UseToken(ctx context.Context, hash, day string) error {
	return s.do(ctx, func(w *writer) error {
		var packed []byte
		err := w.token.QueryRow(hash).Scan(&packed)
		if errors.Is(err, sql.ErrNoRows) {
			return fault.New(fault.NotFound, "there is no such token")
		}
		if err != nil {
			return err
		}
		var t operator.Token
		if err := json.Unmarshal(packed, &t); err != nil {
			return err
		}
		if t.LastUsed == day {
			return nil
		}
		t.LastUsed = day
		if packed, err = json.Marshal(t); err != nil {
			return err
		}
		_, err = w.putToken.Exec(hash, packed)
		return err
	})
}

// PutSession implements operator.SessionStore.
func (s *Store) PutSession(ctx context.Context, session operator.Session) error {
	packed, err := json.Marshal(session)
	if err != nil {
		return err
	}
	return s.do(ctx, func(w *writer) error {
		_, err := w.putSession.Exec(session.Hash, session.Operator, session.Until.UnixMilli(), packed)
		return err
	})
}

// Session implements operator.SessionStore.
func (s *Store) Session(ctx context.Context, hash string) (operator.Session, error) {
	return readOne[operator.Session](ctx, s, s.read.session, "there is no such session", hash, s.now().UnixMilli())
}

// Sessions implements operator.SessionStore.
func (s *Store) Sessions(ctx context.Context, id string) ([]operator.Session, error) {
	all, err := readAll[operator.Session](ctx, s.reads, "SELECT content FROM sessions WHERE operator = ? AND until > ? ORDER BY hash", id, s.now().UnixMilli())
	return all, s.fail(err)
}

// TouchSession implements operator.SessionStore.
func (s *Store) TouchSession(ctx context.Context, hash string, seen time.Time) error {
	return s.do(ctx, func(w *writer) error {
		var packed []byte
		err := w.session.QueryRow(hash, s.now().UnixMilli()).Scan(&packed)
		if errors.Is(err, sql.ErrNoRows) {
			return fault.New(fault.NotFound, "there is no such session")
		}
		if err != nil {
			return err
		}
		var session operator.Session
		if err := json.Unmarshal(packed, &session); err != nil {
			return err
		}
		session.SeenAt = seen
		if packed, err = json.Marshal(session); err != nil {
			return err
		}
		_, err = w.putSession.Exec(session.Hash, session.Operator, session.Until.UnixMilli(), packed)
		return err
	})
}

// RemoveSessions implements operator.SessionStore.
func (s *Store) RemoveSessions(ctx context.Context, hashes ...string) error {
	return s.do(ctx, func(w *writer) error {
		for _, hash := range hashes {
			if _, err := w.dropSession.Exec(hash); err != nil {
				return err
			}
		}
		return nil
	})
}

// Attempt implements operator.AttemptStore.
func (s *Store) Attempt(ctx context.Context, key string, window time.Duration) (int, time.Duration, error) {
	var n int
	var now, until int64
	err := s.do(ctx, func(w *writer) error {
		now = s.now().UnixMilli()
		return w.raiseAttempt.QueryRow(key, now+window.Milliseconds(), now).Scan(&n, &until)
	})
	if err != nil {
		return 0, 0, err // when ctx has ended the job may be running still: what it writes to is not read
	}
	return n, time.Duration(until-now) * time.Millisecond, nil
}

// ForgetAttempts implements operator.AttemptStore.
func (s *Store) ForgetAttempts(ctx context.Context, keys ...string) error {
	return s.do(ctx, func(w *writer) error {
		for _, key := range keys {
			if _, err := w.dropAttempt.Exec(key); err != nil {
				return err
			}
		}
		return nil
	})
}
