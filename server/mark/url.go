package mark

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

// place is where a URL leads. The host is empty for the page's own.
type place struct{ host, path string }

// vendorOf returns the id of the vendor that a request for the URL ref would
// belong to, "" for nobody's.
func (m *Marker) vendorOf(ref string, base place) string {
	to, ok := base.resolve(ref)
	if !ok || to.host == "" {
		return ""
	}
	i, ok := m.matcher.Match(to.host, to.path)
	if !ok || slices.ContainsFunc(m.own, func(own string) bool {
		return to.host == own || strings.HasSuffix(to.host, "."+own)
	}) {
		return ""
	}
	return m.ids[i]
}

var noBreaks = strings.NewReplacer("\t", "", "\n", "", "\r", "")

// resolve reads a URL as browsers do (WHATWG URL Standard), who forgive more
// than net/url: white space, backslashes, any number of slashes. It reports
// false for what is no request over the network.
func (base place) resolve(ref string) (place, bool) {
	ref = strings.TrimFunc(ref, func(r rune) bool { return r <= ' ' })
	ref = noBreaks.Replace(ref)
	ref, _, _ = strings.Cut(ref, "#")
	path, query, asks := strings.Cut(ref, "?")
	path = strings.ReplaceAll(path, `\`, "/")
	scheme := schemeOf(path)
	switch scheme {
	case "http", "https", "ws", "wss":
		path = "//" + path[len(scheme)+1:]
	case "":
	default:
		return place{}, false
	}
	to := base
	switch {
	case strings.HasPrefix(path, "//"):
		authority, rest, _ := strings.Cut(strings.TrimLeft(path, "/"), "/")
		host, ok := hostOf(authority)
		if !ok {
			return place{}, false
		}
		to, path = place{host: host}, "/"+rest
	case path == "":
		path, _, _ = strings.Cut(base.path, "?")
	case path[0] != '/':
		folder, _, _ := strings.Cut(base.path, "?")
		path = folder[:strings.LastIndexByte(folder, '/')+1] + path
	}
	to.path = tidy(path)
	if asks {
		to.path += "?" + query
	}
	return to, true
}

// schemeOf returns the scheme that ref begins with, in lower case, or "".
func schemeOf(ref string) string {
	for i := range len(ref) {
		switch c := ref[i]; {
		case 'a' <= c|0x20 && c|0x20 <= 'z':
		case i > 0 && c == ':':
			return strings.ToLower(ref[:i])
		case i > 0 && ('0' <= c && c <= '9' || c == '+' || c == '-' || c == '.'):
		default:
			return ""
		}
	}
	return ""
}

// hostOf returns the host of user:password@host:port as it is asked for. Of an
// IPv6 address, which no vendor is known by, that is no more than a part.
func hostOf(authority string) (string, bool) {
	host, _, _ := strings.Cut(authority[strings.LastIndexByte(authority, '@')+1:], ":")
	host = strings.ToLower(host)
	if strings.ContainsFunc(host, func(r rune) bool { return r >= 0x80 || r == '%' }) {
		decoded, err := url.PathUnescape(host)
		if err != nil {
			return "", false
		}
		if host, err = idna.Lookup.ToASCII(decoded); err != nil {
			return "", false
		}
	}
	return host, host != ""
}

// tidy takes the dot segments out of a path.
func tidy(path string) string {
	if !strings.Contains(path, "/.") && !strings.Contains(path, "/%2") {
		return path
	}
	var kept []string
	segments := strings.Split(path, "/")
	for i, s := range segments {
		switch strings.ToLower(strings.ReplaceAll(strings.ReplaceAll(s, "%2e", "."), "%2E", ".")) {
		case "..":
			kept = kept[:max(1, len(kept)-1)]
		case ".":
		default:
			kept = append(kept, s)
			continue
		}
		if i == len(segments)-1 {
			kept = append(kept, "")
		}
	}
	return strings.Join(kept, "/")
}

// candidates returns the URLs of a srcset.
func candidates(srcset string) []string {
	const space = " \t\n\f\r"
	var urls []string
	for {
		srcset = strings.TrimLeft(srcset, space+",")
		if srcset == "" {
			return urls
		}
		ref, rest := srcset, ""
		if i := strings.IndexAny(srcset, space); i >= 0 {
			ref, rest = srcset[:i], srcset[i:]
		}
		bare := strings.TrimRight(ref, ",")
		urls = append(urls, bare)
		if bare == ref {
			// The descriptors: up to a comma that is not in brackets.
			depth := 0
			end := strings.IndexFunc(rest, func(r rune) bool {
				switch r {
				case '(':
					depth++
				case ')':
					depth = max(0, depth-1)
				}
				return r == ',' && depth == 0
			})
			if end < 0 {
				return urls
			}
			rest = rest[end:]
		}
		srcset = rest
	}
}
