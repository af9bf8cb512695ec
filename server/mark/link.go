package mark

import (
	"net/http"
	"slices"
	"strings"
)

// unlink takes the links to vendors that a browser would follow by itself out
// of the Link headers (RFC 8288).
func (m *Marker) unlink(h http.Header) {
	var kept []string
	for _, value := range h.Values("Link") {
		links := split(value, ',')
		left := slices.DeleteFunc(slices.Clone(links), m.fetches)
		switch {
		case len(left) == len(links):
			kept = append(kept, value)
		case len(left) > 0:
			kept = append(kept, strings.TrimSpace(strings.Join(left, ",")))
		}
	}
	if len(kept) == 0 {
		h.Del("Link")
		return
	}
	h["Link"] = kept
}

// fetches reports whether a link, <target>; rel="…", has a browser ask a vendor.
func (m *Marker) fetches(link string) bool {
	parts := split(link, ';')
	target := strings.TrimSpace(parts[0])
	if !strings.HasPrefix(target, "<") || !strings.HasSuffix(target, ">") || m.vendorOf(target[1:len(target)-1], place{}) == "" {
		return false
	}
	return slices.ContainsFunc(parts[1:], func(part string) bool {
		name, value, _ := strings.Cut(part, "=")
		rels := strings.Fields(strings.ToLower(strings.Trim(strings.TrimSpace(value), `"`)))
		return strings.EqualFold(strings.TrimSpace(name), "rel") && slices.ContainsFunc(rels, func(rel string) bool { return fetchingRels[rel] })
	})
}

// split cuts s at sep where that stands in no quotes and no angle brackets.
func split(s string, sep byte) []string {
	var parts []string
	start, quoted, bracketed := 0, false, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"' && !bracketed:
			quoted = !quoted
		case c == '<' && !quoted:
			bracketed = true
		case c == '>' && !quoted:
			bracketed = false
		case c == sep && !quoted && !bracketed:
			parts = append(parts, s[start:i])
			start = i + 1
		}
	}
	return append(parts, s[start:])
}
