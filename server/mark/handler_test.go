package mark

import (
	"bufio"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/http/httputil"
	"net/textproto"
	"net/url"
	"strings"
	"testing"
	"time"
)

const (
	plainTag  = `<p><img src=//a.example>`
	markedTag = `<p><img data-vendor="a" data-src=//a.example>`
)

// serve answers requests with h behind the marker, over the network.
func serve(t *testing.T, h http.HandlerFunc) *httptest.Server {
	s := httptest.NewServer(testMarker().Handler(h))
	t.Cleanup(s.Close)
	return s
}

// client asks as browsers do, and takes what comes as it is.
var client = &http.Client{
	Transport:     &http.Transport{DisableCompression: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func ask(t *testing.T, s *httptest.Server, method string, header http.Header) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(method, s.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	if header != nil {
		r.Header = header
	}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(body)
}

func TestHandler(t *testing.T) {
	zipped := func() string {
		var s strings.Builder
		w := gzip.NewWriter(&s)
		_, _ = w.Write([]byte(plainTag))
		_ = w.Close()
		return s.String()
	}()
	for name, c := range map[string]struct {
		method string
		header http.Header // of the request
		h      http.HandlerFunc
		status int
		want   string // the body
		has    map[string]string
	}{
		"a page": {
			h: func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				w.Header().Set("Content-Length", fmt.Sprint(len(plainTag)))
				w.Header().Set("ETag", `"1"`)
				w.Header().Set("Accept-Ranges", "bytes")
				w.Header().Set("Repr-Digest", "sha-256=:x:")
				w.Header().Set("Cache-Control", "no-cache")
				_, _ = io.WriteString(w, plainTag)
			},
			want: markedTag, has: map[string]string{"Content-Length": fmt.Sprint(len(markedTag)), "Etag": `W/"1"`, "Accept-Ranges": "", "Repr-Digest": "",
				"Cache-Control": "no-cache", "Content-Type": "text/html; charset=utf-8"},
		},
		"a type that net/http finds out": {
			h:    func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(404); _, _ = io.WriteString(w, plainTag) },
			want: markedTag, status: 404, has: map[string]string{"Content-Type": "text/html; charset=utf-8"},
		},
		"an error page": {
			h: func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "Text/HTML;charset")
				w.WriteHeader(500)
				w.WriteHeader(200)
				_, _ = io.WriteString(w, plainTag)
			},
			want: markedTag, status: 500,
		},
		"a file": {
			h: func(w http.ResponseWriter, r *http.Request) {
				http.ServeContent(w, r, "x.html", time.Time{}, strings.NewReader(plainTag))
			},
			want: markedTag, has: map[string]string{"Content-Length": fmt.Sprint(len(markedTag))},
		},
		"no page": {
			h: func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/plain")
				w.Header().Set("ETag", `"1"`)
				_, _ = io.WriteString(w, plainTag)
			},
			want: plainTag, has: map[string]string{"Etag": `"1"`},
		},
		"no type at all": {
			h: func(w http.ResponseWriter, r *http.Request) {
				w.Header()["Content-Type"] = nil
				_, _ = io.WriteString(w, plainTag)
			},
			want: plainTag,
		},
		"XHTML": {
			h: func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/xhtml+xml")
				_, _ = io.WriteString(w, plainTag)
			},
			want: plainTag,
		},
		"next sees no Accept-Encoding, and the rest of the request": {
			header: http.Header{"Accept-Encoding": {"br, gzip"}, "X-Other": {"1"}},
			h: func(w http.ResponseWriter, r *http.Request) {
				fmt.Fprintf(w, "<p>%q %q", r.Header["Accept-Encoding"], r.Header["X-Other"])
			},
			want: `<p>[] ["1"]`,
		},
		"a page that comes compressed": {
			h: func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				w.Header().Set("Content-Encoding", "gzip")
				w.Header().Set("ETag", `"1"`)
				_, _ = io.WriteString(w, zipped)
			},
			want: zipped, has: map[string]string{SkippedHeader: "content-encoding", "Content-Encoding": "gzip", "Etag": `"1"`},
		},
		"a page in an encoding that is refused": {
			h: func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html; charset=ISO-2022-JP")
				_, _ = io.WriteString(w, plainTag)
			},
			want: plainTag, has: map[string]string{SkippedHeader: "charset"},
		},
		"a page that turns out to be in one": {
			h: func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				_, _ = io.WriteString(w, "<meta charset=iso-2022-jp>"+plainTag)
			},
			want: "<meta charset=iso-2022-jp>" + plainTag,
		},
		"a page in Shift_JIS": {
			h: func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html; charset=shift_jis")
				_, _ = io.WriteString(w, "\x95\x5c<meta charset=iso-2022-jp>"+plainTag)
			},
			want: "\x95\x5c<meta charset=iso-2022-jp>" + markedTag,
		},
		"HEAD": {
			method: "HEAD",
			h: func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				w.Header().Set("ETag", `"1"`)
				w.Header().Set("Content-Length", "24")
				_, _ = io.WriteString(w, plainTag)
			},
			has: map[string]string{"Etag": `W/"1"`, "Content-Length": ""},
		},
		"a range": {
			header: http.Header{"Range": {"bytes=3-6"}},
			h: func(w http.ResponseWriter, r *http.Request) {
				http.ServeContent(w, r, "x.html", time.Time{}, strings.NewReader(plainTag))
			},
			status: 206, want: "<img", has: map[string]string{"Content-Length": "4", "Content-Range": "bytes 3-6/24"},
		},
		"nothing new": {
			header: http.Header{"If-None-Match": {`W/"1"`}},
			h: func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("ETag", `"1"`)
				http.ServeContent(w, r, "x.html", time.Time{}, strings.NewReader(plainTag))
			},
			status: 304, has: map[string]string{"Etag": `W/"1"`},
		},
		"no content": {h: func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(204) }, status: 204},
		"nothing":    {h: func(w http.ResponseWriter, r *http.Request) {}, has: map[string]string{"Content-Length": "0"}},
		"a redirect": {
			h:      func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Location", "#"); w.WriteHeader(307) },
			status: 307,
		},
		"a script": {
			header: http.Header{"Sec-Fetch-Dest": {"script"}, "Accept-Encoding": {"br"}},
			h: func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				_, _ = io.WriteString(w, r.Header.Get("Accept-Encoding")+plainTag)
			},
			want: "br" + plainTag,
		},
		"Link headers": {
			h: func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				w.Header().Add("Link", `<https://a.example/1,2.js>; rel=preload; as=script, </own.css>; rel="preload", <//b.example>; x="a,b;c\""; REL="x Preconnect"`)
				w.Header().Add("Link", `<https://a.example/>; rel=canonical, <https://a.example/>`)
				w.Header().Add("Link", `<https://a.example/3.js>;rel=modulepreload`)
			},
			has: map[string]string{"Link": `</own.css>; rel="preload"|<https://a.example/>; rel=canonical, <https://a.example/>`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if c.method == "" {
				c.method = "GET"
			}
			if c.status == 0 {
				c.status = 200
			}
			h := c.h
			if name == "Link headers" {
				h = func(w http.ResponseWriter, r *http.Request) { c.h(w, r); w.WriteHeader(200) }
			}
			answer, body := ask(t, serve(t, h), c.method, c.header)
			if answer.StatusCode != c.status || body != c.want {
				t.Errorf("%d, %q; want %d, %q", answer.StatusCode, body, c.status, c.want)
			}
			for name, want := range c.has {
				if got := strings.Join(answer.Header[name], "|"); got != want {
					t.Errorf("%s: %q, want %q", name, got, want)
				}
			}
		})
	}
}

