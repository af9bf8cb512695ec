package bundle

import (
	"encoding/json"
	"maps"
	"os"
	"testing"
	"testing/fstest"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/site"
)

// standIn is a stand-in for the widget's sources that is small enough to see
// through: each file says what it was given.
func standIn(change ...map[string]string) fstest.MapFS {
	files := map[string]string{
		"src/main.ts":             "import site from 'sekisho:site';\nimport { start } from './page';\nstart(site);\n",
		"src/page.ts":             "import { Flag, type Site } from './types';\nimport { unused } from './unused';\nexport const start = (site: Site) => { (window as any).given = [site, Flag.Signal] };\n",
		"src/unused.ts":           "export const unused = () => console.log('never called');\n",
		"src/types.ts":            "export type Site = unknown;\nexport const enum Flag { Necessary = 1, Signal = 2 }\n",
		"src/banner/main.ts":      "// a comment that nobody needs\nimport texts from 'sekisho:banner';\nimport { twice } from '../ui';\nexport default () => twice(texts);\n",
		"src/preferences/main.ts": "import texts from 'sekisho:preferences';\nexport default () => texts;\n",
		"src/record/main.ts":      "import texts from 'sekisho:record';\nexport default () => texts;\n",
		"src/decided.ts":          "export default () => fetch;\n",
		"src/withdrawal/main.ts":  "export const withdrawal = (...given: unknown[]) => given;\n",
		"src/reports/main.ts":     "import settings from 'sekisho:reports';\nexport default () => settings;\n",
		"src/reports/early.ts":    "export default () => 'early';\n",
		"src/reports/load.ts":     "export default (config: unknown) => config;\n",
		"src/reportonly.ts":       "export const first = 'reportonly';\n",
		"src/ui/index.ts":         "export const twice = (what: unknown) => [what, what];\n",
		"src/i18n/ja.json":        `{"common.acceptAll":"すべて許可","banner.title":"外部への情報送信について","preferences.save":"選択を保存"}`,
		"src/i18n/en.json":        `{"common.acceptAll":"Accept all","banner.title":"Information sent to outside vendors","preferences.save":"Save choices"}`,
	}
	for _, c := range change {
		maps.Copy(files, c)
	}
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

func purposes() []catalogue.Purpose {
	var all []catalogue.Purpose
	for _, id := range []catalogue.PurposeID{catalogue.Necessary, catalogue.Functionality, catalogue.Analytics, catalogue.Advertising, catalogue.Personalization, catalogue.Social} {
		all = append(all, catalogue.Purpose{ID: id, Label: catalogue.Text{"ja": "目的" + string(id), "en": "Purpose " + string(id)}, Explanation: catalogue.Text{"ja": "説明" + string(id), "en": "Explains " + string(id)}})
	}
	return all
}

// revision is a published revision with one vendor of each kind.
func revision(number int) *site.Revision {
	hour := int64(3600)
	vendor := func(id string, purposes ...catalogue.PurposeID) site.RevisionVendor {
		return site.RevisionVendor{Since: 1, Vendor: catalogue.Vendor{ID: id, Name: catalogue.Text{"ja": "名" + id, "en": "Name " + id}, Country: "JP", Purposes: purposes,
			Entity:   catalogue.Entity{Name: catalogue.Text{"ja": id + "株式会社"}, FormerNames: []string{"旧" + id}},
			Receives: catalogue.Text{"ja": "閲覧したページ", "en": "pages viewed"}, UsedFor: catalogue.Text{"ja": "広告"},
			Hosts:   []catalogue.Host{{Host: "static." + id + ".example"}, {Host: "*." + id + ".example"}},
			Cookies: []catalogue.Cookie{{Name: "_" + id, Party: "first", LifetimeSeconds: &hour}, {Name: "x", Party: "third"}},
			Links:   catalogue.Links{Privacy: catalogue.Text{"ja": "https://" + id + ".example/ja"}, OptOut: "https://" + id + ".example/out"},
		}}
	}
	r := &site.Revision{Site: "shop", Number: number, Document: site.Document{Key: "shop", Name: catalogue.Text{"ja": "例の店", "en": "Example shop"},
		Origins: []string{"https://www.example.jp"}, Languages: []string{"en", "ja"}, Default: site.OptOut, ExpiryMonths: 6,
		Notice: site.Notice{Controller: catalogue.Text{"ja": "例株式会社"}, Contact: site.Contact{Email: "privacy@example.jp"}},
		Texts:  map[string]site.Messages{"ja": {"banner.title": "お知らせ"}}},
		Vendors: []site.RevisionVendor{vendor("zeta", catalogue.Social, catalogue.Analytics), vendor("auth", catalogue.Necessary), vendor("mid", catalogue.Analytics)}}
	for i := range r.Vendors {
		r.Vendors[i].Index = 10 + i
	}
	r.Vendors[0].LinkedWithPersonalData = true
	r.Vendors[0].Unverified = []string{"links", "entity.name.ja", "hosts"}
	return r
}

func input(r *site.Revision) Input {
	return Input{Revision: r, PublicURL: "https://consent.example.jp/", Widget: standIn(), Purposes: purposes()}
}

// budget returns what widget/budget.json allows something, in bytes of brotli.
func budget(t testing.TB, of string) int {
	t.Helper()
	data, err := os.ReadFile("../../widget/budget.json")
	if err != nil {
		t.Fatal(err)
	}
	var limits map[string]int
	if err := json.Unmarshal(data, &limits); err != nil {
		t.Fatal(err)
	}
	limit, ok := limits[of]
	if !ok {
		t.Fatalf("there is no budget of %s", of)
	}
	return limit
}

// hold holds what something weighs to a budget.
func hold(t testing.TB, what string, size int, of string) {
	t.Helper()
	limit := budget(t, of)
	if t.Logf("%-20s %6d of %6d", what, size, limit); size > limit {
		t.Errorf("%s: %d bytes of brotli, the budget is %d", what, size, limit)
	}
}

// weight returns that of a part in bytes of brotli.
func weight(t testing.TB, b *Bundle, name string) int {
	t.Helper()
	f := b.Parts[name]
	if f == nil {
		t.Fatalf("there is no %s", name)
	}
	return len(f.Brotli)
}
