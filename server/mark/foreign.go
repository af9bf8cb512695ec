package mark

import (
	"bytes"
	"strings"
)

// space is a namespace that markup can be in.
type space uint8

const (
	inHTML space = iota
	inSVG
	inMath
)

// foreign follows SVG and MathML through a page: there, <script> and <style>
// hold markup and not text, "/>" closes, and <template> is nothing special
// (HTML, 13.2.6.5).
type foreign struct {
	open []region
	// around is how many elements of HTML are open, by name, of those that an
	// <svg> may stand in.
	around map[string]int
	// guessed: an <svg> was not closed, so that from here on the browser may see
	// another tree.
	guessed bool
}

// region is an open element of SVG or MathML, and what stands in it.
type region struct {
	name   string
	inside space
}

// maxRegions is deeper than browsers go.
const maxRegions = 512

func (f *foreign) space() space {
	if len(f.open) == 0 {
		return inHTML
	}
	return f.open[len(f.open)-1].inside
}

// start takes note of a start tag and returns the space of its element.
func (f *foreign) start(name string, selfClosing bool, raw []byte) space {
	in := f.space()
	if in != inHTML && breaksOut[name] {
		f.leave()
		in = inHTML
	}
	inside := in
	switch {
	case name == "svg" && (in == inHTML || in == inSVG || f.open[len(f.open)-1].name == "annotation-xml"):
		in, inside = inSVG, inSVG
	case name == "math" && in != inSVG:
		in, inside = inMath, inMath
	case in == inSVG && (name == "foreignobject" || name == "desc" || name == "title"):
		inside = inHTML
	case in == inMath && len(name) == 2 && strings.Contains("mi mo mn ms", name), in == inMath && name == "mtext":
		inside = inHTML
	case in == inMath && name == "annotation-xml":
		if bytes.Contains(bytes.ToLower(raw), []byte("html")) {
			inside = inHTML
		}
	case in == inHTML:
		if surrounds[name] {
			f.count(name, 1)
		}
		return in
	}
	if !selfClosing && len(f.open) < maxRegions {
		f.open = append(f.open, region{name, inside})
	}
	return in
}

// end takes note of an end tag.
func (f *foreign) end(name string) {
	for i := len(f.open) - 1; i >= 0; i-- {
		if f.open[i].name == name {
			f.open = f.open[:i]
			return
		}
	}
	switch {
	case f.space() == inHTML:
		if f.around[name] > 0 {
			f.count(name, -1)
		}
	case name == "p" || name == "br":
		f.leave()
	case f.around[name] > 0: // the end of an element around an <svg> that nobody closed
		f.count(name, -1)
		f.leave()
		f.guessed = true
	}
}

func (f *foreign) count(name string, n int) {
	if f.around == nil {
		f.around = map[string]int{}
	}
	f.around[name] += n
}

// leave goes back to where HTML was.
func (f *foreign) leave() {
	for f.space() != inHTML {
		f.open = f.open[:len(f.open)-1]
	}
}

func set(names string) map[string]bool {
	s := map[string]bool{}
	for name := range strings.FieldsSeq(names) {
		s[name] = true
	}
	return s
}

var (
	// breaksOut are start tags that end foreign content (HTML, 13.2.6.5).
	breaksOut = set(`b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing
		menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var`)
	// surrounds are elements of HTML that an <svg> may stand in, and that SVG has not.
	surrounds = set(`article aside b blockquote button center dd details dialog div dl dt em fieldset figcaption figure footer form
		h1 h2 h3 h4 h5 h6 header i label legend li main nav noscript ol p pre section select small span strong summary table tbody td
		template tfoot th thead tr ul`)
	// void elements have no end tag.
	void = set("area base br col embed hr img input link meta param source track wbr")
)