// TestHandlerStreams: what next has flushed is with the browser before next
// writes on, but for a token that is not complete.
func TestHandlerStreams(t *testing.T) {
	steps := []struct{ write, want string }{
		{"", ""},
		{"<!doctype html><title>x</title>text", "<!doctype html><title>x</title>text"},
		{" more", " more"},
		{" < and <im", " "},
		{"g src=//a.exam", ""},
		{"ple>関", `< and <img data-vendor="a" data-src=//a.example>関`},
		{"所<script>if (a", "所<script>if (a"},
		{"<b) x", ""},
		{"</script><noscript>x<img src=//b.example>", "<b) x</script><noscript>"},
		{"</noscript><object data=//a.example>text", `x<img data-vendor="b" data-src=//b.example></noscript>`},
		{"</object>end", `<template data-vendor="a"><object data=//a.example>text</object></template>end`},
		{"<!-- x", ""},
	}
	read := make(chan struct{})
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		for _, step := range steps {
			if _, err := io.WriteString(w, step.write); err != nil {
				t.Error(err)
			}
			if err := http.NewResponseController(w).Flush(); err != nil {
				t.Error(err)
			}
			<-read
		}
	})
	answer, err := client.Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	for i, step := range steps {
		got := make([]byte, len(step.want))
		if _, err := io.ReadFull(answer.Body, got); err != nil || string(got) != step.want {
			t.Fatalf("step %d: %q, %v; want %q", i, got, err, step.want)
		}
		read <- struct{}{}
	}
	if end, err := io.ReadAll(answer.Body); err != nil || string(end) != "<!-- x" {
		t.Errorf("%q, %v", end, err)
	}
}

