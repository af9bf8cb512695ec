package embedded

import (
	"context"
	"database/sql"
	"errors"
	"runtime"

	"github.com/sekisho/sekisho/server/fault"
)

// maxBatch bounds how many jobs share a transaction.
const maxBatch = 512

// job is one write that waits for its commit. run may be called more than
// once, each time in a transaction in which nothing of it is done yet. What it
// refuses by a fault it must refuse before it writes.
type job struct {
	ctx  context.Context
	run  func(*writer) error
	done chan error // buffered: the writer never waits for a caller
}

// do has the writer run fn and waits until that is on disk. When ctx ends
// before, nobody knows whether it was written: Unavailable.
func (s *Store) do(ctx context.Context, fn func(*writer) error) error {
	j := &job{ctx: ctx, run: fn, done: make(chan error, 1)}
	if err := s.enqueue(j); err != nil {
		return s.fail(err)
	}
	select {
	case err := <-j.done:
		return s.fail(err)
	case <-ctx.Done():
		return s.fail(ctx.Err())
	}
}

func (s *Store) enqueue(j *job) error {
	if err := j.ctx.Err(); err != nil {
		return err
	}
	s.closing.RLock()
	defer s.closing.RUnlock()
	if s.closed {
		return fault.New(fault.Unavailable, "the store is closed")
	}
	select {
	case s.queue <- j:
		return nil
	case <-j.ctx.Done():
		return j.ctx.Err()
	}
}

// write is the writer: it runs until the queue is closed and empty.
func (s *Store) write(w *writer) {
	defer close(s.stopped)
	batch := make([]*job, 0, maxBatch)
	for first := range s.queue {
		batch = append(batch[:0], first)
		batch = s.runBatch(w, batch)
		clear(batch)
	}
	w.close()
}

// runBatch commits the first job together with all that arrive until nobody
// waits any more, and answers them. It returns the batch for its memory.
func (s *Store) runBatch(w *writer, batch []*job) []*job {
	answers := make([]error, 0, maxBatch)
	err := w.begin()
	if err == nil {
		for i := 0; i < len(batch) && err == nil; i++ {
			var answer error
			answer, err = w.try(batch[i])
			answers = append(answers, answer)
			if i == len(batch)-1 {
				batch = s.waiting(batch)
			}
		}
	}
	if err == nil {
		err = w.commit()
	}
	if err != nil {
		w.rollback()
		// One write that the database refuses must not fail its neighbours.
		answers = answers[:0]
		for _, j := range batch {
			answers = append(answers, w.alone(j))
		}
	}
	for i, j := range batch {
		j.done <- answers[i]
	}
	return batch
}

// waiting appends the jobs that wait now. The callers of the last batch are
// given one turn to come back first: a sync costs more than that.
func (s *Store) waiting(batch []*job) []*job {
	for turn := range 2 {
		for len(batch) < maxBatch {
			select {
			case j, ok := <-s.queue:
				if !ok {
					return batch
				}
				batch = append(batch, j)
				continue
			default:
			}
			break
		}
		if turn == 0 {
			runtime.Gosched()
		}
	}
	return batch
}

// writer is the one connection that writes, with its statements. It belongs to
// one goroutine, and its statements know no deadline: what has begun is ended.
type writer struct {
	conn   *sql.Conn
	counts map[count]int64 // raised in the transaction that is open
	writeStatements
}

// count is one counter.
type count struct{ site, day, name string }

// close gives the connection back to its pool, which is closed next.
func (w *writer) close() {
	w.prepared.close()
	_ = w.conn.Close()
}

func (w *writer) begin() error {
	clear(w.counts)
	_, err := w.beginImmediate.Exec()
	return err
}

func (w *writer) commit() error {
	for c, n := range w.counts {
		if _, err := w.raiseCount.Exec(c.site, c.day, c.name, n); err != nil {
			return err
		}
	}
	_, err := w.commitAll.Exec()
	return err
}

// rollback leaves the transaction; SQLite may have left it already by itself.
func (w *writer) rollback() { _, _ = w.rollbackAll.Exec() }

// try runs a job in the open transaction. The answer is for the job's caller;
// err says that the transaction cannot be committed.
func (w *writer) try(j *job) (answer, err error) {
	if err := j.ctx.Err(); err != nil {
		return err, nil
	}
	answer = j.run(w)
	if answer == nil {
		return nil, nil
	}
	if _, refused := errors.AsType[*fault.Error](answer); refused {
		return answer, nil
	}
	return nil, answer
}

// alone runs a job in a transaction of its own.
func (w *writer) alone(j *job) error {
	if err := w.begin(); err != nil {
		return err
	}
	answer, err := w.try(j)
	if err == nil {
		err = w.commit()
	}
	if err != nil {
		w.rollback()
		return err
	}
	return answer
}
