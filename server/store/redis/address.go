package redis

import (
	"crypto/tls"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
	"github.com/sekisho/sekisho/server/fault"
)

// kind is how the servers behind an address work together.
type kind int

const (
	single kind = iota
	sentinel
	cluster
)

const (
	// networkTimeout bounds dialling, and each reading and writing where the
	// address does not say otherwise.
	networkTimeout = time.Second
	// poolSize is the number of connections to a server, of which idle ones
	// cost little and missing ones a factor of three under appendfsync always.
	poolSize = 64
)

// connect makes the client of an address:
//
//	redis://[[user]:password@]host[:port][/db][?option=…]     one server; options as go-redis has them
//	rediss://…                                                the same over TLS
//	redis+sentinel://[[user]:password@]host:port[,host:port…]/MASTER[/db][?option=…]
//	redis+cluster://[[user]:password@]host:port[,host:port…][?option=…]
//	rediss+sentinel://…, rediss+cluster://…                   the same over TLS
//
// User and password are those of the Redis servers. Options where there
// are several: pool_size=N, read_timeout=3s (for slow disks under appendfsync
// always; write_timeout likewise), and for Sentinel sentinel_username and
// sentinel_password. Malformed for anything else; nothing is dialled yet.
func connect(address string) (redis.UniversalClient, kind, error) {
	scheme, rest, _ := strings.Cut(address, "://")
	switch scheme {
	case "redis", "rediss":
		if _, err := url.Parse(address); err != nil {
			return nil, 0, malformed(scheme, "want "+scheme+"://[[user]:password@]host[:port][/db]") // the error would print the password
		}
		o, err := redis.ParseURL(address)
		if err != nil {
			return nil, 0, malformed(scheme, err.Error())
		}
		setSingle(o)
		return redis.NewClient(o), single, nil
	case "redis+sentinel", "redis+cluster", "rediss+sentinel", "rediss+cluster":
		several, err := parseSeveral(scheme, rest)
		if err != nil {
			return nil, 0, err
		}
		if several.kind == sentinel {
			return redis.NewFailoverClient(several.sentinel()), sentinel, nil
		}
		return redis.NewClusterClient(several.cluster()), cluster, nil
	}
	return nil, 0, malformed(scheme, "want redis, redis+sentinel or redis+cluster, or rediss… for TLS")
}

// malformed names the scheme alone: the rest may hold a password.
func malformed(scheme, why string) error {
	return fault.New(fault.Malformed, "store %s://…: %s", scheme, why)
}

// setSingle sets what must not be left to an address. MaxRetries: go-redis
// repeats a write whose answer was lost, and not all writes may be.
func setSingle(o *redis.Options) {
	o.MaxRetries, o.DialerRetries = -1, 1
	o.DialTimeout, o.PoolTimeout = networkTimeout, networkTimeout
	o.ReadTimeout, o.WriteTimeout = bounded(o.ReadTimeout), bounded(o.WriteTimeout)
	o.ContextTimeoutEnabled = true
	o.PoolSize = max(o.PoolSize, poolSize)
	o.DisableIdentity = true // CLIENT SETINFO needs Redis 7.2 and a permission
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
}

// bounded returns a timeout as it was given, and ours where there is none.
func bounded(d time.Duration) time.Duration {
	if d <= 0 {
		return networkTimeout
	}
	return d
}

// several is an address of more than one server.
type several struct {
	kind                               kind
	addrs                              []string
	username, password                 string
	master                             string
	db, pool                           int
	sentinelUsername, sentinelPassword string
	tls                                *tls.Config
	readTimeout, writeTimeout          time.Duration
}

