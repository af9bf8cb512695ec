package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net"
	"net/netip"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/sekisho/sekisho/server/fault"
)

// ParseProxies reads the networks of the proxies in front of the service.
// A bare address is a network of one.
func ParseProxies(list []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, s := range list {
		s = strings.TrimSpace(s)
		if a, err := netip.ParseAddr(s); err == nil {
			out = append(out, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fault.New(fault.Invalid, "trusted proxies: %q is neither an address nor a network such as 10.0.0.0/8", s)
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

// extractor says whose address a request comes from: the peer's, unless the
// peer is a proxy that we were told of, whose X-Forwarded-For is then read from
// its end up to the first address that is no such proxy. echo's own default
// believes anybody.
func extractor(proxies []netip.Prefix) echo.IPExtractor {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect()
	}
	trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range proxies {
		trust = append(trust, echo.TrustIPRange(&net.IPNet{
			IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen()),
		}))
	}
	return echo.ExtractIPFromXFFHeader(trust...)
}

// Keyer makes keys for limiters, from which nobody can read an address.
type Keyer struct {
	secret []byte
}

// NewKeyer returns a Keyer. Instances that share a limiter share the secret.
func NewKeyer(secret []byte) Keyer { return Keyer{secret} }

// Address returns the key of a client: of its IPv4 address, or of its IPv6 /64,
// since a subscriber commonly has all of one.
func (k Keyer) Address(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return k.sum("a", ip)
	}
	a = a.Unmap().WithZone("")
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits) // bits are in range
	return k.sum("a", p.String())
}

// Pseudonym returns the key of a client in characters that people can read and
// compare.
func (k Keyer) Pseudonym(ip string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(k.Address(ip)[:9]))
}

// Site returns the key of a site.
func (k Keyer) Site(key string) string { return k.sum("s", key) }

func (k Keyer) sum(kind, s string) string {
	m := hmac.New(sha256.New, k.secret)
	m.Write([]byte(kind + "\x00" + s))
	return string(m.Sum(nil)[:16])
}
