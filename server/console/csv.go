package console

import "strings"

// csvCell makes of a text a cell that spreadsheets show and never work out: what
// begins a formula there is put behind an apostrophe (OWASP, CSV Injection).
func csvCell(s string) string {
	if strings.ContainsAny(firstRune(s), "=+-@\t\r\n＝＋－＠") {
		return "'" + s
	}
	return s
}

func firstRune(s string) string {
	for _, r := range s {
		return string(r)
	}
	return ""
}

// csvStart is the byte order mark, without which Excel takes UTF-8 for something else.
const csvStart = "\ufeff"
