package site

import (
	"fmt"
	"regexp"
	"unicode"
	"unicode/utf8"
)

// Texts reach visitors as text and never as HTML; what looks like HTML would be
// shown with its angle brackets, so it is refused where it is written.
var (
	tagLike    = regexp.MustCompile(`<[A-Za-z/!?]`)
	entityLike = regexp.MustCompile(`&(?:[A-Za-z][A-Za-z0-9]*|#[0-9]+|#[xX][0-9A-Fa-f]+);`)
)

// textFault says why a text cannot be shown to visitors, "" when it can.
// limit is in characters (code points).
func textFault(s string, limit int) string {
	if s == "" {
		return "must not be empty"
	}
	if n := utf8.RuneCountInString(s); n > limit {
		return fmt.Sprintf("has %d characters; at most %d are allowed", n, limit)
	}
	if at := tagLike.FindString(s); at != "" {
		return fmt.Sprintf("contains %q, which looks like HTML; texts are plain text", at)
	}
	if at := entityLike.FindString(s); at != "" {
		return fmt.Sprintf("contains %q, which visitors would see as it stands; write the character itself", at)
	}
	blank := true
	for _, r := range s {
		if unseen(r) {
			return fmt.Sprintf("contains the invisible or control character U+%04X", r)
		}
		blank = blank && unicode.IsSpace(r)
	}
	if blank {
		return "must not be blank"
	}
	return ""
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
