package console

import (
	"strconv"
	"strings"

	"github.com/sekisho/sekisho/server/site"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// fieldName names the field at a path of a site's document, as words/field.json
// has it: "*" there stands for a position, a language or the key of a text, and
// the name says which. A field without a name goes by that of what it is a part
// of; the path itself is returned where there is none.
func (lang speaker) fieldName(path string) string {
	parts := strings.Split(path, "/")
	for n := len(parts); n > 1; n-- {
		if key, args, ok := lang.fieldKey("field.", parts[1:n], nil); ok {
			return lang.T(key, args...)
		}
	}
	return path
}

// fieldKey finds the key of a name for what is left of a path, and what its gaps
// are filled with.
func (lang speaker) fieldKey(at string, rest []string, args []any) (string, []any, bool) {
	if len(rest) == 0 {
		return at, args, lang.Has(at)
	}
	if key, args, ok := lang.fieldKey(at+"/"+rest[0], rest[1:], args); ok {
		return key, args, true
	}
	return lang.fieldKey(at+"/*", rest[1:], append(args[:len(args):len(args)], lang.part(rest[0])))
}

// part words one segment of a path: a position counted from one, a language by
// its name, a text by what it is.
func (lang speaker) part(segment string) string {
	if n, err := strconv.Atoi(segment); err == nil {
		return strconv.Itoa(n + 1)
	}
	if strings.Contains(segment, ".") {
		return site.TextName(segment, string(lang))
	}
	if tag, err := language.Parse(segment); err == nil {
		return display.Languages(language.Make(string(lang))).Name(tag)
	}
	return segment
}
