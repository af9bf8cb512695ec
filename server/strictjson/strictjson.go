// Package strictjson reads JSON that people write and strangers send, more
// strictly than encoding/json: a key that is unknown, there twice or in another
// case, a null, half of a surrogate pair and anything behind the document are
// told, because each of them is something that somebody believes to count.
package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Kind says why a document cannot be read at all.
type Kind uint8

const (
	Encoding Kind = iota // not UTF-8, or it begins with a byte order mark
	Empty                // nothing, or white space alone
	Syntax               // not JSON
	More                 // something stands behind the document
	Half                 // a \u escape names half of a surrogate pair
	Deep                 // nested deeper than allowed
)

// Error is a document that cannot be read at all. Line and Column count from 1,
// Column in characters.
type Error struct {
	Kind         Kind
	Line, Column int
	Reason       string
}

func (e *Error) Error() string {
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Reason)
}

// What says how a place in a document does not fit.
type What uint8

const (
	Twice   What = iota // the key stands in its object twice
	Unknown             // the object has no such key
	Type                // the value is of another type
)

// Problem is a place in a document that does not fit its Go type.
type Problem struct {
	Path string // JSON Pointer (RFC 6901), "" for the document; long keys are cut
	What What
	// Want and Got are what a Type problem should have been and is: "a list",
	// "a whole number", a number as it stands there. Got is "null" for null.
	Want, Got string
	Key       string   // of an Unknown problem
	Known     []string // the keys that its object has
}

// Unmarshal reads the one document in data into v, a pointer. Its types are
// strings, booleans, integers, float64, lists, maps and structs, whose fields
// have their keys in json tags, and pointers to these; others panic.
//
// A document that cannot be read gives an *Error. What does not fit is told one
// by one, in order; an error that tell returns ends the reading. v is set only
// when there was nothing to tell. maxDepth is how many lists and objects may
// stand within each other.
func Unmarshal(data []byte, v any, maxDepth int, tell func(Problem) error) error {
	if err := readable(data); err != nil {
		return err
	}
	w := walker{data: data, dec: json.NewDecoder(bytes.NewReader(data)), maxDepth: maxDepth, tell: tell}
	w.dec.UseNumber()
	if err := w.value(reflect.TypeOf(v).Elem(), "", 0); err != nil || w.told {
		return err
	}
	return json.Unmarshal(data, v)
}

// readable returns the first reason why data is not one JSON document.
func readable(data []byte) error {
	if bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
		return at(data, 0, Encoding, "begins with a byte order mark; save it as UTF-8 without one")
	}
	if !utf8.Valid(data) {
		return at(data, len(data)-len(afterValid(data)), Encoding, "not UTF-8")
	}
	if len(bytes.TrimLeft(data, " \t\r\n")) == 0 {
		return at(data, len(data), Empty, "empty")
	}
	var whole json.RawMessage
	if err := json.Unmarshal(data, &whole); err != nil {
		kind, offset := Syntax, len(data)
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			offset = int(syntax.Offset) - 1
		}
		if offset >= 0 && json.Valid(data[:offset]) {
			kind = More
		}
		return at(data, offset, kind, err.Error())
	}
	if i := half(data); i >= 0 {
		return at(data, i, Half, "half of a surrogate pair")
	}
	return nil
}

// afterValid returns data from its first byte that is not UTF-8.
func afterValid(data []byte) []byte {
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		if r == utf8.RuneError && n == 1 {
			break
		}
		data = data[n:]
	}
	return data
}

func at(data []byte, offset int, kind Kind, reason string) *Error {
	before := data[:max(0, min(offset, len(data)))]
	return &Error{
		Kind: kind, Reason: reason,
		Line:   1 + bytes.Count(before, []byte("\n")),
		Column: 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]),
	}
}

// half returns where a \u escape names half of a surrogate pair, which
// encoding/json would turn into U+FFFD without a word; -1 for nowhere.
func half(data []byte) int {
	for i := 0; i < len(data); i++ {
		if data[i] != '\\' {
			continue
		}
		r, ok := escape(data[i:])
		if !ok {
			i++ // what is escaped, so that \\u is not taken for \u
			continue
		}
		if r >= 0xD800 && r <= 0xDFFF {
			low, ok := escape(data[i+6:])
			if r >= 0xDC00 || !ok || low < 0xDC00 || low > 0xDFFF {
				return i
			}
			i += 6
		}
		i += 5
	}
	return -1
}

