package api

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/sekisho/sekisho/server/consent"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/web"
)

const post = "/v1/sites/shop/decisions"

func TestDecisionStatuses(t *testing.T) {
	for name, tc := range map[string]struct {
		path    string
		body    string
		headers []string
		prepare func(*env)
		status  int
		part    string // of the answer
		stored  bool
	}{
		"json":                    {body: decision(nil), headers: []string{"Origin", origin}, status: 201, part: `"recordedAt":"2026-11-21T09:00:00.123Z"`, stored: true},
		"text of a closing page":  {body: decision(nil), headers: []string{"Content-Type", "text/plain;charset=UTF-8", "Origin", origin}, status: 201, part: `"receipt"`, stored: true},
		"second origin":           {body: decision(nil), headers: []string{"Origin", "https://shop.example.jp"}, status: 201, stored: true},
		"no origin":               {body: decision(nil), status: 201, stored: true},
		"an older revision":       {body: decision(func(d map[string]any) { d["revision"], d["denied"] = 1, []string{"meta-pixel"} }), status: 201, stored: true},
		"one vendor alone":        {body: decision(func(d map[string]any) { d["granted"], d["denied"] = []string{}, []string{"criteo"} }), status: 201, stored: true},
		"no denied at all":        {body: decision(drop("denied")), status: 201, stored: true},
		"no page":                 {body: decision(drop("page")), status: 201, stored: true},
		"clock of 2031":           {body: decision(set("at", "2031-01-01T00:00:00Z")), status: 201, stored: true},
		"cut":                     {body: decision(nil)[:100], status: 400, part: "/problems/malformed"},
		"unknown key":             {body: decision(set("ip", "198.51.100.7")), status: 400, part: "/ip"},
		"foreign origin":          {body: decision(nil), headers: []string{"Origin", "https://evil.example"}, status: 403, part: "/problems/forbidden"},
		"null origin":             {body: decision(nil), headers: []string{"Origin", "null"}, status: 403},
		"http in place of https":  {body: decision(nil), headers: []string{"Origin", "http://www.example.jp"}, status: 403},
		"suffix":                  {body: decision(nil), headers: []string{"Origin", "https://www.example.jp.evil.example"}, status: 403},
		"other port":              {body: decision(nil), headers: []string{"Origin", "https://www.example.jp:8443"}, status: 403},
		"two origins":             {body: decision(nil), headers: []string{"Origin", origin, "Origin", "https://evil.example"}, status: 403},
		"foreign, before reading": {body: "x", headers: []string{"Origin", "https://evil.example"}, status: 403},
		"unknown site":            {path: "/v1/sites/other/decisions", body: decision(nil), status: 404, part: "/problems/not-found"},
		"unpublished revision":    {body: decision(set("revision", 3)), status: 409, part: "/problems/conflict"},
		"future revision":         {body: decision(set("revision", 2000000000)), status: 409},
		"revision 0":              {body: decision(set("revision", 0)), status: 409},
		"negative revision":       {body: decision(set("revision", -1)), status: 409},
		"too large":               {body: decision(set("page", "/"+strings.Repeat("x", 16<<10))), status: 413, part: "/problems/too-large"},
		"form":                    {body: decision(nil), headers: []string{"Content-Type", "application/x-www-form-urlencoded"}, status: 415, part: "/problems/unsupported"},
		"no type":                 {body: decision(nil), headers: []string{"Content-Type", ""}, status: 415},
		"gzip":                    {body: decision(nil), headers: []string{"Content-Encoding", "gzip"}, status: 415},
		"UUIDv4 as id":            {body: decision(set("id", visitor)), status: 422, part: `{"path":"/id"`},
		"UUIDv7 as visitor":       {body: decision(set("visitor", "01935000-0000-7000-8000-000000000001")), status: 422, part: `{"path":"/visitor"`},
		"nothing decided":         {body: decision(func(d map[string]any) { d["granted"], d["denied"] = []string{}, []string{} }), status: 422, part: `{"path":"/granted"`},
		"unasked vendor":          {body: decision(func(d map[string]any) { d["revision"], d["denied"] = 1, []string{"microsoft-clarity"} }), status: 422, part: `{"path":"/denied/0"`},
		"necessary vendor":        {body: decision(set("granted", []string{"our-cdn"})), status: 422, part: `{"path":"/granted/0"`},
		"store away":              {body: decision(nil), prepare: func(v *env) { v.store.err = fault.New(fault.Unavailable, "the store is away") }, status: 503, part: "/problems/unavailable"},
		"keys away":               {body: decision(nil), prepare: func(v *env) { v.keys.err = fault.New(fault.Unavailable, "the store is away") }, status: 503},
		"sites away":              {body: decision(nil), prepare: func(v *env) { v.sites.away = true }, status: 503},
	} {
		t.Run(name, func(t *testing.T) {
			v := newEnv(t)
			if tc.prepare != nil {
				tc.prepare(v)
			}
			path := post
			if tc.path != "" {
				path = tc.path
			}
			w := v.do("POST", path, tc.body, tc.headers...)
			if w.Code != tc.status || !strings.Contains(w.Body.String(), tc.part) {
				t.Fatalf("%d %s; want %d with %s", w.Code, w.Body, tc.status, tc.part)
			}
			if stored := v.store.writes > 0; stored != tc.stored {
				t.Errorf("stored: %v", stored)
			}
			h := w.Header()
			if w.Code >= 400 && h.Get("Content-Type") != "application/problem+json" || w.Code == 503 && h.Get("Retry-After") == "" {
				t.Errorf("headers %v", h)
			}
			if h.Get("Cache-Control") != "no-store" || h.Get("X-Content-Type-Options") != "nosniff" || len(h.Values("Set-Cookie")) > 0 {
				t.Errorf("headers %v", h)
			}
		})
	}
}

