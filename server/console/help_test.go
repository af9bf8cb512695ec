package console

import (
	"io/fs"
	"regexp"
	"slices"
	"testing"
)

// linked is a link of a template to a page of the manual.
var linked = regexp.MustCompile(`"help" dict "Page" "([^"]+)"`)

// TestManualIsComplete: the same pages in both languages, and each that is linked to.
func TestManualIsComplete(t *testing.T) {
	names := map[string][]string{}
	for _, lang := range languages {
		for _, p := range manual[lang] {
			if p.Title == "" || len(p.Body) < 40 {
				t.Errorf("%s/%s is empty", lang, p.Name)
			}
			names[lang] = append(names[lang], p.Name)
		}
	}
	if !slices.Equal(names["ja"], names["en"]) || len(names["ja"]) == 0 {
		t.Errorf("pages %v in ja, %v in en", names["ja"], names["en"])
	}
	files, err := fs.Glob(htmlFiles, "html/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := fs.ReadFile(htmlFiles, file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range linked.FindAllSubmatch(text, -1) {
			if !slices.Contains(names["ja"], string(m[1])) {
				t.Errorf("%s links to the page %q, which the manual lacks", file, m[1])
			}
		}
	}
}
