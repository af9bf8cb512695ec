package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A policy is printed though what pages reported cannot be read.
func TestSnippetWithoutReports(t *testing.T) {
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/reports") {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, `{"revision":{"site":"shop","number":1,"document":{"key":"shop","policy":true,"default":"opt-in"}}}`)
	}))
	defer h.Close()
	code, out, words := sekisho("snippet", "--site", "shop", "--strict", "--server", h.URL, "--token", token, "--language", "en")
	if code != 0 || !strings.Contains(out, "/s/shop.js") || strings.Count(words, "\n") != 1 || !strings.Contains(words, "could not be read") {
		t.Errorf("exit %d: %s\n%s", code, out, words)
	}
}
