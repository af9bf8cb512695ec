package site

import (
	"strings"
	"testing"

	"github.com/sekisho/sekisho/server/catalogue"
)

func TestDiff(t *testing.T) {
	s, _, shelf := newSites(t)
	apply(t, s, document("criteo", "microsoft-clarity", "google-analytics-4"), true)

	setPurpose(shelf, "criteo", catalogue.Personalization)
	clarity := *shelf["microsoft-clarity"]
	clarity.UsedFor = catalogue.Text{"ja": "画面の改善", "en": "better pages"}
	shelf["microsoft-clarity"] = &clarity
	doc := document("criteo", "microsoft-clarity", "meta-pixel")
	doc.Vendors[0].LinkedWithPersonalData = true
	doc.Default, doc.Strict = OptOut, true
	doc.Texts = map[string]Messages{"ja": {"banner.title": "お知らせ"}, "en": {"banner.title": "News"}}
	d := apply(t, s, doc, false).Diff

	if d.From != 1 || d.To != 2 || ids(d.Added) != "meta-pixel" || ids(d.Removed) != "google-analytics-4" || ids(d.Reworded) != "microsoft-clarity" || ids(d.Reasks) != "criteo meta-pixel" {
		t.Errorf("%+v", d)
	}
	if len(d.Changed) != 1 || text(d.Changed[0].Aspects) != `[{"what":"purposes","from":"advertising","to":"personalization"},{"what":"linkedWithPersonalData","from":"off","to":"on"}]` {
		t.Errorf("changed: %+v", d.Changed)
	}
	for lang, want := range map[string]string{
		"ja": `追加される外部事業者：名meta-pixel
なくなる外部事業者：名google-analytics-4
内容が変わる外部事業者：名criteo（目的：advertising → personalization、個人データとのひも付け：オフ → オン）
説明だけが変わる外部事業者：名microsoft-clarity
選択前の扱い：opt-in → opt-out
厳格モード：オフ → オン
サイト独自の文言が変わります（2件）：en/banner.title、ja/banner.title
公開すると、回答済みの訪問者にもあらためて次の2件をたずねます：名criteo、名meta-pixel`,
		"en": `Vendors added: Name meta-pixel
Vendors removed: Name google-analytics-4
Vendor changed in substance: Name criteo (purposes: advertising → personalization, linked with personal data: off → on)
Vendors whose descriptions alone change: Name microsoft-clarity
before a choice: opt-in → opt-out
strict mode: off → on
The site's own texts change (2): en/banner.title, ja/banner.title
Once published, visitors who have already answered will be asked about these (2): Name criteo, Name meta-pixel`,
	} {
		if got := strings.Join(d.Words(lang), "\n"); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", lang, got, want)
		}
	}
}

func TestDiffOfLittle(t *testing.T) {
	s, _, _ := newSites(t)
	first := apply(t, s, document("criteo"), true).Diff
	if got := first.Words("ja"); len(got) != 1 || got[0] != "これまでに公開した内容はありません（外部事業者1件）。" {
		t.Errorf("first: %q", got)
	}
	if got := apply(t, s, document("criteo"), true).Diff.Words("en"); len(got) != 1 || got[0] != "Nothing changes for visitors." {
		t.Errorf("nothing: %q", got)
	}
	doc := document("criteo")
	doc.ExpiryMonths = 12
	if got := apply(t, s, doc, true).Diff.Words("fr"); len(got) != 2 || got[0] != "有効期間（月）：6 → 12" || got[1] != ja.reasksNone {
		t.Errorf("a setting: %q", got)
	}
}

// TestWordsForEverything: what a diff can name has a word in each language.
func TestWordsForEverything(t *testing.T) {
	a := RevisionVendor{Vendor: catalogue.Vendor{Entity: catalogue.Entity{Name: catalogue.Text{"ja": "a"}}, Country: "JP", Purposes: []catalogue.PurposeID{"x"}, Data: []string{"x"}}}
	b := RevisionVendor{LinkedWithPersonalData: true}
	other := document()
	other.Name, other.Origins, other.Languages, other.Default, other.ExpiryMonths = nil, nil, nil, "", 1
	other.Strict, other.Paused, other.Notice, other.Theme.Accent = true, true, Notice{}, "#000000"
	aspects := append(substance(&a, &b), compareSettings(document(), other)...)
	if len(aspects) != 5+9 {
		t.Errorf("%d aspects: %+v", len(aspects), aspects)
	}
	for _, aspect := range aspects {
		if ja.what[aspect.What] == "" || en.what[aspect.What] == "" {
			t.Errorf("no word for %q", aspect.What)
		}
	}
}
