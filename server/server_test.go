package server

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
	"github.com/sekisho/sekisho/server/store/embedded"
	"github.com/sekisho/sekisho/server/web"
	"github.com/sekisho/sekisho/vendors"
	"github.com/sekisho/sekisho/widget"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	origin  = "https://www.example.jp"
	visitor = "6f9619ff-8b86-4011-b42d-00c04fc964ff"
	token   = "0123456789abcdef0123456789abcdef"
	shop    = `{"key":"shop","name":{"ja":"例の店","en":"Example shop"},"origins":["https://www.example.jp"],"languages":["ja","en"],
		"vendors":[{"id":"criteo"},{"id":"microsoft-clarity","linkedWithPersonalData":true}],"default":"opt-in","expiryMonths":6,
		"notice":{"controller":{"ja":"株式会社エグザンプル","en":"Example, Inc."},"contact":{"email":"privacy@example.jp"}},"theme":{}}`
)

// start returns the service on an embedded store of its own, following its sites.
func start(t *testing.T, change func(*Config)) *Server {
	t.Helper()
	store, err := embedded.Open(t.Context(), "embedded:"+t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	cat, err := catalogue.Load(vendors.FS)
	if err != nil {
		t.Fatal(err)
	}
	c := Config{
		Store: store, Catalogue: cat, Widget: widget.Sources, PublicURL: "https://consent.example.jp",
		Limits: DefaultLimits, Token: token, Log: slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&c)
	}
	s, err := New(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { s.Run(ctx); close(done) }()
	t.Cleanup(func() {
		stop()
		<-done
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// do sends a request; headers are name and value in turn.
func do(s *Server, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body == "" {
		r.Body, r.ContentLength = http.NoBody, 0
	} else {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

func publish(t *testing.T, s *Server) {
	t.Helper()
	if w := do(s, "PUT", "/v1/sites/shop?publish=true", shop, "Authorization", "Bearer "+token); w.Code != 200 {
		t.Fatalf("apply: %d %s", w.Code, w.Body)
	}
}

// untilReady asks until the first poll is over and what it found is built, and
// shows each answer to look.
func untilReady(t *testing.T, s *Server, look func(*httptest.ResponseRecorder)) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; {
		w := do(s, "GET", "/readyz", "")
		body := w.Body.String()
		look(w)
		if w.Code == 200 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("never ready: %s", body)
		}
	}
}

func decision(id string) string {
	return `{"id":"` + id + `","visitor":"` + visitor + `","sequence":1,"revision":1,"action":"save","granted":["criteo"],
		"denied":["microsoft-clarity"],"language":"ja","layer":1,"at":"2026-11-21T09:00:00.000Z","page":"/cart"}`
}

const decisionID = "01935000-0000-7000-8000-000000000001"

// TestTheWholeWay goes from an empty store to a decision and back.
func TestTheWholeWay(t *testing.T) {
	s := start(t, nil)
	if w := do(s, "GET", "/s/shop.js", ""); w.Code != 404 {
		t.Errorf("script before publication: %d", w.Code)
	}
	publish(t, s)
	w := do(s, "GET", "/s/shop.js", "", "Accept-Encoding", "br")
	if w.Code != 200 || w.Header().Get("Content-Encoding") != "br" || w.Body.Len() == 0 {
		t.Fatalf("script: %d %v %s", w.Code, w.Header(), w.Body)
	}
	plain := do(s, "GET", "/s/shop.js", "").Body.String()
	if !strings.Contains(plain, "https://consent.example.jp") || !strings.Contains(plain, "criteo") {
		t.Error("the script knows neither service nor vendor")
	}
	folder := regexp.MustCompile(`/a/[0-9a-f]{16}/`).FindString(plain)
	if folder == "" {
		t.Fatal("the script does not say where its parts are")
	}
	part := folder + "banner.ja.js"
	if w := do(s, "GET", part, ""); w.Code != 200 || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("%s: %d", part, w.Code)
	}
	w = do(s, "POST", "/v1/sites/shop/decisions", decision(decisionID), "Origin", origin)
	if w.Code != 201 || !strings.Contains(w.Header().Get("Set-Cookie"), "; Domain=example.jp;") || w.Header().Get("Access-Control-Allow-Credentials") != "true" {
		t.Errorf("decision: %d %v %s", w.Code, w.Header(), w.Body)
	}
	if w := do(s, "GET", "/v1/sites/shop/visitors/"+visitor+"/vendors/criteo", ""); !strings.Contains(w.Body.String(), `"consent":"granted"`) {
		t.Errorf("vendor: %d %s", w.Code, w.Body)
	}
	for _, lang := range []string{"ja", "en"} {
		if w := do(s, "GET", "/sites/shop/notice?lang="+lang, ""); w.Code != 200 || !strings.Contains(w.Body.String(), "Criteo") {
			t.Errorf("notice: %d", w.Code)
		}
	}
	untilReady(t, s, func(*httptest.ResponseRecorder) {})
	if w := do(s, "DELETE", "/v1/sites/shop/visitors/"+visitor, ""); w.Code != 204 {
		t.Errorf("erase: %d", w.Code)
	}
	s.Drain()
	if w := do(s, "GET", "/readyz", ""); w.Code != 503 {
		t.Errorf("ready while draining: %d", w.Code)
	}
}

func TestWritesAreLimited(t *testing.T) {
	s := start(t, func(c *Config) {
		c.Limits = Limits{Writes: web.Rate{PerSecond: 0.001, Burst: 3}, SiteWrites: web.Rate{PerSecond: 0.001, Burst: 5}, Reads: web.Rate{PerSecond: 0.001, Burst: 100}}
		c.Token = ""
	})
	doc, err := site.Parse(strings.NewReader(shop))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Sites.Apply(t.Context(), doc, site.ApplyOptions{Publish: true, By: "test"}); err != nil {
		t.Fatal(err)
	}
	post := func(peer, path string) int {
		r := httptest.NewRequest("POST", path, strings.NewReader("{"))
		r.RemoteAddr = peer
		r.Header.Set("Content-Type", "text/plain")
		r.Header.Set("Origin", origin)
		r.Header.Set("X-Forwarded-For", "203.0.113.9")
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		if w.Code == 429 && (w.Header().Get("Retry-After") == "" || w.Header().Get("Access-Control-Allow-Origin") != origin) {
			t.Errorf("429 with %v", w.Header())
		}
		return w.Code
	}
	const path = "/v1/sites/shop/decisions"
	codes := []int{post("198.51.100.1:1", path), post("198.51.100.1:2", path), post("198.51.100.1:3", path), post("198.51.100.1:4", path)}
	if codes[2] != 400 || codes[3] != 429 {
		t.Errorf("one address: %v", codes)
	}
	if a, b, c := post("198.51.100.2:1", path), post("198.51.100.3:1", path), post("198.51.100.4:1", path); a != 400 || b != 400 || c != 429 {
		t.Errorf("one site: %d %d %d", a, b, c)
	}
	if w := do(s, "PUT", "/v1/sites/shop", shop); w.Code != 403 {
		t.Errorf("PUT without a token: %d", w.Code)
	}
}

// A page must be able to read that it has to wait: the refusal carries the headers of CORS.
func TestReadsAreLimited(t *testing.T) {
	s := start(t, func(c *Config) { c.Limits = Limits{Reads: web.Rate{PerSecond: 0.001, Burst: 4}} })
	publish(t, s)
	var codes []int
	for _, path := range []string{"", "/decisions", "/vendors/criteo", "", "/decisions"} {
		w := do(s, "GET", "/v1/sites/shop/visitors/"+visitor+path, "", "Origin", origin)
		if w.Header().Get("Access-Control-Allow-Origin") != origin {
			t.Errorf("%q: %d without the headers of CORS", path, w.Code)
		}
		codes = append(codes, w.Code)
	}
	if slices.Index(codes, 429) != 4 {
		t.Errorf("codes %v, want 429 for the fifth alone", codes)
	}
	if w := do(s, "GET", "/s/shop.js", ""); w.Code != 200 {
		t.Errorf("scripts are limited as well: %d", w.Code)
	}
}

type downLimiter struct{}

func (downLimiter) Allow(context.Context, string) (bool, time.Duration, error) {
	return false, 0, fault.New(fault.Unavailable, "away")
}

func TestASharedLimiterThatIsAwayLeavesTheLocalOne(t *testing.T) {
	s := start(t, func(c *Config) {
		c.Limits = Limits{Writes: web.Rate{PerSecond: 0.001, Burst: 3}}
		c.Shared = func(web.Rate) web.Limiter { return downLimiter{} }
	})
	publish(t, s) // the first of three
	var codes []int
	for range 3 {
		codes = append(codes, do(s, "DELETE", "/v1/sites/shop/visitors/"+visitor, "").Code)
	}
	if !slices.Equal(codes, []int{204, 204, 429}) {
		t.Errorf("codes %v", codes)
	}
}

func TestMetricsApart(t *testing.T) {
	s := start(t, func(c *Config) { c.MetricsApart = true })
	if w := do(s, "GET", "/metrics", ""); w.Code != 404 {
		t.Errorf("metrics on the public address: %d", w.Code)
	}
	w := httptest.NewRecorder()
	s.Metrics().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != 200 || !bytes.Contains(w.Body.Bytes(), []byte("sekisho_http_requests_total")) {
		t.Errorf("%d", w.Code)
	}
}

func TestNewRefuses(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"no public URL":   func(c *Config) { c.PublicURL = "" },
		"other scheme":    func(c *Config) { c.PublicURL = "ftp://x" },
		"too short token": func(c *Config) { c.Token = "secret" },
	} {
		c := Config{PublicURL: "https://consent.example.jp", Log: slog.New(slog.DiscardHandler)}
		change(&c)
		if _, err := New(t.Context(), c); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
