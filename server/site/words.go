package site

import (
	"fmt"
	"strings"
)

// words are the sentences of a diff. %s and %d are filled in order.
type words struct {
	first, added, removed, changed, reworded, texts, setting, none, reasks, reasksNone string
	aspect, comma, on, off                                                             string
	// part names a part of a setting; came and went are entries of a list; none of
	// something is nothing, and what a theme leaves out is usual.
	part, of, came, went, nothing, usual, text string
	what                                       map[string]string
	values                                     map[string]string // of settings that are one of a few
}

var ja = words{
	first:      "これまでに公開した内容はありません（外部事業者%d件）。",
	added:      "追加される外部事業者：%s",
	removed:    "なくなる外部事業者：%s",
	changed:    "内容が変わる外部事業者：%s（%s）",
	reworded:   "説明だけが変わる外部事業者：%s",
	texts:      "サイト独自の文言が変わります（%d件）：%s",
	setting:    "%s：%s → %s",
	none:       "訪問者から見て変わるところはありません。",
	reasks:     "公開すると、回答済みの訪問者にもあらためて次の%d件をたずねます：%s",
	reasksNone: "公開しても、回答済みの訪問者にあらためてたずねることはありません。",
	aspect:     "%s：%s → %s",
	comma:      "、",
	on:         "オン",
	off:        "オフ",
	part:       "%s（%s）",
	of:         "%s：%s",
	came:       "%sを追加",
	went:       "%sを削除",
	nothing:    "なし",
	usual:      "標準",
	text:       "%s「%s」",
	what: map[string]string{
		"entity": "事業者", "country": "国", "purposes": "目的", "data": "送信される情報",
		"linkedWithPersonalData": "個人データとのひも付け", "mode": "同意前の扱い",
		"hosts": "許可するホスト", "policy": "CSPによる制限", "reportOnly": "記録のみ（保留しない）",
		"reloadOnWithdrawal": "撤回時の再読み込み", "signals": "タグへの同意通知", "reportSample": "未知のホストを報告する割合",
		"name": "サイト名", "origins": "オリジン", "languages": "言語", "default": "選択前の扱い",
		"expiryMonths": "有効期間（月）", "strict": "厳格モード", "paused": "一時停止", "notice": "公表ページ", "theme": "外観",
		"layout": "形", "position": "位置", "scheme": "明るさ", "accent": "基本の色", "radius": "角の丸み", "font": "書体", "light": "明るい画面", "dark": "暗い画面",
		"panel": "背景", "text": "文字", "secondary": "補足の文字", "line": "区切り線", "outline": "枠線", "button": "ボタン", "buttonText": "ボタンの文字", "link": "リンクとスイッチ",
		"controller": "運営者の名称", "contact": "お問い合わせ先", "complaints": "苦情の申出先", "enacted": "制定日", "email": "メールアドレス", "url": "ページのアドレス", "phone": "電話番号",
		"google": "Googleのタグ", "regions": "同意を確認する地域", "waitForUpdate": "選択を待つ時間（ミリ秒）", "urlPassthrough": "URLによる引き継ぎ", "adsDataRedaction": "広告データの削除", "dataLayer": "タグマネージャーに知らせるイベント名",
	},
	values: map[string]string{
		"part=name":      "名称",
		"default=opt-in": "許可されるまで止める", "default=opt-out": "拒否されるまで動かす", "default=notice-only": "お知らせだけ",
		"mode=hold": "許可されるまで止める", "mode=both": "止めて、許可の内容も伝える", "mode=signal": "止めずに、許可の有無だけを伝える",
		"layout=bar": "帯", "layout=card": "カード", "layout=dialog": "ダイアログ",
		"position=bottom": "下", "position=top": "上", "position=left": "左", "position=right": "右", "position=center": "中央",
		"scheme=auto": "端末の設定に合わせる", "scheme=light": "明るい", "scheme=dark": "暗い",
		"purposes=necessary": "必要不可欠", "purposes=functionality": "便利な機能", "purposes=analytics": "アクセス解析", "purposes=advertising": "広告", "purposes=personalization": "表示の最適化", "purposes=social": "SNS",
	},
}

