// Package mark makes vendors' static tags in HTML inert, so that no browser
// asks for them before the gate lets them go: the preload scanner of a browser
// fetches a plain <script src> before any script of the page can run.
//
// Pages are read as a stream of tokens. The tags of vendors are changed, as
// little as it takes; every other byte is copied as it was, in whatever state
// the HTML is. Marking what is marked already changes nothing.
package mark

import (
	"bufio"
	"io"
	"strings"

	"github.com/sekisho/sekisho/server/catalogue"
)

// Marker knows whose tags to make inert. Many goroutines may use it.
type Marker struct {
	matcher  *catalogue.Matcher
	ids      []string
	own      []string
	maxToken int // bytes; a longer tag or comment ends the marking
}

// New returns a marker for the tags of vendors. Requests to the hosts in own,
// or below them, are the site's whatever a vendor's rules say.
//
// The gate releases a vendor's tag on a grant. A tag of a vendor that the site
// does not list is never released.
func New(vendors []*catalogue.Vendor, own ...string) *Marker {
	m := &Marker{maxToken: 4 << 20}
	for _, host := range own {
		m.own = append(m.own, strings.ToLower(host))
	}
	var rules []catalogue.Rule
	for i, v := range vendors {
		rules = append(rules, v.Rules(i)...)
		m.ids = append(m.ids, v.ID)
	}
	m.matcher = catalogue.NewMatcher(rules)
	return m
}

// Report says what was done to a page.
type Report struct {
	// Tags is how many tags were made inert, by the vendor's id.
	Tags map[string]int
	// Behind are inline scripts right behind a script that was made inert and
	// that they may have counted on; no more than maxBehind.
	Behind []Place
}

// Place is a line of a page, from 1, and the vendor that it is about.
type Place struct {
	Line   int
	Vendor string
}

const maxBehind = 100

// Total is how many tags were made inert.
func (r Report) Total() int {
	n := 0
	for _, count := range r.Tags {
		n += count
	}
	return n
}

// Rewrite copies the page from src to dst with the tags of vendors made inert.
// It reads no more ahead than it must: the longest token, which the text of a
// style element or script is as well (4 MiB at most, what is longer passes unseen) or an element that a template goes around (64 KiB).
//
// Characters are never decoded. That is safe for UTF-8 and for encodings in
// which no byte of another character looks like one of < > " ' = and so on:
// EUC-JP, Shift_JIS (whose second bytes begin at 0x40), EUC-KR, GBK, Big5 and
// those of one byte. In UTF-16 and ISO-2022-JP they do: such a page, and one
// with a tag or comment too long to be read, is copied as it is from where
// that comes out, and the error is a fault of kind Unsupported. Any other
// error is that of src or dst.
func (m *Marker) Rewrite(dst io.Writer, src io.Reader) (Report, error) {
	out := bufio.NewWriterSize(dst, 16<<10)
	r := m.rewriter(out, src)
	err := r.run()
	if flushed := out.Flush(); err == nil {
		err = flushed
	}
	return *r.report, err
}
