package redis

import (
	"context"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/sekisho/sekisho/server/fault"
)

const (
	// maxBatch bounds how many decisions share a pipeline.
	maxBatch = 256
	// batchTimeout bounds a pipeline, including the redirections of a Cluster,
	// each of which has the timeouts of the address.
	batchTimeout = 30 * time.Second
)

// lanes send the decisions that wait. Each lane has one pipeline under way at a
// time, and what arrives meanwhile goes together with the next: the busier it
// is, the larger the batches, and no decision waits for a timer.
//
// A lane takes neighbouring tags, which in a Cluster nearly always lie on one
// server, so that a server that is away delays its own visitors alone.
type lanes struct {
	client redis.UniversalClient
	queues []chan *call
	ended  sync.WaitGroup

	closing sync.RWMutex
	closed  bool
}

// call is one run of the script that waits for its answer.
type call struct {
	ctx  context.Context
	keys []string
	args []any
	done chan answer // buffered: a lane never waits for a caller
}

type answer struct {
	value any
	err   error
}

func newLanes(client redis.UniversalClient, kind kind) *lanes {
	n := 4
	if kind == cluster {
		n = 16
	}
	l := &lanes{client: client}
	for range n {
		queue := make(chan *call, maxBatch)
		l.queues = append(l.queues, queue)
		l.ended.Go(func() { l.drive(queue) })
	}
	return l
}

// close ends the lanes after they have sent what waits.
func (l *lanes) close() {
	l.closing.Lock()
	if !l.closed {
		l.closed = true
		for _, queue := range l.queues {
			close(queue)
		}
	}
	l.closing.Unlock()
	l.ended.Wait()
}

// run runs the script for a visitor with that tag. When ctx ends before there
// is an answer, nobody knows whether it ran.
func (l *lanes) run(ctx context.Context, tag int, keys []string, args []any) (any, error) {
	c := &call{ctx: ctx, keys: keys, args: args, done: make(chan answer, 1)}
	if err := l.enqueue(c, l.queues[tag*len(l.queues)/tagCount]); err != nil {
		return nil, err
	}
	select {
	case a := <-c.done:
		return a.value, a.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *lanes) enqueue(c *call, queue chan<- *call) error {
	if err := c.ctx.Err(); err != nil {
		return err
	}
	l.closing.RLock()
	defer l.closing.RUnlock()
	if l.closed {
		return fault.New(fault.Unavailable, "the store is closed")
	}
	select {
	case queue <- c:
		return nil
	case <-c.ctx.Done():
		return c.ctx.Err()
	}
}

func (l *lanes) drive(queue <-chan *call) {
	batch := make([]*call, 0, maxBatch)
	for first := range queue {
		batch = append(batch[:0], first)
		for more := true; more && len(batch) < maxBatch; {
			select {
			case c, open := <-queue:
				if more = open; open {
					batch = append(batch, c)
				}
			default:
				more = false
			}
		}
		l.send(batch)
		clear(batch)
	}
}

// send runs a batch and answers its callers.
func (l *lanes) send(batch []*call) {
	ctx, cancel := context.WithTimeout(context.Background(), batchTimeout)
	defer cancel()
	waiting := batch[:0]
	for _, c := range batch {
		if err := c.ctx.Err(); err != nil {
			c.done <- answer{err: err}
		} else {
			waiting = append(waiting, c)
		}
	}
	// A server that does not know the script yet is sent its text.
	unknown := l.pipeline(ctx, waiting, redis.Pipeliner.EvalSha, recordScript.Hash(), true)
	l.pipeline(ctx, unknown, redis.Pipeliner.Eval, recordText, false)
}

type eval func(p redis.Pipeliner, ctx context.Context, script string, keys []string, args ...any) *redis.Cmd

// pipeline sends the calls and answers them, except, where asked to, those
// whose server does not know the script, which it returns.
func (l *lanes) pipeline(ctx context.Context, calls []*call, run eval, script string, mayBeUnknown bool) (unknown []*call) {
	if len(calls) == 0 {
		return nil
	}
	p := l.client.Pipeline()
	commands := make([]*redis.Cmd, len(calls))
	for i, c := range calls {
		commands[i] = run(p, ctx, script, c.keys, c.args...)
	}
	_, _ = p.Exec(ctx) // every command has its own error
	for i, c := range calls {
		value, err := commands[i].Result()
		if mayBeUnknown && redis.HasErrorPrefix(err, "NOSCRIPT") {
			unknown = append(unknown, c)
			continue
		}
		c.done <- answer{value, err}
	}
	return unknown
}
