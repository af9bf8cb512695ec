package redis

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
	"github.com/redis/go-redis/v9"
	"github.com/sekisho/sekisho/server/consent"
	"github.com/sekisho/sekisho/server/fault"
)

// countTTL is how long the counters of a day are kept.
const countTTL = 400 * 24 * time.Hour

// Record implements consent.Store.
func (s *Store) Record(ctx context.Context, w consent.Write) (consent.Entry, bool, error) {
	e := &w.Entry
	if _, err := s.names.Of(ctx, e.Site, w.Layer.Asked); err != nil {
		return consent.Entry{}, false, err
	}
	packed, err := consent.PackEntry(*e, w.Layer)
	if err != nil {
		return consent.Entry{}, false, err
	}
	record, err := consent.AppendHistory(nil, e.ID, packed)
	if err != nil {
		return consent.Entry{}, false, err
	}
	tag := tagOf(e.Visitor)
	day := e.RecordedAt.UTC().Format(time.DateOnly)
	keys := []string{stateKey(tag, e.Site, e.Visitor), historyKey(tag, e.Site, e.Visitor), countKey(tag, e.Site, day)}
	args := append(make([]any, 0, 7+len(w.Counters)), e.ID[:], record, w.Layer.Pack(), millis(w.StateTTL), millis(w.HistoryTTL), millis(countTTL), consent.MaxHistory)
	for _, name := range w.Counters {
		args = append(args, name)
	}
	value, err := s.lanes.run(ctx, tag, keys, args)
	if err != nil {
		return consent.Entry{}, false, s.fail(err)
	}
	fresh := true
	switch v := value.(type) {
	case int64:
		if v == 0 {
			return consent.Entry{}, false, consent.HistoryFull()
		}
	case string:
		packed, fresh = []byte(v), false
	default:
		return consent.Entry{}, false, fmt.Errorf("redis: the script answered with %T", value)
	}
	stored, err := s.names.Unpack(ctx, packed, e.Site, e.Visitor, e.ID)
	return stored, fresh, err
}

// millis returns a time to live for Redis, which knows none below a millisecond.
func millis(d time.Duration) int64 { return max(d.Milliseconds(), 1) }

// State implements consent.Store.
func (s *Store) State(ctx context.Context, key string, visitor uuid.UUID) (consent.State, error) {
	packed, err := s.get(ctx, stateKey(tagOf(visitor), key, visitor))
	if err != nil {
		return consent.State{}, err
	}
	return consent.UnpackState(packed)
}

// History implements consent.Store.
func (s *Store) History(ctx context.Context, key string, visitor uuid.UUID) ([]consent.Entry, error) {
	packed, err := s.get(ctx, historyKey(tagOf(visitor), key, visitor))
	if err != nil {
		return nil, err
	}
	return s.names.UnpackHistory(ctx, packed, key, visitor)
}

// get reads what is held of a visitor.
func (s *Store) get(ctx context.Context, key string) (packed []byte, err error) {
	err = s.twice(ctx, func() error {
		packed, err = s.client.Get(ctx, key).Bytes()
		if errors.Is(err, redis.Nil) {
			return fault.New(fault.NotFound, "nothing is held of this visitor")
		}
		return err
	})
	return packed, err
}

// Erase implements consent.Store.
func (s *Store) Erase(ctx context.Context, key string, visitor uuid.UUID) error {
	tag := tagOf(visitor)
	return s.twice(ctx, func() error {
		return s.client.Del(ctx, stateKey(tag, key, visitor), historyKey(tag, key, visitor)).Err()
	})
}

// Counts implements consent.Store. Each tag counts its own visitors, so a
// site's counter is the sum over all tags.
func (s *Store) Counts(ctx context.Context, key, day string) (map[string]int64, error) {
	var total map[string]int64
	err := s.twice(ctx, func() error {
		total = map[string]int64{}
		p := s.client.Pipeline()
		parts := make([]*redis.MapStringStringCmd, tagCount)
		for tag := range parts {
			parts[tag] = p.HGetAll(ctx, countKey(tag, key, day))
		}
		if _, err := p.Exec(ctx); err != nil {
			return err
		}
		for _, part := range parts {
			if err := add(total, part.Val()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return total, nil
}

func add(total map[string]int64, part map[string]string) error {
	for name, text := range part {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return fault.Wrap(fault.Internal, err, "a counter is not a number")
		}
		total[name] += n
	}
	return nil
}

// Key implements consent.KeyStore.
func (s *Store) Key(ctx context.Context, name string, candidate []byte) (key []byte, err error) {
	err = s.twice(ctx, func() error {
		text, err := keyScript.Run(ctx, s.client, []string{siteKeyspace + "key:" + name}, candidate).Text()
		key = []byte(text)
		return err
	})
	if err != nil {
		return nil, err
	}
	return key, nil
}
