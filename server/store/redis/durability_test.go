package redis

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/sekisho/sekisho/server/discovery"
	"github.com/sekisho/sekisho/server/store/redis/redistest"
	"github.com/sekisho/sekisho/server/store/storetest"
)

func TestDurability(t *testing.T) {
	for _, c := range []struct {
		name     string
		args     []string
		url      func(*redistest.Server) string
		known    bool
		problems []string // parts of the sentences, in order
	}{
		{"as recommended", nil, nil, true, nil},
		{"everysec", []string{"--appendfsync", "everysec"}, nil, true, []string{"appendfsync is everysec"}},
		{"no log", []string{"--appendonly", "no"}, nil, true, []string{"appendonly is no"}},
		{"evicting", []string{"--maxmemory-policy", "allkeys-lru"}, nil, true, []string{"maxmemory-policy is allkeys-lru"}},
		{"without CONFIG", nil, limitedUser("-config"), false, []string{"does not tell its appendfsync"}},
		{"without CONFIG, no log", []string{"--appendonly", "no", "--maxmemory-policy", "volatile-ttl"}, limitedUser("-config"), true,
			[]string{"appendonly is no", "maxmemory-policy is volatile-ttl"}},
		{"without CONFIG and INFO", nil, limitedUser("-config", "-info"), false,
			[]string{"does not tell its appendonly", "does not tell its appendfsync", "does not tell its maxmemory-policy"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := redistest.Start(t, c.args...)
			url := server.URL()
			if c.url != nil {
				url = c.url(server)
			}
			d, err := openAt(t, url).Durability(t.Context())
			if err != nil || d.Known != c.known || len(d.Problems) != len(c.problems) {
				t.Fatalf("%+v, %v", d, err)
			}
			for i, part := range c.problems {
				if !strings.Contains(d.Problems[i], part) {
					t.Errorf("%q does not say %q", d.Problems[i], part)
				}
			}
		})
	}
}

// limitedUser makes a user without some commands and returns its address.
func limitedUser(without ...string) func(*redistest.Server) string {
	return func(s *redistest.Server) string {
		args := []any{"ACL", "SETUSER", "limited", "on", ">secret", "~*", "+@all"}
		for _, rule := range without {
			args = append(args, rule)
		}
		s.Do(args...)
		return "redis://limited:secret@" + s.Addr()
	}
}

// TestLeastRights: the rights that the manual recommends are enough.
func TestLeastRights(t *testing.T) {
	server := redistest.Start(t)
	server.Do("ACL", "SETUSER", "sekisho", "on", ">secret", "~sekisho:*", "~rate:sekisho:*", "-@all", "+@read", "+@write", "+@scripting", "+@transaction",
		"-@dangerous", "+info", "+ping", "+time", "+hello", "+select", "+cluster|slots", "+cluster|shards", "+config|get")
	s := openAt(t, "redis://sekisho:secret@"+server.Addr())
	if _, _, err := s.Limiter(1, 1).Allow(t.Context(), "x"); err != nil {
		t.Errorf("Allow: %v", err)
	}
	if d, err := s.Durability(t.Context()); err != nil || len(d.Problems) > 0 {
		t.Errorf("%+v, %v", d, err)
	}
	storetest.CreateSite(t, s, "shop", 2)
	w := storetest.NewWrite("shop", uuid.New(), storetest.NewID(), 1, storetest.Indices(0), nil)
	_, _, recordErr := s.Record(t.Context(), w)
	_, stateErr := s.State(t.Context(), "shop", w.Entry.Visitor)
	_, historyErr := s.History(t.Context(), "shop", w.Entry.Visitor)
	_, countsErr := s.Counts(t.Context(), "shop", "2026-11-21")
	_, _, siteErr := s.Site(t.Context(), "shop")
	_, versionsErr := s.Versions(t.Context())
	_, publicationsErr := s.Publications(t.Context(), "shop")
	_, keyErr := s.Key(t.Context(), "x", []byte("y"))
	discoverErr := s.Discover(t.Context(), discovery.Write{Site: "shop", Day: "2026-11-21", Names: []string{"a", "b"}, Most: 1, Rest: "rest", TTL: time.Hour})
	_, discoveredErr := s.Discovered(t.Context(), "shop", []string{"2026-11-21"})
	for what, err := range map[string]error{
		"Record": recordErr, "State": stateErr, "History": historyErr, "Counts": countsErr, "Site": siteErr, "Versions": versionsErr,
		"Publications": publicationsErr, "Key": keyErr, "Discover": discoverErr, "Discovered": discoveredErr, "Erase": s.Erase(t.Context(), "shop", w.Entry.Visitor),
	} {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestDurabilityOfSeveral(t *testing.T) {
	c := redistest.StartCluster(t, 3)
	c.Servers[1].Do("CONFIG", "SET", "appendfsync", "no")
	d, err := openAt(t, c.URL()).Durability(t.Context())
	if err != nil || !d.Known || len(d.Problems) != 1 || !strings.HasPrefix(d.Problems[0], c.Servers[1].Addr()+": appendfsync is no") {
		t.Errorf("%+v, %v", d, err)
	}
}
