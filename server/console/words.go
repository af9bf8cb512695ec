package console

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"
)

// The console's texts: one file for each part of it, a key with its text in both
// languages. Japanese is the master; a test keeps English complete.
//
//go:embed words/*.json
var wordFiles embed.FS

// words are the texts by key, "sites.title", then by language.
var words = loadWords(wordFiles)

// languages are those that the console speaks; the first is the default.
var languages = []string{"ja", "en"}

// loadWords puts the name of each file before its keys: "title" of sites.json is "sites.title".
func loadWords(files fs.FS) map[string]map[string]string {
	all := map[string]map[string]string{}
	names, err := fs.Glob(files, "words/*.json")
	if err != nil { // the pattern is a constant
		panic(err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			panic(err)
		}
		var part map[string]map[string]string
		if err := json.Unmarshal(data, &part); err != nil {
			panic(fmt.Errorf("%s: %w", name, err))
		}
		for key, texts := range part {
			all[strings.TrimSuffix(path.Base(name), ".json")+"."+key] = texts
		}
	}
	return all
}

// speaker words things in one language.
type speaker string

// T returns a text with its gaps filled, in the order of the arguments ("%[2]d"
// for another). A key that nobody wrote shows as itself: tests look for those.
func (lang speaker) T(key string, args ...any) string {
	text, ok := words[key][string(lang)]
	if !ok {
		return key
	}
	if len(args) > 0 {
		return fmt.Sprintf(text, args...)
	}
	return text
}

// Has reports whether there is a text of that key.
func (lang speaker) Has(key string) bool { return words[key] != nil }

// japan is the time that Japanese pages tell.
var japan = time.FixedZone("JST", 9*60*60)

// Time returns a moment as people of the language read it: in Japan's time for
// Japanese, else in UTC and saying so.
func (lang speaker) Time(t time.Time) string {
	switch {
	case t.IsZero():
		return "–"
	case lang == "ja":
		return t.In(japan).Format("2006年1月2日 15:04")
	}
	return t.UTC().Format("2 January 2006 15:04 UTC")
}

// Date returns the day of a moment.
func (lang speaker) Date(t time.Time) string {
	if lang == "ja" {
		return t.In(japan).Format("2006年1月2日")
	}
	return t.UTC().Format("2 January 2006")
}

// Number returns a count with its digits in groups of three.
func (lang speaker) Number(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// List joins words as the language does.
func (lang speaker) List(items []string) string {
	if lang == "ja" {
		return strings.Join(items, "、")
	}
	return strings.Join(items, ", ")
}
