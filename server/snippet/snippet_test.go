package snippet

import (
	"fmt"
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
	m := Measured
	want := fmt.Sprintf("| **no request** | %d | %d | %d | %d | %d | %d | %d |", m.All, m.Tag, m.Sealed, m.SealedPolicy, m.Marked, m.Strict, m.Header)
	if !strings.Contains(string(table), want) {
		t.Errorf("widget/README.md lacks %s: bring `Measured` of ways.go up to the table", want)
	}
	for lang, text := range Ways {
		if !strings.Contains(text, fmt.Sprint(m.Strict)) || strings.Contains(text, "%!") {
			t.Errorf("%s: %s", lang, text)
		}
	}
}

// Owners are told of vendors on their own hosts, and of no more unknown hosts than anybody reads.
func TestNotes(t *testing.T) {
	var figures []discovery.Figure
	for i := range 50 {
		figures = append(figures, discovery.Figure{Finding: discovery.Finding{What: discovery.Unknown, Host: fmt.Sprintf("h%d.example", i)}, Estimate: 1})
	}
	for lang := range say {
		lines := Notes(&policy.Policy{Ours: []policy.Note{{Source: "*.example.jp", Vendors: []string{"criteo"}}}}, figures, 30, lang)
		if len(lines) != 21 || !strings.Contains(lines[0], "*.example.jp") || !strings.Contains(lines[0], "criteo") || strings.Contains(strings.Join(lines, "\n"), "%!") {
			t.Errorf("%s: %s", lang, lines)
		}
	}
}
