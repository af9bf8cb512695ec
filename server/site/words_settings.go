package site

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// settings tells what changes of one setting: a line for each part of it that
// does, and what came to a list and what left it.
func (w words) settings(a Aspect, lang string) []string {
	var from, to any
	if json.Unmarshal([]byte(a.From), &from) != nil || json.Unmarshal([]byte(a.To), &to) != nil {
		from, to = a.From, a.To // a plain text, such as a default
	}
	return w.differ(w.what[a.What], a.What, a.What, from, to, lang)
}

// differ tells how two values of decoded JSON differ. name is what the value is
// called, key its last key, and setting the first.
func (w words) differ(name, key, setting string, from, to any, lang string) []string {
	if text(from) == text(to) {
		return nil
	}
	before, wasMap := from.(map[string]any)
	after, isMap := to.(map[string]any)
	if wasMap || isMap {
		keys := maps.Clone(before)
		if keys == nil {
			keys = map[string]any{}
		}
		maps.Copy(keys, after)
		var lines []string
		for _, k := range slices.Sorted(maps.Keys(keys)) {
			part := languageName(k, lang)
			for _, at := range []string{w.what[k], w.values["part="+k]} {
				if at != "" {
					part = at
				}
			}
			at := fmt.Sprintf(w.part, name, part)
			if inner, ok := strings.CutSuffix(name, lastOf(w.part)); ok { // one pair of brackets is enough
				at = inner + w.comma + part + lastOf(w.part)
			}
			lines = append(lines, w.differ(at, k, setting, before[k], after[k], lang)...)
		}
		return lines
	}
	old, wasList := from.([]any)
	now, isList := to.([]any)
	if wasList || isList {
		return []string{w.lists(name, key, old, now, lang)}
	}
	if _, isSwitch := to.(bool); isSwitch && from == nil { // off is left out
		from = false
	} else if _, wasSwitch := from.(bool); wasSwitch && to == nil {
		to = false
	}
	return []string{fmt.Sprintf(w.setting, name, w.one(key, setting, from, lang), w.one(key, setting, to, lang))}
}

// lists tells what came and what went, or the new order where nothing did.
func (w words) lists(name, key string, from, to []any, lang string) string {
	var came, went []string
	for _, v := range to {
		if !slices.Contains(from, v) {
			came = append(came, w.one(key, key, v, lang))
		}
	}
	for _, v := range from {
		if !slices.Contains(to, v) {
			went = append(went, w.one(key, key, v, lang))
		}
	}
	var said []string
	if len(came) > 0 {
		said = append(said, fmt.Sprintf(w.came, strings.Join(came, w.comma)))
	}
	if len(went) > 0 {
		said = append(said, fmt.Sprintf(w.went, strings.Join(went, w.comma)))
	}
	if len(said) > 0 {
		return fmt.Sprintf(w.of, name, strings.Join(said, w.comma))
	}
	order := func(list []any) string {
		var all []string
		for _, v := range list {
			all = append(all, w.one(key, key, v, lang))
		}
		return strings.Join(all, w.comma)
	}
	return fmt.Sprintf(w.setting, name, order(from), order(to))
}

// one words a value that has no parts.
func (w words) one(key, setting string, v any, lang string) string {
	switch v := v.(type) {
	case nil:
		if setting == "theme" {
			return w.usual
		}
		return w.nothing
	case string:
		if v == "" {
			return w.nothing
		}
		if key == "languages" {
			return languageName(v, lang)
		}
		return w.value(key, v)
	}
	return w.value(key, text(v))
}

// lastOf is what stands behind the last gap of a format.
func lastOf(format string) string { return format[strings.LastIndex(format, "%s")+2:] }

// languageName names a language in Japanese or English; the code itself where it is none.
func languageName(code, lang string) string {
	tag, err := language.Parse(code)
	if err != nil {
		return code
	}
	if lang == "en" {
		return display.English.Languages().Name(tag)
	}
	return display.Japanese.Languages().Name(tag)
}
