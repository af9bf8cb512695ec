package web

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

func TestTheLogNamesNobody(t *testing.T) {
	e, log := testEcho(t, nil)
	e.GET("/v1/sites/:site/visitors/:visitor", func(c echo.Context) error { return c.String(200, "hello") })
	visitor := "6f9619ff-8b86-4011-b42d-00c04fc964ff"
	for _, path := range []string{"/v1/sites/shop/visitors/" + visitor, "/nowhere/" + visitor, "/nowhere?" + visitor} {
		r := httptest.NewRequest("GET", path, nil)
		r.RemoteAddr = "198.51.100.7:4711"
		r.Header.Set("User-Agent", "Mozilla/5.0 \"\n{}")
		r.Header.Set("X-Forwarded-For", "198.51.100.8")
		r.Header.Set("X-Request-Id", "mine\r\n")
		do(e, r)
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) != 3 {
		t.Fatalf("%d lines: %s", len(lines), log)
	}
	for _, line := range lines {
		var v map[string]any
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatal(err)
		}
		for _, banned := range []string{visitor, "198.51.100", "Mozilla", "mine"} {
			if strings.Contains(line, banned) {
				t.Errorf("%q in %s", banned, line)
			}
		}
	}
	if !strings.Contains(lines[0], `"route":"/v1/sites/:site/visitors/:visitor","status":200,"bytes":5`) {
		t.Errorf("line: %s", lines[0])
	}
}

func TestSeriesDoNotGrow(t *testing.T) {
	m := NewMetrics()
	e, _ := testEcho(t, func(o *Options) { o.Metrics = m })
	e.GET("/s/:site.js", func(c echo.Context) error { return c.NoContent(200) })
	e.GET("/v1/sites/:site/visitors/:visitor", func(c echo.Context) error { return c.NoContent(200) })
	ask := func(i int) {
		odd := strings.Repeat("x", i%7) + string(rune('A'+i%26))
		do(e, httptest.NewRequest("GET", "/s/"+odd+".js", nil))
		do(e, httptest.NewRequest("GET", "/v1/sites/"+odd+"/visitors/"+odd, nil))
		do(e, httptest.NewRequest("GET", "/v1/sites/"+odd+"/nowhere", nil))
		do(e, httptest.NewRequest("GET", "/"+odd+"/"+odd, nil))
		do(e, httptest.NewRequest("M"+strings.ToUpper(odd), "/s/"+odd+".js", nil))
	}
	for i := range 200 {
		ask(i)
	}
	before := testutil.CollectAndCount(m.requests) + testutil.CollectAndCount(m.seconds)
	for i := 200; i < 2000; i++ {
		ask(i)
	}
	after := testutil.CollectAndCount(m.requests) + testutil.CollectAndCount(m.seconds)
	if after != before || after > 20 {
		t.Errorf("series: %d, then %d", before, after)
	}
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if !strings.Contains(w.Body.String(), `sekisho_http_problems_total{problem="not-found"} 4000`) {
		t.Errorf("metrics: %.2000s", w.Body)
	}
	if !strings.Contains(w.Body.String(), `route="none"`) {
		t.Error("what has no route is not counted under a name of its own")
	}
	if !strings.Contains(w.Body.String(), `sekisho_http_requests_total{method="GET",route="/s/:site.js",status="2xx"} 2000`) {
		t.Errorf("metrics: %.2000s", w.Body)
	}
}

func TestHeadersOfEverySurface(t *testing.T) {
	e, _ := testEcho(t, func(o *Options) { o.HTTPS = true })
	for name, s := range map[string]Surface{"/embedded": Embedded, "/api": API, "/document": Document, "/page": Page} {
		e.GET(name, func(c echo.Context) error { return c.NoContent(200) }, s.Headers)
	}
	for _, path := range []string{"/embedded", "/api", "/document", "/page", "/nowhere"} {
		h := do(e, httptest.NewRequest("GET", path, nil)).Header()
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" ||
			h.Get("Strict-Transport-Security") == "" || h.Get("X-Request-Id") != "request-1" {
			t.Errorf("%s: %v", path, h)
		}
		if h.Get("Access-Control-Allow-Credentials") != "" || (path == "/page" && h.Get("Content-Security-Policy") == "") {
			t.Errorf("%s: %v", path, h)
		}
	}
	e, _ = testEcho(t, nil)
	if h := do(e, httptest.NewRequest("GET", "/", nil)).Header(); h.Get("Strict-Transport-Security") != "" {
		t.Error("HSTS without https")
	}
}

func TestMethodNotAllowedNamesMethods(t *testing.T) {
	e, _ := testEcho(t, nil)
	e.GET("/x", func(c echo.Context) error { return c.NoContent(200) })
	if w := do(e, httptest.NewRequest(http.MethodPatch, "/x", nil)); w.Code != 405 || !strings.Contains(w.Header().Get("Allow"), "GET") {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}
