package console

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// gap is a place for an argument in a text.
var gap = regexp.MustCompile(`%(\[\d\])?[sdq]`)

// TestWordsAreComplete: every text is there in both languages, with the same gaps.
func TestWordsAreComplete(t *testing.T) {
	if len(words) < 20 {
		t.Fatalf("%d texts", len(words))
	}
	for key, texts := range words {
		for _, lang := range languages {
			if strings.TrimSpace(texts[lang]) == "" {
				t.Errorf("%s: nothing in %s", key, lang)
			}
		}
		if len(texts) != len(languages) {
			t.Errorf("%s: in %d languages", key, len(texts))
		}
		ja, en := gap.FindAllString(texts["ja"], -1), gap.FindAllString(texts["en"], -1)
		slices.Sort(ja)
		slices.Sort(en)
		if !slices.Equal(ja, en) {
			t.Errorf("%s: gaps %v in ja, %v in en", key, ja, en)
		}
	}
}

// used is a key of a text in a template: T "sites.title".
var used = regexp.MustCompile(`\.T "([^"]+)"`)

// TestTemplatesSpeakWordsThatAreThere: and none is there that nothing speaks.
func TestTemplatesSpeakWordsThatAreThere(t *testing.T) {
	files, err := fs.Glob(htmlFiles, "html/*.html")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := fs.ReadFile(htmlFiles, file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range used.FindAllSubmatch(text, -1) {
			if key := string(m[1]); words[key] == nil {
				t.Errorf("%s: no text %q", file, key)
			}
		}
	}
	for name := range pages {
		if words[name+".title"] == nil && name != "problem" {
			t.Errorf("page %s has no title", name)
		}
	}
}
