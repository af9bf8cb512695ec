package redis

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
)

// Keys of operators. They share one slot, so that a change and its entries of
// the audit log are one step in a Cluster as well:
//
//	roster              hash: version, and the id of the last change
//	operators           hash: id → operator.Record
//	links, tokens       hashes: hash → operator.Link, operator.Token
//	session:HASH        operator.Session, until its end
//	sessions:ID         sorted set of an operator's sessions, by their ends
//	attempts:KEY        a counter, for its window
//	audit               stream: ms-number → entry, never trimmed
//	noted:ID            an entry was written lately, so that it is not written twice
const (
	operatorKeyspace = prefix + "{sekisho-operators}:"
	rosterKey        = operatorKeyspace + "roster"
	operatorsKey     = operatorKeyspace + "operators"
	linksKey         = operatorKeyspace + "links"
	tokensKey        = operatorKeyspace + "tokens"
	auditKey         = operatorKeyspace + "audit"
)

func sessionKey(hash string) string { return operatorKeyspace + "session:" + hash }
func sessionsKey(id string) string  { return operatorKeyspace + "sessions:" + id }
func attemptsKey(key string) string { return operatorKeyspace + "attempts:" + key }
func notedKey(id string) string     { return operatorKeyspace + "noted:" + id }

var (
	//go:embed roster.lua
	rosterText string
	//go:embed session.lua
	sessionText string
	//go:embed replace.lua
	replaceText string
	//go:embed attempt.lua
	attemptText string

	rosterScript  = redis.NewScript(rosterText)
	sessionScript = redis.NewScript(sessionText)
	replaceScript = redis.NewScript(replaceText)
	attemptScript = redis.NewScript(attemptText)
)

// Roster implements operator.Store: one transaction, so that all belongs together.
func (s *Store) Roster(ctx context.Context) (operator.Roster, error) {
	var r operator.Roster
	var version *redis.StringCmd
	var operators, links, tokens *redis.MapStringStringCmd
	err := s.twice(ctx, func() error {
		_, err := s.client.TxPipelined(ctx, func(p redis.Pipeliner) error {
			version = p.HGet(ctx, rosterKey, "version")
			operators, links, tokens = p.HGetAll(ctx, operatorsKey), p.HGetAll(ctx, linksKey), p.HGetAll(ctx, tokensKey)
			return nil
		})
		if errors.Is(err, redis.Nil) { // before the first change
			return nil
		}
		return err
	})
	if err != nil {
		return operator.Roster{}, err
	}
	if text := version.Val(); text != "" {
		if r.Version, err = parseVersion(text); err != nil {
			return operator.Roster{}, err
		}
	}
	if r.Operators, err = sorted[operator.Record](operators.Val()); err == nil {
		if r.Links, err = sorted[operator.Link](links.Val()); err == nil {
			r.Tokens, err = sorted[operator.Token](tokens.Val())
		}
	}
	if err != nil {
		return operator.Roster{}, err
	}
	return r, nil
}

// sorted reads the values of a hash in the order of its fields.
func sorted[T any](texts map[string]string) ([]T, error) {
	var all []T
	for _, field := range slices.Sorted(maps.Keys(texts)) {
		var one T
		if err := json.Unmarshal([]byte(texts[field]), &one); err != nil {
			return nil, fmt.Errorf("%T: %w", one, err)
		}
		all = append(all, one)
	}
	return all, nil
}

// one reads a value of JSON; NotFound when there is none.
func one[T any](ctx context.Context, s *Store, missing string, get func() *redis.StringCmd) (T, error) {
	var value T
	var packed []byte
	err := s.twice(ctx, func() (err error) {
		packed, err = get().Bytes()
		if errors.Is(err, redis.Nil) {
			return fault.New(fault.NotFound, "%s", missing)
		}
		return err
	})
	if err != nil {
		return value, err
	}
	if err := json.Unmarshal(packed, &value); err != nil {
		return value, fmt.Errorf("%T: %w", value, err)
	}
	return value, nil
}

// Operator implements operator.Store.
func (s *Store) Operator(ctx context.Context, id string) (operator.Record, error) {
	return one[operator.Record](ctx, s, "there is no such operator", func() *redis.StringCmd { return s.client.HGet(ctx, operatorsKey, id) })
}

// Token implements operator.Store.
func (s *Store) Token(ctx context.Context, hash string) (operator.Token, error) {
	return one[operator.Token](ctx, s, "there is no such token", func() *redis.StringCmd { return s.client.HGet(ctx, tokensKey, hash) })
}

// Numbers of the hashes among the keys of roster.lua.
const (
	toOperators = 2
	toLinks     = 3
	toTokens    = 4
)

// ApplyRoster implements operator.Store.
func (s *Store) ApplyRoster(ctx context.Context, c operator.Change) error {
	var writes []any
	var failed error
	put := func(key int, field string, value any) {
		packed, err := json.Marshal(value)
		failed = errors.Join(failed, err)
		writes = append(writes, key, field, packed)
	}
	drop := func(key int, fields []string) {
		for _, field := range fields {
			writes = append(writes, key, field, "")
		}
	}
	drop(toOperators, c.Remove)
	drop(toLinks, c.RemoveLinks)
	drop(toTokens, c.RemoveTokens)
	for _, r := range c.Put {
		put(toOperators, r.ID, r)
	}
	for _, l := range c.PutLinks {
		put(toLinks, l.Hash, l)
	}
	for _, t := range c.PutTokens {
		put(toTokens, t.Hash, t)
	}
	if failed != nil {
		return failed
	}
	args := append([]any{strconv.FormatUint(c.Expect, 10), c.ID, len(writes) / 3}, writes...)
	said, err := s.runRoster(ctx, args, c.Entries)
	if err == nil && said == "changed" {
		return fault.New(fault.Conflict, "the operators have changed meanwhile")
	}
	return err
}

