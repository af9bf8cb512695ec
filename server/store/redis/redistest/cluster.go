package redistest

import (
	"strconv"
	"strings"
	"testing"
)

// Cluster is a Redis Cluster of masters that share the slots evenly.
type Cluster struct {
	Servers []*Server
}

// StartCluster starts a Cluster of n masters and waits until each of them
// knows all others and serves. It ends with the test.
func StartCluster(tb testing.TB, n int) *Cluster {
	tb.Helper()
	c := &Cluster{}
	for i := range n {
		bus := strconv.Itoa(freePort(tb))
		s := Start(tb, "--cluster-enabled", "yes", "--cluster-port", bus, "--cluster-node-timeout", "2000", "--cluster-require-full-coverage", "no")
		from, to := i*16384/n, (i+1)*16384/n-1
		s.Do("CLUSTER", "ADDSLOTSRANGE", from, to)
		s.Do("CLUSTER", "SET-CONFIG-EPOCH", i+1)
		if i > 0 {
			first := c.Servers[0]
			firstBus, _ := first.Do("CONFIG", "GET", "cluster-port").(map[any]any)
			s.Do("CLUSTER", "MEET", "127.0.0.1", first.Port, firstBus["cluster-port"])
		}
		c.Servers = append(c.Servers, s)
	}
	want := "cluster_known_nodes:" + strconv.Itoa(n) + "\r\n"
	for _, s := range c.Servers {
		if err := s.await("Cluster", func() bool {
			info, err := s.do("CLUSTER", "INFO")
			text, _ := info.(string)
			return err == nil && strings.Contains(text, "cluster_state:ok") && strings.Contains(text, want) &&
				strings.Contains(text, "cluster_slots_ok:16384")
		}); err != nil {
			tb.Fatal(err)
		}
	}
	return c
}

// URL is the store's address.
func (c *Cluster) URL() string {
	addrs := make([]string, len(c.Servers))
	for i, s := range c.Servers {
		addrs[i] = s.Addr()
	}
	return "redis+cluster://" + strings.Join(addrs, ",")
}
