package web

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestHealth(t *testing.T) {
	var away error
	asked := 0
	clock := newClock()
	h := NewHealth(clock.now,
		Check{"store", func(context.Context) ([]string, error) { asked++; return []string{"durability"}, away }},
		Check{"script", func(context.Context) ([]string, error) { return nil, nil }},
	)
	e, log := testEcho(t, nil)
	e.GET("/healthz", h.Alive)
	e.GET("/readyz", h.Ready)
	expect := func(path string, status int, part string) {
		t.Helper()
		if w := do(e, httptest.NewRequest("GET", path, nil)); w.Code != status || !strings.Contains(w.Body.String(), part) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	for range 100 {
		expect("/readyz", 200, `{"status":"ready","degraded":["durability"]}`)
	}
	if asked != 1 {
		t.Errorf("the store was asked %d times in one moment", asked)
	}
	away = errors.New("dial tcp 10.0.0.1: refused")
	clock.move(checkAge)
	expect("/readyz", 503, "not ready: store")
	expect("/healthz", 200, "alive")
	if !strings.Contains(log.String(), "10.0.0.1") {
		t.Error("the cause is not in the log")
	}
	away = nil
	clock.move(checkAge)
	expect("/readyz", 200, "ready")
	h.Drain()
	expect("/readyz", 503, "shutting down")
	expect("/healthz", 200, "alive")
}
