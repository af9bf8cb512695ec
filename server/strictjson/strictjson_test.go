package strictjson

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

type inner struct {
	Path string `json:"path"`
}

type document struct {
	ID     string            `json:"id"`
	Count  uint32            `json:"count,omitempty"`
	Layer  int8              `json:"layer"`
	List   []string          `json:"list"`
	Map    map[string]inner  `json:"map"`
	Inner  inner             `json:"inner"`
	Far    *inner            `json:"far"`
	Radius *int              `json:"radius"`
	Words  map[string]string `json:"words"`
	Flag   bool              `json:"flag"`
	Hidden string            `json:"-"`
	Plain  string
	Share  *float64 `json:"share"`
}

// read returns what Unmarshal says, one line for each thing told.
func read(data string, v any) (string, error) {
	var lines []string
	err := Unmarshal([]byte(data), v, 4, func(p Problem) error {
		line := fmt.Sprintf("%s %d", p.Path, p.What)
		if p.What == Type {
			line = fmt.Sprintf("%s: %s, not %s", p.Path, p.Want, p.Got)
		}
		lines = append(lines, line)
		return nil
	})
	return strings.Join(lines, "; "), err
}

func TestReads(t *testing.T) {
	one := 1
	for data, want := range map[string]document{
		` {} `: {},
		`{"id":"é","count":4294967295,"layer":-128,"list":["x"],"map":{"a":{"path":"b"}},"inner":{"path":"/"},"far":{},"radius":1,"words":{"":"x"},"flag":true}`: {
			"é", 4294967295, -128, []string{"x"}, map[string]inner{"a": {"b"}}, inner{"/"}, &inner{}, &one, map[string]string{"": "x"}, true, "", "", nil},
		`{"id":"\ud83d\ude00\\ud800\"\u00e9"}`: {ID: "😀\\ud800\"é"},
	} {
		var got document
		if told, err := read(data, &got); err != nil || told != "" || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %q, %v", data, got, told, err)
		}
	}
}

