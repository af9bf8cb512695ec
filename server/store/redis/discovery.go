package redis

import (
	"context"

	"github.com/redis/go-redis/v9"
	"github.com/sekisho/sekisho/server/discovery"
)

// Discover implements discovery.Store. It is no part of the lanes, so that
// decisions never wait behind reports.
func (s *Store) Discover(ctx context.Context, w discovery.Write) error {
	args := make([]any, 0, 3+len(w.Names))
	args = append(args, millis(w.TTL), w.Most, w.Rest)
	for _, name := range w.Names {
		args = append(args, name)
	}
	return s.fail(discoverScript.Run(ctx, s.client, []string{discoveryKey(w.Site, w.Day)}, args...).Err())
}

// Discovered implements discovery.Store. All days of a site share a slot.
func (s *Store) Discovered(ctx context.Context, key string, days []string) (map[string]map[string]int64, error) {
	all := map[string]map[string]int64{}
	err := s.twice(ctx, func() error {
		clear(all)
		if len(days) == 0 {
			return nil
		}
		p := s.client.Pipeline()
		parts := make([]*redis.MapStringStringCmd, len(days))
		for i, day := range days {
			parts[i] = p.HGetAll(ctx, discoveryKey(key, day))
		}
		if _, err := p.Exec(ctx); err != nil {
			return err
		}
		for i, part := range parts {
			if len(part.Val()) == 0 {
				continue
			}
			all[days[i]] = map[string]int64{}
			if err := add(all[days[i]], part.Val()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}
