package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sekisho/sekisho/server/discovery"
	"github.com/sekisho/sekisho/server/site"
)

// What a service leaves out is said.
func TestDiscoveredLeavesOut(t *testing.T) {
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/reports") {
			fmt.Fprint(w, `{"site":"shop","days":30,"figures":[{"what":"unknown","kind":"img","host":"x.example"}],"leftOut":7}`)
			return
		}
		fmt.Fprint(w, `{"revision":{"site":"shop","number":1,"document":{"key":"shop"}}}`)
	}))
	defer h.Close()
	t.Setenv("LANG", "en_GB.UTF-8")
	if code, out, words := sekisho("discovered", "--site", "shop", "--server", h.URL, "--token", token); code != 0 || !strings.Contains(out, "x.example") || words != "7 figures that are less frequent are left out\n" {
		t.Errorf("exit %d: %s\n%s", code, out, words)
	}
}

// Of a store everything is printed: its own limit is that of a day.
func TestDiscoveredOfAStoreIsWhole(t *testing.T) {
	dir := t.TempDir()
	address, file := "embedded:"+filepath.Join(dir, "db"), filepath.Join(dir, "shop.json")
	doc := `{"key":"shop","name":{"ja":"例の店"},"origins":["https://www.example.jp"],"languages":["ja"],"vendors":[{"id":"criteo"}],
		"notice":{"controller":{"ja":"例株式会社"},"contact":{"email":"privacy@example.jp"}}}`
	if err := os.WriteFile(file, []byte(doc), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, words := sekisho("site", "apply", "-f", file, "--publish", "--store", address); code != 0 {
		t.Fatal(words)
	}
	store, err := openStore(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	const days = 3
	for day := range days {
		now := func() time.Time { return time.Now().AddDate(0, 0, -day) }
		recorder := discovery.Recorder{Reader: discovery.Reader{Store: store, Now: now}, Sites: site.New(store, site.Rules{}, time.Now)}
		for host := 0; host < discovery.MaxFigures; {
			var findings []discovery.Finding
			for ; host < discovery.MaxFigures && len(findings) < discovery.MaxFindings; host++ {
				findings = append(findings, discovery.Finding{What: discovery.Unknown, Kind: "img", Host: fmt.Sprintf("h%d-%d.example", day, host)})
			}
			if err := recorder.Record(t.Context(), "shop", findings); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	code, out, words := sekisho("discovered", "--site", "shop", "--store", address)
	if lines := strings.Count(out, "\n"); code != 0 || lines != 1+days*discovery.MaxFigures || words != "" {
		t.Errorf("exit %d, %d lines: %s", code, lines, words)
	}
}
