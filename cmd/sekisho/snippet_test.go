package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
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
