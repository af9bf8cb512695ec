package mark

import (
	"bytes"
	"iter"
	"strings"
)

// attribute is a name in lower case and a value without references.
type attribute struct{ name, value string }

type attributes []attribute

func (as attributes) get(name string) (string, bool) {
	for _, a := range as {
		if a.name == name {
			return a.value, true
		}
	}
	return "", false
}

// nameOf returns the name of a start or end tag in lower case, and where it
// ends. Names longer than any that matters come back cut.
func nameOf(raw []byte, scratch *[24]byte) (name []byte, end int) {
	i := 1
	if raw[i] == '/' {
		i++
	}
	name = scratch[:0]
	for ; i < len(raw) && !isSpace(raw[i]) && raw[i] != '/' && raw[i] != '>'; i++ {
		c := raw[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if len(name) < len(scratch) {
			name = append(name, c)
		}
	}
	return name, i
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' }

// names yields where the name of each attribute in a start tag begins and ends,
// from the tag name's end on. Names that are there twice come twice.
func names(raw []byte, i int) iter.Seq2[int, int] {
	return func(yield func(start, end int) bool) {
		skip := func() {
			for i < len(raw) && isSpace(raw[i]) {
				i++
			}
		}
		for {
			skip()
			if i >= len(raw) || raw[i] == '>' {
				return
			}
			if raw[i] == '/' {
				i++
				continue
			}
			start := i
			for i++; i < len(raw) && !isSpace(raw[i]) && !strings.ContainsRune("/>=", rune(raw[i])); i++ {
			}
			if !yield(start, i) {
				return
			}
			skip()
			if i >= len(raw) || raw[i] != '=' {
				continue
			}
			i++
			skip()
			if i < len(raw) && (raw[i] == '"' || raw[i] == '\'') {
				end := bytes.IndexByte(raw[i+1:], raw[i])
				if end < 0 {
					return
				}
				i += end + 2
				continue
			}
			for i < len(raw) && !isSpace(raw[i]) && raw[i] != '>' {
				i++
			}
		}
	}
}

// valueOf returns where the value of an attribute begins and ends, with its
// quotes; the attribute's name, which has a value, ends at i.
func valueOf(raw []byte, i int) (start, end int) {
	skip := func() {
		for i < len(raw) && isSpace(raw[i]) {
			i++
		}
	}
	skip()
	i++
	skip()
	start = i
	if raw[i] == '"' || raw[i] == '\'' {
		return start, i + 2 + bytes.IndexByte(raw[i+1:], raw[i])
	}
	for i < len(raw) && !isSpace(raw[i]) && raw[i] != '>' {
		i++
	}
	return start, i
}
