// Package redis keeps everything in Redis: one server, a primary with replicas
// behind Sentinel, or a Cluster.
//
// Life of a decision: Record packs it and puts it into the lane of its visitor's
// hash tag; the lane sends all that wait as one pipeline of one script each; the
// script writes state, history and counters of the visitor, which share a slot,
// in one atomic step, or finds that it has done so before. An error is never
// "not done": the caller repeats the same write, and the script sorts it out.
//
// With appendonly yes and appendfsync always an acknowledged decision survives
// the sudden end of the service, of Redis and of the machine; see Durability.
//
// The least rights of its user (TestLeastRights):
//
//	~sekisho:* ~rate:sekisho:* -@all +@read +@write +@scripting +@transaction -@dangerous
//	+info +ping +time +hello +select +cluster|slots +cluster|shards +config|get
package redis

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/sekisho/sekisho/server/consent"
	"github.com/sekisho/sekisho/server/discovery"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
	"github.com/sekisho/sekisho/server/site"
)

// prefix starts every key.
const prefix = "sekisho:"

var (
	//go:embed record.lua
	recordText string
	//go:embed apply.lua
	applyText string
	//go:embed key.lua
	keyText string
	//go:embed discover.lua
	discoverText string

	recordScript   = redis.NewScript(recordText)
	applyScript    = redis.NewScript(applyText)
	keyScript      = redis.NewScript(keyText)
	discoverScript = redis.NewScript(discoverText)
)

// go-redis writes to standard error, in a form of its own, what it also
// returns; logging is for whoever gets the error.
func init() { logging.Disable() }

// Store is a site.Store, a consent.Store, a consent.KeyStore, a discovery.Store and an operator.Stores.
type Store struct {
	client redis.UniversalClient
	kind   kind
	names  *consent.Names
	lanes  *lanes
}

var (
	_ site.Store       = (*Store)(nil)
	_ consent.Store    = (*Store)(nil)
	_ consent.KeyStore = (*Store)(nil)
	_ discovery.Store  = (*Store)(nil)
	_ operator.Stores  = (*Store)(nil)
)

// Open returns a store of the servers at an address (its forms: see connect).
// It fails with Malformed for an address that cannot be read, and with
// Unavailable when no server answers.
func Open(ctx context.Context, address string) (*Store, error) {
	client, kind, err := connect(address)
	if err != nil {
		return nil, err
	}
	s := &Store{client: client, kind: kind}
	s.names = consent.NewNames(s)
	s.lanes = newLanes(client, kind)
	if err := s.Ping(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Ping reports whether every server that holds data answers.
func (s *Store) Ping(ctx context.Context) error {
	return s.fail(s.each(ctx, func(ctx context.Context, c *redis.Client) error { return c.Ping(ctx).Err() }))
}

// each calls fn for every server that holds data; at once, in a Cluster.
func (s *Store) each(ctx context.Context, fn func(context.Context, *redis.Client) error) error {
	switch c := s.client.(type) {
	case *redis.ClusterClient:
		return c.ForEachMaster(ctx, fn)
	case *redis.Client:
		return fn(ctx, c)
	}
	return fmt.Errorf("redis: unknown client %T", s.client)
}

// Close lets everything that waits be sent, and closes the connections. What
// is asked afterwards fails with Unavailable. It may be called more than once.
func (s *Store) Close() error {
	s.lanes.close()
	if err := s.client.Close(); err != nil && !errors.Is(err, redis.ErrClosed) {
		return err
	}
	return nil
}

// twice repeats, once, what may be done twice and met a broken connection,
// such as one that Redis closed while it lay idle.
func (s *Store) twice(ctx context.Context, fn func() error) error {
	err := fn()
	if ctx.Err() == nil && broken(err) {
		err = fn()
	}
	return s.fail(err)
}

func broken(err error) bool {
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// passing are the errors of a server that another attempt may not meet: it is
// starting, failing over, being moved, out of memory or disk, or must be
// allowed something first.
var passing = []string{
	"LOADING", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "MOVED", "ASK", "NOREPLICAS", "OOM", "MISCONF", "BUSY",
	"UNBLOCKED", "NOAUTH", "WRONGPASS", "NOPERM", "ERR max number of clients",
}

// fail gives an error of the client a kind; faults and nil pass. A missing
// value is for the caller to ask for.
func (s *Store) fail(err error) error {
	if _, ok := errors.AsType[*fault.Error](err); ok || err == nil {
		return err
	}
	if answer, ok := errors.AsType[redis.Error](err); ok && !isContext(err) {
		for _, start := range passing {
			if strings.HasPrefix(answer.Error(), start) {
				return fault.Wrap(fault.Unavailable, err, "the store cannot answer now")
			}
		}
		return fmt.Errorf("redis: %w", err)
	}
	// Whatever is not an answer of a server is a server that did not answer.
	return fault.Wrap(fault.Unavailable, err, "the store cannot be reached")
}

func isContext(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
