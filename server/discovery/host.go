package discovery

import (
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/sekisho/sekisho/server/site"
)

// maxHost is the longest name of the DNS in characters (RFC 1035 §2.3.4).
const maxHost = 253

// labels are what RFC 1123 §2.1 allows in the name of a host.
var labels = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$`)

func isName(host string) bool { return len(host) <= maxHost && labels.MatchString(host) }

// thirdParty reports whether a host is somebody else's, under a name that was
// registered: no address (a last label of digits alone makes one, WHATWG URL
// §3.5), no public suffix, none of own and nothing below those.
func thirdParty(host string, own []string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	if strings.Trim(last, "0123456789") == "" {
		return false
	}
	if _, err := publicsuffix.EffectiveTLDPlusOne(host); err != nil {
		return false
	}
	for _, o := range own {
		if host == o || strings.HasSuffix(host, "."+o) {
			return false
		}
	}
	return true
}

// ownHosts are those of a site's pages, what it declares as its own besides,
// and the service's.
func ownHosts(doc *site.Document, service string) []string {
	own := append([]string{service}, doc.Hosts...)
	for _, origin := range doc.Origins {
		if u, err := url.Parse(origin); err == nil {
			own = append(own, u.Hostname())
		}
	}
	return own
}
