package site

import (
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/idna"
)

// AllowsOrigin reports whether a page of that origin belongs to the site.
// Origins are compared as browsers send them (RFC 6454, ASCII serialisation),
// byte by byte: no wildcard, no suffix, never "null".
func (r *Revision) AllowsOrigin(origin string) bool {
	return origin != "" && slices.Contains(r.Document.Origins, origin)
}

// origin brings what a file says into the form that browsers send, or gives
// the reason why it is no origin. Names in other scripts become punycode.
func origin(s string) (string, string) {
	scheme, rest, ok := strings.Cut(s, "://")
	if !ok {
		if near, reason := origin("https://" + s); reason == "" {
			return "", `has no scheme; write "` + near + `"`
		}
		return "", `must be an origin such as "https://www.example.jp"`
	}
	if strings.Contains(rest, "*") {
		return "", "contains a wildcard; list each origin by itself"
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" {
		return "", `must be an origin such as "https://www.example.jp"`
	}
	if u.User != nil {
		return "", "must not contain a user name or password"
	}
	if u.Path != "" || u.RawQuery != "" || u.Fragment != "" || strings.ContainsAny(rest, "/?#") {
		return "", "must end after the host or port: no path, query or final slash"
	}
	if scheme != "https" && scheme != "http" {
		return "", "must begin with https:// in lower case"
	}
	host, reason := originHost(u.Hostname())
	if reason != "" {
		return "", reason
	}
	if scheme == "http" && !loopback(host) {
		return "", "must be https; http is allowed for localhost, 127.0.0.1 and [::1] alone"
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	port, reason := originPort(u, scheme)
	if reason != "" {
		return "", reason
	}
	return scheme + "://" + host + port, ""
}

// hostNames is how browsers look a host up (UTS #46), held to the lengths of DNS.
var hostNames = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true), idna.VerifyDNSLength(true))

// originHost returns the host in lower case and ASCII.
func originHost(host string) (string, string) {
	if addr, err := netip.ParseAddr(host); err == nil {
		if addr.Zone() != "" {
			return "", "must not name a network zone"
		}
		return addr.String(), ""
	}
	ascii, err := hostNames.ToASCII(host)
	if err != nil {
		return "", "has a host that is no domain name"
	}
	if last := ascii[strings.LastIndexByte(ascii, '.')+1:]; strings.Trim(last, "0123456789") == "" {
		return "", "has a host that is no domain name and no IP address"
	}
	if ascii != "localhost" && !strings.Contains(ascii, ".") {
		return "", "must name a full domain such as www.example.jp"
	}
	return ascii, ""
}

func originPort(u *url.URL, scheme string) (string, string) {
	p := u.Port()
	if p == "" {
		if strings.HasSuffix(u.Host, ":") {
			return "", "ends in a colon without a port"
		}
		return "", ""
	}
	n, err := strconv.ParseUint(p, 10, 16)
	if err != nil || n == 0 || p[0] == '0' {
		return "", "has a port that is not between 1 and 65535"
	}
	if scheme == "https" && n == 443 || scheme == "http" && n == 80 {
		return "", "names the default port, which browsers leave out; leave it out as well"
	}
	return ":" + p, ""
}

func loopback(host string) bool {
	return host == "localhost" || host == "127.0.0.1" || host == "::1"
}
