package web

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/sekisho/sekisho/server/fault"
)

type inner struct {
	Path string `json:"path"`
}

type document struct {
	ID       string   `json:"id"`
	Sequence uint32   `json:"sequence"`
	Layer    int      `json:"layer"`
	Granted  []string `json:"granted"`
	Inner    inner    `json:"inner"`
	Flag     bool     `json:"flag"`
	Hidden   string   `json:"-"`
}

func TestParse(t *testing.T) {
	deep := strings.Repeat("[", 9) + strings.Repeat("]", 9)
	for name, tc := range map[string]struct {
		body string
		kind fault.Kind
		want document
		path string // of the first field error
	}{
		"empty object":      {body: ` {} `, kind: 255},
		"all":               {body: `{"id":"a","sequence":4,"layer":-1,"granted":["x"],"inner":{"path":"/é"},"flag":true}`, kind: 255, want: document{"a", 4, -1, []string{"x"}, inner{"/é"}, true, ""}},
		"surrogate pair":    {body: `{"id":"\ud83d\ude00\\ud800"}`, kind: 255, want: document{ID: "😀\\ud800"}},
		"empty":             {body: ``, kind: fault.Malformed},
		"blank":             {body: ` `, kind: fault.Malformed},
		"null":              {body: `null`, kind: fault.Malformed},
		"list":              {body: `[]`, kind: fault.Malformed},
		"string":            {body: `"x"`, kind: fault.Malformed},
		"cut":               {body: `{"id":"a"`, kind: fault.Malformed},
		"two":               {body: `{}{}`, kind: fault.Malformed},
		"trailing":          {body: `{} x`, kind: fault.Malformed},
		"comma":             {body: `{"id":"a",}`, kind: fault.Malformed},
		"comment":           {body: `{/* */}`, kind: fault.Malformed},
		"BOM":               {body: "\ufeff{}", kind: fault.Malformed},
		"not UTF-8":         {body: "{\"id\":\"\xff\"}", kind: fault.Malformed},
		"NUL":               {body: "{\"id\":\"\x00\"}", kind: fault.Malformed},
		"unknown":           {body: `{"idx":1}`, kind: fault.Malformed},
		"unknown below":     {body: `{"inner":{"x":1}}`, kind: fault.Malformed},
		"other case":        {body: `{"ID":"a"}`, kind: fault.Malformed},
		"dash":              {body: `{"-":"a"}`, kind: fault.Malformed},
		"empty key":         {body: `{"":"a"}`, kind: fault.Malformed},
		"proto":             {body: `{"__proto__":{}}`, kind: fault.Malformed},
		"twice":             {body: `{"id":"a","id":"b"}`, kind: fault.Malformed},
		"twice by escape":   {body: `{"id":"a","\u0069d":"b"}`, kind: fault.Malformed},
		"twice below wrong": {body: `{"id":{"x":1,"x":2}}`, kind: fault.Malformed},
		"deep":              {body: `{"granted":` + deep + `}`, kind: fault.Malformed},
		"very deep":         {body: strings.Repeat("[", 100_000), kind: fault.Malformed},
		"high half":         {body: `{"id":"\ud800"}`, kind: fault.Malformed},
		"high half, text":   {body: `{"id":"\ud800x"}`, kind: fault.Malformed},
		"two high halves":   {body: `{"id":"\ud800\ud800"}`, kind: fault.Malformed},
		"low half":          {body: `{"id":"\udc00"}`, kind: fault.Malformed},
		"number for string": {body: `{"id":1}`, kind: fault.Invalid, path: "/id"},
		"null for string":   {body: `{"id":null}`, kind: fault.Invalid, path: "/id"},
		"null for list":     {body: `{"granted":null}`, kind: fault.Invalid, path: "/granted"},
		"null in list":      {body: `{"granted":["a",null]}`, kind: fault.Invalid, path: "/granted/1"},
		"string for number": {body: `{"sequence":"1"}`, kind: fault.Invalid, path: "/sequence"},
		"fraction":          {body: `{"sequence":1.0}`, kind: fault.Invalid, path: "/sequence"},
		"exponent":          {body: `{"sequence":1e2}`, kind: fault.Invalid, path: "/sequence"},
		"negative":          {body: `{"sequence":-1}`, kind: fault.Invalid, path: "/sequence"},
		"too big":           {body: `{"sequence":4294967296}`, kind: fault.Invalid, path: "/sequence"},
		"huge":              {body: `{"layer":1e400}`, kind: fault.Invalid, path: "/layer"},
		"object for list":   {body: `{"granted":{}}`, kind: fault.Invalid, path: "/granted"},
		"list for object":   {body: `{"inner":[]}`, kind: fault.Invalid, path: "/inner"},
		"string for bool":   {body: `{"flag":"true"}`, kind: fault.Invalid, path: "/flag"},
	} {
		t.Run(name, func(t *testing.T) {
			var got document
			err := Parse([]byte(tc.body), &got)
			if tc.kind == 255 {
				if err != nil || !reflect.DeepEqual(got, tc.want) {
					t.Fatalf("%+v, %v", got, err)
				}
				return
			}
			f, ok := errors.AsType[*fault.Error](err)
			if !ok || f.Kind != tc.kind {
				t.Fatalf("%v; want kind %d", err, tc.kind)
			}
			if tc.path != "" && (len(f.Fields) == 0 || f.Fields[0].Path != tc.path) {
				t.Errorf("fields %v, want %s", f.Fields, tc.path)
			}
			if len(f.Detail) > 200 {
				t.Errorf("detail of %d bytes", len(f.Detail))
			}
		})
	}
}

