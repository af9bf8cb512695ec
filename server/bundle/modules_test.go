package bundle

import (
	"io/fs"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sekisho/sekisho/server/site"
	"github.com/sekisho/sekisho/widget"
)

// TestShapes: the generated modules have the fields that types.ts declares, no
// more and no fewer. TypeScript cannot see what Go writes.
func TestShapes(t *testing.T) {
	source, err := fs.ReadFile(widget.Sources, "src/types.ts")
	if err != nil {
		t.Fatal(err)
	}
	for name, of := range map[string]reflect.Type{
		"Site": reflect.TypeFor[gateSite](), "BannerTexts": reflect.TypeFor[banner](), "PreferencesTexts": reflect.TypeFor[preferences](),
	} {
		want := declared(t, string(source), name)
		got := map[string]bool{}
		fields(of, got)
		if g := slices.Sorted(maps.Keys(got)); !slices.Equal(g, want) {
			t.Errorf("%s: Go writes %v\ntypes.ts has %v", name, g, want)
		}
	}
}

// declared returns the names of an interface's fields, those of types nested in it included.
func declared(t *testing.T, source, name string) []string {
	t.Helper()
	_, body, ok := strings.Cut(source, "export interface "+name+" {\n")
	if !ok {
		t.Fatalf("types.ts has no interface %s", name)
	}
	body, _, _ = strings.Cut(body, "\n}\n")
	body = regexp.MustCompile(`/\*\*[^*]*\*/`).ReplaceAllString(body, "")
	names := map[string]bool{}
	for _, m := range regexp.MustCompile(`(\w+)\??:`).FindAllStringSubmatch(body, -1) {
		names[m[1]] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// fields collects the names under which a type's fields are written.
func fields(t reflect.Type, names map[string]bool) {
	switch {
	case t == reflect.TypeFor[site.Messages]():
	case t.Kind() == reflect.Slice, t.Kind() == reflect.Pointer, t.Kind() == reflect.Array:
		if m := t.Elem(); strings.HasPrefix(m.Name(), "member[") {
			value, _ := m.FieldByName("value")
			fields(value.Type, names)
		} else {
			fields(m, names)
		}
	case t.Kind() == reflect.Struct:
		for f := range t.Fields() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			names[name] = true
			fields(f.Type, names)
		}
	}
}
