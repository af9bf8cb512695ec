package bundle

import (
	"net/netip"
	"net/url"

	"golang.org/x/net/publicsuffix"
)

// Domain returns the domain that the service shares with all of a site's
// origins, so that its cookies are the site's own (first-party mode): the
// registrable domain by the public suffix list, or the very host where all are
// one IP address or localhost. It returns "" for everything else.
func Domain(publicURL string, origins []string) string {
	shared := domainOf(publicURL)
	if shared == "" || len(origins) == 0 {
		return ""
	}
	for _, o := range origins {
		if domainOf(o) != shared {
			return ""
		}
	}
	return shared
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
