package bundle

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
)

// part is a file that the page loads by import() when it comes to need it.
type part struct {
	name   string // "banner.ja.js"
	entry  string // in the widget's sources, or generated
	source string // of a generated entry; it imports from "./src/…"
	module string // the generated module that the entry may import; "" for none
	data   any
	define map[string]string // as in job
}

// decidedName is the name of the file for what follows a decision.
const decidedName = "decided.js"

// partName is the name of the file of a part that speaks a language.
func partName(part, lang string) string { return part + "." + lang + ".js" }

// Host returns the host of a public URL, without port.
func Host(server string) string {
	u, err := url.Parse(server)
	if err != nil { // PublicURL has looked at it
		panic(err)
	}
	return u.Hostname()
}

// partsOf returns what the site's pages can come to need besides the script. What a
// site does not use is not there.
func partsOf(in Input, server string, texts map[string]site.Messages) []part {
	var parts []part
	look := theme(in.Revision.Document.Theme)
	layout := map[string]string{"LAYOUT": strconv.Quote(look.Layout), "POSITION": strconv.Quote(look.Position)}
	for _, lang := range in.Revision.Document.Languages {
		parts = append(parts,
			part{name: partName("banner", lang), entry: "src/banner/main.ts", module: "sekisho:banner", data: bannerTexts(in, server, lang, texts[lang]), define: layout},
			part{name: partName("preferences", lang), entry: "src/preferences/main.ts", module: "sekisho:preferences", data: preferencesTexts(in, lang, texts[lang])})
	}
	return slices.Concat(parts,
		// What follows a decision is the same in every language, and the last to be needed.
		[]part{{name: decidedName, entry: "src/decided.ts"}},
		withdrawalParts(in), embedParts(in, texts), reportParts(in, server), recordParts(in, texts))
}

// extra is a module of the widget that a site's script carries only where the
// site uses it. Its default export is called once, with config, when the gate
// stands and window.sekisho is there, before any other script of the page runs.
type extra struct {
	module string // below src/: "signals/google"
	config any
}

// extrasOf returns what the site uses. Report-only has nothing stood in for, and
// tags hear no consent signal: it must change nothing that tags do.
func extrasOf(in Input) []extra {
	extras := reportExtras(in)
	if !reportOnly(in) {
		extras = slices.Concat(signalExtras(in), policyExtras(in), embedExtras(in), extras)
	}
	return extras
}

// entryOf writes the entry of the site's script: the gate, then what the site uses besides.
func entryOf(in Input) string {
	var imports, calls strings.Builder
	for i, e := range extrasOf(in) {
		config, err := json.Marshal(e.config)
		if err != nil { // configs are made of texts, numbers and lists
			panic(fault.Wrap(fault.Internal, err, "cannot write the settings of %s", e.module))
		}
		fmt.Fprintf(&imports, "import extra%d from './src/%s';\n", i, e.module)
		fmt.Fprintf(&calls, "  extra%d(%s);\n", i, config)
	}
	main, tags := "main", ""
	if reportOnly(in) {
		main = "reportonly"
	}
	// It picks the language before the gate does, which knows two letters of one.
	if slices.ContainsFunc(in.Revision.Document.Languages, func(lang string) bool { return strings.Contains(lang, "-") }) {
		tags = "import './src/tags';\n"
	}
	if calls.Len() == 0 {
		return tags + "import './src/" + main + "';\n"
	}
	return tags + "import { first } from './src/" + main + "';\n" + imports.String() + "if (first) {\n" + calls.String() + "}\n"
}
