package mark

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"io"
	"slices"

	"golang.org/x/net/html"

	"github.com/sekisho/sekisho/server/fault"
)

// maxAhead is how far to look for the end of an element.
const maxAhead = 64 << 10

// rewriter is one page on its way through.
type rewriter struct {
	*Marker
	report *Report
	out    *bufio.Writer
	src    source
	z      *html.Tokenizer

	foreign   foreign
	templates []bool // those that are open, and whether each keeps what is in it inert
	inert     int    // how many of them do
	base      place
	based     bool // a <base> has been seen: only the first counts
	declared  bool // the page's encoding is known to be a safe one
	body      bool // the page is past its head

	rawText string // the element whose text, which is no markup, comes next
	// attributesOnly is for the inside of <noscript>: no templates there.
	attributesOnly bool
	// A template of our own around an element: whose it is, the element, and how
	// many of that name are open.
	holder, held string
	depth        int

	count    int64 // bytes of the page that were passed on
	early    int   // bytes that were passed on before their token was complete
	looking  bool  // tokens are read ahead
	lookedAt int64 // an end was looked for up to here, and not found
	line     int
	behind   string // the vendor of a script that was just marked and would have run there and then
	inDoc    bool   // the page is the srcdoc of a frame
	within   string // the element whose text was passed last, until its end tag; "<" for a tag that is cut off
	closers  int    // templates around the script that is open
	// Vendors whose URLs wait in styles and the like for the end of the page.
	waiting map[string]bool
	failed  error // of the output
	scratch [24]byte
	tag     []byte
	// The attributes of the start tag that was just read, which can be read once.
	attrs     attributes
	attrsRead bool
}

func (m *Marker) rewriter(out *bufio.Writer, src io.Reader) *rewriter {
	r := &rewriter{Marker: m, report: &Report{Tags: map[string]int{}}, out: out, src: source{r: src}, line: 1, waiting: map[string]bool{}}
	r.tokenize("")
	return r
}

// source is what a tokenizer reads: what an earlier one left, then the page.
type source struct {
	again []byte
	r     io.Reader
	err   error
}

func (s *source) Read(p []byte) (n int, err error) {
	if len(s.again) > 0 {
		n = copy(p, s.again)
		s.again = s.again[n:]
		return n, nil
	}
	if s.err != nil {
		return 0, s.err
	}
	n, s.err = s.r.Read(p)
	if n > 0 {
		return n, nil
	}
	return 0, s.err
}

// tokenize starts to read tokens, from within the text of the element rawText
// unless that is "".
func (r *rewriter) tokenize(rawText string) {
	if rawText != "" {
		// A start tag that the page does not have: no other way in.
		r.src.again = append([]byte("<"+rawText+">"), r.src.again...)
	}
	r.z = html.NewTokenizer(&r.src)
	r.z.SetMaxBuf(r.maxToken)
	r.z.AllowCDATA(r.foreign.space() != inHTML)
	if rawText != "" {
		r.z.Next()
	}
}

// again reads back, and what the tokenizer has not read yet, once more.
func (r *rewriter) again(back []byte, rawText string) {
	r.src.again = slices.Concat(back, r.z.Buffered(), r.src.again)
	r.tokenize(rawText)
}

// run takes the page to its end. What it cannot read it copies, and says so.
func (r *rewriter) run() error {
	err := r.tokens()
	r.last()
	return cmp.Or(r.failed, err)
}

func (r *rewriter) tokens() error {
	if !r.declared {
		var start [4]byte
		n, _ := io.ReadFull(&r.src, start[:]) // an error comes again
		r.src.again = start[:n]
		if wide(start[:n]) {
			return r.rest(refusal("UTF-16"))
		}
		r.declared = bytes.HasPrefix(start[:n], []byte("\xef\xbb\xbf"))
	}
	for {
		var stop error
		switch kind := r.z.Next(); kind {
		case html.StartTagToken, html.SelfClosingTagToken:
			stop = r.start(kind == html.SelfClosingTagToken)
		case html.EndTagToken:
			r.end()
		case html.TextToken:
			stop = r.text()
		case html.ErrorToken:
			return r.finish()
		default:
			r.pass(r.z.Raw())
		}
		if stop != nil {
			return r.rest(stop)
		}
		if r.failed != nil {
			return r.failed
		}
	}
}

// finish is for the end of the tokens: of the page, or of what can be read of it.
func (r *rewriter) finish() error {
	if len(r.z.Raw()) > 0 {
		r.within = "<"
	}
	r.pass(r.z.Raw())
	switch err := r.z.Err(); {
	case errors.Is(err, html.ErrBufferExceeded):
		return r.rest(fault.New(fault.Unsupported, "the page has a tag or comment of more than %d KiB", r.maxToken>>10))
	case err == io.EOF:
		return nil
	default:
		return err
	}
}

// rest copies what comes after the current token and returns why, or what went
// wrong.
func (r *rewriter) rest(why error) error {
	for _, b := range [][]byte{r.z.Buffered(), r.src.again} {
		r.pass(b)
	}
	r.src.again = nil
	buf := make([]byte, 16<<10)
	for {
		n, err := r.src.Read(buf)
		r.pass(buf[:n])
		if r.failed != nil {
			return r.failed
		}
		if err == io.EOF {
			return why
		}
		if err != nil {
			return err
		}
	}
}

// text passes text on, and the text that a <noscript> is to a browser that runs
// scripts as the markup that it is to others.
func (r *rewriter) text() error {
	raw, of, style := r.z.Raw(), r.rawText, r.inStyle()
	r.rawText, r.within = "", of
	if !r.declared && escapes(raw) {
		r.pass(raw)
		return refusal("ISO-2022-JP")
	}
	r.body = r.body || of == "" && len(bytes.TrimSpace(raw)) > 0
	if len(raw) >= r.maxToken {
		// There is more of it: read that as text as well, without cutting a tag in two.
		whole := len(raw)
		if i := bytes.LastIndexByte(raw, '<'); i > 0 && whole-i < len(r.scratch) {
			whole = i
		}
		defer r.again(raw[whole:], of)
		raw, r.rawText, style = raw[:whole], of, false
	}
	if style {
		r.sheet(raw)
		return nil
	}
	if of != "noscript" || r.inert > 0 {
		r.pass(raw)
		return nil
	}
	inside := *r
	inside.src = source{r: bytes.NewReader(raw)}
	inside.attributesOnly, inside.declared = true, true
	inside.foreign, inside.templates, inside.tag, inside.rawText, inside.waiting = foreign{}, nil, nil, "", nil
	inside.tokenize("")
	err := inside.run()
	r.count, r.line, r.failed = inside.count, inside.line, inside.failed
	return err
}

// pass copies bytes of the page.
func (r *rewriter) pass(b []byte) {
	r.count += int64(len(b))
	r.line += bytes.Count(b, []byte{'\n'})
	sent := min(r.early, len(b))
	r.early -= sent
	if _, err := r.out.Write(b[sent:]); err != nil {
		r.failed = err
	}
}

// idle passes on what is sure to be text while the page is waited for: how much
// of it has been read is given, and what came last.
func (r *rewriter) idle(read int64, chunk []byte) error {
	waiting := read - r.count - int64(r.early)
	if !r.looking && r.rawText != "noscript" && !r.inStyle() && waiting <= int64(len(chunk)) {
		text := chunk[int64(len(chunk))-waiting:]
		if i := bytes.IndexByte(text, '<'); i >= 0 {
			text = text[:i]
		}
		r.out.Write(text)
		r.early += len(text)
	}
	if err := r.out.Flush(); err != nil {
		r.failed = err
	}
	return r.failed
}
