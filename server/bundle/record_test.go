package bundle

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/sekisho/sekisho/server/site"
)

// TestRecordBudget: the visitor's own record, in bytes of brotli, in every language.
func TestRecordBudget(t *testing.T) {
	data, err := os.ReadFile("../../widget/budget.json")
	if err != nil {
		t.Fatal(err)
	}
	var budget struct{ Record int }
	if err := json.Unmarshal(data, &budget); err != nil {
		t.Fatal(err)
	}
	in := realInput(t, twenty[:2])
	in.Revision.Document.Languages = languages(t)
	b := build(t, in)
	for _, lang := range in.Revision.Document.Languages {
		size := len(b.Parts[partName("record", lang)].Brotli)
		if t.Logf("record.%-8s %6d of %6d", lang, size, budget.Record); size == 0 || size > budget.Record {
			t.Errorf("record, %s: %d bytes of brotli, the budget is %d", lang, size, budget.Record)
		}
	}
}

// TestRecordTexts: what erasing comes to is said as it is on this site.
func TestRecordTexts(t *testing.T) {
	widget := site.Messages{"record.stop": "tags stop", "record.run": "tags run", "record.erase": "erase", "banner.title": "t"}
	for mode, want := range map[site.Default]string{site.OptIn: "record.stop", site.OptOut: "record.run", site.NoticeOnly: "record.run"} {
		r := revision(1)
		r.Document.Default = mode
		texts := recordTexts(r, "en", widget)
		if len(texts) != 2 || texts[want] == "" || texts["record.erase"] == "" {
			t.Errorf("%s: %v", mode, texts)
		}
	}
}
