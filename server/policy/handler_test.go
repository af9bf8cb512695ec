package policy

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/consent"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
)

var now = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

// three vendors: 0 and 1 for analytics and advertising, 2 came in with revision 3.
func three() *site.Revision {
	r := revision(vendor(0, catalogue.Analytics, "a.example"), vendor(1, catalogue.Advertising, "b.example"), vendor(2, catalogue.Analytics, "c.example"))
	r.Vendors[2].Since = 3
	return r
}

// decision is what the browser remembers of one taken under a revision.
func decision(revision uint32, at time.Time, granted ...int) consent.Cookie {
	c := consent.Cookie{Visitor: uuid.MustParse("9f8b2c1e-0d4a-4f6b-8c3d-1a2b3c4d5e6f"), Sequence: 1, Revision: revision, At: at}
	for _, index := range granted {
		c.Granted = c.Granted.Set(index)
	}
	return c
}

// printed is a policy that has been through its file.
func printed(t *testing.T, r *site.Revision) *Policy {
	t.Helper()
	text, err := compose(t, r).Server("json", Comments{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := Load(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestHandlerReadsTheDecision(t *testing.T) {
	optOut := three()
	optOut.Document.Default = site.OptOut
	stranger := decision(3, now.Add(-time.Hour), 1)
	stranger.Visitor = uuid.MustParse("00000000-0000-4000-8000-000000000000")
	newer := decision(3, now.Add(-2*time.Hour), 1)
	newer.Sequence = 2
	for name, c := range map[string]struct {
		site    *site.Revision
		cookies []string
		gpc     string
		want    string // after base
	}{
		"no cookie":               {three(), nil, "", ""},
		"granted":                 {three(), []string{decision(3, now, 0, 2).Encode()}, "", " a.example c.example"},
		"denied":                  {three(), []string{decision(3, now).Encode()}, "", ""},
		"of an older revision":    {three(), []string{decision(2, now, 0, 2).Encode()}, "", " a.example"},
		"expired":                 {three(), []string{decision(3, now.Add(-181*24*time.Hour), 0).Encode()}, "", ""},
		"unknown indices":         {three(), []string{decision(3, now, 7, 400).Encode()}, "", ""},
		"corrupt":                 {three(), []string{"garbage"}, "", ""},
		"of a newer format":       {three(), []string{base64.RawURLEncoding.EncodeToString(append([]byte{2}, make([]byte, 30)...))}, "", ""},
		"garbage beside":          {three(), []string{"garbage", decision(3, now, 0).Encode()}, "", " a.example"},
		"the newest of one":       {three(), []string{newer.Encode(), decision(3, now, 0).Encode()}, "", " b.example"},
		"the latest of two":       {three(), []string{decision(3, now, 0).Encode(), stranger.Encode()}, "", " a.example"},
		"opt-out":                 {optOut, nil, "", " a.example b.example c.example"},
		"opt-out, GPC":            {optOut, nil, "1", " a.example c.example"},
		"opt-out, GPC, granted":   {optOut, []string{decision(3, now, 1).Encode()}, "1", " b.example"},
		"opt-out, corrupt":        {optOut, []string{"garbage"}, "", ""},
		"opt-out, GPC says no 1":  {optOut, nil, "0", " a.example b.example c.example"},
		"opt-out, a new vendor":   {optOut, []string{decision(2, now).Encode()}, "", " c.example"},
		"the companion says more": {three(), []string{decision(3, now).Encode() + "; sekisho_allowed=.0.1.2."}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			request := httptest.NewRequest("GET", "/", nil)
			for _, value := range c.cookies {
				request.Header.Add("Cookie", "x=y; sekisho="+value)
			}
			if c.gpc != "" {
				request.Header.Set("Sec-GPC", c.gpc)
			}
			w := httptest.NewRecorder()
			page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "Text/HTML; charset=utf-8")
				_, _ = io.WriteString(w, "<!doctype html>")
			})
			printed(t, c.site).Handler(page, func() time.Time { return now }).ServeHTTP(w, request)
			if got := w.Header().Get("Content-Security-Policy"); got != base+c.want {
				t.Errorf("got  %s\nwant %s", got, base+c.want)
			}
			if got := w.Header().Values("Vary"); !slices.Equal(got, []string{"Cookie", "Sec-GPC"}) {
				t.Errorf("Vary: %q", got)
			}
		})
	}
}