func (s *Store) runRoster(ctx context.Context, args []any, entries []operator.Entry) (said string, err error) {
	keys := []string{rosterKey, operatorsKey, linksKey, tokensKey, auditKey}
	args = append(args, len(entries))
	for _, e := range entries {
		packed, err := json.Marshal(e)
		if err != nil {
			return "", err
		}
		keys = append(keys, notedKey(e.ID))
		args = append(args, e.At.UnixMilli(), e.By.ID, e.By.For, string(e.Action), e.Site, packed)
	}
	err = s.twice(ctx, func() error {
		said, err = rosterScript.Run(ctx, s.client, keys, args...).Text()
		return err
	})
	return said, err
}

// UseToken implements operator.Store.
func (s *Store) UseToken(ctx context.Context, hash, day string) error {
	t, err := s.Token(ctx, hash)
	if err != nil || t.LastUsed == day {
		return err
	}
	before, err := json.Marshal(t)
	if err != nil {
		return err
	}
	t.LastUsed = day
	after, err := json.Marshal(t)
	if err != nil {
		return err
	}
	var replaced int
	err = s.twice(ctx, func() error {
		replaced, err = replaceScript.Run(ctx, s.client, []string{tokensKey}, hash, before, after).Int()
		return err
	})
	if err != nil || replaced == 1 {
		return err
	}
	_, err = s.Token(ctx, hash) // somebody else noted it, or it is gone
	return err
}

// PutSession implements operator.SessionStore.
func (s *Store) PutSession(ctx context.Context, session operator.Session) error {
	packed, err := json.Marshal(session)
	if err != nil {
		return err
	}
	keys := []string{sessionKey(session.Hash), sessionsKey(session.Operator)}
	return s.twice(ctx, func() error {
		return sessionScript.Run(ctx, s.client, keys, packed, session.Until.UnixMilli(), session.Hash).Err()
	})
}

// Session implements operator.SessionStore.
func (s *Store) Session(ctx context.Context, hash string) (operator.Session, error) {
	return one[operator.Session](ctx, s, "there is no such session", func() *redis.StringCmd { return s.client.Get(ctx, sessionKey(hash)) })
}

// Sessions implements operator.SessionStore.
func (s *Store) Sessions(ctx context.Context, id string) ([]operator.Session, error) {
	var texts []any
	err := s.twice(ctx, func() error {
		texts = nil
		hashes, err := s.client.ZRange(ctx, sessionsKey(id), 0, -1).Result()
		if err != nil || len(hashes) == 0 {
			return err
		}
		slices.Sort(hashes)
		keys := make([]string, len(hashes))
		for i, hash := range hashes {
			keys[i] = sessionKey(hash)
		}
		texts, err = s.client.MGet(ctx, keys...).Result()
		return err
	})
	if err != nil {
		return nil, err
	}
	var all []operator.Session
	for _, text := range texts {
		packed, there := text.(string)
		if !there {
			continue // has ended, or was removed
		}
		var session operator.Session
		if err := json.Unmarshal([]byte(packed), &session); err != nil {
			return nil, fmt.Errorf("a session: %w", err)
		}
		all = append(all, session)
	}
	return all, nil
}

// TouchSession implements operator.SessionStore: XX, so that a session that was
// removed since it was read stays away.
func (s *Store) TouchSession(ctx context.Context, hash string, seen time.Time) error {
	session, err := s.Session(ctx, hash)
	if err != nil {
		return err
	}
	session.SeenAt = seen
	packed, err := json.Marshal(session)
	if err != nil {
		return err
	}
	return s.twice(ctx, func() error {
		err := s.client.SetArgs(ctx, sessionKey(hash), packed, redis.SetArgs{Mode: "XX", KeepTTL: true}).Err()
		if errors.Is(err, redis.Nil) {
			return fault.New(fault.NotFound, "there is no such session")
		}
		return err
	})
}

// RemoveSessions implements operator.SessionStore. What the operator's set
// still names is gone all the same, and leaves it in time.
func (s *Store) RemoveSessions(ctx context.Context, hashes ...string) error {
	if len(hashes) == 0 {
		return nil
	}
	keys := make([]string, len(hashes))
	for i, hash := range hashes {
		keys[i] = sessionKey(hash)
	}
	return s.twice(ctx, func() error { return s.client.Del(ctx, keys...).Err() })
}

// Attempt implements operator.AttemptStore. An answer that got lost is counted
// all the same: it errs to the safe side.
func (s *Store) Attempt(ctx context.Context, key string, window time.Duration) (int, time.Duration, error) {
	var told []int64
	err := s.twice(ctx, func() (err error) {
		told, err = attemptScript.Run(ctx, s.client, []string{attemptsKey(key)}, window.Milliseconds()).Int64Slice()
		return err
	})
	if err != nil {
		return 0, 0, err
	}
	return int(told[0]), time.Duration(told[1]) * time.Millisecond, nil
}

// ForgetAttempts implements operator.AttemptStore.
func (s *Store) ForgetAttempts(ctx context.Context, keys ...string) error {
	if len(keys) == 0 {
		return nil
	}
	named := make([]string, len(keys))
	for i, key := range keys {
		named[i] = attemptsKey(key)
	}
	return s.twice(ctx, func() error { return s.client.Del(ctx, named...).Err() })
}