func TestParseNamesAllWrongTypesAtOnce(t *testing.T) {
	f, _ := errors.AsType[*fault.Error](Parse([]byte(`{"id":1,"sequence":"x","inner":{"path":2}}`), &document{}))
	if f == nil || len(f.Fields) != 3 || f.Fields[2].Path != "/inner/path" {
		t.Errorf("%+v", f)
	}
}

func TestParseBoundsItsAnswer(t *testing.T) {
	body := `{"granted":[` + strings.Repeat("1,", 5000) + `1]}`
	if f, _ := errors.AsType[*fault.Error](Parse([]byte(body), &document{})); f == nil || len(f.Fields) != maxFields {
		t.Errorf("%+v", f)
	}
}

// endless is a body that never ends and counts what was read of it.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	e.read += len(p)
	return len(p), nil
}

func TestDecodeOfRequests(t *testing.T) {
	for name, tc := range map[string]struct {
		types, encodings []string
		body             string
		kind             fault.Kind
	}{
		"json":                {types: []string{"application/json"}, body: `{}`, kind: 255},
		"json with charset":   {types: []string{"application/json; charset=UTF-8"}, body: `{}`, kind: 255},
		"text, as a beacon":   {types: []string{"text/plain;charset=UTF-8"}, body: `{}`, kind: 255},
		"identity":            {types: []string{"text/plain"}, encodings: []string{"identity"}, body: `{}`, kind: 255},
		"none":                {body: `{}`, kind: fault.Unsupported},
		"two":                 {types: []string{"text/plain", "application/json"}, body: `{}`, kind: fault.Unsupported},
		"form":                {types: []string{"application/x-www-form-urlencoded"}, body: `{}`, kind: fault.Unsupported},
		"multipart":           {types: []string{"multipart/form-data; boundary=x"}, body: `{}`, kind: fault.Unsupported},
		"garbage":             {types: []string{"a/b/c;;"}, body: `{}`, kind: fault.Unsupported},
		"json of another set": {types: []string{"application/json; charset=shift_jis"}, body: `{}`, kind: fault.Unsupported},
		"json suffix":         {types: []string{"application/ld+json"}, body: `{}`, kind: fault.Unsupported},
		"gzip":                {types: []string{"application/json"}, encodings: []string{"gzip"}, body: `{}`, kind: fault.Unsupported},
		"gzip, hidden":        {types: []string{"application/json"}, encodings: []string{"identity", "gzip"}, body: `{}`, kind: fault.Unsupported},
		"exactly the limit":   {types: []string{"application/json"}, body: `{}` + strings.Repeat(" ", 98), kind: 255},
		"one byte more":       {types: []string{"application/json"}, body: `{}` + strings.Repeat(" ", 99), kind: fault.TooLarge},
	} {
		for _, chunked := range []bool{false, true} {
			r := httptest.NewRequest("POST", "/", strings.NewReader(tc.body))
			if chunked {
				r.ContentLength = -1
			}
			r.Header["Content-Type"], r.Header["Content-Encoding"] = tc.types, tc.encodings
			err := Decode(httptest.NewRecorder(), r, 100, &document{})
			if tc.kind == 255 && err != nil || tc.kind != 255 && (err == nil || fault.KindOf(err) != tc.kind) {
				t.Errorf("%s, chunked %v: %v", name, chunked, err)
			}
		}
	}
}