func TestHandlerMarksPagesAndWorkers(t *testing.T) {
	for name, c := range map[string]struct {
		destination string
		page        http.HandlerFunc
		want        []string
	}{
		"a page":           {"document", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "text/html") }, []string{base}},
		"an XHTML page":    {"", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "application/xhtml+xml") }, []string{base}},
		"no type":          {"", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<p>") }, []string{base}},
		"an error":         {"", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }, []string{base}},
		"unchanged":        {"document", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) }, []string{base}},
		"a picture":        {"image", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "image/png") }, nil},
		"a script":         {"script", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "text/javascript") }, nil},
		"a worker":         {"worker", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "text/javascript") }, []string{base}},
		"a service worker": {"serviceworker", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Content-Type", "text/javascript") }, []string{base}},
		"a policy of its own": {"", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("Content-Security-Policy", "object-src 'none'")
		}, []string{"object-src 'none'", base}},
		"early hints": {"", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusEarlyHints)
			w.Header().Set("Content-Type", "image/png")
			w.WriteHeader(http.StatusOK)
		}, nil},
		"a page in pieces": {"", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.(http.Flusher).Flush()
			_, _ = io.WriteString(w, "<p>")
		}, []string{base}},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(printed(t, three()).Handler(c.page, time.Now))
			defer server.Close()
			request, err := http.NewRequest("GET", server.URL, nil)
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Sec-Fetch-Dest", c.destination)
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			if got := response.Header.Values("Content-Security-Policy"); !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

// TestHandlerHandsOverConnections to whatever speaks another protocol, be it by
// the old way or by http.ResponseController.
func TestHandlerHandsOverConnections(t *testing.T) {
	for name, hijack := range map[string]func(http.ResponseWriter) (net.Conn, *bufio.ReadWriter, error){
		"http.Hijacker": func(w http.ResponseWriter) (net.Conn, *bufio.ReadWriter, error) { return w.(http.Hijacker).Hijack() },
		"http.ResponseController": func(w http.ResponseWriter) (net.Conn, *bufio.ReadWriter, error) {
			return http.NewResponseController(w).Hijack()
		},
	} {
		t.Run(name, func(t *testing.T) {
			page := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				conn, _, err := hijack(w)
				if err != nil {
					t.Error(err)
					return
				}
				defer conn.Close()
				_, _ = io.WriteString(conn, "HTTP/1.1 204 Mine\r\n\r\n")
			})
			server := httptest.NewServer(printed(t, three()).Handler(page, time.Now))
			defer server.Close()
			response, err := http.Get(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			if response.Status != "204 Mine" || response.Header.Get("Content-Security-Policy") != "" {
				t.Errorf("%s, %v", response.Status, response.Header)
			}
		})
	}
}

func TestLoadRefuses(t *testing.T) {
	text, err := compose(t, three()).Server("json", Comments{})
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{
		"nothing":         "",
		"cut off":         text[:len(text)/2],
		"another file":    `{"key": "shop"}`,
		"a changed host":  strings.Replace(text, "b.example", "d.example", 1),
		"other months":    strings.Replace(text, `"expiryMonths": 6`, `"expiryMonths": 24`, 1),
		"another default": strings.Replace(text, `"opt-in"`, `"opt-out"`, 1),
		"other purposes":  strings.Replace(text, `"advertising"`, `"analytics"`, 1),
		"nobody's hosts":  strings.Replace(text, "\"vendors\": [\n        1\n      ]", `"vendors": []`, 1),
	} {
		if file == text {
			t.Fatalf("%s: the file is as it was", name)
		}
		if _, err := Load(strings.NewReader(file)); fault.KindOf(err) != fault.Malformed {
			t.Errorf("%s: %v", name, err)
		}
	}
	injected := compose(t, three())
	injected.Base = append(injected.Base, "a.example; script-src *")
	evil, _ := injected.Server("json", Comments{})
	if _, err := Load(bytes.NewBufferString(evil)); fault.KindOf(err) != fault.Malformed {
		t.Errorf("a source that ends the directive: %v", err)
	}
}
