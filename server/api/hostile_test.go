package api

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/sekisho/sekisho/server/web"
)

// TestHostileBodies posts every file of testdata/hostile, whose names begin
// with the status that they get, from a page of the site. None is stored.
func TestHostileBodies(t *testing.T) {
	files, err := filepath.Glob("testdata/hostile/*.json")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	v := newEnv(t)
	if w := v.do("POST", post, decision(set("id", "01935000-0000-7000-8000-0000000000ff"))); w.Code != 201 {
		t.Fatalf("the harness refuses a sound decision: %d", w.Code)
	}
	before, states := v.store.writes, maps.Clone(v.store.states)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		prefix, _, _ := strings.Cut(name, "-")
		want, err := strconv.Atoi(prefix)
		if err != nil {
			t.Fatalf("%s names no status", file)
		}
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, contentType := range []string{"application/json", "text/plain;charset=UTF-8"} {
			w := v.do("POST", post, string(body), "Content-Type", contentType, "Origin", origin)
			if w.Code != want {
				t.Errorf("%s as %s: %d %s", name, contentType, w.Code, w.Body)
			}
			var p web.Problem
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Status != w.Code || (w.Code == 422) != (len(p.Errors) > 0) {
				t.Errorf("%s: no problem document: %s", name, w.Body)
			}
			if w.Body.Len() > 16<<10 {
				t.Errorf("%s: answered with %d bytes", name, w.Body.Len())
			}
		}
	}
	if v.store.writes != before || len(v.store.states) != len(states) {
		t.Errorf("something was stored: %d writes", v.store.writes-before)
	}
}
