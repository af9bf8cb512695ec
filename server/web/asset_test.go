package web

import (
	"net/http/httptest"
	"testing"

	"github.com/labstack/echo/v4"
)

func TestAssetNegotiation(t *testing.T) {
	a := Asset{ContentType: "text/javascript; charset=utf-8", CacheControl: "public, max-age=300", Tag: "abc", Identity: []byte("plain"), Gzip: []byte("gz"), Brotli: []byte("b")}
	for accept, want := range map[string]string{
		"":                           "",
		"gzip":                       "gzip",
		"br":                         "br",
		"gzip, deflate, br, zstd":    "br",
		"gzip;q=1.0, br;q=0.5":       "gzip",
		"gzip;q=0.5, br;q=0.5":       "br",
		"br;q=0, gzip":               "gzip",
		"br;q=0, gzip;q=0":           "",
		"*":                          "br",
		"*;q=0":                      "",
		"br;q=0, *":                  "gzip",
		"identity":                   "",
		"identity;q=0":               "", // nobody is left without the script
		"BR":                         "br",
		"brotli":                     "",
		"br;q=x":                     "",
		"br;q=2":                     "",
		"gzip;q=NaN, br;q=NaN":       "",
		"br ; q=0.1 , gzip ;Q=0.05":  "br",
		"xgzip, gzipped, brr":        "",
		"x-gzip":                     "gzip",
		"\x00, ;;;;, =, q=1, br\x00": "",
	} {
		e, _ := testEcho(t, nil)
		e.GET("/a", a.Serve)
		e.HEAD("/a", a.Serve)
		r := httptest.NewRequest("GET", "/a", nil)
		r.Header.Set("Accept-Encoding", accept)
		w := do(e, r)
		if got := w.Header().Get("Content-Encoding"); w.Code != 200 || got != want {
			t.Errorf("%q: %d %q, want %q", accept, w.Code, got, want)
		}
		if w.Header().Get("Vary") != "Accept-Encoding" || w.Header().Get("Cache-Control") != a.CacheControl {
			t.Errorf("%q: %v", accept, w.Header())
		}
	}
}

func TestAssetETags(t *testing.T) {
	a := Asset{ContentType: "text/css", CacheControl: "x", Tag: "abc", Identity: []byte("plain"), Gzip: []byte("gz")}
	e, _ := testEcho(t, nil)
	e.GET("/a", a.Serve)
	for name, tc := range map[string]struct {
		accept, match string
		status        int
		etag          string
	}{
		"identity":                {"", "", 200, `"abc"`},
		"gzip":                    {"gzip", "", 200, `"abc-gzip"`},
		"no brotli at hand":       {"br", "", 200, `"abc"`},
		"same":                    {"gzip", `"abc-gzip"`, 304, `"abc-gzip"`},
		"same, weakened by a CDN": {"gzip", `W/"abc-gzip"`, 304, `"abc-gzip"`},
		"one of several":          {"", `"x", "abc" ,"y"`, 304, `"abc"`},
		"star":                    {"", `*`, 304, `"abc"`},
		"other encoding":          {"", `"abc-gzip"`, 200, `"abc"`},
		"unquoted":                {"", `abc`, 200, `"abc"`},
		"old":                     {"", `"abd"`, 200, `"abc"`},
	} {
		r := httptest.NewRequest("GET", "/a", nil)
		r.Header.Set("Accept-Encoding", tc.accept)
		r.Header.Set("If-None-Match", tc.match)
		w := do(e, r)
		if w.Code != tc.status || w.Header().Get("ETag") != tc.etag || w.Header().Get("Vary") == "" || w.Header().Get("Cache-Control") == "" {
			t.Errorf("%s: %d %v", name, w.Code, w.Header())
		}
		if w.Code == 304 && w.Body.Len() > 0 {
			t.Errorf("%s: 304 with a body", name)
		}
	}
}

func TestHeadOfAnAsset(t *testing.T) {
	a := Asset{ContentType: "text/css", Tag: "abc", Identity: []byte("plain")}
	e, _ := testEcho(t, nil)
	e.HEAD("/a", func(c echo.Context) error { return a.Serve(c) })
	if w := do(e, httptest.NewRequest("HEAD", "/a", nil)); w.Code != 200 || w.Header().Get("Content-Length") != "5" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
}