// TestHandlerBuffersLittle: a page without an end passes.
func TestHandlerBuffersLittle(t *testing.T) {
	const lines = 200_000
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		for range lines {
			_, _ = io.WriteString(w, plainTag+"\n")
		}
	})
	answer, err := client.Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	n := 0
	in := bufio.NewScanner(answer.Body)
	for in.Scan() {
		if in.Text() != markedTag {
			t.Fatalf("line %d: %q", n, in.Text())
		}
		n++
	}
	if n != lines {
		t.Errorf("%d lines, %v", n, in.Err())
	}
}

// TestHandlerBeforeAProxy: a site elsewhere that compresses what it can is read
// all the same, since the proxy's transport unpacks what it asked for itself.
func TestHandlerBeforeAProxy(t *testing.T) {
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") != "gzip" {
			t.Errorf("asked for %q", r.Header["Accept-Encoding"])
		}
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Encoding", "gzip")
		zip := gzip.NewWriter(w)
		_, _ = io.WriteString(zip, plainTag)
		_ = zip.Close()
	}))
	defer site.Close()
	to, err := url.Parse(site.URL)
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, httputil.NewSingleHostReverseProxy(to).ServeHTTP)
	answer, body := ask(t, s, "GET", http.Header{"Accept-Encoding": {"gzip, br"}})
	if body != markedTag || answer.Header.Get("Content-Encoding") != "" || answer.Header.Get(SkippedHeader) != "" {
		t.Errorf("%q, %v", body, answer.Header)
	}
}

func TestHandlerPassesInformation(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Link", "<https://a.example/1.js>; rel=preload, </own>; rel=preload")
		w.WriteHeader(http.StatusEarlyHints)
		_, _ = io.WriteString(w, plainTag)
	})
	var hints []string
	ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{
		Got1xxResponse: func(code int, h textproto.MIMEHeader) error {
			hints = append(hints, fmt.Sprint(code, " ", h.Get("Link")))
			return nil
		},
	})
	r, err := http.NewRequestWithContext(ctx, "GET", s.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if body, _ := io.ReadAll(answer.Body); string(body) != markedTag || len(hints) != 1 || hints[0] != "103 </own>; rel=preload" {
		t.Errorf("%q, %q", hints, body)
	}
}

func TestHandlerHijacks(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if _, ok := w.(http.Flusher); !ok {
			t.Error("no Flusher")
		}
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 24\r\n\r\n"+plainTag)
	})
	if _, body := ask(t, s, "GET", nil); body != plainTag {
		t.Errorf("%q", body)
	}
}

// TestHandlerGivesUp: when next breaks off, the page does too, and nobody is
// left waiting.
func TestHandlerGivesUp(t *testing.T) {
	var page *push
	h := testMarker().Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, plainTag+"<im")
		page = w.(*response).page
		panic(http.ErrAbortHandler)
	}))
	out := httptest.NewRecorder()
	func() {
		defer func() { _ = recover() }()
		h.ServeHTTP(out, httptest.NewRequest("GET", "/", nil))
	}()
	if _, more := page.next(); more || out.Body.String() != markedTag+"<im" {
		t.Errorf("still there: %v, %q", more, out.Body.String())
	}
	if _, err := page.Write([]byte("x")); err == nil {
		t.Error("written to nobody")
	}
}

// TestHandlerTellsNextOfFailures: a browser that has gone away is an error of
// next's Write.
func TestHandlerTellsNextOfFailures(t *testing.T) {
	h := testMarker().Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		for range 2 {
			if _, err := io.WriteString(w, plainTag); err != http.ErrHandlerTimeout {
				t.Errorf("%v", err)
			}
		}
	}))
	h.ServeHTTP(gone{httptest.NewRecorder()}, httptest.NewRequest("GET", "/", nil))
}

type gone struct{ http.ResponseWriter }

func (gone) Write([]byte) (int, error) { return 0, http.ErrHandlerTimeout }