func TestCannotBeRead(t *testing.T) {
	for _, c := range []struct {
		name, data, want string
		kind             Kind
	}{
		{"nothing", "", "line 1, column 1: empty", Empty},
		{"white space", " \n\t", "line 2, column 2: empty", Empty},
		{"byte order mark", "\ufeff{}", "line 1, column 1: begins with a byte order mark", Encoding},
		{"not UTF-8", "{\"id\":\"é\n\xff\"}", "line 2, column 1: not UTF-8", Encoding},
		{"no JSON", `id: x`, "line 1, column 1: invalid character", Syntax},
		{"cut off", `{"id":"é"`, "line 1, column 9: unexpected end", Syntax},
		{"comma", "{\n \"id\":\"a\",\n}", "line 3, column 1: invalid character", Syntax},
		{"comment", `{/**/}`, "line 1, column 2: invalid character", Syntax},
		{"NUL", "{\"id\":\"\x00\"}", "line 1, column 8: invalid character", Syntax},
		{"two documents", "{}\n {}", "line 2, column 2: invalid character '{' after top-level value", More},
		{"behind a number", `1 x`, "line 1, column 3: invalid character", More},
		{"high half", `{"id":"\ud800"}`, "line 1, column 8: half of a surrogate pair", Half},
		{"high half, text", `{"id":"\ud800x"}`, "column 8: half", Half},
		{"two high halves", `{"id":"a\ud800\ud800"}`, "column 9: half", Half},
		{"low half", `{"id":"\\\udc00"}`, "column 10: half", Half},
		{"half in a key", `{"\ud800":1}`, "column 3: half", Half},
		{"deep", `{"list":[[[` + "\n" + `[]]]]}`, "line 2, column 1: nested deeper than 4 levels", Deep},
		{"very deep", strings.Repeat("[", 20_000), "exceeded max depth", Syntax},
	} {
		got := document{ID: "before"}
		_, err := read(c.data, &got)
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Kind != c.kind || !strings.Contains(e.Error(), c.want) || got.ID != "before" {
			t.Errorf("%s: %v, read as %+v; want %s", c.name, err, got, c.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for data, want := range map[string]float64{`{"share":0.25}`: 0.25, `{"share":1}`: 1, `{"share":-1e-3}`: -0.001} {
		var got document
		if told, err := read(data, &got); err != nil || told != "" || got.Share == nil || *got.Share != want {
			t.Errorf("%s: %q, %v, read as %v", data, told, err, got.Share)
		}
	}
}

func TestDoesNotFit(t *testing.T) {
	long := strings.Repeat("あ", 40)
	for data, want := range map[string]string{
		`[]`:                              ": an object, not a list",
		`"x"`:                             ": an object, not a string",
		`null`:                            ": an object, not null",
		`{"ID":"a"}`:                      "/ID 1",
		`{"-":"a","":1,"Plain":"a"}`:      "/- 1; / 1; /Plain 1",
		`{"a/b~c":{"d":1,"d":1}}`:         "/a~1b~0c 1; /a~1b~0c/d 0",
		`{"` + long + `":1}`:              "/" + strings.Repeat("あ", 21) + "… 1",
		`{"id":"a","\u0069d":"b"}`:        "/id 0",
		`{"words":{"a":"x","a":"y"}}`:     "/words/a 0",
		`{"map":{"a":{"x":1}}}`:           "/map/a/x 1",
		`{"id":{"x":1,"x":2}}`:            "/id: a string, not an object; /id/x 0",
		`{"list":{"0":[1]},"flag":1}`:     "/list: a list, not an object; /flag: true or false, not 1",
		`{"list":["a",null,1]}`:           "/list/1: a string, not null; /list/2: a string, not 1",
		`{"far":null,"radius":null}`:      "/far: an object, not null; /radius: a whole number, not null",
		`{"count":-1}`:                    "/count: a whole number from 0 to 4294967295, not -1",
		`{"count":4294967296,"layer":""}`: "/count: a whole number from 0 to 4294967295, not 4294967296; /layer: a whole number, not a string",
		`{"layer":128,"radius":1.0}`:      "/layer: a whole number, not 128; /radius: a whole number, not 1.0",
		`{"layer":1e2,"flag":"true"}`:     "/layer: a whole number, not 1e2; /flag: true or false, not a string",
		`{"id":true}`:                     "/id: a string, not true or false",
		`{"share":"0.1"}`:                 "/share: a number, not a string",
		`{"share":1e999}`:                 "/share: a number, not 1e999",
		`{"share":null}`:                  "/share: a number, not null",
	} {
		got := document{ID: "before"}
		if told, err := read(data, &got); err != nil || told != want || got.ID != "before" {
			t.Errorf("%s: %q, %v, read as %+v; want %q", data, told, err, got, want)
		}
	}
}

func TestUnknownKnowsTheOthers(t *testing.T) {
	stop := errors.New("stop")
	var p Problem
	err := Unmarshal([]byte(`{"inner":{"x":1,"y":2},"z":1}`), &document{}, 4, func(told Problem) error { p = told; return stop })
	if err != stop || p.Key != "x" || !reflect.DeepEqual(p.Known, []string{"path"}) {
		t.Errorf("%+v, %v; want the first one and no more", p, err)
	}
}

// FuzzUnmarshal: nothing panics, and what is accepted says the same to
// encoding/json alone.
func FuzzUnmarshal(f *testing.F) {
	for _, s := range []string{`{}`, `{"id":"a","count":1,"list":["x"],"map":{"a":{"path":""}},"far":{"path":"x"}}`, `{"id":"\ud83d\ude00"}`,
		`{"id":"\\\ud800"}`, `{"list":[[[[[]]]]]}`, `{"id":1,"id":2}`, "\xef\xbb\xbf{}", `{"":{"":{}}}`, `{"radius":1e9}`, "{}\n{", `"\`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var got, plain document
		told, err := read(string(data), &got)
		if err != nil {
			if _, ok := errors.AsType[*Error](err); !ok {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		if told != "" {
			if !reflect.DeepEqual(got, document{}) {
				t.Fatalf("%s, and yet read", told)
			}
			return
		}
		if err := json.Unmarshal(data, &plain); err != nil || !reflect.DeepEqual(got, plain) {
			t.Fatalf("%+v; encoding/json: %+v, %v", got, plain, err)
		}
	})
}
