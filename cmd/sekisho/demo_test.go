package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

func TestDemoURL(t *testing.T) {
	for addr, want := range map[string]string{
		"127.0.0.1:8080": "http://127.0.0.1:8080",
		":9000":          "http://127.0.0.1:9000",
		"0.0.0.0:9000":   "http://127.0.0.1:9000",
		"[::]:9000":      "http://127.0.0.1:9000",
		"localhost:9000": "http://127.0.0.1:9000",
		"[::1]:9000":     "http://[::1]:9000",
		"127.0.0.1:80":   "http://127.0.0.1",
		"[::1]:80":       "http://[::1]",
		"192.168.0.7:80": "",
		"shop.example:1": "",
		"127.0.0.1":      "",
		"127.0.0.1:0":    "",
	} {
		got, err := demoURL(addr)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v", addr, got, err)
		}
	}
}

func TestDemoHonoursGPC(t *testing.T) {
	h := withGPC(http.NotFoundHandler(), time.Date(2026, 11, 21, 23, 30, 0, 0, time.FixedZone("JST", 9*60*60)))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/.well-known/gpc.json", nil))
	var file struct {
		GPC        bool
		LastUpdate string
	}
	if err := json.Unmarshal(w.Body.Bytes(), &file); err != nil || !file.GPC || file.LastUpdate != "2026-11-21" || w.Header().Get("Content-Type") != "application/json" {
		t.Errorf("%v %s %s", err, w.Header(), w.Body)
	}
	w = httptest.NewRecorder()
	if h.ServeHTTP(w, httptest.NewRequest("GET", "/other", nil)); w.Code != http.StatusNotFound {
		t.Errorf("all else is the service's: %d", w.Code)
	}
}
