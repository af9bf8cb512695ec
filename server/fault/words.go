package fault

import (
	"fmt"
	"strconv"
)

// Words are the same words in both languages in which people are told of faults.
type Words struct{ En, Ja string }

// Say words something in both languages. Both formats take the same args, in the
// order in which the English one names them ("%[2]d" for another); an arg that is
// itself Words goes into each format in its language.
func Say(en, ja string, args ...any) Words {
	return Words{fmt.Sprintf(en, in(args, func(w Words) string { return w.En })...), fmt.Sprintf(ja, in(args, func(w Words) string { return w.Ja })...)}
}

// Quote is what somebody wrote, between the quotation marks of each language and
// with nothing in it that moves a cursor.
func Quote(s string) Words {
	q := strconv.Quote(s)
	return Words{q, "「" + q[1:len(q)-1] + "」"}
}

// Field returns the field at a path with the words as its reason.
func (w Words) Field(path string) Field { return Field{Path: path, Reason: w.En, ReasonJa: w.Ja} }

func in(args []any, language func(Words) string) []any {
	out := make([]any, len(args))
	for i, arg := range args {
		if w, ok := arg.(Words); ok {
			arg = language(w)
		}
		out[i] = arg
	}
	return out
}
