package catalogue

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sekisho/sekisho/server/strictjson"
)

var (
	idForm       = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)
	languageForm = regexp.MustCompile(`^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)
	// charRef is what only HTML gives a meaning to: "&amp;", "&#39;".
	charRef = regexp.MustCompile(`&(#\d+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);`)
)

// Longest texts, in characters.
const (
	maxName = 120
	maxText = 600
)

func idPattern(l *lint) {
	if !idForm.MatchString(l.ID) {
		l.fault("/id", "must be 1 to 64 lower-case letters, digits and hyphens, and not begin with a hyphen",
			"英小文字、数字、ハイフンの1〜64文字で入力してください。先頭にハイフンは使えません")
	}
}

func kindPattern(l *lint) {
	if !idForm.MatchString(l.Kind) && (l.Kind != "" || !l.custom) {
		l.fault("/kind", `must be lower-case letters, digits and hyphens, such as "ad-pixel"`, "英小文字、数字、ハイフンで入力してください（例：ad-pixel）")
	}
}

func statusKnown(l *lint) {
	if l.Status != "active" && l.Status != "discontinued" && (l.Status != "" || !l.custom) {
		l.fault("/status", `must be "active" or "discontinued"`, "「active」か「discontinued」にしてください")
	}
}

func languagesPresent(l *lint) {
	needed := []string{"ja", "en"}
	if l.custom {
		needed = needed[:1]
	}
	for _, t := range l.texts() {
		for _, lang := range needed {
			if t.required && t.text[lang] == "" {
				l.fault(t.path+"/"+lang, "is missing", "入力してください")
			}
		}
		for lang := range t.text {
			if !languageForm.MatchString(lang) {
				l.fault(t.path+"/"+strictjson.Pointer(lang), `is not a language tag such as "ja"`, "言語は「ja」のような言語タグで指定してください")
			}
		}
	}
}

func entityNamed(l *lint) {
	if l.Entity.Name.In("ja") == "" {
		l.fault("/entity/name", `must name the legal entity that receives the data, in "ja" or "en"`, "情報を受け取る法人の名称を、日本語か英語で入力してください")
	}
}

func textsPlain(l *lint) {
	for _, t := range l.texts() {
		for lang, s := range t.text {
			l.plain(t.path+"/"+strictjson.Pointer(lang), s, t.max)
		}
	}
	for i, s := range l.FormerNames {
		l.plain(fmt.Sprintf("/formerNames/%d", i), s, maxName)
	}
	for i, s := range l.Entity.FormerNames {
		l.plain(fmt.Sprintf("/entity/formerNames/%d", i), s, maxName)
	}
	for i, s := range l.Sources {
		l.plain(fmt.Sprintf("/sources/%d/source", i), s.Source, maxText)
	}
}

// plain reports what is not plain text on one line. Texts are shown as text
// and never as HTML; markup would be shown as such.
func (l *lint) plain(path, s string, limit int) {
	switch {
	case s == "":
		l.fault(path, "must not be empty; leave it out", "空の項目があります。入力するか、項目を取り除いてください")
	case strings.ContainsAny(s, "<>") || charRef.MatchString(s):
		l.fault(path, "must be plain text without HTML", "HTMLや「<」「>」は使えません。文字だけで入力してください")
	case strings.ContainsFunc(s, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }):
		l.fault(path, "must not contain line breaks or other control characters", "改行や目に見えない文字は使えません。取り除いてください")
	case strings.TrimSpace(s) != s:
		l.fault(path, "must not begin or end with a space", "先頭と末尾の空白を取り除いてください")
	case utf8.RuneCountInString(s) > limit:
		l.fault(path, "must not be longer than %d characters", "%d文字以内にしてください", limit)
	}
}

type namedText struct {
	path     string
	text     Text
	required bool
	max      int
}

func (v *Vendor) texts() []namedText {
	return []namedText{
		{"/name", v.Name, true, maxName},
		{"/entity/name", v.Entity.Name, false, maxName},
		{"/receives", v.Receives, true, maxText},
		{"/usedFor", v.UsedFor, true, maxText},
	}
}