func TestTheSameIdAgain(t *testing.T) {
	v := newEnv(t)
	first := v.do("POST", post, decision(nil))
	v.now = v.now.AddDate(0, 0, 1)
	again := v.do("POST", post, decision(nil))
	if first.Code != 201 || again.Code != 200 || first.Body.String() != again.Body.String() || v.store.writes != 1 {
		t.Errorf("%d %s\n%d %s", first.Code, first.Body, again.Code, again.Body)
	}
}

func TestReceiptVerifies(t *testing.T) {
	v := newEnv(t)
	var answer Recorded
	if err := json.Unmarshal(v.do("POST", post, decision(nil)).Body.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	key, err := v.api.Receipts.PublicKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Receipt.Verify(key); err != nil {
		t.Error(err)
	}
	var jwk JWK
	if err := json.Unmarshal(v.do("GET", "/v1/receipt-key", "").Body.Bytes(), &jwk); err != nil || jwk.ID != answer.Receipt.Signature.KeyID {
		t.Errorf("key %+v, receipt of %q: %v", jwk, answer.Receipt.Signature.KeyID, err)
	}
}

func TestOriginIsRecorded(t *testing.T) {
	v := newEnv(t)
	v.do("POST", post, decision(nil), "Origin", origin)
	v.do("POST", post, decision(set("id", "01935000-0000-7000-8000-000000000002")))
	for _, entries := range v.store.entries {
		if entries[0].Origin != origin || entries[1].Origin != "" {
			t.Errorf("origins %q and %q", entries[0].Origin, entries[1].Origin)
		}
	}
}

// TestTenMegabytes posts a body that never ends, in chunks.
func TestTenMegabytes(t *testing.T) {
	v := newEnv(t)
	body := &counted{left: 10 << 20}
	r := httptest.NewRequest("POST", post, body)
	r.ContentLength = -1
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	v.echo.ServeHTTP(w, r)
	if w.Code != 413 || v.store.writes != 0 || body.read > 64<<10 {
		t.Errorf("%d after %d bytes", w.Code, body.read)
	}
}

type counted struct{ left, read int }

func (c *counted) Read(p []byte) (int, error) {
	n := copy(p, strings.Repeat(" ", min(len(p), c.left)))
	c.left, c.read = c.left-n, c.read+n
	return n, nil
}

// FuzzDecision: whatever is posted, the answer is one of the contract's and
// what is refused is not stored.
func FuzzDecision(f *testing.F) {
	f.Add(decision(nil))
	f.Add(decision(set("at", "")))
	f.Add(`{"id":"x","visitor":"","sequence":0,"revision":1e3}`)
	v := newEnv(nil)
	f.Fuzz(func(t *testing.T, body string) {
		before := v.store.writes
		w := v.do("POST", post, body)
		switch w.Code {
		case 201:
		case 200, 400, 409, 413, 422:
			if v.store.writes != before {
				t.Errorf("%d, but stored: %q", w.Code, body)
			}
		default:
			t.Errorf("%d for %q: %s", w.Code, body, w.Body)
		}
		if w.Code >= 400 {
			var p web.Problem
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Status != w.Code {
				t.Errorf("%s, %v", w.Body, err)
			}
		}
	})
}

var _ consent.Store = (*fakeStore)(nil)
