package redistest

import (
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// Proxy stands between a client and a server and can lose an answer.
type Proxy struct {
	listener net.Listener
	target   string
	armed    atomic.Bool
	lost     atomic.Int64

	mu    sync.Mutex
	conns []net.Conn
	done  sync.WaitGroup
}

// StartProxy starts a proxy to an address. It ends with the test.
func StartProxy(tb testing.TB, target string) *Proxy {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	p := &Proxy{listener: l, target: target}
	p.done.Go(p.accept)
	tb.Cleanup(func() {
		l.Close()
		p.Cut()
		p.done.Wait()
	})
	return p
}

// URL is the store's address.
func (p *Proxy) URL() string { return "redis://" + p.listener.Addr().String() }

// LoseNextAnswer lets the next bytes that the server sends disappear, and the
// connection with them: the server has done what it was asked, and nobody hears.
func (p *Proxy) LoseNextAnswer() { p.armed.Store(true) }

// Lost returns how many answers were lost so far.
func (p *Proxy) Lost() int64 { return p.lost.Load() }

// Cut closes all connections.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.conns {
		c.Close()
	}
	p.conns = nil
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return // the listener was closed
		}
		server, err := net.Dial("tcp", p.target)
		if err != nil {
			client.Close()
			continue
		}
		p.mu.Lock()
		p.conns = append(p.conns, client, server)
		p.mu.Unlock()
		p.done.Go(func() { pass(server, client, func() bool { return true }) })
		p.done.Go(func() { pass(client, server, p.mayPass) })
	}
}

func (p *Proxy) mayPass() bool {
	if p.armed.CompareAndSwap(true, false) {
		p.lost.Add(1)
		return false
	}
	return true
}

// pass copies until either side ends, or may says no; then it ends both.
func pass(to, from net.Conn, may func() bool) {
	defer to.Close()
	defer from.Close()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if n > 0 && !may() {
			return
		}
		if n > 0 {
			if _, err := to.Write(buffer[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
