package vendors_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/vendors"
)

func load(t *testing.T) *catalogue.Catalogue {
	t.Helper()
	c, err := catalogue.Load(vendors.FS)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := fs.ReadFile(vendors.FS, name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestEveryEntryPassesTheLint(t *testing.T) {
	c := load(t)
	if n := len(c.All()); n < 150 {
		t.Errorf("only %d vendors", n)
	}
	for _, v := range c.All() {
		for _, f := range c.Check(v, time.Now()) {
			t.Errorf("data/%s.json: %s: %s", v.ID, f.Path, f.Reason)
		}
	}
}

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(read(t, "schema.json")))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := compiler.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEveryEntryFitsTheSchema(t *testing.T) {
	s := schema(t)
	for _, v := range load(t).All() {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(read(t, "data/"+v.ID+".json")))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(doc); err != nil {
			t.Errorf("%s: %v", v.ID, err)
		}
	}
}

func TestSchemaRefusesWhatTheLintRefuses(t *testing.T) {
	s := schema(t)
	for _, change := range []struct{ from, to string }{
		{`"id": "criteo"`, `"id": "Criteo"`},
		{`"id": "criteo"`, `"id": "criteo", "colour": "orange"`},
		{`"country": "FR"`, `"country": "France"`},
		{`"status": "active"`, `"status": "retired"`},
		{`["advertising"]`, `["marketing"]`},
		{`"host": "*.criteo.net"`, `"host": "https://criteo.net"`},
		{`"host": "*.criteo.net"`, `"host": "Criteo.net"`},
		{`"host": "*.criteo.net"`, `"host": "a.*.criteo.net"`},
		{`"host": "*.criteo.net"`, `"host": "*"`},
		{`"path": "/js/ld/ld.js"`, `"path": "js/ld/ld.js"`},
		{`"party": "first"`, `"party": "second"`},
		{`"en": "Criteo"`, `"en": "<b>Criteo</b>"`},
		{`"https://www.criteo.com/privacy/"`, `"http://www.criteo.com/privacy/"`},
		{`"date": "2026-`, `"date": "26-`},
	} {
		changed := strings.Replace(string(read(t, "data/criteo.json")), change.from, change.to, 1)
		if !strings.Contains(changed, change.to) {
			t.Fatalf("nothing to change: %s", change.from)
		}
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(changed))
		if err != nil {
			t.Fatal(err)
		}
		if s.Validate(doc) == nil {
			t.Errorf("the schema takes %s", change.to)
		}
	}
}

// TestSchemaHasTheKeysOfTheType keeps schema.json and catalogue.Vendor one.
func TestSchemaHasTheKeysOfTheType(t *testing.T) {
	var doc any
	if err := json.Unmarshal(read(t, "schema.json"), &doc); err != nil {
		t.Fatal(err)
	}
	compare(t, "", doc.(map[string]any), reflect.TypeFor[catalogue.Vendor]())
}

func compare(t *testing.T, path string, schema map[string]any, of reflect.Type) {
	t.Helper()
	if items, ok := schema["items"].(map[string]any); ok && of.Kind() == reflect.Slice {
		schema, of = items, of.Elem()
	}
	properties, ok := schema["properties"].(map[string]any)
	if !ok || of.Kind() != reflect.Struct {
		return
	}
	var keys []string
	for field := range of.Fields() {
		key, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		keys = append(keys, key)
		if sub, ok := properties[key].(map[string]any); ok {
			compare(t, path+"/"+key, sub, field.Type)
		}
	}
	var described []string
	for key := range properties {
		described = append(described, key)
	}
	slices.Sort(keys)
	slices.Sort(described)
	if !slices.Equal(keys, described) {
		t.Errorf("%s: the type has %v, the schema %v", path, keys, described)
	}
}
