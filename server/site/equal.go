package site

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"

	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/strictjson"
)

// Keys of the widget's messages on which equal choice hangs.
const (
	acceptAll = "common.acceptAll"
	rejectAll = "common.rejectAll"
	configure = "common.preferences"
	dismiss   = "common.close"
)

// equal says in what a site's words and theme fall short of an equal choice:
// rejecting must be as plain and as easy as accepting, and nothing but an answer is
// an answer. Nothing is returned for a site that keeps it. A field's path is that
// of the text or colour; its reason is there in English and in Japanese.
//
// A theme can make both answers hard to read, which is refused, and neither harder
// than the other: each of its tokens serves both (TestOneLookForBoth), and all that
// comes of it is custom properties around both (server/bundle). What neither can
// spoil is the widget's own: both buttons stand side by side on the first layer, in
// one size; closing, Escape and scrolling decide nothing (cmd/sekisho/e2e/ui).
//
// The measure:
//   - GDPR art. 4(11), 7(3) and recital 32: a clear affirmative act; withdrawing
//     is as easy as giving.
//   - EDPB, Report of the Cookie Banner Taskforce (January 2023): rejecting on the
//     first layer, no link in its place, no deceptive colours or contrasts.
//   - EDPB, Guidelines 03/2022 on deceptive design patterns: no emotional
//     steering, no wording that hides what a button does.
//   - CNIL, délibérations 2020-091 and 2020-092: refusing is as easy as accepting;
//     to go on browsing is no consent.
//   - The guidelines on Japan's APPI (通則編), on consent (本人の同意): the person
//     recognises what is asked, and shows the will to allow it.
//   - WCAG 2.2, 1.4.3 and 1.4.11 at level AA: what can be read and made out.
func (r Rules) equal(doc Document) []fault.Field {
	return append(r.equalWords(doc), doc.Theme.illegible()...)
}

// equalWords is the part of it that is about words.
func (r Rules) equalWords(doc Document) []fault.Field {
	var found []fault.Field
	for _, lang := range doc.Languages {
		c := equality{site: doc.Texts[lang], widget: r.Texts[lang], path: "/texts/" + strictjson.Pointer(lang) + "/"}
		c.labels()
		c.pair()
		c.closing()
		found = append(found, c.found...)
	}
	return found
}

// equality looks at the words of one language.
type equality struct {
	site, widget Messages
	path         string
	found        []fault.Field
}

func (c *equality) text(key string) string {
	if own := c.site[key]; own != "" {
		return own
	}
	return c.widget[key]
}

func (c *equality) fault(key, en, ja string, args ...any) {
	c.found = append(c.found, fault.Field{Path: c.path + key, Reason: fmt.Sprintf(en, args...), ReasonJa: fmt.Sprintf(ja, args...)})
}

// labels holds each of the two answers to what it must say by itself.
func (c *equality) labels() {
	accept, reject := c.text(acceptAll), c.text(rejectAll)
	switch {
	case says(reject, settingWords):
		c.fault(rejectAll, "%q is worded as settings; rejecting must be an answer of its own, such as “Reject all”",
			"「%s」は設定のように読めます。「すべて拒否」など、拒否の回答だと分かる言葉にしてください", reject)
	case refuses(reject):
	case says(reject, elusiveWords):
		c.fault(rejectAll, "%q puts the answer off or closes the banner; it must say that everything is rejected",
			"「%s」では、回答を先延ばしにしたり、閉じるだけのように読めます。拒否すると分かる言葉にしてください", reject)
	case says(reject, consentWords), is(reject, vagueWords):
		c.fault(rejectAll, "%q does not say that everything is rejected",
			"「%s」では、拒否することになると分かりません", reject)
	}
	if says(reject, shamingWords) {
		c.fault(rejectAll, "%q makes people feel bad about rejecting; say it neutrally",
			"「%s」は、拒否することをためらわせる言い方です。中立的な言葉にしてください", reject)
	}
	if !says(accept, consentWords) && (is(accept, vagueWords) || says(accept, elusiveWords) || says(accept, settingWords) || refuses(accept)) {
		c.fault(acceptAll, "%q does not say that something is accepted; say so, as in “Accept all”",
			"「%s」では、許可することになると分かりません。「すべて許可」など、許可すると分かる言葉にしてください", accept)
	}
}

