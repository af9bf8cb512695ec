// Package widget carries the sources of the script that runs in a site's pages.
// They are TypeScript; server/bundle compiles them for each revision.
package widget

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed src
var all embed.FS

// Sources holds src/ as it ships: tests and their data are left out.
var Sources fs.FS = sources{all}

// sources hides what is there for the widget's own tests.
type sources struct{ files embed.FS }

// Open opens a file or folder for reading.
func (s sources) Open(name string) (fs.File, error) {
	if hidden(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return s.files.Open(name)
}

// ReadDir lists a folder; fs.WalkDir and fs.Glob come here.
func (s sources) ReadDir(name string) ([]fs.DirEntry, error) {
	if hidden(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	entries, err := s.files.ReadDir(name)
	shown := entries[:0]
	for _, e := range entries {
		if !hidden(e.Name()) {
			shown = append(shown, e)
		}
	}
	return shown, err
}

func hidden(name string) bool {
	return strings.HasSuffix(name, ".test.ts") || strings.Contains("/"+name+"/", "/testdata/")
}
