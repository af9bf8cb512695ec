package redistest

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// Sentinel is one Sentinel that watches one primary under the name "sekisho".
type Sentinel struct {
	*Server
}

// StartSentinel starts a Sentinel that alone decides on a failover, as soon as
// the primary has been silent for half a second. It ends with the test.
func StartSentinel(tb testing.TB, primary *Server) *Sentinel {
	tb.Helper()
	// A Sentinel rewrites its configuration, so it needs a file, not arguments.
	s := &Server{tb: tb, folder: tb.TempDir(), Port: freePort(tb)}
	config := filepath.Join(s.folder, "sentinel.conf")
	text := fmt.Sprintf("bind 127.0.0.1\nport %d\ndir %q\nlogfile %q\nsentinel monitor sekisho 127.0.0.1 %d 1\n"+
		"sentinel down-after-milliseconds sekisho 500\nsentinel failover-timeout sekisho 2000\n",
		s.Port, s.folder, filepath.Join(s.folder, "log"), primary.Port)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		tb.Fatal(err)
	}
	s.args = []string{config, "--sentinel"}
	tb.Cleanup(s.Kill)
	if err := s.launch(); err != nil {
		tb.Fatal(err)
	}
	return &Sentinel{s}
}

// URL is the store's address.
func (s *Sentinel) URL() string { return "redis+sentinel://" + s.Addr() + "/sekisho" }

// AwaitReplica waits until the Sentinel knows a replica that could take over.
func (s *Sentinel) AwaitReplica() {
	s.tb.Helper()
	if err := s.await("replica that could take over", func() bool {
		answer, err := s.do("SENTINEL", "REPLICAS", "sekisho")
		list, _ := answer.([]any)
		if err != nil || len(list) != 1 {
			return false
		}
		replica, _ := list[0].(map[any]any)
		return replica["master-link-status"] == "ok" && replica["flags"] == "slave"
	}); err != nil {
		s.tb.Fatal(err)
	}
}

// Primary returns the port of the server that the Sentinel sends writers to.
func (s *Sentinel) Primary() int {
	s.tb.Helper()
	address, _ := s.Do("SENTINEL", "GET-MASTER-ADDR-BY-NAME", "sekisho").([]any)
	if len(address) != 2 {
		s.tb.Fatalf("the Sentinel knows no primary: %v", address)
	}
	port, err := strconv.Atoi(fmt.Sprint(address[1]))
	if err != nil {
		s.tb.Fatal(err)
	}
	return port
}
