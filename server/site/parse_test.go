package site

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/sekisho/sekisho/server/fault"
)

// contractFile is site.json as the contract prints it.
const contractFile = `{ "key": "shop", "name": {"ja": "例の店", "en": "Example shop"},
  "origins": ["https://www.example.jp", "http://127.0.0.1:9100"],
  "languages": ["ja", "en"],
  "vendors": [ {"id": "criteo"},
               {"id": "meta-pixel", "linkedWithPersonalData": true},
               {"id": "our-crm", "custom": { "id": "our-crm" }} ],
  "default": "opt-in",
  "expiryMonths": 6,
  "strict": false,
  "notice": {"controller": {"ja": "例株式会社"}, "contact": {"email": "privacy@example.jp"}},
  "texts": {}, "theme": {} }`

func TestParse(t *testing.T) {
	doc, err := Parse(strings.NewReader(contractFile))
	if err != nil {
		t.Fatal(err)
	}
	if doc.Key != "shop" || len(doc.Vendors) != 3 || !doc.Vendors[1].LinkedWithPersonalData || doc.Vendors[2].Custom.ID != "our-crm" {
		t.Errorf("read as %+v", doc)
	}
	doc, err = Parse(strings.NewReader(`{"key":"shop"}` + "\n"))
	if err != nil || doc.Default != OptIn || doc.ExpiryMonths != 6 {
		t.Errorf("defaults: %+v, %v; want opt-in and 6 months", doc, err)
	}
}

func TestParseRefuses(t *testing.T) {
	deep := strings.Repeat(`[`, 40) + strings.Repeat(`]`, 40)
	for _, c := range []struct {
		name, file string
		kind       fault.Kind
		want       string // in the error's text
	}{
		{"nothing", ` `, fault.Malformed, "empty"},
		{"no JSON", `key: shop`, fault.Malformed, "line 1, column 1"},
		{"cut off", `{"key": "shop"`, fault.Malformed, "line 1, column 14: unexpected end"},
		{"comma at the end", "{\n  \"key\": \"shop\",\n}", fault.Malformed, "line 3, column 1"},
		{"two documents", `{"key":"a"} {"key":"b"}`, fault.Malformed, "line 1, column 13: invalid character"},
		{"garbage behind", `{"key":"a"}x`, fault.Malformed, "after top-level value"},
		{"byte order mark", "\xef\xbb\xbf{}", fault.Malformed, "byte order mark"},
		{"Shift_JIS", "{\"key\":\"\x93\xfa\x96{\"}", fault.Malformed, "UTF-8"},
		{"too deep", `{"x":` + deep + `}`, fault.Malformed, "deeper than 32"},
		{"too large", `{"key":"` + strings.Repeat("a", MaxBytes) + `"}`, fault.TooLarge, "1 MiB"},
		{"a list", `[]`, fault.Invalid, "/: must be an object"},
		{"unknown key", `{"vendor":[]}`, fault.Invalid, `/vendor: is not a known key; did you mean "vendors"?`},
		{"unknown key, nothing near", `{"tenant":1}`, fault.Invalid, "known here: default, expiryMonths"},
		{"unknown key inside", `{"notice":{"contact":{"mail":"a@b.jp"}}}`, fault.Invalid, `/notice/contact/mail: is not a known key; did you mean "email"?`},
		{"key in another case", `{"Key":"shop"}`, fault.Invalid, `/Key: is not a known key; did you mean "key"?`},
		{"key twice", `{"key":"a","key":"b"}`, fault.Invalid, "/key: is written twice"},
		{"key twice by an escape", `{"key":"a","k\u0065y":"b"}`, fault.Invalid, "/key: is written twice"},
		{"key twice inside", `{"texts":{"ja":{"banner.title":"a","banner.title":"b"}}}`, fault.Invalid, "/texts/ja/banner.title: is written twice"},
		{"key twice in a custom entry", `{"vendors":[{"id":"x","custom":{"id":"x","id":"y"}}]}`, fault.Invalid, "/vendors/0/custom/id: is written twice"},
		{"null", `{"vendors":null}`, fault.Invalid, "/vendors: must not be null"},
		{"null in a list", `{"vendors":[null]}`, fault.Invalid, "/vendors/0: must not be null"},
		{"number for a text", `{"key":5}`, fault.Invalid, "/key: must be a text in quotes"},
		{"text for a number", `{"expiryMonths":"6"}`, fault.Invalid, "/expiryMonths: must be a whole number"},
		{"half a month", `{"expiryMonths":6.5}`, fault.Invalid, "/expiryMonths: must be a whole number"},
		{"a number beyond all", `{"expiryMonths":1e999}`, fault.Invalid, "/expiryMonths: must be a whole number"},
		{"text for a switch", `{"strict":"yes"}`, fault.Invalid, "/strict: must be true or false"},
		{"object for a list", `{"vendors":{"id":"criteo"}}`, fault.Invalid, "/vendors: must be a list"},
		{"text for a vendor", `{"vendors":["criteo"]}`, fault.Invalid, "/vendors/0: must be an object"},
		{"text for texts", `{"name":"例の店"}`, fault.Invalid, "/name: must be an object"},
		{"slash in a key", `{"a/b~c":1}`, fault.Invalid, "/a~1b~0c: is not a known key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, err := Parse(strings.NewReader(c.file))
			if fault.KindOf(err) != c.kind || err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v (kind %d), want kind %d with %q", err, fault.KindOf(err), c.kind, c.want)
			}
			if doc.Key != "" {
				t.Errorf("a refused file left the key %q", doc.Key)
			}
		})
	}
}