// escape reads \uXXXX at the start of b.
func escape(b []byte) (rune, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(b[2:6]), 16, 16)
	return rune(n), err == nil
}

// walker compares a document that is known to be JSON with a Go type.
type walker struct {
	data     []byte
	dec      *json.Decoder
	maxDepth int
	tell     func(Problem) error
	told     bool
}

func (w *walker) problem(p Problem) error {
	w.told = true
	return w.tell(p)
}

// value reads the next value; t is nil below what was told already, where only
// form and keys written twice are looked at.
func (w *walker) value(t reflect.Type, path string, depth int) error {
	token, err := w.dec.Token()
	if err != nil {
		return err
	}
	delim, nested := token.(json.Delim)
	if nested && depth >= w.maxDepth {
		return at(w.data, int(w.dec.InputOffset())-1, Deep, fmt.Sprintf("nested deeper than %d levels", w.maxDepth))
	}
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t != nil {
		if want, ok := fits(t, token); !ok {
			if err := w.problem(Problem{Path: path, What: Type, Want: want, Got: describe(token)}); err != nil {
				return err
			}
			t = nil
		}
	}
	switch delim {
	case '{':
		return w.object(t, path, depth+1)
	case '[':
		var elem reflect.Type
		if t != nil {
			elem = t.Elem()
		}
		for i := 0; w.dec.More(); i++ {
			if err := w.value(elem, path+"/"+strconv.Itoa(i), depth+1); err != nil {
				return err
			}
		}
		_, err = w.dec.Token()
	}
	return err
}

func (w *walker) object(t reflect.Type, path string, depth int) error {
	seen := map[string]bool{}
	for w.dec.More() {
		token, err := w.dec.Token()
		if err != nil {
			return err
		}
		key := token.(string) // the decoder accepts nothing else here
		at := path + "/" + Pointer(key)
		if seen[key] {
			if err := w.problem(Problem{Path: at, What: Twice}); err != nil {
				return err
			}
		}
		seen[key] = true
		elem, known := member(t, key)
		if t != nil && elem == nil {
			if err := w.problem(Problem{Path: at, What: Unknown, Key: key, Known: known}); err != nil {
				return err
			}
		}
		if err := w.value(elem, at, depth); err != nil {
			return err
		}
	}
	_, err := w.dec.Token()
	return err
}

// member returns the type of what stands under key in a t, or nil and the keys
// that t has.
func member(t reflect.Type, key string) (elem reflect.Type, known []string) {
	if t == nil {
		return nil, nil
	}
	if t.Kind() == reflect.Map {
		return t.Elem(), nil
	}
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" || name == "-" {
			continue
		}
		if name == key {
			return f.Type, nil
		}
		known = append(known, name)
	}
	return nil, known
}

// fits reports whether a value that starts with token fits t, and what would.
func fits(t reflect.Type, token json.Token) (want string, ok bool) {
	number, isNumber := token.(json.Number)
	switch t.Kind() {
	case reflect.String:
		_, ok = token.(string)
		return "a string", ok
	case reflect.Bool:
		_, ok = token.(bool)
		return "true or false", ok
	case reflect.Slice:
		return "a list", token == json.Delim('[')
	case reflect.Struct, reflect.Map:
		return "an object", token == json.Delim('{')
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		_, err := strconv.ParseInt(number.String(), 10, t.Bits())
		return "a whole number", isNumber && err == nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		_, err := strconv.ParseUint(number.String(), 10, t.Bits())
		return fmt.Sprintf("a whole number from 0 to %d", ^uint64(0)>>(64-t.Bits())), isNumber && err == nil
	case reflect.Float64:
		_, err := strconv.ParseFloat(number.String(), 64)
		return "a number", isNumber && err == nil
	}
	panic(fmt.Sprintf("strictjson: %v is not provided for", t))
}

func describe(token json.Token) string {
	switch token := token.(type) {
	case json.Delim:
		if token == '{' {
			return "an object"
		}
		return "a list"
	case string:
		return "a string"
	case bool:
		return "true or false"
	case json.Number:
		return cut(token.String())
	}
	return "null"
}

// Pointer escapes a key for a JSON Pointer (RFC 6901); a long one is cut.
func Pointer(key string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(cut(key))
}

// cut bounds what whoever wrote the document gets quoted back.
func cut(s string) string {
	if len(s) > 64 {
		s = strings.ToValidUTF8(s[:64], "") + "…"
	}
	return s
}
