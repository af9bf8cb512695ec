package operator

import (
	"strings"
	"unicode/utf8"

	"github.com/sekisho/sekisho/server/fault"
)

// What a new password must have (ASVS 5.0, 6.2): length and not much else. It
// is taken as it was typed, and never has to be changed for its age.
const (
	MinPassword = 12  // characters
	MaxPassword = 128 // characters
	// leastOwn is how many characters must be left when what anybody would
	// guess (email, name, product) is taken out.
	leastOwn = 8
	// leastDistinct is how many different characters there must be.
	leastDistinct = 5
)

// passwordFault says why a password will not do; nil when it will. known is
// what anybody may know of the operator.
func passwordFault(path, password string, known ...string) []fault.Field {
	refuse := func(reason, ja string) []fault.Field {
		return []fault.Field{{Path: path, Reason: reason, ReasonJa: ja}}
	}
	switch n := utf8.RuneCountInString(password); {
	case !utf8.ValidString(password):
		return refuse("must be text", "文字を入力してください。")
	case n < MinPassword:
		return refuse("must have at least 12 characters; several words in a row are fine", "12文字以上にしてください。いくつかの単語をつなげたものでもかまいません。")
	case n > MaxPassword:
		return refuse("must have at most 128 characters", "128文字以内にしてください。")
	}
	lower := strings.ToLower(password)
	distinct := map[rune]bool{}
	for _, r := range lower {
		distinct[r] = true
	}
	own := lower
	for _, word := range append(known, "sekisho", "関所", "password", "パスワード") {
		for _, part := range append(strings.FieldsFunc(strings.ToLower(word), func(r rune) bool { return strings.ContainsRune("@.-_+ 　", r) }), strings.ToLower(word)) {
			if utf8.RuneCountInString(part) >= 3 {
				own = strings.ReplaceAll(own, part, "")
			}
		}
	}
	switch {
	case len(distinct) < leastDistinct || common[lower]:
		return refuse("is one of the first that would be tried; choose another", "推測されやすいパスワードです。別のものにしてください。")
	case utf8.RuneCountInString(own) < leastOwn:
		return refuse("says too much of what is known about you; choose another", "メールアドレスや名前から推測されやすいパスワードです。別のものにしてください。")
	}
	return nil
}
