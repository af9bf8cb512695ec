package site

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/sekisho/sekisho/server/fault"
)

// shipped returns the widget's own messages in all its languages.
func shipped(t *testing.T) map[string]Messages {
	t.Helper()
	files, err := filepath.Glob("../../widget/src/i18n/*.json")
	if err != nil || len(files) < 10 {
		t.Fatalf("%d languages, %v", len(files), err)
	}
	all := map[string]Messages{}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var m Messages
		if err := json.Unmarshal(data, &m); err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(name), ".json")] = m
	}
	return all
}

// inequalities of a site that says this in one language.
func inequalities(texts map[string]Messages, lang string, own Messages) []fault.Field {
	return Rules{Texts: texts}.equal(Document{Languages: []string{lang}, Texts: map[string]Messages{lang: own}})
}

func TestShippedWordsAreEqual(t *testing.T) {
	texts := shipped(t)
	for lang, messages := range texts {
		// As the widget says it, and as a site would that says the same.
		for _, own := range []Messages{nil, messages} {
			for _, f := range inequalities(texts, lang, own) {
				t.Error(f)
			}
		}
	}
}

func TestEqualLabels(t *testing.T) {
	texts := shipped(t)
	for _, c := range []struct{ lang, accept, reject string }{
		{"ja", "同意する", "同意しない"},
		{"ja", "許可", "許可しない"},
		{"ja", "すべてのCookieを許可", "必要なCookieのみ許可"},
		{"ja", "同意して閉じる", "拒否して閉じる"},
		{"ja", "承諾します", "お断りします"},
		{"ja", "有効にする", "オフにする"},
		{"en", "Accept", "Reject"},
		{"en", "I agree", "I disagree"},
		{"en", "Allow all", "Don’t allow"},
		{"en", "Accept all cookies", "Only necessary cookies"},
		{"en", "ACCEPT ALL", "REJECT ALL"},
		{"en", "Accept and close", "Reject and close"},
		{"zh-Hans", "接受", "不接受"},
		{"zh-Hant", "同意", "不同意"},
		{"ko", "동의", "거부"},
		{"ko", "동의함", "동의하지 않음"},
		{"vi", "Đồng ý", "Từ chối"},
		{"pt-BR", "Aceitar", "Recusar"},
		{"es", "Aceptar", "Rechazar"},
		{"fr", "J’accepte", "Je refuse"},                   // the words, not their dictionary form,
		{"fr", "Tout accepter", "Continuer sans accepter"}, // named by CNIL itself
		{"de", "Akzeptieren", "Ablehnen"},
		{"de", "Alle akzeptieren", "Nur notwendige"},
	} {
		for _, f := range inequalities(texts, c.lang, Messages{acceptAll: c.accept, rejectAll: c.reject}) {
			t.Errorf("%s, %q and %q: %v", c.lang, c.accept, c.reject, f)
		}
	}
}