func TestParseNamesAllFaults(t *testing.T) {
	_, err := Parse(strings.NewReader(`{"kee":1,"vendors":[{"id":1},{"idd":"x"}],"strict":1}`))
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || len(f.Fields) != 4 {
		t.Fatalf("got %v, want four fields", err)
	}
	many := `{"vendors":[` + strings.Repeat("1,", 5000) + `1]}`
	_, err = Parse(strings.NewReader(many))
	if f, ok := errors.AsType[*fault.Error](err); !ok || len(f.Fields) != maxFields {
		t.Errorf("got %v, want %d fields and no more", err, maxFields)
	}
}

func TestParseReadError(t *testing.T) {
	_, err := Parse(io.MultiReader(strings.NewReader(`{"key":`), iotest.ErrReader(os.ErrClosed)))
	if fault.KindOf(err) != fault.Malformed || !errors.Is(err, os.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(contractFile)
	f.Add(`{"vendors":[{"id":"x","custom":{"hosts":[{"host":"a.example","path":"/x*"}]}}],"theme":{"radius":4}}`)
	f.Add(`{"key":"s","name":{"ja":"x"},"origins":["https://a.jp"],"languages":["ja"],"vendors":[{"id":"our-crm","custom":{"id":"our-crm"}}]}`)
	f.Add(`{"key":"s","name":{"ja":"x"},"origins":["https://a.jp"],"languages":["ja"]}`)
	f.Add(`{"texts":{"ja":{"banner.title":"\ud83d\ude00"}}}`)
	rules := testRules(testShelf())
	f.Fuzz(func(t *testing.T, file string) {
		doc, err := Parse(strings.NewReader(file))
		if err != nil {
			return
		}
		settled, _, err := rules.Validate(doc)
		if err != nil {
			return
		}
		again, _, err := rules.Validate(settled)
		if err != nil || text(again) != text(settled) {
			t.Errorf("a settled document is settled otherwise: %v\n%s\n%s", err, text(settled), text(again))
		}
		read, err := Parse(strings.NewReader(text(settled)))
		if err != nil || text(read) != text(settled) {
			t.Errorf("a settled document cannot be read back: %v\n%s\n%s", err, text(settled), text(read))
		}
	})
}
