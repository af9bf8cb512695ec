package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sekisho/sekisho/server/discovery"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/web"
)

const reportsPath = "/v1/sites/shop/reports"

const unknownImage = `{"findings":[{"what":"unknown","kind":"img","host":"pixel.tracker.example"}]}`

// names are the counters of the day on which the tests take place.
func (v *env) names() string {
	return strings.Join(slices.Sorted(maps.Keys(v.reports.counters["2026-11-21"])), ", ")
}

func TestReportStatuses(t *testing.T) {
	finding := func(what, kind, host, rest string) string {
		return fmt.Sprintf(`{"findings":[{"what":%q,"kind":%q,"host":%q%s}]}`, what, kind, host, rest)
	}
	many := func(n int) string {
		return `{"findings":[` + strings.Repeat(`{"what":"unknown","kind":"img","host":"a.example"},`, n-1) + `{"what":"unknown","kind":"img","host":"a.example"}]}`
	}
	for name, tc := range map[string]struct {
		path    string
		body    string
		headers []string
		prepare func(*env)
		status  int
		part    string // of the answer
		stored  string // names of counters
	}{
		"json":                   {body: unknownImage, headers: []string{"Origin", origin}, status: 204, stored: "unknown img pixel.tracker.example - 0.1"},
		"text of a closing page": {body: unknownImage, headers: []string{"Content-Type", "text/plain;charset=UTF-8", "Origin", origin}, status: 204, stored: "unknown img pixel.tracker.example - 0.1"},
		"no origin":              {body: unknownImage, status: 204, stored: "unknown img pixel.tracker.example - 0.1"},
		"ahead":                  {body: finding("ahead", "script", "static.criteo.net", `,"vendor":"criteo"`), status: 204, stored: "ahead script static.criteo.net criteo 0.1"},
		"held":                   {body: finding("held", "fetch", "x.example", `,"vendor":"meta-pixel"`), status: 204, stored: "held fetch x.example meta-pixel 0.1"},
		"said twice":             {body: many(30), status: 204, stored: "unknown img a.example - 0.1"},
		"the site's sample":      {body: unknownImage, prepare: func(v *env) { v.live().ReportSample = new(0.5) }, status: 204, stored: "unknown img pixel.tracker.example - 0.5"},
		"nothing is to be sent":  {body: unknownImage, prepare: func(v *env) { v.live().ReportSample = new(0.0) }, status: 204},
		"paused":                 {body: unknownImage, prepare: func(v *env) { v.live().Paused = true }, status: 204},
		"no such kind":           {body: finding("unknown", "/u/42 x", "x.example", ""), status: 204, stored: "unknown other x.example - 0.1"},
		"no kind":                {body: finding("unknown", "", "x.example", ""), status: 204, stored: "unknown other x.example - 0.1"},
		"a browser's word":       {body: finding("unknown", "xmlhttprequest", "x.example", ""), status: 204, stored: "unknown xhr x.example - 0.1"},
		"a policy's word":        {body: finding("unknown", "style-src-elem", "x.example", ""), status: 204, stored: "unknown link x.example - 0.1"},
		// What a page cannot know better is left out in silence.
		"own origin":          {body: finding("unknown", "img", "shop.example.jp", ""), status: 204},
		"below an own origin": {body: finding("unknown", "img", "img.www.example.jp", ""), status: 204},
		"own host":            {body: finding("unknown", "img", "a.cdn.example", ""), prepare: func(v *env) { v.live().Hosts = []string{"cdn.example"} }, status: 204},
		"the service":         {body: finding("unknown", "img", "consent.example.jp", ""), status: 204},
		"beside the service":  {body: finding("unknown", "img", "notconsent.example.jp", ""), status: 204, stored: "unknown img notconsent.example.jp - 0.1"},
		"IPv4":                {body: finding("unknown", "img", "198.51.100.7", ""), status: 204},
		"a number":            {body: finding("unknown", "img", "example.7", ""), status: 204},
		"public suffix":       {body: finding("unknown", "img", "co.jp", ""), status: 204},
		"private suffix":      {body: finding("unknown", "img", "cloudfront.net", ""), status: 204},
		"one label":           {body: finding("unknown", "img", "localhost", ""), status: 204},
		"a stranger's vendor": {body: finding("ahead", "img", "x.example", `,"vendor":"nobody"`), status: 204},
		// What no page of ours says is refused.
		"cut":             {body: unknownImage[:30], status: 400, part: "/problems/malformed"},
		"a path":          {body: finding("unknown", "img", "x.example", `,"path":"/u/42"`), status: 400, part: "/findings/0/path"},
		"a visitor":       {body: `{"visitor":"` + visitor + `","findings":[]}`, status: 400, part: "/visitor"},
		"a page":          {body: `{"page":"/cart","findings":[]}`, status: 400, part: "/page"},
		"foreign origin":  {body: unknownImage, headers: []string{"Origin", "https://evil.example"}, status: 403, part: "/problems/forbidden"},
		"null origin":     {body: unknownImage, headers: []string{"Origin", "null"}, status: 403},
		"unknown site":    {path: "/v1/sites/other/reports", body: unknownImage, status: 404},
		"too large":       {body: strings.Replace(unknownImage, "pixel", strings.Repeat("x", 4<<10), 1), status: 413, part: "/problems/too-large"},
		"form":            {body: unknownImage, headers: []string{"Content-Type", "application/x-www-form-urlencoded"}, status: 415},
		"gzip":            {body: unknownImage, headers: []string{"Content-Encoding", "gzip"}, status: 415},
		"empty":           {body: `{"findings":[]}`, status: 422, part: `{"path":"/findings"`},
		"none":            {body: `{}`, status: 422, part: `{"path":"/findings"`},
		"too many":        {body: many(31), status: 422, part: `{"path":"/findings"`},
		"no such what":    {body: finding("other", "img", "x.example", ""), status: 422, part: `{"path":"/findings/0/what"`},
		"upper case":      {body: finding("unknown", "img", "X.example", ""), status: 422, part: `{"path":"/findings/0/host"`},
		"a port":          {body: finding("unknown", "img", "x.example:8443", ""), status: 422},
		"an address":      {body: finding("unknown", "img", "https://x.example/p?id=1", ""), status: 422},
		"a final dot":     {body: finding("unknown", "img", "x.example.", ""), status: 422},
		"IPv6":            {body: finding("unknown", "img", "[2001:db8::1]", ""), status: 422},
		"no LDH":          {body: finding("unknown", "img", "x_y.example", ""), status: 422},
		"a hyphen's end":  {body: finding("unknown", "img", "-x.example", ""), status: 422},
		"kanji":           {body: finding("unknown", "img", "例え.example", ""), status: 422},
		"no host":         {body: finding("unknown", "img", "", ""), status: 422},
		"a space":         {body: finding("unknown", "img", "x.example y", ""), status: 422},
		"long":            {body: finding("unknown", "img", strings.Repeat("a.", 124)+"example", ""), status: 422},
		"unknown's owner": {body: finding("unknown", "img", "x.example", `,"vendor":"criteo"`), status: 422, part: `{"path":"/findings/0/vendor"`},
		"nobody's tag":    {body: finding("ahead", "img", "x.example", ""), status: 422, part: `{"path":"/findings/0/vendor"`},
		"not a text":      {body: `{"findings":[{"what":"unknown","kind":"img","host":7}]}`, status: 422, part: `{"path":"/findings/0/host"`},
		"store away":      {body: unknownImage, prepare: func(v *env) { v.reports.err = fault.New(fault.Unavailable, "the store is away") }, status: 503},
	} {
		t.Run(name, func(t *testing.T) {
			v := newEnv(t)
			if tc.prepare != nil {
				tc.prepare(v)
			}
			path := reportsPath
			if tc.path != "" {
				path = tc.path
			}
			w := v.do("POST", path, tc.body, tc.headers...)
			if w.Code != tc.status || !strings.Contains(w.Body.String(), tc.part) || v.names() != tc.stored {
				t.Fatalf("%d %s, stored %q; want %d with %s, stored %q", w.Code, w.Body, v.names(), tc.status, tc.part, tc.stored)
			}
			h := w.Header()
			if w.Code >= 400 && h.Get("Content-Type") != "application/problem+json" || w.Code == 503 && h.Get("Retry-After") == "" {
				t.Errorf("headers %v", h)
			}
			if h.Get("Cache-Control") != "no-store" || len(h.Values("Set-Cookie")) > 0 {
				t.Errorf("headers %v", h)
			}
		})
	}
}

