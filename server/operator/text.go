package operator

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sekisho/sekisho/server/fault"
)

const (
	maxEmail = 254 // RFC 5321
	maxName  = 80
	maxLine  = 256
)

// Languages are those of the console.
func Languages() []string { return []string{"ja", "en"} }

// parseEmail returns an address as it is kept: lower case, no name, ASCII.
func parseEmail(s string) (string, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if len(s) > maxEmail || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", false
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || a.Name != "" || strings.ContainsAny(s, `"<>(),;:\[]`) {
		return "", false
	}
	return s, true
}

func emailField(path string) fault.Field {
	return fault.Field{Path: path, Reason: "must be an email address, such as hanako@example.jp", ReasonJa: "メールアドレスを入力してください（例: hanako@example.jp）"}
}

func languageField(path string) fault.Field {
	return fault.Field{Path: path, Reason: "must be ja or en", ReasonJa: "ja か en を選んでください"}
}

// nameFault says what is wrong with a name that people read; nil for nothing.
func nameFault(path, s string, required bool) []fault.Field {
	switch {
	case required && strings.TrimSpace(s) == "":
		return []fault.Field{{Path: path, Reason: "must not be empty", ReasonJa: "入力してください"}}
	case utf8.RuneCountInString(s) > maxName:
		return []fault.Field{{Path: path, Reason: "must have at most 80 characters", ReasonJa: "80文字以内で入力してください"}}
	case s != line(s):
		return []fault.Field{{Path: path, Reason: "must be on one line and without invisible characters", ReasonJa: "改行や目に見えない文字は使えません"}}
	}
	return nil
}

// line is a text for one line of a list: valid, bounded, and without what would
// hide or turn around the text beside it.
func line(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) {
			return -1
		}
		return r
	}, s)
	if utf8.RuneCountInString(s) > maxLine {
		s = string([]rune(s)[:maxLine])
	}
	return s
}
