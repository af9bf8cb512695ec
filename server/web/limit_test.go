package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/fault"
)

func TestLocalLimiter(t *testing.T) {
	c := newClock()
	l := NewLocal(Rate{PerSecond: 2, Burst: 3}, c.now)
	passed := func(key string, n int) (got int) {
		for range n {
			if ok, _, _ := l.Allow(t.Context(), key); ok {
				got++
			}
		}
		return got
	}
	if n := passed("a", 10); n != 3 {
		t.Errorf("burst: %d", n)
	}
	if n := passed("b", 1); n != 1 {
		t.Error("one key's burst counted for another")
	}
	if _, retry, _ := l.Allow(t.Context(), "a"); retry != 500*time.Millisecond {
		t.Errorf("retry after %v", retry)
	}
	c.move(time.Second)
	if n := passed("a", 10); n != 2 {
		t.Errorf("after a second: %d", n)
	}
}

func TestLocalLimiterIsBounded(t *testing.T) {
	l := NewLocal(Rate{PerSecond: 1, Burst: 1}, newClock().now)
	for i := range maxKeys + 1000 {
		_, _, _ = l.Allow(t.Context(), fmt.Sprint(i))
	}
	if l.keys.Len() != maxKeys {
		t.Errorf("%d keys", l.keys.Len())
	}
}

type brokenLimiter struct{}

func (brokenLimiter) Allow(context.Context, string) (bool, time.Duration, error) {
	return false, 0, errors.New("away")
}

func TestAnErrorOfTheSharedLimiterDoesNotOpenTheGate(t *testing.T) {
	l := Fallback(brokenLimiter{}, NewLocal(Rate{PerSecond: 1, Burst: 2}, newClock().now), slog.New(slog.DiscardHandler))
	n := 0
	for range 10 {
		if ok, _, err := l.Allow(t.Context(), "k"); ok && err == nil {
			n++
		}
	}
	if n != 2 {
		t.Errorf("%d passed, want 2", n)
	}
	shared := Fallback(NewLocal(Rate{PerSecond: 1, Burst: 1}, newClock().now), brokenLimiter{}, slog.New(slog.DiscardHandler))
	if ok, _, err := shared.Allow(t.Context(), "k"); !ok || err != nil {
		t.Error("shared limiter was not asked")
	}
	if ok, _, err := shared.Allow(t.Context(), "k"); ok || err != nil {
		t.Error("shared limiter was overruled")
	}
}

func TestSpoofedAddressesDoNotHelp(t *testing.T) {
	proxies, err := ParseProxies([]string{"10.0.0.0/8", " 192.0.2.200 "})
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		proxies []netip.Prefix
		peer    string
		xff     func(i int) string
		want    int // of 1000 requests, with a burst of 20
	}{
		"direct, rotating":               {nil, "198.51.100.7:1", func(i int) string { return fmt.Sprintf("203.0.113.%d", i%250) }, 20},
		"loopback is nobody special":     {nil, "127.0.0.1:1", func(i int) string { return fmt.Sprintf("203.0.113.%d", i%250) }, 20},
		"stranger, rotating":             {proxies, "198.51.100.7:1", func(i int) string { return fmt.Sprintf("203.0.113.%d", i%250) }, 20},
		"private, but no proxy of ours":  {proxies, "192.168.1.5:1", func(i int) string { return fmt.Sprintf("203.0.113.%d", i%250) }, 20},
		"loopback, but no proxy of ours": {proxies, "127.0.0.1:1", func(i int) string { return fmt.Sprintf("203.0.113.%d", i%250) }, 20},
		"link-local, no proxy of ours":   {proxies, "169.254.1.1:1", func(i int) string { return fmt.Sprintf("203.0.113.%d", i%250) }, 20},
		"proxy appends, client rotates":  {proxies, "10.1.1.1:1", func(i int) string { return fmt.Sprintf("203.0.113.%d, 198.51.100.7", i%250) }, 20},
		"two proxies, client rotates":    {proxies, "10.1.1.1:1", func(i int) string { return fmt.Sprintf("203.0.113.%d, 198.51.100.7, 192.0.2.200", i%250) }, 20},
		"proxy, garbage before":          {proxies, "10.1.1.1:1", func(i int) string { return fmt.Sprintf("x%d, 198.51.100.7", i) }, 20},
		"proxy, all garbage":             {proxies, "10.1.1.1:1", func(i int) string { return fmt.Sprintf("x%d", i) }, 20},
		"proxy, 50 true clients":         {proxies, "10.1.1.1:1", func(i int) string { return fmt.Sprintf("203.0.113.%d", i%50) }, 1000},
		"one subscriber's IPv6 /64":      {proxies, "10.1.1.1:1", func(i int) string { return fmt.Sprintf("2001:db8:1:2::%x", i) }, 20},
		"IPv4 in IPv6 clothes and plain": {proxies, "10.1.1.1:1", func(i int) string { return []string{"::ffff:198.51.100.7", "198.51.100.7"}[i%2] }, 20},
	} {
		t.Run(name, func(t *testing.T) {
			e, _ := testEcho(t, func(o *Options) { o.Proxies = tc.proxies })
			k := NewKeyer([]byte("secret"))
			l := NewLocal(Rate{PerSecond: 2, Burst: 20}, newClock().now)
			e.POST("/", func(c echo.Context) error { return c.NoContent(201) }, Limit(l, func(c echo.Context) string { return k.Address(c.RealIP()) }))
			passed := 0
			for i := range 1000 {
				r := httptest.NewRequest("POST", "/", nil)
				r.RemoteAddr = tc.peer
				r.Header.Set("X-Forwarded-For", tc.xff(i))
				r.Header.Set("X-Real-IP", fmt.Sprintf("203.0.113.%d", i%250))
				r.Header.Set("Forwarded", fmt.Sprintf("for=203.0.113.%d", i%250))
				switch w := do(e, r); {
				case w.Code == 201:
					passed++
				case w.Code != 429 || w.Header().Get("Retry-After") == "":
					t.Fatalf("%d %v", w.Code, w.Header())
				}
			}
			if passed != tc.want {
				t.Errorf("%d passed, want %d", passed, tc.want)
			}
		})
	}
}

func TestParseProxiesRefuses(t *testing.T) {
	for _, s := range []string{"", "proxy.example", "10.0.0.0/33", "10.0.0.1:80", "*"} {
		if _, err := ParseProxies([]string{s}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func TestKeysDifferBySecretAndKind(t *testing.T) {
	a, b := NewKeyer([]byte("one")), NewKeyer([]byte("two"))
	if a.Address("198.51.100.7") == b.Address("198.51.100.7") || a.Address("x") == a.Site("x") || len(a.Address("198.51.100.7")) != 16 {
		t.Error("keys are not what they should be")
	}
	if a.Address("fe80::1%eth0") != a.Address("fe80::2%eth1") {
		t.Error("a zone makes another key")
	}
}
