package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/sekisho/sekisho/server/discovery"
	"github.com/sekisho/sekisho/server/policy"
)

// Where an owner chooses, the figures are those that were measured.
func TestWaysAreAsMeasured(t *testing.T) {
	table, err := os.ReadFile("../../widget/README.md")
	if err != nil {
		t.Fatal(err)
	}
	m := measured
	want := fmt.Sprintf("| **no request** | %d | %d | %d | %d | %d | %d | %d |", m.all, m.tag, m.sealed, m.sealedPolicy, m.marked, m.strict, m.header)
	if !strings.Contains(string(table), want) {
		t.Errorf("widget/README.md lacks %s: bring `measured` of snippet_words.go up to the table", want)
	}
	for lang, text := range ways {
		if !strings.Contains(text, fmt.Sprint(m.strict)) || strings.Contains(text, "%!") {
			t.Errorf("%s: %s", lang, text)
		}
	}
}

// Owners are told of vendors on their own hosts, and of no more unknown hosts than anybody reads.
func TestSnippetTells(t *testing.T) {
	var figures []discovery.Figure
	for i := range 50 {
		figures = append(figures, discovery.Figure{Finding: discovery.Finding{What: discovery.Unknown, Host: fmt.Sprintf("h%d.example", i)}, Estimate: 1})
	}
	for lang, words := range say {
		var b strings.Builder
		new(SnippetCmd).tell(&b, &policy.Policy{Ours: []policy.Note{{Source: "*.example.jp", Vendors: []string{"criteo"}}}}, figures, words)
		lines := strings.Split(strings.TrimSpace(b.String()), "\n")
		if len(lines) != 21 || !strings.Contains(lines[0], "*.example.jp") || !strings.Contains(lines[0], "criteo") || strings.Contains(b.String(), "%!") {
			t.Errorf("%s: %s", lang, b.String())
		}
	}
}

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
