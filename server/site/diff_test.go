package site

import (
	"reflect"
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
内容が変わる外部事業者：名criteo（目的：広告 → 表示の最適化、個人データとのひも付け：オフ → オン）
説明だけが変わる外部事業者：名microsoft-clarity
選択前の扱い：許可されるまで止める → 拒否されるまで動かす
厳格モード：オフ → オン
サイト独自の文言が変わります（2件）：英語「見出し」、日本語「見出し」
公開すると、回答済みの訪問者にもあらためて次の2件をたずねます：名criteo、名meta-pixel`,
		"en": `Vendors added: Name meta-pixel
Vendors removed: Name google-analytics-4
Vendor changed in substance: Name criteo (purposes: advertising → personalization, linked with personal data: off → on)
Vendors whose descriptions alone change: Name microsoft-clarity
before a choice: tags wait until accepted → tags run until refused
strict mode: off → on
The site's own texts change (2): title (English), title (Japanese)
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
	if bare := Compare(nil, &Revision{Number: 1}); bare.Empty() || bare.Words("ja")[0] != "これまでに公開した内容はありません（外部事業者0件）。" {
		t.Errorf("first, and without vendors: %q", bare.Words("ja"))
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
		for _, w := range []words{ja, en} {
			for _, line := range w.settings(aspect, "ja") {
				if strings.ContainsAny(line, "{}[]") {
					t.Errorf("told as JSON: %s", line)
				}
			}
		}
		if ja.what[aspect.What] == "" || en.what[aspect.What] == "" {
			t.Errorf("no word for %q", aspect.What)
		}
	}
}

// TestSettingsAreToldInWords: part by part, and never as JSON.
func TestSettingsAreToldInWords(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Document)
		ja, en string
	}{
		{"theme", func(d *Document) {
			d.Theme = Theme{Layout: "card", Position: "left", Accent: "#0a5bd3", Radius: new(0), Font: []string{"Arial", "serif"}, Dark: Colours{Panel: "#101010"}}
		}, `外観（基本の色）：標準 → #0a5bd3
外観（暗い画面、背景）：標準 → #101010
外観（書体）：Arial、serifを追加
外観（形）：標準 → カード
外観（位置）：標準 → 左
外観（角の丸み）：標準 → 0`, `look (accent): the usual → #0a5bd3
look (dark scheme, panel): the usual → #101010
look (font): Arial, serif added
look (layout): the usual → card
look (position): the usual → left
look (radius of corners): the usual → 0`},
		{"origins", func(d *Document) { d.Origins = []string{"https://shop.example.jp"} },
			"オリジン：https://shop.example.jpを追加、https://www.example.jpを削除", "origins: https://shop.example.jp added, https://www.example.jp removed"},
		{"another language", func(d *Document) { d.Languages = append(d.Languages, "ko") }, "言語：韓国語を追加", "languages: Korean added"},
		{"the order of languages", func(d *Document) { d.Languages = []string{"en", "ja"} }, "言語：日本語、英語 → 英語、日本語", "languages: Japanese, English → English, Japanese"},
		{"name", func(d *Document) { d.Name = catalogue.Text{"ja": "二号店", "en": d.Name["en"]} }, "サイト名（日本語）：例の店 → 二号店", "site name (Japanese): 例の店 → 二号店"},
		{"contact", func(d *Document) { d.Notice.Contact = Contact{Phone: "03-1234-5678"} },
			"公表ページ（お問い合わせ先、メールアドレス）：privacy@example.jp → なし\n公表ページ（お問い合わせ先、電話番号）：なし → 03-1234-5678",
			"notice page (contact, email): privacy@example.jp → none\nnotice page (contact, phone): none → 03-1234-5678"},
		{"complaints", func(d *Document) { d.Notice.Complaints.Name = catalogue.Text{"ja": "例の協会"} },
			"公表ページ（苦情の申出先、名称、日本語）：なし → 例の協会", "notice page (complaints body, name, Japanese): none → 例の協会"},
		{"signals", func(d *Document) { d.Signals.Google = GoogleSignal{Regions: []string{"JP"}, URLPassthrough: true} },
			"タグへの同意通知（Googleのタグ、同意を確認する地域）：JPを追加\nタグへの同意通知（Googleのタグ、URLによる引き継ぎ）：オフ → オン",
			"what tags are told (Google's tags, regions): JP added\nwhat tags are told (Google's tags, URL passthrough): off → on"},
	} {
		from, to := document("criteo"), document("criteo")
		c.change(&to)
		d := Diff{From: 1, To: 2, Settings: compareSettings(from, to)}
		for lang, want := range map[string]string{"ja": c.ja + "\n" + ja.reasksNone, "en": c.en + "\n" + en.reasksNone} {
			if got := strings.Join(d.Words(lang), "\n"); got != want {
				t.Errorf("%s in %s:\n%s\nwant\n%s", c.name, lang, got, want)
			}
		}
	}
}

// TestWordsForEverySetting: each part of a setting has a word in each language.
func TestWordsForEverySetting(t *testing.T) {
	for _, of := range []reflect.Type{reflect.TypeFor[Theme](), reflect.TypeFor[Colours](), reflect.TypeFor[Notice](), reflect.TypeFor[Body](), reflect.TypeFor[Contact](), reflect.TypeFor[Signals](), reflect.TypeFor[GoogleSignal]()} {
		for i := range of.NumField() {
			key, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
			if ja.what[key] == "" || en.what[key] == "" {
				t.Errorf("%s: no word for %q", of, key)
			}
		}
	}
	for key := range textNames {
		if TextName(key, "ja") == key || TextName(key, "en") == key {
			t.Errorf("no name for %s", key)
		}
	}
}
