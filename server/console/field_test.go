package console

import (
	"reflect"
	"strings"
	"testing"

	"github.com/sekisho/sekisho/server/site"
)

// paths are those of all fields of a type, below one: "0" for a position, "ja" for a language.
func paths(t reflect.Type, at string) []string {
	switch t.Kind() {
	case reflect.Pointer:
		return paths(t.Elem(), at)
	case reflect.Slice:
		return append([]string{at}, paths(t.Elem(), at+"/0")...)
	case reflect.Map:
		key := "/ja"
		if t == reflect.TypeFor[site.Messages]() {
			key = "/banner.title"
		}
		return append([]string{at}, paths(t.Elem(), at+key)...)
	case reflect.Struct:
		all := []string{at}
		for i := range t.NumField() {
			name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
			all = append(all, paths(t.Field(i).Type, at+"/"+name)...)
		}
		return all
	}
	return []string{at}
}

// TestFieldsHaveNames: each field of a site's document, in both languages. The
// parts of a vendor's facts go by the names of the facts.
func TestFieldsHaveNames(t *testing.T) {
	all := paths(reflect.TypeFor[site.Document](), "")
	if len(all) < 80 {
		t.Fatalf("only %d paths", len(all))
	}
	for _, path := range all[1:] {
		for _, lang := range languages {
			parts := strings.Split(path, "/")
			if len(parts) > 5 && parts[1] == "vendors" {
				parts = parts[:5]
			}
			_, args, ok := speaker(lang).fieldKey("field.", parts[1:], nil)
			name := speaker(lang).fieldName(path)
			if !ok || strings.Contains(name, "/") || strings.Contains(name, "%!") {
				t.Errorf("%s in %s: %q (%v)", path, lang, name, args)
			}
		}
	}
	for path, want := range map[string]string{
		"/origins/1":                     "オリジン（2件目）",
		"/notice/controller/en":          "サイトの運営者（英語）",
		"/texts/ja/banner.title":         "文言（日本語、見出し）",
		"/vendors/2/custom/hosts/0/host": "独自の外部事業者（3件目）のタグのアドレス",
		"/theme/dark/link":               "暗い画面の色（リンクとスイッチ）",
		"/nothing/that/there/is":         "/nothing/that/there/is",
	} {
		if got := speaker("ja").fieldName(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}
