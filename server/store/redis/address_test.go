package redis

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/sekisho/sekisho/server/fault"
)

func TestConnectSingle(t *testing.T) {
	for address, want := range map[string]redis.Options{
		"redis://127.0.0.1":                                               {Addr: "127.0.0.1:6379"},
		"redis://u:p%40ss@redis.example.jp:7000/3":                        {Addr: "redis.example.jp:7000", Username: "u", Password: "p@ss", DB: 3},
		"rediss://:p@[::1]:7000":                                          {Addr: "[::1]:7000", Password: "p"},
		"redis://127.0.0.1:1?max_retries=7&read_timeout=-1&pool_size=200": {Addr: "127.0.0.1:1", PoolSize: 200},
	} {
		c, kind, err := connect(address)
		if err != nil || kind != single {
			t.Errorf("%s: %v, %v", address, kind, err)
			continue
		}
		o := c.(*redis.Client).Options()
		if o.Addr != want.Addr || o.Username != want.Username || o.Password != want.Password || o.DB != want.DB {
			t.Errorf("%s: %+v", address, o)
		}
		if (o.TLSConfig != nil) != strings.HasPrefix(address, "rediss:") {
			t.Errorf("%s: TLS %v", address, o.TLSConfig)
		}
		// go-redis turns MaxRetries -1 into 0.
		if o.MaxRetries > 0 || o.ReadTimeout != networkTimeout || o.WriteTimeout != networkTimeout || !o.ContextTimeoutEnabled ||
			o.PoolSize != max(want.PoolSize, poolSize) {
			t.Errorf("%s leaves unsafe settings: %+v", address, o)
		}
		c.Close()
	}
}

func TestParseSeveral(t *testing.T) {
	for address, want := range map[string]several{
		"redis+cluster://127.0.0.1:7000": {kind: cluster, addrs: []string{"127.0.0.1:7000"}},
		"redis+cluster://u:p%40@a:1,b:2,[::1]:3?pool_size=99&read_timeout=2s": {kind: cluster, addrs: []string{"a:1", "b:2", "[::1]:3"}, username: "u", password: "p@", pool: 99,
			readTimeout: 2 * time.Second},
		"redis+sentinel://a:26379,b:26380/mymaster": {kind: sentinel, addrs: []string{"a:26379", "b:26380"}, master: "mymaster"},
		"redis+sentinel://:p@a:1/m/4?sentinel_username=su&sentinel_password=sp": {kind: sentinel, addrs: []string{"a:1"}, password: "p", master: "m", db: 4,
			sentinelUsername: "su", sentinelPassword: "sp"},
	} {
		scheme, rest, _ := strings.Cut(address, "://")
		if got, err := parseSeveral(scheme, rest); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", address, got, err)
		}
	}
	for scheme, rest := range map[string]string{"rediss+cluster": "a:1", "rediss+sentinel": "a:1/m"} {
		s, err := parseSeveral(scheme, rest)
		if err != nil || s.tls == nil || s.cluster().TLSConfig == nil || s.sentinel().TLSConfig == nil {
			t.Errorf("%s: %+v, %v", scheme, s, err)
		}
	}
}

func TestConnectRefuses(t *testing.T) {
	const secret = "hunter2"
	for _, address := range []string{
		"", "redis", "http://127.0.0.1", "embedded:data", "redis://%zz", "redis://h/notanumber", "redis://h?no_such=1",
		"redis+cluster://", "redis+cluster://h", "redis+cluster://h:1,", "redis+cluster://h:0", "redis+cluster://h:99999", "redis+cluster://h:1/0",
		"redis+cluster://h:1?sentinel_password=" + secret, "redis+cluster://:" + secret + "@h", "redis+cluster://:" + secret + "%@h:1",
		"redis+sentinel://h:1", "redis+sentinel://h:1/", "redis+sentinel://h:1/m/x", "redis+sentinel://h:1/m/-1", "redis+sentinel://h:1/m/0/0",
		"redis+sentinel://h:1/m?tls=true", "redis+sentinel://h:1/m?read_timeout=0s", "redis+cluster://h:1?write_timeout=x", "redis+sentinel://h:1/m?pool_size=0", "redis+sentinel://:" + secret + "@h:1/m?no_such=1",
		"redis://:" + secret + "@h:x",
	} {
		c, _, err := connect(address)
		if fault.KindOf(err) != fault.Malformed {
			t.Errorf("%q: %v, %v", address, c, err)
		}
		if err != nil && strings.Contains(err.Error(), secret) {
			t.Errorf("%q: the error shows the password: %v", address, err)
		}
	}
}

// TestConnectSeveral: the clients of several servers are as careful as that of one.
func TestConnectSeveral(t *testing.T) {
	for address, want := range map[string]kind{"redis+cluster://127.0.0.1:1": cluster, "redis+sentinel://127.0.0.1:1/m": sentinel} {
		c, kind, err := connect(address)
		if err != nil || kind != want {
			t.Errorf("%s: %v, %v", address, kind, err)
			continue
		}
		c.Close()
	}
	var s several
	if o := s.cluster(); o.MaxRetries != -1 || o.ReadTimeout != networkTimeout || !o.ContextTimeoutEnabled || o.PoolSize < poolSize {
		t.Errorf("%+v", o)
	}
	if o := s.sentinel(); o.MaxRetries != -1 || o.ReadTimeout != networkTimeout || !o.ContextTimeoutEnabled || o.PoolSize < poolSize {
		t.Errorf("%+v", o)
	}
}
