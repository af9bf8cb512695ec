package main

import (
	"context"
	"strings"
	"time"

	"github.com/sekisho/sekisho/server"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/store/embedded"
	"github.com/sekisho/sekisho/server/store/redis"
	"github.com/sekisho/sekisho/server/web"
)

// openStore opens the store of an address by its scheme. Errors never repeat
// the address as a whole, which may hold a password.
func openStore(ctx context.Context, address string) (server.Store, error) {
	scheme, _, _ := strings.Cut(address, ":")
	switch scheme {
	case "embedded":
		s, err := embedded.Open(ctx, address, time.Now)
		if err != nil {
			return nil, err
		}
		return s, nil
	case "redis", "rediss", "redis+sentinel", "rediss+sentinel", "redis+cluster", "rediss+cluster":
		s, err := redis.Open(ctx, address)
		if err != nil {
			return nil, err
		}
		return s, nil
	}
	return nil, fault.New(fault.Invalid, "--store: must begin with embedded:, redis://, rediss://, redis+sentinel:// or redis+cluster://, such as embedded:data or redis://127.0.0.1:6379")
}

// sharedLimits returns what makes limiters that all instances on a store share;
// nil for a store that one process alone has open.
func sharedLimits(store server.Store) func(web.Rate) web.Limiter {
	if s, ok := store.(*redis.Store); ok {
		return func(r web.Rate) web.Limiter { return s.Limiter(r.PerSecond, r.Burst) }
	}
	return nil
}
