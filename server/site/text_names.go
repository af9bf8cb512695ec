package site

import "strings"

// textNames are what the widget's texts are, by key, and by the part of the
// widget that they stand in for those of which an owner sees one in a hundred.
var textNames = map[string][2]string{ // ja, en
	"common.acceptAll":   {"許可のボタン", "accept button"},
	"common.rejectAll":   {"拒否のボタン", "reject button"},
	"common.preferences": {"個別に設定するボタン", "preferences button"},
	"common.close":       {"閉じるボタン", "close button"},
	"common.reopen":      {"設定を開き直すリンク", "link that reopens the preferences"},
	"common.signal":      {"GPCに従うときの説明", "text where the browser sends GPC"},
	"common.saved":       {"保存の知らせ", "message that a choice is saved"},
	"banner.title":       {"見出し", "title"},
	"banner.ask":         {"許可を求める説明", "text that asks"},
	"banner.running":     {"拒否されるまで動かすときの説明", "text where tags run until refused"},
	"banner.inform":      {"お知らせだけのときの説明", "text that only informs"},
	"banner.newTitle":    {"再確認の見出し", "title when something is new"},
	"banner.new":         {"再確認の説明", "text when something is new"},
	"banner.notice":      {"公表ページへのリンク", "link to the notice page"},
	"common":             {"共通の文言", "text of all layers"},
	"banner":             {"最初の画面の文言", "text of the banner"},
	"preferences":        {"個別の設定画面の文言", "text of the preferences"},
	"record":             {"訪問者の記録の文言", "text of the visitor's record"},
	"embeds":             {"埋め込みコンテンツの文言", "text of a placeholder"},
}

// TextName says what the text of a key is, in Japanese unless lang is "en"; the
// key itself for one that nobody knows.
func TextName(key, lang string) string {
	part, _, _ := strings.Cut(key, ".")
	for _, at := range []string{key, part} {
		if names, ok := textNames[at]; ok {
			if lang == "en" {
				return names[1]
			}
			return names[0]
		}
	}
	return key
}