var en = words{
	first:      "Nothing has been published before (vendors: %d).",
	added:      "Vendors added: %s",
	removed:    "Vendors removed: %s",
	changed:    "Vendor changed in substance: %s (%s)",
	reworded:   "Vendors whose descriptions alone change: %s",
	texts:      "The site's own texts change (%d): %s",
	setting:    "%s: %s → %s",
	none:       "Nothing changes for visitors.",
	reasks:     "Once published, visitors who have already answered will be asked about these (%d): %s",
	reasksNone: "Once published, no visitor who has answered will be asked again.",
	aspect:     "%s: %s → %s",
	comma:      ", ",
	on:         "on",
	off:        "off",
	part:       "%s (%s)",
	of:         "%s: %s",
	came:       "%s added",
	went:       "%s removed",
	nothing:    "none",
	usual:      "the usual",
	text:       "%[2]s (%[1]s)",
	what: map[string]string{
		"entity": "entity", "country": "country", "purposes": "purposes", "data": "data sent",
		"linkedWithPersonalData": "linked with personal data", "mode": "before consent",
		"hosts": "hosts let through", "policy": "content security policy", "reportOnly": "report only (nothing is held)",
		"reloadOnWithdrawal": "reload on withdrawal", "signals": "what tags are told", "reportSample": "share of views that report",
		"name": "site name", "origins": "origins", "languages": "languages", "default": "before a choice",
		"expiryMonths": "expiry (months)", "strict": "strict mode", "paused": "paused", "notice": "notice page", "theme": "look",
		"layout": "layout", "position": "position", "scheme": "scheme", "accent": "accent", "radius": "radius of corners", "font": "font", "light": "light scheme", "dark": "dark scheme",
		"panel": "panel", "text": "text", "secondary": "secondary text", "line": "lines", "outline": "outlines", "button": "button", "buttonText": "text on buttons", "link": "links and switches",
		"controller": "who runs the site", "contact": "contact", "complaints": "complaints body", "enacted": "day of enactment", "email": "email", "url": "page", "phone": "phone",
		"google": "Google's tags", "regions": "regions", "waitForUpdate": "wait for a choice, in milliseconds", "urlPassthrough": "URL passthrough", "adsDataRedaction": "redaction of ads data", "dataLayer": "event for tag managers",
	},
	values: map[string]string{
		"part=name":      "name",
		"default=opt-in": "tags wait until accepted", "default=opt-out": "tags run until refused", "default=notice-only": "visitors are only informed",
		"mode=hold": "wait for consent", "mode=both": "wait for consent, and are told the choice", "mode=signal": "load at once, and are told the choice",
		"scheme=auto":        "as the visitor's system",
		"purposes=necessary": "necessary", "purposes=functionality": "functionality", "purposes=analytics": "analytics", "purposes=advertising": "advertising", "purposes=personalization": "personalization", "purposes=social": "social media",
	},
}

// Words tells the diff in sentences, one a line, in Japanese unless lang is "en".
func (d Diff) Words(lang string) []string {
	w := ja
	if lang == "en" {
		w = en
	} else {
		lang = "ja"
	}
	if d.Empty() {
		return []string{w.none}
	}
	if d.From == 0 {
		return []string{fmt.Sprintf(w.first, len(d.Added))}
	}
	var lines []string
	say := func(format string, vendors []VendorName) {
		if len(vendors) > 0 {
			lines = append(lines, fmt.Sprintf(format, w.names(vendors, lang)))
		}
	}
	say(w.added, d.Added)
	say(w.removed, d.Removed)
	for _, c := range d.Changed {
		var aspects []string
		for _, a := range c.Aspects {
			aspects = append(aspects, fmt.Sprintf(w.aspect, w.what[a.What], w.value(a.What, a.From), w.value(a.What, a.To)))
		}
		lines = append(lines, fmt.Sprintf(w.changed, c.Name.In(lang), strings.Join(aspects, w.comma)))
	}
	say(w.reworded, d.Reworded)
	for _, s := range d.Settings {
		lines = append(lines, w.settings(s, lang)...)
	}
	if len(d.Texts) > 0 {
		var texts []string
		for _, t := range d.Texts {
			texts = append(texts, fmt.Sprintf(w.text, languageName(t.Language, lang), TextName(t.Key, lang)))
		}
		lines = append(lines, fmt.Sprintf(w.texts, len(texts), strings.Join(texts, w.comma)))
	}
	if len(d.Reasks) == 0 {
		return append(lines, w.reasksNone)
	}
	return append(lines, fmt.Sprintf(w.reasks, len(d.Reasks), w.names(d.Reasks, lang)))
}

func (w words) names(vendors []VendorName, lang string) string {
	names := make([]string, len(vendors))
	for i, v := range vendors {
		names[i] = v.Name.In(lang)
	}
	return strings.Join(names, w.comma)
}

// value words what a setting is: a switch, one of a few values (several in a row
// for purposes), or what somebody wrote, as it stands.
func (w words) value(what, s string) string {
	switch s {
	case "on", "true":
		return w.on
	case "off", "false":
		return w.off
	}
	if word, ok := w.values[what+"="+s]; ok {
		return word
	}
	if what != "purposes" {
		return s
	}
	var purposes []string
	for id := range strings.SplitSeq(s, ", ") {
		if word, ok := w.values["purposes="+id]; ok {
			id = word
		}
		purposes = append(purposes, id)
	}
	return strings.Join(purposes, w.comma)
}