func parseSeveral(scheme, rest string) (s several, err error) {
	s.kind = cluster
	if strings.HasSuffix(scheme, "+sentinel") {
		s.kind = sentinel
	}
	if strings.HasPrefix(scheme, "rediss") {
		s.tls = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	// net/url allows one host, so the list is taken out before it reads the rest.
	hosts, tail := rest, ""
	if at := strings.IndexAny(rest, "/?#"); at >= 0 {
		hosts, tail = rest[:at], rest[at:]
	}
	user := ""
	if at := strings.LastIndex(hosts, "@"); at >= 0 {
		user, hosts = hosts[:at+1], hosts[at+1:]
	}
	u, err := url.Parse(scheme + "://" + user + "host" + tail)
	if err != nil {
		return s, malformed(scheme, "cannot be read") // the error would print the password
	}
	for _, addr := range strings.Split(hosts, ",") {
		host, port, ok := strings.Cut(addr, ":")
		if strings.HasPrefix(addr, "[") {
			host, port, ok = strings.Cut(addr, "]:")
		}
		if n, err := strconv.Atoi(port); !ok || host == "" || err != nil || n < 1 || n > 65535 {
			return s, malformed(scheme, "want host:port[,host:port…]")
		}
		s.addrs = append(s.addrs, addr)
	}
	s.username = u.User.Username()
	s.password, _ = u.User.Password()
	if err := s.options(scheme, u.Query()); err != nil {
		return s, err
	}
	path := strings.FieldsFunc(u.Path, func(r rune) bool { return r == '/' })
	if s.kind == cluster {
		if len(path) > 0 {
			return s, malformed(scheme, "a Cluster has one database, 0, and no path")
		}
		return s, nil
	}
	if len(path) < 1 || len(path) > 2 {
		return s, malformed(scheme, "want /MASTER or /MASTER/DB after the Sentinels")
	}
	s.master = path[0]
	if len(path) == 2 {
		if s.db, err = strconv.Atoi(path[1]); err != nil || s.db < 0 {
			return s, malformed(scheme, "the database must be a number")
		}
	}
	return s, nil
}

func (s *several) options(scheme string, query url.Values) error {
	for name, values := range query {
		value := values[len(values)-1]
		switch {
		case name == "read_timeout" || name == "write_timeout":
			d, err := time.ParseDuration(value)
			if err != nil || d <= 0 {
				return malformed(scheme, name+" must be a time such as 3s")
			}
			if name == "read_timeout" {
				s.readTimeout = d
			} else {
				s.writeTimeout = d
			}
		case name == "pool_size":
			n, err := strconv.Atoi(value)
			if err != nil || n < 1 {
				return malformed(scheme, "pool_size must be a number above 0")
			}
			s.pool = n
		case name == "sentinel_username" && s.kind == sentinel:
			s.sentinelUsername = value
		case name == "sentinel_password" && s.kind == sentinel:
			s.sentinelPassword = value
		default:
			return malformed(scheme, "unknown option "+name)
		}
	}
	return nil
}

// The options below say the same as setSingle.

func (s *several) sentinel() *redis.FailoverOptions {
	return &redis.FailoverOptions{
		MasterName: s.master, SentinelAddrs: s.addrs, SentinelUsername: s.sentinelUsername, SentinelPassword: s.sentinelPassword,
		Username: s.username, Password: s.password, DB: s.db, TLSConfig: s.tls,
		MaxRetries: -1, DialerRetries: 1, DialTimeout: networkTimeout, ReadTimeout: bounded(s.readTimeout), WriteTimeout: bounded(s.writeTimeout),
		PoolTimeout: networkTimeout, ContextTimeoutEnabled: true, PoolSize: max(s.pool, poolSize), DisableIdentity: true,
	}
}

func (s *several) cluster() *redis.ClusterOptions {
	return &redis.ClusterOptions{
		Addrs: s.addrs, Username: s.username, Password: s.password, TLSConfig: s.tls,
		MaxRetries: -1, DialerRetries: 1, DialTimeout: networkTimeout, ReadTimeout: bounded(s.readTimeout), WriteTimeout: bounded(s.writeTimeout),
		PoolTimeout: networkTimeout, ContextTimeoutEnabled: true, PoolSize: max(s.pool, poolSize), DisableIdentity: true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
}
