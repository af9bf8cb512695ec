package widget

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestSources: what ships is every source file and no test.
func TestSources(t *testing.T) {
	var shipped, want []string
	err := fs.WalkDir(Sources, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			shipped = append(shipped, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = fs.WalkDir(os.DirFS("."), "src", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.HasSuffix(name, ".test.ts") && !strings.Contains(name, "/testdata/") {
			want = append(want, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(shipped)
	slices.Sort(want)
	if !slices.Equal(shipped, want) {
		t.Errorf("shipped %q\nwant    %q", shipped, want)
	}
	if !slices.Contains(shipped, "src/main.ts") {
		t.Error("the entry is missing")
	}
	for _, name := range []string{"src/consent/consent.test.ts", "src/consent/testdata"} {
		if f, err := Sources.Open(name); err == nil {
			f.Close()
			t.Errorf("%s ships", name)
		}
	}
}
