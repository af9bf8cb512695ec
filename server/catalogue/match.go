package catalogue

import (
	"cmp"
	"slices"
	"strings"
)

// Rule says that the requests which a Host describes are those of a vendor,
// named by a number of the caller's choosing: its position on a site or in the
// catalogue.
type Rule struct {
	Vendor int
	Host   string
	Path   string
}

// Rules returns the rules of v, with position as the vendor's number.
func (v *Vendor) Rules(position int) []Rule {
	rules := make([]Rule, len(v.Hosts))
	for i, h := range v.Hosts {
		rules[i] = Rule{Vendor: position, Host: h.Host, Path: h.Path}
	}
	return rules
}

// Matcher finds the vendor that a request belongs to. It is made once and may
// be used by many goroutines.
//
// The most specific rule wins: an exact host before a glob ("www*.a8.net"),
// a glob before a suffix ("*.a8.net"), a longer suffix before a shorter one,
// and for one host the path with more literal characters. A host none of whose
// paths fit falls through to the next, less specific one.
// widget/src/gate/match.ts does the same in the page; testdata/match.json holds
// the two together.
type Matcher struct {
	// hosts are the rules by exact host ("static.criteo.net") and by suffix
	// (".criteo.net"), globs those by the suffix that follows their first label
	// (".a8.net"). Within a key the more specific ones come first.
	hosts, globs map[string][]pattern
	// dots is the largest number of dots in a suffix, which bounds the look-ups
	// for a host of many labels.
	dots int
}

// pattern is a rule made ready for matching.
type pattern struct {
	vendor int
	label  []string // literal parts of a glob's first label, else nil
	path   []string // literal parts of the path, nil for the whole host
}

// NewMatcher returns a matcher for rules that follow the catalogue's lint. Of
// two rules with the same host and path the one with the lower vendor counts.
func NewMatcher(rules []Rule) *Matcher {
	m := &Matcher{hosts: map[string][]pattern{}, globs: map[string][]pattern{}}
	for _, r := range ordered(rules) {
		p := pattern{vendor: r.Vendor}
		if r.Path != "" {
			p.path = strings.Split(r.Path, "*")
		}
		class, key := r.key()
		if class == glob {
			label, _, _ := strings.Cut(r.Host, ".")
			p.label = strings.Split(label, "*")
			m.globs[key] = append(m.globs[key], p)
			continue
		}
		if class == suffix {
			m.dots = max(m.dots, strings.Count(key, "."))
		}
		m.hosts[key] = append(m.hosts[key], p)
	}
	return m
}

// Match returns the vendor that owns a request to host for pathAndQuery.
//
// The caller parses the URL: host comes without user information, port and
// brackets, an internationalised name as punycode; pathAndQuery comes without
// fragment, percent-encoded as it goes over the wire. Match itself folds the
// case of ASCII letters in host, takes off one final dot, reads an empty path
// as "/" and an empty query as none.
func (m *Matcher) Match(host, pathAndQuery string) (vendor int, ok bool) {
	host = lower(strings.TrimSuffix(host, "."))
	if pathAndQuery == "" || pathAndQuery[0] == '?' {
		pathAndQuery = "/" + pathAndQuery
	}
	path, query, _ := strings.Cut(pathAndQuery, "?")
	if query == "" {
		pathAndQuery = path
	}
	if v, ok := find(m.hosts[host], "", path, pathAndQuery); ok {
		return v, true
	}
	dots := strings.Count(host, ".")
	if dots == 0 {
		return 0, false
	}
	label, _, _ := strings.Cut(host, ".")
	rest := host[len(label):]
	if plain(label) {
		if v, ok := find(m.globs[rest], label, path, pathAndQuery); ok {
			return v, true
		}
	}
	for ; dots > 0; dots-- {
		if dots <= m.dots {
			if v, ok := find(m.hosts[rest], "", path, pathAndQuery); ok {
				return v, true
			}
		}
		rest = rest[1:]
		rest = rest[max(strings.IndexByte(rest, '.'), 0):]
	}
	return 0, false
}

// find returns the vendor of the first pattern that fits.
func find(bucket []pattern, label, path, pathAndQuery string) (int, bool) {
	for i := range bucket {
		p := &bucket[i]
		if (p.label == nil || fits(p.label, label)) &&
			(p.path == nil || fits(p.path, path) || fits(p.path, pathAndQuery)) {
			return p.vendor, true
		}
	}
	return 0, false
}

// fits reports whether text is the parts with any text between them. Taking
// each part at its first place never misses a match, so there is no
// backtracking: the time is linear in the text for each part.
func fits(parts []string, text string) bool {
	last := len(parts) - 1
	if last == 0 {
		return text == parts[0]
	}
	text, ok := strings.CutPrefix(text, parts[0])
	if !ok {
		return false
	}
	for _, part := range parts[1:last] {
		at := strings.Index(text, part)
		if at < 0 {
			return false
		}
		text = text[at+len(part):]
	}
	return strings.HasSuffix(text, parts[last])
}

// class says how specific a host is; the lower, the more.
type class int

const (
	exact  class = iota // static.criteo.net
	glob                // www*.a8.net
	suffix              // *.a8.net
)

// key returns the class of a rule's host and what it is looked up by: the host
// itself, or what follows the first label.
func (r Rule) key() (class, string) {
	star := strings.IndexByte(r.Host, '*')
	if star < 0 {
		return exact, r.Host
	}
	label, _, _ := strings.Cut(r.Host, ".")
	if label == "*" {
		return suffix, r.Host[1:]
	}
	return glob, r.Host[len(label):]
}

// Compare orders rules such that of any two that may fit the same request the
// more specific one comes first.
func (r Rule) Compare(other Rule) int {
	class, _ := r.key()
	otherClass, _ := other.key()
	return cmp.Or(
		cmp.Compare(class, otherClass),
		// Of two suffixes that fit one host, the one with more dots is longer.
		cmp.Compare(strings.Count(other.Host, "."), strings.Count(r.Host, ".")),
		cmp.Compare(literal(other.Host), literal(r.Host)),
		cmp.Compare(r.Host, other.Host),
		cmp.Compare(literal(other.Path), literal(r.Path)),
		cmp.Compare(strings.Count(r.Path, "*"), strings.Count(other.Path, "*")),
		cmp.Compare(r.Path, other.Path),
		cmp.Compare(r.Vendor, other.Vendor))
}

// ordered returns the rules, each host and path once, by Compare.
func ordered(rules []Rule) []Rule {
	sorted := slices.SortedFunc(slices.Values(rules), Rule.Compare)
	return slices.CompactFunc(sorted, func(a, b Rule) bool { return a.Host == b.Host && a.Path == b.Path })
}

// literal is the number of characters that are not a star.
func literal(pattern string) int { return len(pattern) - strings.Count(pattern, "*") }

// plain reports whether label is of ASCII letters and digits alone: what a
// glob's star stands for, and what its literal parts are made of.
func plain(label string) bool {
	for i := range len(label) {
		if c := label[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// lower folds ASCII letters, without a copy when there is nothing to fold.
func lower(s string) string {
	for i := range len(s) {
		if 'A' <= s[i] && s[i] <= 'Z' {
			b := []byte(s)
			for ; i < len(b); i++ {
				if 'A' <= b[i] && b[i] <= 'Z' {
					b[i] += 'a' - 'A'
				}
			}
			return string(b)
		}
	}
	return s
}
