// Package redistest starts real Redis servers for tests: one alone, a Cluster,
// a Sentinel, and a proxy that loses answers. Tests that need them fail where
// redis-server is not installed; they are never skipped.
package redistest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
)

// A server that is starting refuses connections, which is nothing to tell.
func init() { logging.Disable() }

// Server is a redis-server of its own, with its data in a temporary folder.
type Server struct {
	Port int

	tb     testing.TB
	folder string
	args   []string
	cmd    *exec.Cmd     // nil when the server is not running
	exited chan struct{} // closed when it has ended
}

// Start starts a server that has every acknowledged write on disk, unless the
// arguments, in the form of redis-server's own options ("--appendfsync", "no"),
// say otherwise. It ends with the test.
func Start(tb testing.TB, args ...string) *Server {
	tb.Helper()
	s := &Server{tb: tb, folder: tb.TempDir()}
	s.args = append([]string{"--bind", "127.0.0.1", "--dir", s.folder, "--save", "", "--appendonly", "yes", "--appendfsync", "always",
		"--daemonize", "no", "--logfile", filepath.Join(s.folder, "log")}, args...)
	tb.Cleanup(s.Kill)
	const tries = 5 // somebody else may take a free port before Redis does
	for try := range tries {
		s.Port = freePort(tb)
		if err := s.launch(); err == nil {
			return s
		} else if try == tries-1 {
			tb.Fatal(err)
		}
	}
	return s
}

// URL is the store's address.
func (s *Server) URL() string { return "redis://" + s.Addr() }

// Addr is host and port.
func (s *Server) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.Port)) }

// Kill ends the server with SIGKILL, as a crash would, and waits for its end.
func (s *Server) Kill() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill() // it may have ended by itself
	<-s.exited
	s.cmd = nil
}

// Restart starts the server again on its port and its data.
func (s *Server) Restart() {
	s.tb.Helper()
	s.Kill()
	if err := s.launch(); err != nil {
		s.tb.Fatal(err)
	}
}

// Do runs a command and fails the test on an error.
func (s *Server) Do(args ...any) any {
	s.tb.Helper()
	answer, err := s.do(args...)
	if err != nil {
		s.tb.Fatalf("%v: %v", args, err)
	}
	return answer
}

func (s *Server) do(args ...any) (any, error) {
	c := redis.NewClient(&redis.Options{Addr: s.Addr(), MaxRetries: -1, DialerRetries: 1, PoolSize: 1, DisableIdentity: true})
	defer c.Close()
	return c.Do(context.Background(), args...).Result()
}

// launch starts the process and waits until it answers.
func (s *Server) launch() error {
	path, err := exec.LookPath("redis-server")
	if err != nil {
		s.tb.Fatalf("redis-server is needed for this test and is not installed (Debian: apt-get install redis-server): %v", err)
	}
	s.cmd = exec.Command(path, append(slices.Clone(s.args), "--port", strconv.Itoa(s.Port))...)
	endWithParent(s.cmd)
	if err := s.cmd.Start(); err != nil {
		s.cmd = nil
		return fmt.Errorf("redis-server: %w", err)
	}
	cmd, exited := s.cmd, make(chan struct{})
	s.exited = exited
	go func() {
		_ = cmd.Wait() // it is killed sooner or later, which Wait calls an error
		close(exited)
	}()
	return s.await("answer to PING", func() bool {
		answer, err := s.do("PING")
		return err == nil && answer == "PONG"
	})
}

// await asks cond again and again until it holds. Where it never does, or the
// server ends by itself, the error tells its log.
func (s *Server) await(what string, cond func() bool) error {
	limit := time.NewTimer(20 * time.Second)
	defer limit.Stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !cond() {
		select {
		case <-tick.C:
			continue
		case <-s.exited:
			what += ", it ended by itself"
		case <-limit.C:
		}
		s.Kill()
		log, err := os.ReadFile(filepath.Join(s.folder, "log"))
		return fmt.Errorf("redis-server on port %d: no %s\n%s%v", s.Port, what, log, err)
	}
	return nil
}

func freePort(tb testing.TB) int {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
