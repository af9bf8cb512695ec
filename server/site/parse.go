package site

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sekisho/sekisho/server/fault"
)

// Limits of a site's file.
const (
	MaxBytes  = 1 << 20
	maxDepth  = 32
	maxFields = 50 // faults told at once; more would hide the first ones
)

// Parse reads one site.json. It is stricter than encoding/json: unknown keys,
// keys written twice, null, trailing bytes and a wrong case ("Key") are faults,
// because each of them is a setting that somebody believes to be in force.
//
// Settings that are left out get their defaults here (default opt-in, six
// months), so that an explicit zero stays a mistake that Validate reports.
// Errors are TooLarge, Malformed (with line and column) or Invalid with fields.
func Parse(r io.Reader) (Document, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return Document{}, fault.Wrap(fault.Malformed, err, "the site's file cannot be read")
	}
	if len(data) > MaxBytes {
		return Document{}, fault.New(fault.TooLarge, "the site's file is larger than 1 MiB")
	}
	if bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
		return Document{}, fault.New(fault.Malformed, "the file starts with a byte order mark; save it as UTF-8 without one")
	}
	if !utf8.Valid(data) {
		return Document{}, fault.New(fault.Malformed, "the file is not UTF-8")
	}
	if err := wellFormed(data); err != nil {
		return Document{}, err
	}
	w := walker{dec: json.NewDecoder(bytes.NewReader(data))}
	w.dec.UseNumber()
	if err := w.value(reflect.TypeFor[Document](), "", 0); err != nil {
		return Document{}, err
	}
	if err := fault.InvalidFields("the site's file breaks a rule", w.fields); err != nil {
		return Document{}, err
	}
	doc := Document{Default: OptIn, ExpiryMonths: DefaultExpiryMonths}
	if err := json.Unmarshal(data, &doc); err != nil {
		return Document{}, fault.Wrap(fault.Malformed, err, "the site's file cannot be read")
	}
	return doc, nil
}

// wellFormed reports where data stops to be exactly one JSON value.
func wellFormed(data []byte) error {
	if len(bytes.TrimSpace(data)) == 0 {
		return fault.New(fault.Malformed, "the file is empty")
	}
	var value json.RawMessage
	err := json.Unmarshal(data, &value)
	if err == nil {
		return nil
	}
	at, reason := int64(len(data)), err.Error()
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		at = syntax.Offset - 1
	}
	line, column := position(data, at)
	return fault.New(fault.Malformed, "line %d, column %d: %s", line, column, reason)
}

// position returns line and column, both from 1, of a byte offset.
func position(data []byte, offset int64) (line, column int) {
	before := data[:max(0, min(offset, int64(len(data))))]
	line = 1 + bytes.Count(before, []byte("\n"))
	column = 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return line, column
}

// walker compares a well-formed JSON text with a Go type, token by token, and
// collects all that does not fit.
type walker struct {
	dec    *json.Decoder
	fields []fault.Field
}

func (w *walker) fault(path, reason string) {
	if len(w.fields) < maxFields {
		if path == "" {
			path = "/"
		}
		w.fields = append(w.fields, fault.Field{Path: path, Reason: reason})
	}
}

// value reads the next value and compares it with t; t is nil where anything
// is skipped because a fault has been told already.
func (w *walker) value(t reflect.Type, path string, depth int) error {
	if depth > maxDepth {
		return fault.New(fault.Malformed, "%s: nested deeper than %d levels", path, maxDepth)
	}
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	token, err := w.dec.Token()
	if err != nil {
		return err
	}
	if want := expectation(t, token); want != "" {
		w.fault(path, want)
		t = nil
	}
	switch token {
	case json.Delim('{'):
		return w.object(t, path, depth)
	case json.Delim('['):
		return w.array(t, path, depth)
	}
	return nil
}

func (w *walker) object(t reflect.Type, path string, depth int) error {
	seen := map[string]bool{}
	for w.dec.More() {
		token, err := w.dec.Token()
		if err != nil {
			return err
		}
		key := token.(string) // the decoder accepts nothing else here
		at := path + "/" + pointer(key)
		if seen[key] {
			w.fault(at, "is written twice; keep one")
		}
		seen[key] = true
		elem := w.member(t, key, at)
		if err := w.value(elem, at, depth+1); err != nil {
			return err
		}
	}
	_, err := w.dec.Token() // the closing brace
	return err
}

// member returns the type of an object's member, nil where it is skipped.
func (w *walker) member(t reflect.Type, key, at string) reflect.Type {
	if t == nil {
		return nil
	}
	if t.Kind() == reflect.Map {
		return t.Elem()
	}
	var known []string
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == key {
			return f.Type
		}
		known = append(known, name)
	}
	w.fault(at, "is not a known key"+didYouMean(key, known, "; known here: "))
	return nil
}

func (w *walker) array(t reflect.Type, path string, depth int) error {
	var elem reflect.Type
	if t != nil {
		elem = t.Elem()
	}
	for i := 0; w.dec.More(); i++ {
		if err := w.value(elem, path+"/"+strconv.Itoa(i), depth+1); err != nil {
			return err
		}
	}
	_, err := w.dec.Token() // the closing bracket
	return err
}

// expectation says what should have stood there, or "" where the token fits.
func expectation(t reflect.Type, token json.Token) string {
	if t == nil {
		return ""
	}
	if token == nil {
		return "must not be null; leave the key out instead"
	}
	ok, want := false, ""
	switch t.Kind() {
	case reflect.String:
		_, ok = token.(string)
		want = `must be a text in quotes`
	case reflect.Bool:
		_, ok = token.(bool)
		want = "must be true or false"
	case reflect.Int, reflect.Int64:
		want = "must be a whole number"
		if n, number := token.(json.Number); number {
			_, err := strconv.ParseInt(n.String(), 10, t.Bits())
			ok = err == nil
		}
	case reflect.Slice:
		ok = token == json.Delim('[')
		want = "must be a list in square brackets"
	default: // struct, map
		ok = token == json.Delim('{')
		want = "must be an object in braces"
	}
	if ok {
		return ""
	}
	return want
}

// pointer escapes a key for a JSON Pointer (RFC 6901) and bounds it, because
// it comes from whoever wrote the file.
func pointer(key string) string {
	if len(key) > 64 {
		key = strings.ToValidUTF8(key[:64], "") + "…"
	}
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}
