package redis

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"
	"github.com/sekisho/sekisho/server/consent"
)

// settings are what decides whether an acknowledged decision is safe.
var settings = []string{"appendonly", "appendfsync", "maxmemory-policy", "min-replicas-to-write"}

// Durability asks each server that holds data for its settings: by CONFIG GET,
// and by INFO where that is not permitted, which does not tell all.
func (s *Store) Durability(ctx context.Context) (consent.Durability, error) {
	d := consent.Durability{Known: true, Settings: map[string]string{}, Problems: []string{}}
	var mu sync.Mutex
	err := s.each(ctx, func(ctx context.Context, c *redis.Client) error {
		found, replicas, err := inspect(ctx, c)
		if err != nil {
			return err
		}
		where := ""
		if s.kind == cluster {
			where = c.Options().Addr + ": "
		}
		known, problems := judge(found, s.kind != single && replicas)
		mu.Lock()
		defer mu.Unlock()
		d.Known = d.Known && known
		for name, value := range found {
			d.Settings[where+name] = value
		}
		for _, p := range problems {
			d.Problems = append(d.Problems, where+p)
		}
		return nil
	})
	if err != nil {
		return consent.Durability{}, s.fail(err)
	}
	return d, nil
}

// inspect returns the settings that a server tells, and whether it has replicas.
func inspect(ctx context.Context, c *redis.Client) (found map[string]string, replicas bool, err error) {
	found = map[string]string{}
	for _, name := range settings {
		values, err := c.ConfigGet(ctx, name).Result()
		if err != nil {
			if _, refused := err.(redis.Error); !refused { //nolint:errorlint // a wrapped answer is not the server's own
				return nil, false, err
			}
			continue
		}
		if value, ok := values[name]; ok {
			found[name] = value
		}
	}
	info, err := c.Info(ctx).Result()
	if err != nil {
		if _, refused := err.(redis.Error); refused { //nolint:errorlint // as above
			return found, false, nil
		}
		return nil, false, err
	}
	told := map[string]string{}
	for line := range strings.Lines(info) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			told[name] = value
		}
	}
	set := func(name, value string) {
		if _, ok := found[name]; !ok && value != "" {
			found[name] = value
		}
	}
	set("appendonly", map[string]string{"0": "no", "1": "yes"}[told["aof_enabled"]])
	set("maxmemory-policy", told["maxmemory_policy"])
	return found, told["connected_slaves"] != "" && told["connected_slaves"] != "0", nil
}

// judge says what is wrong with the settings. known is false where one that
// matters is missing. failover: another server may take over from this one.
func judge(found map[string]string, failover bool) (known bool, problems []string) {
	known = true
	check := func(name, want, danger string) {
		switch value, ok := found[name]; {
		case !ok:
			known = false
			problems = append(problems, fmt.Sprintf("Redis does not tell its %s; permit CONFIG GET (ACL +config|get), or make sure that it is %s", name, want))
		case value != want:
			problems = append(problems, fmt.Sprintf("%s is %s: %s; set it to %s", name, value, danger, want))
		}
	}
	check("appendonly", "yes", "decisions are lost when Redis stops")
	if found["appendonly"] != "no" {
		check("appendfsync", "always", "decisions acknowledged in the last second may be lost when Redis or its machine fails")
	}
	check("maxmemory-policy", "noeviction", "Redis may delete decisions when its memory runs short")
	if failover && found["min-replicas-to-write"] == "0" {
		problems = append(problems, "min-replicas-to-write is 0: a failover may lose acknowledged decisions; set it to 1 or more, with min-replicas-max-lag 10")
	}
	return known, problems
}
