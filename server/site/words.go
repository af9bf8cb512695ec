package site

import (
	"fmt"
	"strings"
)

// words are the sentences of a diff. %s and %d are filled in order.
type words struct {
	first, added, removed, changed, reworded, texts, setting, none, reasks, reasksNone string
	aspect, comma, on, off                                                             string
	what                                                                               map[string]string
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
	what: map[string]string{
		"entity": "事業者", "country": "国", "purposes": "目的", "data": "送信される情報",
		"linkedWithPersonalData": "個人データとのひも付け", "mode": "同意前の扱い",
		"hosts": "許可するホスト", "policy": "CSPによる制限", "reportOnly": "記録のみ（保留しない）",
		"reloadOnWithdrawal": "撤回時の再読み込み", "signals": "タグへの同意通知", "reportSample": "未知のホストを報告する割合",
		"name": "サイト名", "origins": "オリジン", "languages": "言語", "default": "選択前の扱い",
		"expiryMonths": "有効期間（月）", "strict": "厳格モード", "paused": "一時停止", "notice": "公表ページ", "theme": "外観",
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
	what: map[string]string{
		"entity": "entity", "country": "country", "purposes": "purposes", "data": "data sent",
		"linkedWithPersonalData": "linked with personal data", "mode": "before consent",
		"hosts": "hosts let through", "policy": "content security policy", "reportOnly": "report only (nothing is held)",
		"reloadOnWithdrawal": "reload on withdrawal", "signals": "what tags are told", "reportSample": "share of views that report",
		"name": "site name", "origins": "origins", "languages": "languages", "default": "before a choice",
		"expiryMonths": "expiry (months)", "strict": "strict mode", "paused": "paused", "notice": "notice page", "theme": "look",
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
			aspects = append(aspects, fmt.Sprintf(w.aspect, w.what[a.What], w.value(a.From), w.value(a.To)))
		}
		lines = append(lines, fmt.Sprintf(w.changed, c.Name.In(lang), strings.Join(aspects, w.comma)))
	}
	say(w.reworded, d.Reworded)
	for _, s := range d.Settings {
		lines = append(lines, fmt.Sprintf(w.setting, w.what[s.What], w.value(s.From), w.value(s.To)))
	}
	if len(d.Texts) > 0 {
		var keys []string
		for _, t := range d.Texts {
			keys = append(keys, t.Language+"/"+t.Key)
		}
		lines = append(lines, fmt.Sprintf(w.texts, len(keys), strings.Join(keys, w.comma)))
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

// value words a switch.
func (w words) value(s string) string {
	switch s {
	case "on":
		return w.on
	case "off":
		return w.off
	}
	return s
}
