package policy

import (
	"slices"
	"strings"

	"github.com/sekisho/sekisho/server/catalogue"
)

// source is a host source of a content security policy: hosts, and of those
// perhaps one path or all that begin with it.
type source struct {
	host   string // "static.criteo.net", or "*.criteo.net" for all below
	path   string // "" for all, "/tr" for just that, "/tr/" for all that begin so
	socket bool   // WebSockets and nothing else
}

// webSocket is the scheme that has to be named: a source without one stands for
// the page's own and https, in Chromium not for wss.
const webSocket = "wss://"

// String returns the source as a policy spells it.
func (s source) String() string {
	if s.socket {
		return webSocket + s.host
	}
	return s.host + escape(s.path)
}

// escape percent-encodes what would end a source or a policy, or means something
// to the languages that policies are written into; browsers decode it.
func escape(path string) string {
	var b strings.Builder
	for i := range len(path) {
		c := path[i]
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("/-._~=@:+%", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		const hex = "0123456789ABCDEF"
		b.Write([]byte{'%', hex[c>>4], hex[c&15]})
	}
	return b.String()
}

// sources returns what a policy can say of a rule, which is at times more than
// the rule says: policies know no stars within a path and no queries. exact tells
// whether it is no more. There is none for a star within a host's first label.
func sources(r catalogue.Rule) (all []source, exact bool) {
	if label, _, _ := strings.Cut(r.Host, "."); label != "*" && strings.Contains(label, "*") {
		return nil, false
	}
	path, _, query := strings.Cut(r.Path, "?")
	before, after, star := strings.Cut(path, "*")
	switch {
	case !star:
		return []source{{host: r.Host, path: path}}, !query
	case after != "" || query:
		return []source{{host: r.Host, path: before[:strings.LastIndexByte(before, '/')+1]}}, false
	case strings.HasSuffix(before, "/"):
		return []source{{host: r.Host, path: before}}, true
	}
	all = []source{{host: r.Host, path: before}}
	// "/maps*" is /maps and what lies below; "/gtm.js*" is a file with a query.
	if !strings.Contains(before[strings.LastIndexByte(before, '/'):], ".") {
		all = append(all, source{host: r.Host, path: before + "/"})
	}
	return all, true
}

// talks reports whether WebSockets may go to a host for what it does: as a whole,
// and not for scripts, pictures or frames alone.
func talks(h catalogue.Host) bool {
	return h.Path == "" && (len(h.Roles) == 0 || slices.ContainsFunc(h.Roles, func(role string) bool {
		return role == "any" || role == "api" || role == "beacon"
	}))
}

// meets reports whether a request may be within both the source and the rule. It
// may say yes too often, never no.
func (s source) meets(r catalogue.Rule) bool {
	if !hostsMeet(s.host, r.Host) {
		return false
	}
	if s.path == "" || r.Path == "" {
		return true
	}
	path, _, _ := strings.Cut(r.Path, "?")
	before, after, star := strings.Cut(path, "*")
	below := strings.HasSuffix(s.path, "/")
	switch {
	case star && !below && strings.Contains(after, "/"):
		// Stars stand for queries as well, but slashes are looked for in paths.
		return fits(path, s.path)
	case star:
		return strings.HasPrefix(s.path, before) || below && strings.HasPrefix(before, s.path)
	case below:
		return strings.HasPrefix(path, s.path)
	}
	return path == s.path
}

// fits reports whether the pattern, with stars for any text, fits the path.
func fits(pattern, path string) bool {
	m := catalogue.NewMatcher([]catalogue.Rule{{Host: "x", Path: pattern}})
	_, ok := m.Match("x", path)
	return ok
}

// hostsMeet reports whether a source's host and a rule's may be one.
func hostsMeet(source, rule string) bool {
	if !strings.Contains(rule, "*") {
		return hostWithin(rule, source)
	}
	label, rest, _ := strings.Cut(rule, ".")
	if label == "*" {
		return hostWithin(source, rule) || hostWithin(rule, source)
	}
	// A star within the first label: one of the names below rest.
	if below, ok := strings.CutPrefix(source, "*."); ok {
		return rest == below || strings.HasSuffix(rest, "."+below)
	}
	return strings.HasSuffix(source, "."+rest) && strings.Count(source, ".") == strings.Count(rule, ".")
}

// hostWithin reports whether every host of a is one of b's; both are names or "*.name".
func hostWithin(a, b string) bool {
	if below, ok := strings.CutPrefix(b, "*"); ok {
		return a == b || strings.HasSuffix(a, below)
	}
	return a == b
}

// within reports whether every request of s is one of other's.
func (s source) within(other source) bool {
	return s.socket == other.socket && hostWithin(s.host, other.host) &&
		(other.path == "" || s.path == other.path || strings.HasSuffix(other.path, "/") && strings.HasPrefix(s.path, other.path))
}

// grant is a source, and the vendors that all have to be allowed for it.
type grant struct {
	source  source
	vendors []int // positions in the revision, ascending
}

// coveredBy reports whether the other grant gives as much for as little.
func (g grant) coveredBy(other grant) bool {
	return g.source.within(other.source) && !slices.ContainsFunc(other.vendors, func(v int) bool { return !slices.Contains(g.vendors, v) })
}
