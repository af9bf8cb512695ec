package bundle

import (
	"testing"

	"github.com/sekisho/sekisho/server/site"
)

// TestRecordBudget: the visitor's own record, in bytes of brotli, in every language.
func TestRecordBudget(t *testing.T) {
	in := realInput(t, twenty[:2])
	in.Revision.Document.Languages = languages(t)
	b := build(t, in)
	for _, lang := range in.Revision.Document.Languages {
		name := partName("record", lang)
		hold(t, name, weight(t, b, name), "record")
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
