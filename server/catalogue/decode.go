package catalogue

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sekisho/sekisho/server/fault"
)

// maxDepth is how deep a catalogue's file may nest; an entry needs four.
const maxDepth = 8

// decode reads one JSON document into the value that into points at, more
// strictly than encoding/json: a key that is unknown, written twice or in
// another case, null, and anything after the document are faults, since each
// of them is a fact that somebody believes to be there. Malformed faults name
// line and column, Invalid ones the fields.
func decode(data []byte, into any) error {
	if !utf8.Valid(data) {
		return fault.New(fault.Malformed, "the file is not UTF-8")
	}
	r := reader{dec: json.NewDecoder(bytes.NewReader(data))}
	r.dec.UseNumber()
	err := r.value(reflect.TypeOf(into).Elem(), "", 0)
	if err == nil {
		if _, end := r.dec.Token(); end != io.EOF {
			err = errors.New("there is more after the end of the document")
		}
	} else if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		line, column := position(data, r.dec.InputOffset())
		return fault.New(fault.Malformed, "line %d, column %d: %v", line, column, err)
	}
	if err := fault.InvalidFields("the file does not have the shape of schema.json", r.fields); err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
		return fault.New(fault.Malformed, "%v", err)
	}
	return nil
}

// position counts lines and characters from 1.
func position(data []byte, offset int64) (line, column int) {
	before := data[:min(int(offset), len(data))]
	return 1 + bytes.Count(before, []byte("\n")), 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
}

// reader compares a document with a Go type, token by token.
type reader struct {
	dec    *json.Decoder
	fields []fault.Field
}

func (r *reader) fault(path, format string, args ...any) {
	r.fields = append(r.fields, fault.Field{Path: path, Reason: fmt.Sprintf(format, args...)})
}

// value reads one value that should fit t; a nil t fits anything.
func (r *reader) value(t reflect.Type, path string, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("nested more than %d deep", maxDepth)
	}
	token, err := r.dec.Token()
	if err != nil {
		return err
	}
	if t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	kind := reflect.Invalid
	if t != nil {
		kind = t.Kind()
	}
	switch token := token.(type) {
	case json.Delim:
		if token == '{' {
			return r.object(t, path, depth)
		}
		return r.array(t, path, depth)
	case nil:
		r.fault(path, "must not be null; leave the key out")
	case string:
		if t != nil && kind != reflect.String {
			r.fault(path, "must be %s, not a string", describe(kind))
		}
	case bool:
		if t != nil && kind != reflect.Bool {
			r.fault(path, "must be %s, not true or false", describe(kind))
		}
	case json.Number:
		if t == nil {
			break
		}
		if _, err := strconv.ParseInt(token.String(), 10, 64); err != nil || kind < reflect.Int || kind > reflect.Int64 {
			r.fault(path, "must be %s, not %s", describe(kind), token)
		}
	}
	return nil
}

func (r *reader) object(t reflect.Type, path string, depth int) error {
	if t != nil && t.Kind() != reflect.Struct && t.Kind() != reflect.Map {
		r.fault(path, "must be %s, not an object", describe(t.Kind()))
		t = nil
	}
	seen := map[string]bool{}
	for r.dec.More() {
		token, err := r.dec.Token()
		if err != nil {
			return err
		}
		key := token.(string)
		at := path + "/" + pointer(key)
		if seen[key] {
			r.fault(at, "is written twice")
		}
		seen[key] = true
		of := elem(t, key)
		if t != nil && of == nil {
			r.fault(at, "is not a key of this object")
		}
		if err := r.value(of, at, depth+1); err != nil {
			return err
		}
	}
	_, err := r.dec.Token()
	return err
}

func (r *reader) array(t reflect.Type, path string, depth int) error {
	var of reflect.Type
	if t != nil && t.Kind() != reflect.Slice {
		r.fault(path, "must be %s, not a list", describe(t.Kind()))
	} else if t != nil {
		of = t.Elem()
	}
	for i := 0; r.dec.More(); i++ {
		if err := r.value(of, path+"/"+strconv.Itoa(i), depth+1); err != nil {
			return err
		}
	}
	_, err := r.dec.Token()
	return err
}

// elem is the type of what stands under key in a t, nil if nothing does.
func elem(t reflect.Type, key string) reflect.Type {
	if t == nil {
		return nil
	}
	if t.Kind() == reflect.Map {
		return t.Elem()
	}
	for f := range t.Fields() {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name == key {
			return f.Type
		}
	}
	return nil
}

func describe(k reflect.Kind) string {
	switch k {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Slice:
		return "a list"
	default:
		return "a whole number"
	}
}

// pointer escapes a key for a JSON Pointer (RFC 6901).
func pointer(key string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}