// TestReports: what was reported comes back with estimates, for whoever has the token.
func TestReports(t *testing.T) {
	v := newEnv(t)
	bearer := []string{"Authorization", "Bearer " + token}
	get := func(query string) (r Reports) {
		t.Helper()
		w := v.do("GET", reportsPath+query, "", bearer...)
		if err := json.Unmarshal(w.Body.Bytes(), &r); w.Code != 200 || err != nil {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		return r
	}
	if w := v.do("GET", reportsPath, "", bearer...); w.Body.String() != `{"site":"shop","days":30,"figures":[]}`+"\n" {
		t.Errorf("nothing reported: %s", w.Body)
	}
	for range 3 {
		v.do("POST", reportsPath, unknownImage)
	}
	v.live().ReportSample = new(0.5)
	v.do("POST", reportsPath, unknownImage)
	v.now = v.now.AddDate(0, 0, 2)
	v.do("POST", reportsPath, strings.Replace(unknownImage, "img", "script", 1))
	image := discovery.Figure{Finding: discovery.Finding{What: discovery.Unknown, Kind: "img", Host: "pixel.tracker.example"},
		Count: 4, Estimate: 32, Days: 1, FirstSeen: "2026-11-21", LastSeen: "2026-11-21"}
	script := discovery.Figure{Finding: discovery.Finding{What: discovery.Unknown, Kind: "script", Host: "pixel.tracker.example"},
		Count: 1, Estimate: 2, Days: 1, FirstSeen: "2026-11-23", LastSeen: "2026-11-23"}
	if got := get(""); !slices.Equal(got.Figures, []discovery.Figure{image, script}) || got.Days != 30 {
		t.Errorf("%+v", got)
	}
	if got := get("?days=2"); !slices.Equal(got.Figures, []discovery.Figure{script}) || got.Days != 2 {
		t.Errorf("%+v", got)
	}
	for query, status := range map[string]int{"?days=0": 400, "?days=91": 400, "?days=x": 400, "?days=1.5": 400, "?days=90": 200} {
		if w := v.do("GET", reportsPath+query, "", bearer...); w.Code != status {
			t.Errorf("%s: %d", query, w.Code)
		}
	}
	if w := v.do("GET", reportsPath, ""); w.Code != 403 {
		t.Errorf("without a token: %d", w.Code)
	}
	if w := v.do("GET", "/v1/sites/other/reports", "", bearer...); w.Code != 404 {
		t.Errorf("an unknown site: %d", w.Code)
	}
	v.reports.err = fault.New(fault.Unavailable, "the store is away")
	if w := v.do("GET", reportsPath, "", bearer...); w.Code != 503 {
		t.Errorf("the store is away: %d", w.Code)
	}
}

// TestReportsHaveAnEnd: whoever makes findings up keeps nobody from reading the frequent ones.
func TestReportsHaveAnEnd(t *testing.T) {
	v := newEnv(t)
	for range 2 {
		v.do("POST", reportsPath, unknownImage)
	}
	for day := range 3 {
		v.now = v.now.AddDate(0, 0, 1)
		for i := range 400 {
			v.do("POST", reportsPath, strings.Replace(unknownImage, "pixel", fmt.Sprintf("x%d-%d", day, i), 1))
		}
	}
	w := v.do("GET", reportsPath, "", "Authorization", "Bearer "+token)
	var r Reports
	if err := json.Unmarshal(w.Body.Bytes(), &r); err != nil || len(r.Figures) != 1000 || r.LeftOut != 201 || r.Figures[0].Host != "pixel.tracker.example" {
		t.Errorf("%v, %d figures, %d left out", err, len(r.Figures), r.LeftOut)
	}
}

// FuzzReport: whatever is posted, the answer is one of the contract's, what is
// refused is not counted, and what is counted can be read again as it was.
func FuzzReport(f *testing.F) {
	f.Add(unknownImage)
	f.Add(`{"findings":[{"what":"ahead","kind":"link","host":"static.criteo.net","vendor":"criteo"}]}`)
	f.Add(`{"findings":[{"what":"unknown","kind":"img","host":"xn--r8jz45g.jp"},{"what":"held","kind":"other","host":"a.b.c","vendor":"-"}]}`)
	v := newEnv(nil)
	f.Fuzz(func(t *testing.T, body string) {
		clear(v.reports.counters)
		w := v.do("POST", reportsPath, body)
		switch w.Code {
		case 204:
		case 400, 413, 422:
			var p web.Problem
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Status != w.Code {
				t.Errorf("%s, %v", w.Body, err)
			}
			if v.names() != "" {
				t.Errorf("%d, but counted: %q", w.Code, body)
			}
		default:
			t.Errorf("%d for %q: %s", w.Code, body, w.Body)
		}
		figures, err := v.api.Discovery.Figures(t.Context(), "shop", v.now.Add(-time.Hour))
		if err != nil || len(figures) != len(v.reports.counters["2026-11-21"]) {
			t.Errorf("%q came back as %v, %v", v.names(), figures, err)
		}
	})
}
