package operator

import "strings"

// guessable reports whether a password in lower case is made of what is tried
// first: one or two of the words below, runs such as 1234 or qwerty, and a few
// characters more. Three words in a row are more than anybody tries.
func guessable(lower string) bool {
	typed := []rune(withoutRuns(lower))
	plain := []rune(unleet.Replace(string(typed))) // as many, each in its place
	words := 0
	for _, word := range commonWords {
		for i := 0; i+len(word) <= len(plain); i++ {
			if string(plain[i:i+len(word)]) == word {
				words++
				for j := range len(word) {
					plain[i+j], typed[i+j] = ' ', ' '
				}
			}
		}
	}
	rest := 0
	for _, r := range typed {
		if (r < '0' || r > '9') && !strings.ContainsRune(" !@#$%^&*-_.,?+", r) {
			rest++
		}
	}
	return words <= 2 && rest < leastRest
}

// leastRest is how many characters there must be besides what is tried first.
const leastRest = 4

// unleet undoes the usual substitutions.
var unleet = strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i")

// keyRows are the rows of keyboards, and the order of letters and digits.
var keyRows = []string{"qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertz", "azerty", "1234567890", "1qaz2wsx3edc4rfv5tgb6yhn7ujm", "abcdefghijklmnopqrstuvwxyz"}

// withoutRuns takes out what walks along a row for four characters or more,
// forwards or backwards, or repeats one.
func withoutRuns(s string) string {
	runes := []rune(s)
	var left []rune
	for i := 0; i < len(runes); {
		n := runLength(runes[i:])
		if n < 4 {
			left = append(left, runes[i])
			n = 1
		}
		i += n
	}
	return string(left)
}

func runLength(s []rune) int {
	longest := 1
	for longest < len(s) && s[longest] == s[0] {
		longest++
	}
	for _, row := range keyRows {
		for _, line := range []string{row, reversed(row)} {
			at := strings.IndexRune(line, s[0])
			if at < 0 {
				continue
			}
			n := 0
			for n < len(s) && at+n < len(line) && rune(line[at+n]) == s[n] {
				n++
			}
			longest = max(longest, n)
		}
	}
	return longest
}

func reversed(s string) string {
	var b strings.Builder
	for i := len(s) - 1; i >= 0; i-- {
		b.WriteByte(s[i])
	}
	return b.String()
}

// commonWords are what most of the passwords that are tried first are made of,
// in the world and in Japan; longer ones before those that they contain.
var commonWords = []string{
	"administrator", "passwords", "password", "passwort", "passw", "welcome", "iloveyou", "trustno", "letmein", "changeme", "whatever", "starwars",
	"superman", "batman", "princess", "sunshine", "football", "baseball", "basketball", "liverpool", "pokemon", "pikachu", "dragon", "monkey",
	"master", "shadow", "michael", "jennifer", "charlie", "computer", "internet", "secret", "summer", "winter", "spring", "autumn", "freedom",
	"chocolate", "butterfly", "flower", "friend", "forever", "angel", "hello", "google", "yahoo", "docomo", "softbank", "rakuten", "amazon",
	"admin", "login", "guest", "root", "test", "user", "manager", "owner", "company", "office", "default", "temp", "demo", "sample", "marketing",
	"doraemon", "arigatou", "arigato", "nihonjin", "nippon", "nihon", "japan", "tokyo", "osaka", "kyoto", "yokohama", "sapporo", "nagoya",
	"sakura", "himawari", "aishiteru", "daisuki", "kawaii", "konnichiwa", "ohayou", "tanaka", "suzuki", "satou", "takahashi", "watanabe", "yamada",
	"hanako", "taro", "love", "january", "february", "august", "september", "october", "november", "december", "monday", "friday",
}