func TestDecodeDoesNotReadOn(t *testing.T) {
	body := &endless{}
	r := httptest.NewRequest("POST", "/", body)
	r.ContentLength = -1
	r.Header.Set("Content-Type", "text/plain")
	if err := Decode(httptest.NewRecorder(), r, 16<<10, &document{}); fault.KindOf(err) != fault.TooLarge {
		t.Errorf("%v", err)
	}
	if body.read > 64<<10 {
		t.Errorf("read %d bytes", body.read)
	}
	r.ContentLength, body.read = 10<<20, 0
	if err := Decode(httptest.NewRecorder(), r, 16<<10, &document{}); fault.KindOf(err) != fault.TooLarge || body.read != 0 {
		t.Errorf("%v after %d bytes", err, body.read)
	}
}

func TestDecodeOfABodyThatBreaksOff(t *testing.T) {
	r := httptest.NewRequest("POST", "/", io.MultiReader(strings.NewReader(`{"id":`), brokenReader{}))
	r.Header.Set("Content-Type", "text/plain")
	if err := Decode(httptest.NewRecorder(), r, 100, &document{}); fault.KindOf(err) != fault.Malformed {
		t.Errorf("%v", err)
	}
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, http.ErrHandlerTimeout }

// FuzzDecode: nothing panics; what is accepted is a JSON object that says the
// same when read by encoding/json alone, and survives a round trip.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{`{}`, `{"id":"a","sequence":1,"granted":["x","y"],"inner":{"path":"/"}}`, `{"id":"\ud83d\ude00"}`,
		`{"id":"\\\ud800"}`, `{"granted":[[[[[[[[[]]]]]]]]]}`, `{"id":1,"id":2}`, "\xef\xbb\xbf{}", `{"":{"":{}}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var got, plain, again document
		err := Parse(body, &got)
		if err != nil {
			if k := fault.KindOf(err); k != fault.Malformed && k != fault.Invalid {
				t.Fatalf("kind %d: %v", k, err)
			}
			return
		}
		if err := json.Unmarshal(body, &plain); err != nil || !reflect.DeepEqual(got, plain) {
			t.Fatalf("%+v; encoding/json: %+v, %v", got, plain, err)
		}
		out, err := json.Marshal(map[string]any{"id": got.ID, "sequence": got.Sequence, "layer": got.Layer, "inner": got.Inner, "flag": got.Flag})
		if err != nil {
			t.Fatal(err)
		}
		if err := Parse(out, &again); err != nil || again.ID != got.ID || again.Inner != got.Inner {
			t.Fatalf("round trip of %q: %v", body, err)
		}
	})
}
