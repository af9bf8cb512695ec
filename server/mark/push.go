package mark

import (
	"bufio"
	"cmp"
	"errors"
	"io"
	"iter"
)

// push is a rewriter that is written to. It runs in turns with its writer, as
// a coroutine: when Write returns, all that can be told of the page so far has
// been passed on, and what is kept is one unfinished token.
type push struct {
	next  func() (struct{}, bool)
	stop  func()
	chunk []byte
	ended bool
	err   error
}

var errStopped = errors.New("the page was given up")

// push returns a writer that marks the page written to it on its way to w. The
// encoding is one that charset names and that Rewrite can take, "" if not known.
func (m *Marker) push(w io.Writer, charset string) *push {
	p := &push{}
	p.next, p.stop = iter.Pull(func(yield func(struct{}) bool) {
		out := bufio.NewWriter(w)
		f := &feed{push: p, yield: yield}
		r := m.rewriter(out, f)
		r.declared = charset != ""
		f.rewriter = r
		_ = r.run() // what cannot be read has passed as it was
		if err := out.Flush(); r.failed == nil {
			r.failed = err
		}
		p.err = r.failed
	})
	return p
}

func (p *push) Write(b []byte) (int, error) {
	p.chunk = b
	if _, more := p.next(); !more {
		return 0, cmp.Or(p.err, io.ErrClosedPipe)
	}
	return len(b), nil
}

// Close is for the end of the page.
func (p *push) Close() error {
	p.ended = true
	p.next()
	return p.err
}

// feed is the page as the rewriter reads it.
type feed struct {
	*push
	yield    func(struct{}) bool
	rewriter *rewriter
	read     int64
	last     []byte
}

func (f *feed) Read(b []byte) (int, error) {
	for len(f.chunk) == 0 {
		if f.ended {
			return 0, io.EOF
		}
		if err := f.rewriter.idle(f.read, f.last); err != nil {
			return 0, err
		}
		if !f.yield(struct{}{}) {
			return 0, errStopped
		}
		f.last = f.chunk
	}
	if f.last == nil {
		f.last = f.chunk
	}
	n := copy(b, f.chunk)
	f.chunk = f.chunk[n:]
	f.read += int64(n)
	return n, nil
}
