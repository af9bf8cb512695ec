package site

import (
	"regexp"
	"unicode"
	"unicode/utf8"

	"github.com/sekisho/sekisho/server/fault"
)

// Texts reach visitors as text and never as HTML; what looks like HTML would be
// shown with its angle brackets, so it is refused where it is written.
var (
	tagLike    = regexp.MustCompile(`<[A-Za-z/!?]`)
	entityLike = regexp.MustCompile(`&(?:[A-Za-z][A-Za-z0-9]*|#[0-9]+|#[xX][0-9A-Fa-f]+);`)
)

// fine is no reason against something.
var fine fault.Words

// quoteLanguage names a language by its code in English, as documents do, and by
// its name in Japanese.
func quoteLanguage(code string) fault.Words {
	return fault.Words{En: fault.Quote(code).En, Ja: languageName(code, "ja")}
}

// textFault says why a text cannot be shown to visitors, fine when it can.
// limit is in characters (code points).
func textFault(s string, limit int) fault.Words {
	if s == "" {
		return fault.Say("must not be empty", "入力してください")
	}
	if n := utf8.RuneCountInString(s); n > limit {
		return fault.Say("has %d characters; at most %d are allowed", "%d文字あります。%d文字以内にしてください", n, limit)
	}
	if at := tagLike.FindString(s); at != "" {
		return fault.Say("contains %s, which looks like HTML; texts are plain text", "HTMLのような%sがあります。HTMLは使えませんので、文字だけで入力してください", fault.Quote(at))
	}
	if at := entityLike.FindString(s); at != "" {
		return fault.Say("contains %s, which visitors would see as it stands; write the character itself", "%sは、訪問者にそのまま表示されます。表したい文字そのものを入力してください", fault.Quote(at))
	}
	blank := true
	for _, r := range s {
		if unseen(r) {
			return fault.Say("contains the invisible or control character U+%04X", "目に見えない文字か制御文字（U+%04X）があります。取り除いてください", r)
		}
		blank = blank && unicode.IsSpace(r)
	}
	if blank {
		return fault.Say("must not be blank", "空白だけになっています。文字を入力してください")
	}
	return fine
}

// unseen reports characters that have no place in one line of text: controls,
// line breaks, what turns the direction of writing (Unicode's Bidi_Control, which
// can make "reject" read as something else), byte order marks, replacement
// characters, and the invisible tag characters.
func unseen(r rune) bool {
	switch {
	case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r):
		return true
	case r == '\u2028', r == '\u2029', r == '\ufeff', r == utf8.RuneError:
		return true
	}
	return r >= 0xE0000 && r <= 0xE007F
}
