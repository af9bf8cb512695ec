package api

import (
	"net/http/httptest"
	"testing"
)

func TestScripts(t *testing.T) {
	v := newEnv(t)
	for path, tc := range map[string]struct {
		status int
		cache  string
	}{
		"/s/shop.js":              {200, cacheScript},
		"/s/other.js":             {404, "no-store"},
		"/s/shop":                 {404, "no-store"},
		"/s/shop.css":             {404, "no-store"},
		"/s/.js":                  {404, "no-store"},
		"/s/shop.js.js":           {404, "no-store"},
		"/s/building.js":          {503, "no-store"},
		"/a/abcd/banner.ja.js":    {200, cachePart},
		"/a/abcd/banner.fr.js":    {404, "no-store"},
		"/a/abce/banner.ja.js":    {404, "no-store"},
		"/a/abcd/..%2f..%2fx.js":  {404, "no-store"},
		"/a/abcd/banner.ja.js/..": {404, "no-store"},
	} {
		w := v.do("GET", path, "")
		h := w.Header()
		if w.Code != tc.status || h.Get("Cache-Control") != tc.cache {
			t.Errorf("%s: %d %q", path, w.Code, h.Get("Cache-Control"))
		}
		if w.Code == 200 && (h.Get("Access-Control-Allow-Origin") != "*" || h.Get("Cross-Origin-Resource-Policy") != "cross-origin" ||
			h.Get("X-Content-Type-Options") != "nosniff" || h.Get("ETag") != `"0123"` || h.Get("Vary") != "Accept-Encoding" || h.Get("Content-Type") != script.ContentType) {
			t.Errorf("%s: %v", path, h)
		}
	}
}

// TestScriptDependsOnNothingElse holds the answer against what a poisoned cache
// would want to vary.
func TestScriptDependsOnNothingElse(t *testing.T) {
	v := newEnv(t)
	plain := v.do("GET", "/s/shop.js", "")
	for _, change := range [][2]string{
		{"Host", "evil.example"}, {"X-Forwarded-Host", "evil.example"}, {"X-Forwarded-Proto", "http"}, {"X-Forwarded-For", "198.51.100.7"}, {"Forwarded", "host=evil.example"},
		{"Cookie", "sekisho=AQ"}, {"Origin", "https://evil.example"}, {"Referer", "https://evil.example/"}, {"Accept-Language", "en"}, {"User-Agent", "curl"}, {"X-Original-URL", "/x"},
		{"X-HTTP-Method-Override", "DELETE"}, {"Accept", "application/json"}, {"Sec-GPC", "1"}, {"Range", "bytes=0-1"}, {"query", "?callback=x&lang=en"},
	} {
		path := "/s/shop.js"
		if change[0] == "query" {
			path += change[1]
		}
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set(change[0], change[1])
		if change[0] == "Host" {
			r.Host = change[1]
		}
		w := httptest.NewRecorder()
		v.echo.ServeHTTP(w, r)
		same := w.Code == plain.Code && w.Body.String() == plain.Body.String() && len(w.Header()) == len(plain.Header())
		for k := range plain.Header() {
			same = same && w.Header().Get(k) == plain.Header().Get(k)
		}
		if !same {
			t.Errorf("%v: %d %v %s", change, w.Code, w.Header(), w.Body)
		}
	}
}

func TestScriptRevalidates(t *testing.T) {
	v := newEnv(t)
	if w := v.do("GET", "/s/shop.js", "", "Accept-Encoding", "br", "If-None-Match", `"0123-br"`); w.Code != 304 || w.Body.Len() > 0 {
		t.Errorf("%d", w.Code)
	}
	if w := v.do("HEAD", "/s/shop.js", "", "Accept-Encoding", "gzip"); w.Code != 200 || w.Header().Get("Content-Encoding") != "gzip" || w.Header().Get("Content-Length") != "2" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}
