package api

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/sekisho/sekisho/server/fault"
)

func TestReadingAndErasing(t *testing.T) {
	v := newEnv(t)
	v.do("POST", post, decision(nil), "Origin", origin)
	expect := func(method, path string, status int, parts ...string) {
		t.Helper()
		w := v.do(method, path, "")
		if w.Code != status || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s %s: %d %v %s", method, path, w.Code, w.Header(), w.Body)
		}
		for _, part := range parts {
			if !strings.Contains(w.Body.String(), part) {
				t.Errorf("%s %s: %s lacks %s", method, path, w.Body, part)
			}
		}
	}
	expect("GET", visitorPath, 200, `{"vendor":"criteo","consent":"granted","basis":"choice","allowed":true}`, `{"vendor":"our-cdn","consent":"granted","basis":"necessary","allowed":true}`, `"revision":2`)
	expect("GET", visitorPath+"/vendors/criteo", 200, `"consent":"granted"`)
	expect("GET", visitorPath+"/vendors/meta-pixel", 200, `"consent":"denied"`)
	expect("GET", visitorPath+"/vendors/nobody", 404)
	expect("GET", visitorPath+"/decisions", 200, `"decisions":[{"id":"01935000-0000-7000-8000-000000000001"`, `"receipt":{"version":1`, `"origin":"https://www.example.jp"`)
	expect("DELETE", visitorPath, 204)
	expect("GET", visitorPath, 404)
	expect("GET", visitorPath+"/decisions", 404)
	expect("GET", visitorPath+"/vendors/criteo", 200, `"consent":"unasked"`, `"allowed":false`)
	expect("GET", visitorPath+"/vendors/our-cdn", 200, `"consent":"granted"`)
	expect("DELETE", visitorPath, 204)
}

func TestIdsInAddresses(t *testing.T) {
	for _, id := range []string{
		"x", "0", "..", "%2e%2e", "6f9619ff8b864011b42d00c04fc964ff", "{6f9619ff-8b86-4011-b42d-00c04fc964ff}",
		"urn:uuid:6f9619ff-8b86-4011-b42d-00c04fc964ff", "6f9619ff-8b86-4011-b42d-00c04fc964fg", "6f9619ff-8b86-4011-b42d-00c04fc964ff%00", "'%20OR%201=1--",
		strings.Repeat("a", 4000), "6f9619ff_8b86_4011_b42d_00c04fc964ff",
	} {
		for _, tc := range []struct{ method, tail string }{{"GET", ""}, {"GET", "/decisions"}, {"GET", "/vendors/criteo"}, {"DELETE", ""}} {
			v := newEnv(t)
			if w := v.do(tc.method, "/v1/sites/shop/visitors/"+id+tc.tail, ""); w.Code != 400 || v.store.writes != 0 {
				t.Errorf("%s %.60s%s: %d", tc.method, id, tc.tail, w.Code)
			}
		}
	}
}

func TestVisitorStatuses(t *testing.T) {
	for _, tc := range []struct{ method, tail string }{{"GET", ""}, {"GET", "/decisions"}, {"GET", "/vendors/criteo"}, {"DELETE", ""}} {
		v := newEnv(t)
		if w := v.do(tc.method, "/v1/sites/other/visitors/"+visitor+tc.tail, ""); w.Code != 404 {
			t.Errorf("%s %s of an unknown site: %d", tc.method, tc.tail, w.Code)
		}
		v.store.err = fault.New(fault.Unavailable, "the store is away")
		if w := v.do(tc.method, visitorPath+tc.tail, ""); w.Code != 503 || w.Header().Get("Retry-After") == "" {
			t.Errorf("%s %s without store: %d", tc.method, tc.tail, w.Code)
		}
	}
	v := newEnv(t)
	v.keys.err = fault.New(fault.Unavailable, "the store is away")
	if w := v.do("GET", "/v1/receipt-key", ""); w.Code != 503 {
		t.Errorf("receipt key without store: %d", w.Code)
	}
}

func TestHistoryReceiptsAreTheOriginalOnes(t *testing.T) {
	v := newEnv(t)
	var recorded Recorded
	if err := json.Unmarshal(v.do("POST", post, decision(nil)).Body.Bytes(), &recorded); err != nil {
		t.Fatal(err)
	}
	var history History
	if err := json.Unmarshal(v.do("GET", visitorPath+"/decisions", "").Body.Bytes(), &history); err != nil {
		t.Fatal(err)
	}
	if len(history.Decisions) != 1 || history.Decisions[0].Receipt.Signature != recorded.Receipt.Signature {
		t.Errorf("%+v", history)
	}
}
