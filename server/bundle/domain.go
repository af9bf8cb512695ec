package bundle

import (
	"net/netip"
	"net/url"

	"golang.org/x/net/publicsuffix"
)

// Domain returns the domain that the service shares with some of the origins, so
// that on those its cookies are the site's own (first-party mode): the
// registrable domain by the public suffix list, or the very host where both are
// one IP address or localhost. It returns "" where it shares none.
func Domain(publicURL string, origins ...string) string {
	shared := domainOf(publicURL)
	for _, o := range origins {
		if shared != "" && domainOf(o) == shared {
			return shared
		}
	}
	return ""
}

// domainOf returns the registrable domain of an address, or its host where it
// has none by nature.
func domainOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	host := u.Hostname()
	if _, err := netip.ParseAddr(host); err == nil || host == "localhost" {
		return host
	}
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil { // the host is itself a public suffix
		return ""
	}
	return domain
}
