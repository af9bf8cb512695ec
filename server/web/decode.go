package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sekisho/sekisho/server/fault"
)

const (
	// maxDepth is how deep a document may nest; the outermost object is depth 1.
	maxDepth = 8
	// maxFields bounds the answer to a body that is wrong throughout.
	maxFields = 50
)

// Decode reads a request's body of at most limit bytes into v, a pointer to a
// struct. It is the only way a body gets in.
//
// Faults: Unsupported for a media type other than application/json and
// text/plain (a closing page sends the latter, since it needs no preflight) or
// for a compressed body; TooLarge, without reading further; Malformed and
// Invalid as Parse says.
func Decode(w http.ResponseWriter, r *http.Request, limit int64, v any) error {
	if err := acceptable(r.Header); err != nil {
		return err
	}
	tooLarge := fault.New(fault.TooLarge, "the body is larger than %d bytes", limit)
	if r.ContentLength > limit {
		return tooLarge
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return tooLarge
		}
		return fault.Wrap(fault.Malformed, err, "the body did not arrive whole and in time")
	}
	return Parse(body, v)
}

func acceptable(h http.Header) error {
	for _, e := range h.Values("Content-Encoding") {
		if !strings.EqualFold(e, "identity") {
			return fault.New(fault.Unsupported, "bodies are not compressed here")
		}
	}
	wrong := fault.New(fault.Unsupported, "send application/json, or text/plain with the same JSON, in UTF-8")
	types := h.Values("Content-Type")
	if len(types) != 1 {
		return wrong
	}
	media, params, err := mime.ParseMediaType(types[0])
	if err != nil || (media != "application/json" && media != "text/plain") {
		return wrong
	}
	if cs, ok := params["charset"]; ok && !strings.EqualFold(cs, "utf-8") {
		return wrong
	}
	return nil
}

// Parse reads one JSON document into v, a pointer to a struct.
//
// Malformed: not UTF-8, not exactly one JSON object, an unpaired surrogate, a
// key that is unknown, written in another case or there twice, deeper than 8.
// Invalid: a value of another type than v's field has, null included; all of
// them are named at once.
func Parse(body []byte, v any) error {
	switch {
	case !utf8.Valid(body):
		return fault.New(fault.Malformed, "the body is not valid UTF-8")
	case !json.Valid(body):
		return fault.New(fault.Malformed, "the body is not one JSON document")
	case unpaired(body):
		return fault.New(fault.Malformed, "the body holds half of a surrogate pair")
	case bytes.TrimLeft(body, " \t\r\n")[0] != '{':
		return fault.New(fault.Malformed, "the body is not a JSON object")
	}
	w := walker{dec: json.NewDecoder(bytes.NewReader(body))}
	w.dec.UseNumber()
	if err := w.value(reflect.TypeOf(v).Elem(), "", 0); err != nil {
		return err
	}
	if err := fault.InvalidFields("fields are of another type than expected", w.fields); err != nil {
		return err
	}
	if err := json.Unmarshal(body, v); err != nil {
		return fault.Wrap(fault.Malformed, err, "the body does not fit")
	}
	return nil
}

// walker holds a document that is known to be valid JSON against a Go type.
// encoding/json alone would take the last of two equal keys, ignore case, and
// let null stand for anything.
type walker struct {
	dec    *json.Decoder
	fields []fault.Field
}