func TestUnequalLabels(t *testing.T) {
	texts := shipped(t)
	for _, c := range []struct{ lang, key, text, why string }{
		// Rejecting that leads elsewhere, or nowhere.
		{"ja", rejectAll, "設定", "settings"},
		{"ja", rejectAll, "Cookieの設定", "settings"},
		{"ja", rejectAll, "詳細を見る", "settings"},
		{"ja", rejectAll, "設定画面で拒否", "settings"},
		{"ja", rejectAll, "あとで", "puts the answer off"},
		{"ja", rejectAll, "今はスキップ", "puts the answer off"},
		{"ja", rejectAll, "閉じる", "puts the answer off"},
		{"ja", rejectAll, "同意して続行", "does not say that everything is rejected"},
		{"ja", rejectAll, "ＯＫ", "does not say that everything is rejected"},
		{"en", rejectAll, "Cookie settings", "settings"},
		{"en", rejectAll, "Learn more", "settings"},
		{"en", rejectAll, "Maybe later", "puts the answer off"},
		{"en", rejectAll, "Not now", "puts the answer off"},
		{"zh-Hans", rejectAll, "稍后再说", "puts the answer off"},
		{"zh-Hant", rejectAll, "隱私權設定", "settings"},
		{"ko", rejectAll, "나중에 하기", "puts the answer off"},
		{"vi", rejectAll, "Để sau", "puts the answer off"},
		{"pt-BR", rejectAll, "Agora não", "puts the answer off"},
		{"es", rejectAll, "Más tarde", "puts the answer off"},
		{"fr", rejectAll, "Plus tard", "puts the answer off"},
		{"fr", rejectAll, "Paramétrer", "settings"},
		{"de", rejectAll, "Cookie-Einstellungen", "settings"},
		{"de", rejectAll, "Später", "puts the answer off"},
		// Shame.
		{"ja", rejectAll, "興味がないので拒否", "feel bad"},
		{"ja", rejectAll, "不便でも拒否", "feel bad"},
		{"en", rejectAll, "Reject and miss out", "feel bad"},
		{"de", rejectAll, "Leider verzichten", "feel bad"},
		{"fr", rejectAll, "Dommage, refuser", "feel bad"},
		// Accepting that does not say so.
		{"ja", acceptAll, "OK", "does not say that something is accepted"},
		{"ja", acceptAll, "続ける", "does not say that something is accepted"},
		{"ja", acceptAll, "閉じる", "does not say that something is accepted"},
		{"ja", acceptAll, "わかりました！", "does not say that something is accepted"},
		{"ja", acceptAll, "設定を保存", "does not say that something is accepted"},
		{"en", acceptAll, "Got it", "does not say that something is accepted"},
		{"en", acceptAll, "Continue", "does not say that something is accepted"},
		{"zh-Hans", acceptAll, "知道了", "does not say that something is accepted"},
		{"ko", acceptAll, "확인", "does not say that something is accepted"},
		{"pt-BR", acceptAll, "Entendi", "does not say that something is accepted"},
		{"de", acceptAll, "Weiter", "does not say that something is accepted"},
		// Accepting made more of.
		{"ja", acceptAll, "すべて許可（おすすめ）", "recommends"},
		{"ja", acceptAll, "推奨設定で許可", "recommends"},
		{"en", acceptAll, "Accept all (recommended)", "recommends"},
		{"ko", acceptAll, "모두 허용(추천)", "recommends"},
		{"es", acceptAll, "Aceptar (recomendado)", "recommends"},
		{"ja", acceptAll, "★すべて許可", "stressed"},
		{"ja", acceptAll, "すべて許可👍", "stressed"},
		{"en", acceptAll, "Accept all!", "stressed"},
		{"en", acceptAll, "ACCEPT ALL", "stressed"},
		// Lengths, and the same twice.
		{"ja", rejectAll, "必要なものを除くすべての外部送信を拒否", "length"},
		{"en", acceptAll, "Accept all and enjoy the whole of this site", "length"},
		{"ja", rejectAll, "すべて許可", "the same as accepting"},
		{"en", rejectAll, "ACCEPT  all", "the same as accepting"},
		{"ja", configure, "すべて拒否", "the same as an answer"},
		{"en", configure, "accept all", "the same as an answer"},
		// What is no answer.
		{"ja", dismiss, "同意して閉じる", "closing never is one"},
		{"en", dismiss, "Accept", "closing never is one"},
		{"fr", dismiss, "D’accord", "closing never is one"},
		{"ja", "banner.ask", "このサイトの閲覧を続けると、{n}件のタグの利用に同意したものとみなします。", "going on"},
		{"ja", "banner.ask", "{n}件のタグを利用します。閉じると同意したことになります。", "going on"},
		{"en", "banner.ask", "By continuing to browse you agree to {n} tags.", "going on"},
		{"en", "banner.ask", "You accept {n} tags by closing this banner.", "going on"},
		{"zh-Hans", "banner.ask", "继续浏览即表示您同意使用{n}家公司的标签。", "going on"},
		{"ko", "banner.ask", "계속 이용하시면 태그 사용에 동의한 것으로 봅니다.", "going on"},
		{"fr", "banner.ask", "En poursuivant votre navigation, vous acceptez {n} balises.", "going on"},
		{"de", "banner.ask", "Mit der weiteren Nutzung stimmen Sie {n} Tags zu.", "going on"},
		{"es", "banner.ask", "Al continuar navegando, acepta {n} etiquetas.", "going on"},
		{"pt-BR", "banner.ask", "Ao continuar, você aceita {n} tags.", "going on"},
	} {
		found := inequalities(texts, c.lang, Messages{c.key: c.text})
		at := slices.IndexFunc(found, func(f fault.Field) bool { return strings.Contains(f.Reason, c.why) })
		if at < 0 {
			t.Errorf("%s, %s %q: %v, want …%s…", c.lang, c.key, c.text, found, c.why)
			continue
		}
		f := found[at]
		if !strings.HasPrefix(f.Path, "/texts/"+c.lang+"/common.") && f.Path != "/texts/"+c.lang+"/"+c.key {
			t.Errorf("%q: the path is %s", c.text, f.Path)
		}
		if !strings.ContainsFunc(f.ReasonJa, func(r rune) bool { return unicode.In(r, unicode.Hiragana) }) || strings.Contains(f.ReasonJa+f.Reason, "%!") {
			t.Errorf("%q: the reason in Japanese is %q", c.text, f.ReasonJa)
		}
	}
}

