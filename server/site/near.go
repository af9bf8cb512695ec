package site

import (
	"slices"
	"strings"

	"github.com/sekisho/sekisho/server/fault"
)

// knownAre opens the list of what is known.
var knownAre = fault.Words{En: "; known: ", Ja: "。使えるもの："}

// didYouMean ends a sentence about an unknown word: with the nearest known
// one, else with the list when there is one to show (opening is its opening
// words, none for no list), else with nothing.
func didYouMean(word string, known []string, opening fault.Words) fault.Words {
	if near := nearest(word, known); near != "" {
		return fault.Say(`; did you mean "%s"?`, "（もしかして「%s」ではありませんか）", near)
	}
	if opening == (fault.Words{}) {
		return opening
	}
	return fault.Say("%s%s", "%s%s", opening, listed(slices.Sorted(slices.Values(known))))
}

// listed joins words as each language does.
func listed(words []string) fault.Words {
	return fault.Words{En: strings.Join(words, ", "), Ja: strings.Join(words, "、")}
}

// nearest returns the known word that a typing mistake or another spelling
// turns into word, "" if none is near. Of equally near ones it takes the first
// by alphabet, so that the same mistake always gets the same answer.
func nearest(word string, known []string) string {
	if len(word) > 64 {
		return ""
	}
	plain := flatten(word)
	best, bestAt := "", 1+max(1, len(plain)/4)
	for _, k := range known {
		at := distance(plain, flatten(k))
		if at < bestAt || at == bestAt && best != "" && k < best {
			best, bestAt = k, at
		}
	}
	return best
}

// flatten drops what people write differently in ids and keys: case and separators.
func flatten(s string) string {
	return strings.NewReplacer("-", "", "_", "", ".", "", " ", "").Replace(strings.ToLower(s))
}

// distance is the number of characters to insert, delete, replace or swap with
// their neighbour (optimal string alignment) between a and b.
func distance(a, b string) int {
	before := make([]int, len(b)+1)
	last := make([]int, len(b)+1)
	row := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