// pair holds the two answers against each other.
func (c *equality) pair() {
	accept, reject, more := c.text(acceptAll), c.text(rejectAll), c.text(configure)
	if spelling(accept) == spelling(reject) {
		c.fault(rejectAll, "is %q, the same as accepting", "「%s」は、許可するボタンと同じ言葉です", reject)
	}
	for _, key := range []string{acceptAll, rejectAll} {
		if spelling(c.text(key)) == spelling(more) {
			c.fault(configure, "is %q, the same as an answer", "「%s」は、回答のボタンと同じ言葉です", more)
		}
	}
	if long, short := max(columns(accept), columns(reject)), min(columns(accept), columns(reject)); long > 2*short+2 {
		c.fault(rejectAll, "%q and %q are too different in length; neither may be longer than twice the other",
			"「%s」と「%s」は長さが違いすぎます。どちらも、もう一方の2倍以内にしてください", accept, reject)
	}
	if says(accept, praisingWords) && !says(reject, praisingWords) {
		c.fault(acceptAll, "%q recommends accepting; say neither answer is the better one",
			"「%s」は、許可することを勧めています。一方だけを勧めないでください", accept)
	}
	if stressed(accept) != stressed(reject) {
		c.fault(acceptAll, "one of %q and %q is stressed by capitals or signs, and the other is not",
			"「%s」と「%s」の一方だけが、大文字や記号で強調されています", accept, reject)
	}
}

// closing: whoever closes a banner or goes on reading has not answered.
func (c *equality) closing() {
	if close := c.text(dismiss); says(close, consentWords) {
		c.fault(dismiss, "%q sounds like an answer; closing never is one", "「%s」は回答のように読めますが、閉じることは回答になりません", close)
	}
	for _, key := range sortedKeys(c.site) {
		text := norm.NFKC.String(c.site[key])
		if slices.ContainsFunc(impliedConsent, func(p *regexp.Regexp) bool { return p.MatchString(text) }) {
			c.fault(key, "takes going on or closing for consent; only an answer is one",
				"閲覧の継続や閉じる操作を同意とみなしています。同意になるのは、回答だけです")
		}
	}
}

// refuses reports whether a label says no, in any of the languages.
func refuses(label string) bool { return says(label, refusalWords) }

// says reports whether a label contains one of the phrases: anywhere where a
// script has no spaces, else as whole words. All languages count, since a site in
// Japanese may say "OK".
func says(label string, phrases []string) bool {
	spaced, joined := " "+plainWords(label)+" ", strings.ReplaceAll(plainWords(label), " ", "")
	return slices.ContainsFunc(phrases, func(phrase string) bool {
		if strings.ContainsFunc(phrase, unspaced) {
			return strings.Contains(joined, phrase)
		}
		return strings.Contains(spaced, " "+phrase+" ")
	})
}

// is reports whether a label is one of the phrases and nothing else.
func is(label string, phrases []string) bool { return slices.Contains(phrases, plainWords(label)) }

func unspaced(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

// plainWords is a label in lower case, one space between its words and no signs.
func plainWords(label string) string {
	plain := strings.ReplaceAll(strings.ToLower(norm.NFKC.String(label)), "’", "'")
	return strings.Join(strings.FieldsFunc(plain, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && r != '\'' && r != 'ー'
	}), " ")
}

// columns is how wide a label is drawn: a Japanese character as two Latin ones.
func columns(label string) int {
	n := 0
	for _, r := range label {
		switch kind := width.LookupRune(r).Kind(); {
		case unicode.IsMark(r):
		case kind == width.EastAsianWide, kind == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// stressed reports whether a label has signs (stars, arrows, pictures,
// exclamation marks), or is all capitals in a script that has them.
func stressed(label string) bool {
	capitals := 0
	for _, r := range label {
		switch {
		case unicode.In(r, unicode.So, unicode.Sm, unicode.Sk), r == '!', r == '！', r == '‼':
			return true
		case unicode.IsUpper(r):
			capitals++
		}
	}
	return capitals > 2 && label == strings.ToUpper(label)
}