// TestUnequalIsNotPublished: a draft may say it, with a warning; visitors never read it.
func TestUnequalIsNotPublished(t *testing.T) {
	store := newMemory()
	sites := New(store, testRules(testShelf()), clock())
	doc := document("criteo")
	doc.Texts = map[string]Messages{"ja": {rejectAll: "あとで"}}
	refused := func(err error) {
		t.Helper()
		f, _ := errors.AsType[*fault.Error](err)
		if f == nil || f.Kind != fault.Invalid || len(f.Fields) != 1 || f.Fields[0].Path != "/texts/ja/common.rejectAll" ||
			!strings.Contains(f.Error(), "puts the answer off") || !strings.Contains(f.Error(), "拒否すると分かる言葉にしてください") {
			t.Errorf("published: %v", err)
		}
	}
	_, err := sites.Apply(t.Context(), doc, ApplyOptions{Publish: true})
	refused(err)
	result, err := sites.Apply(t.Context(), doc, ApplyOptions{})
	if err != nil || len(result.Warnings) != 1 || result.Warnings[0].ReasonJa == "" {
		t.Fatalf("%v, warnings %v", err, result.Warnings)
	}
	_, err = sites.Publish(t.Context(), doc.Key, result.Revision, "suzuki", "")
	refused(err)
	doc.Texts["ja"][rejectAll] = "許可しない"
	if result, err = sites.Apply(t.Context(), doc, ApplyOptions{Publish: true}); err != nil || !result.Published || len(result.Warnings) != 0 {
		t.Errorf("%v, %+v", err, result)
	}
}

// TestPausingIsNotRefusedForWords: a paused site shows no buttons; it is to stop at once.
func TestPausingIsNotRefusedForWords(t *testing.T) {
	sites := New(newMemory(), testRules(testShelf()), clock())
	doc := document("criteo")
	doc.Texts = map[string]Messages{"ja": {rejectAll: "あとで"}}
	doc.Paused = true
	result, err := sites.Apply(t.Context(), doc, ApplyOptions{Publish: true})
	if err != nil || !result.Published || len(result.Warnings) != 1 {
		t.Errorf("%v, %+v", err, result)
	}
	doc.Paused = false
	if _, err := sites.Apply(t.Context(), doc, ApplyOptions{Publish: true}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("goes on with such words: %v", err)
	}
}

// TestOneLookForBoth: a theme says nothing of one answer that it does not say of
// the other, and the style sheets cannot tell them apart. That a theme comes to
// custom properties alone, around both, is asserted in server/bundle; how browsers
// draw the answers, in cmd/sekisho/e2e/ui.
func TestOneLookForBoth(t *testing.T) {
	var tokens []string
	for f := range reflect.TypeFor[Theme]().Fields() {
		tokens = append(tokens, f.Name)
	}
	for f := range reflect.TypeFor[Colours]().Fields() {
		tokens = append(tokens, f.Name)
		if f.Type.Kind() != reflect.String {
			t.Errorf("%s is more than one colour", f.Name)
		}
	}
	oneAnswer := regexp.MustCompile(`(?i)accept|reject|allow|deny|grant|agree|refus|primary|first|second$|other`)
	for _, token := range tokens {
		if oneAnswer.MatchString(token) || says(token, append(consentWords, refusalWords...)) {
			t.Errorf("the theme's %s is for one answer alone", token)
		}
	}
	for _, name := range []string{"banner/style.ts", "preferences/style.ts", "ui/style.ts"} {
		css, err := os.ReadFile("../../widget/src/" + name)
		if err != nil {
			t.Fatal(err)
		}
		for _, apart := range []string{"data-action", "accept", "reject", ":first-child", ":last-child", ":nth"} {
			if strings.Contains(strings.Join(codeLines(string(css)), "\n"), apart) {
				t.Errorf("%s can tell one answer from the other: %s", name, apart)
			}
		}
	}
}

// codeLines leaves out lines that are comments.
func codeLines(source string) []string {
	return slices.DeleteFunc(strings.Split(source, "\n"), func(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), "//") })
}

func TestColumns(t *testing.T) {
	for label, want := range map[string]int{"": 0, "Accept": 6, "許可": 4, "ﾊｲ": 2, "Ｏ": 2, "Cookieを許可": 12, "Từ chối": 7, "모두": 4} {
		if got := columns(label); got != want {
			t.Errorf("columns(%q) = %d, want %d", label, got, want)
		}
	}
}
