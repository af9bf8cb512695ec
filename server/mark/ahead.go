package mark

import (
	"slices"

	"golang.org/x/net/html"
)

// closes reports whether the element whose start tag was just read is closed
// soon, and everything in it as well, so that a template around it holds just
// that: around one that nobody closes it would swallow the page. It reads
// ahead, and puts back what it has read.
func (r *rewriter) closes(name string) bool {
	if r.count < r.lookedAt {
		return false
	}
	var read []byte
	r.looking = true
	ok := r.balanced(name, &read)
	r.looking = false
	if !ok {
		// Whoever opens a thousand of them has them all looked for once.
		r.lookedAt = r.count + int64(len(read))
	}
	r.again(read, "")
	return ok
}

// tangled are elements in which tags mean something else, or whose end tags
// may do more than close them.
var tangled = set("svg math noscript template plaintext frameset body head html")

func (r *rewriter) balanced(name string, read *[]byte) bool {
	open := []string{name}
	var scratch [24]byte
	for len(open) > 0 {
		kind := r.z.Next()
		raw := r.z.Raw()
		*read = append(*read, raw...)
		if kind == html.ErrorToken || len(*read) > maxAhead || len(open) > maxRegions {
			return false
		}
		switch kind {
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := nameOf(raw, &scratch)
			if tangled[string(name)] {
				return false
			}
			if !void[string(name)] {
				open = append(open, string(name))
			}
		case html.EndTagToken:
			name, _ := nameOf(raw, &scratch)
			if string(name) != open[len(open)-1] {
				return false
			}
			open = slices.Delete(open, len(open)-1, len(open))
		}
	}
	return true
}
