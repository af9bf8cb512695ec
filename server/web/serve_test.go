package web

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/labstack/echo/v4"
)

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

var quiet = slog.New(slog.DiscardHandler)

func TestShutdownDrainsWhatIsInFlight(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-release
		_, _ = io.WriteString(w, "whole")
	})
	l := listen(t)
	ctx, stop := context.WithCancel(t.Context())
	stopping, done := make(chan struct{}), make(chan error, 1)
	times := DefaultTimeouts
	times.Grace = 0
	go func() { done <- Serve(ctx, quiet, times, func() { close(stopping) }, Endpoint{l, h}) }()

	answer := make(chan string, 1)
	go func() {
		c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		r, err := c.Get("http://" + l.Addr().String())
		if err != nil {
			answer <- err.Error()
			return
		}
		defer r.Body.Close()
		b, err := io.ReadAll(r.Body)
		answer <- fmt.Sprintf("%s %v", b, err)
	}()
	<-entered
	stop()
	<-stopping
	for { // until the port is closed, the request being still unanswered
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			break
		}
		c.Close()
	}
	select {
	case err := <-done:
		t.Fatalf("returned with a request in flight: %v", err)
	default:
	}
	close(release)
	if got := <-answer; got != "whole <nil>" {
		t.Errorf("answer %q", got)
	}
	if err := <-done; err != nil {
		t.Errorf("Serve: %v", err)
	}
}

func TestShutdownCutsOffWhatDoesNotEnd(t *testing.T) {
	entered := make(chan struct{})
	h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(entered)
		<-r.Context().Done()
	})
	l := listen(t)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, quiet, Timeouts{Drain: time.Nanosecond}, func() {}, Endpoint{l, h}) }()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
	<-entered
	stop()
	if err := <-done; !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Serve: %v", err)
	}
}

func TestGraceGoesOnAnswering(t *testing.T) {
	// In a bubble of synctest time passes only when everybody waits.
	synctest.Test(t, func(t *testing.T) {
		l := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
		health := NewHealth(time.Now)
		e, _ := testEcho(t, nil)
		e.GET("/readyz", health.Ready)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() {
			done <- Serve(ctx, quiet, Timeouts{Grace: 5 * time.Second, Drain: time.Second}, health.Drain, Endpoint{l, e})
		}()
		if got := ask(t, l); got != 200 {
			t.Errorf("before: %d", got)
		}
		stop()
		synctest.Wait()
		if got := ask(t, l); got != 503 {
			t.Errorf("while stopping: %d", got)
		}
		start := time.Now()
		if err := <-done; err != nil || time.Since(start) != 5*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
	})
}

func ask(t *testing.T, l *pipeListener) int {
	t.Helper()
	ours, theirs := net.Pipe()
	l.conns <- theirs
	defer ours.Close()
	fmt.Fprint(ours, "GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
	r, err := http.ReadResponse(bufio.NewReader(ours), nil)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, r.Body)
	return r.StatusCode
}

type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	select {
	case <-l.closed:
	default:
		close(l.closed)
	}
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{} }

func TestAFailingListenerEndsTheService(t *testing.T) {
	broken, sound := listen(t), listen(t)
	broken.Close()
	stopped := false
	err := Serve(t.Context(), quiet, DefaultTimeouts, func() { stopped = true }, Endpoint{sound, http.NotFoundHandler()}, Endpoint{broken, http.NotFoundHandler()})
	if !errors.Is(err, net.ErrClosed) || !stopped {
		t.Errorf("%v", err)
	}
}

func TestASlowBodyIsAnsweredAndCutOff(t *testing.T) {
	e, _ := testEcho(t, nil)
	e.POST("/", func(c echo.Context) error {
		return Decode(c.Response(), c.Request(), 100, &document{})
	})
	l := listen(t)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	times := DefaultTimeouts
	times.Read, times.Grace = 20*time.Millisecond, 0
	go func() { done <- Serve(ctx, quiet, times, func() {}, Endpoint{l, e}) }()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprint(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\nContent-Length: 50\r\n\r\n{\"id\":")
	got, err := io.ReadAll(c) // until the server closes
	if err != nil || !strings.HasPrefix(string(got), "HTTP/1.1 400 ") {
		t.Errorf("%q, %v", got, err)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestLongHeadersAreRefused(t *testing.T) {
	l := listen(t)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	times := DefaultTimeouts
	times.Grace = 0
	go func() { done <- Serve(ctx, quiet, times, func() {}, Endpoint{l, http.NotFoundHandler()}) }()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "GET / HTTP/1.1\r\nHost: x\r\nCookie: %s\r\n\r\n", strings.Repeat("x", 64<<10))
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil || r.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("%v, %v", r, err)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestServerLogNamesNoClient(t *testing.T) {
	var out strings.Builder
	s := newServer(slog.New(slog.NewTextHandler(&out, nil)), DefaultTimeouts, nil)
	s.ErrorLog.Printf("http: panic serving %s: boom", "198.51.100.7:4711")
	s.ErrorLog.Printf("http: Accept error: %v; retrying in 5ms", "too many open files")
	if strings.Contains(out.String(), "198.51") || !strings.Contains(out.String(), "too many open files") {
		t.Errorf("log: %s", &out)
	}
}