func (w *walker) value(t reflect.Type, path string, depth int) error {
	tok, err := w.dec.Token()
	if err != nil {
		return fault.Wrap(fault.Malformed, err, "the body is not one JSON document")
	}
	if _, ok := tok.(json.Delim); ok && depth >= maxDepth {
		return fault.New(fault.Malformed, "%s is nested deeper than %d", clip(path), maxDepth)
	}
	if problem := mismatch(t, tok); problem != "" {
		if len(w.fields) < maxFields {
			w.fields = append(w.fields, fault.Field{Path: path, Reason: problem})
		}
		t = nil // what lies below is only checked for its form
	}
	switch tok {
	case json.Delim('{'):
		return w.object(t, path, depth+1)
	case json.Delim('['):
		var elem reflect.Type
		if t != nil {
			elem = t.Elem()
		}
		for i := 0; w.dec.More(); i++ {
			if err := w.value(elem, path+"/"+strconv.Itoa(i), depth+1); err != nil {
				return err
			}
		}
		_, err := w.dec.Token()
		return err
	}
	return nil
}

func (w *walker) object(t reflect.Type, path string, depth int) error {
	seen := map[string]bool{}
	for w.dec.More() {
		tok, err := w.dec.Token()
		if err != nil {
			return err
		}
		key := tok.(string)
		at := path + "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
		if seen[key] {
			return fault.New(fault.Malformed, "%s stands there twice", clip(at))
		}
		seen[key] = true
		field, known := fieldType(t, key)
		if !known {
			return fault.New(fault.Malformed, "%s is not a key that is known here", clip(at))
		}
		if err := w.value(field, at, depth); err != nil {
			return err
		}
	}
	_, err := w.dec.Token()
	return err
}

// fieldType returns the type behind a key of a struct, by its exact JSON name.
// Below nil, a mismatch that is reported already, every key is as good as another.
func fieldType(t reflect.Type, key string) (reflect.Type, bool) {
	if t == nil {
		return nil, true
	}
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == key && name != "" && name != "-" {
			return f.Type, true
		}
	}
	return nil, false
}

// mismatch says why a value that starts with tok does not fit t, or "".
func mismatch(t reflect.Type, tok json.Token) string {
	if t == nil {
		return ""
	}
	fits, want := false, ""
	switch t.Kind() {
	case reflect.String:
		_, fits = tok.(string)
		want = "a string"
	case reflect.Bool:
		_, fits = tok.(bool)
		want = "true or false"
	case reflect.Slice:
		fits, want = tok == json.Delim('['), "a list"
	case reflect.Struct:
		fits, want = tok == json.Delim('{'), "an object"
	case reflect.Int, reflect.Int32, reflect.Int64:
		if n, ok := tok.(json.Number); ok {
			_, err := strconv.ParseInt(string(n), 10, t.Bits())
			fits = err == nil
		}
		want = "a whole number"
	case reflect.Uint32:
		if n, ok := tok.(json.Number); ok {
			_, err := strconv.ParseUint(string(n), 10, t.Bits())
			fits = err == nil
		}
		want = fmt.Sprintf("a whole number from 0 to %d", uint64(1)<<t.Bits()-1)
	default:
		panic(fmt.Sprintf("web: bodies of type %v are not provided for", t))
	}
	if fits {
		return ""
	}
	return "must be " + want
}

// unpaired reports whether a \u escape names half of a surrogate pair, which
// encoding/json would turn into U+FFFD without a word.
func unpaired(body []byte) bool {
	for i := 0; i+1 < len(body); i++ {
		if body[i] != '\\' {
			continue
		}
		r, ok := escape(body[i:])
		if !ok {
			i++ // skip what is escaped, so that \\u is not taken for \u
			continue
		}
		switch {
		case r >= 0xDC00 && r <= 0xDFFF:
			return true
		case r >= 0xD800 && r <= 0xDBFF:
			low, ok := escape(body[min(i+6, len(body)):])
			if !ok || low < 0xDC00 || low > 0xDFFF {
				return true
			}
			i += 6
		}
		i += 5
	}
	return false
}

// escape reads \uXXXX at the start of b.
func escape(b []byte) (rune, bool) {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(b[2:6]), 16, 16)
	return rune(n), err == nil
}

// clip keeps what a caller wrote short enough to be quoted back.
func clip(s string) string {
	const most = 64
	if len(s) <= most {
		return s
	}
	cut := most
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
