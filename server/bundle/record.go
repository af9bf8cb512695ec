package bundle

import (
	"github.com/sekisho/sekisho/server/site"
)

// recordParts are the files that show visitors what is recorded of them, in
// each language.
func recordParts(in Input, texts map[string]site.Messages) []part {
	var parts []part
	for _, lang := range in.Revision.Document.Languages {
		parts = append(parts, part{name: partName("record", lang), entry: "src/record/main.ts", module: "sekisho:record", data: recordTexts(in.Revision, lang, texts[lang])})
	}
	return parts
}

// recordTexts makes the data of "sekisho:record": of what erasing comes to, it
// says what is so on this site.
func recordTexts(r *site.Revision, lang string, widget site.Messages) site.Messages {
	texts := ownMessages(r, lang, widget, "record.")
	if r.Document.Default == site.OptIn {
		delete(texts, "record.run")
	} else {
		delete(texts, "record.stop")
	}
	return texts
}
