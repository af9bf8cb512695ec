// Package snippet makes what owners paste into a site's pages, or put into its
// server, with comments that say where it goes.
//
// Languages are "ja" and "en".
package snippet

import (
	"fmt"
	"strings"
	"time"

	"github.com/sekisho/sekisho/server/discovery"
	"github.com/sekisho/sekisho/server/policy"
)

// Tag is the one line that every page has. On a site with a policy the script
// brings that along, which the comment says.
func Tag(service, site string, withPolicy bool, lang string) string {
	if withPolicy {
		return say[lang].tagPolicy + policy.Tag(service, site)
	}
	return say[lang].tag + policy.Tag(service, site)
}

// Sealed is the tag, and the line that keeps Chromium from fetching static scripts ahead.
func Sealed(service, site string, withPolicy bool, lang string) string {
	if withPolicy {
		return say[lang].sealedPolicy + policy.Sealed(service, site)
	}
	return say[lang].sealed + policy.Sealed(service, site)
}

// Strict is the tag, and a policy with the hosts that the site allows.
func Strict(p *policy.Policy, service, lang string) string {
	return fmt.Sprintf(say[lang].strict, p.Revision) + p.Strict(service) + "\n"
}

// Header is the policy as a response header: for one of policy.Servers.
func Header(p *policy.Policy, server, lang string) (string, error) {
	what := fmt.Sprintf(say[lang].header[server], p.Site, p.Revision)
	return p.Server(server, policy.Comments{What: strings.Split(what, "\n"), Where: strings.Split(say[lang].where, "\n")})
}

// GPC is /.well-known/gpc.json (Global Privacy Control, "GPC Support Resource"):
// since that day the site honours the signal.
func GPC(since time.Time) string {
	return fmt.Sprintf(`{"gpc": true, "lastUpdate": %q}`, since.UTC().Format(time.DateOnly))
}

// WhereGPC says where that file goes.
func WhereGPC(site, lang string) string { return fmt.Sprintf(say[lang].gpc, site) }

// Unread says that what pages reported is not known.
func Unread(err error, lang string) string { return fmt.Sprintf(say[lang].unread, err) }

// maxUnknown is how many unknown hosts are named: anybody can report some.
const maxUnknown = 20

// Notes says what a policy cannot tell apart, and which of the hosts that pages
// met within some days it does not let through; one sentence a line.
func Notes(p *policy.Policy, figures []discovery.Figure, days int, lang string) []string {
	words := say[lang]
	var lines []string
	tell := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	for _, n := range p.Shared {
		tell(words.shared, n.Source, strings.Join(n.Vendors, ", "))
	}
	for _, n := range p.Wide {
		tell(words.wide, n.Source, n.Vendors[0], strings.Join(n.Vendors[1:], ", "))
	}
	for _, n := range p.Ours {
		tell(words.ours, n.Source, strings.Join(n.Vendors, ", "))
	}
	for _, n := range p.Missing {
		tell(words.missing, n.Source, n.Vendors[0])
	}
	var hosts []string
	seen := map[string]int64{}
	for _, f := range figures { // the most frequent first
		if f.What != discovery.Unknown || p.Own(f.Host) {
			continue
		}
		if seen[f.Host] == 0 {
			hosts = append(hosts, f.Host)
		}
		seen[f.Host] += f.Estimate
	}
	for _, host := range hosts[:min(len(hosts), maxUnknown)] {
		tell(words.unknown, host, seen[host], days)
	}
	return lines
}
