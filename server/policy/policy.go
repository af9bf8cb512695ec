// Package policy writes the content security policy of a site's pages: which
// hosts the browser itself lets a page reach, before a choice and after it.
//
// A policy restricts hosts and nothing else: inline scripts and styles, eval, data:
// and blob: stay as free as they are without it. It knows no vendors, only hosts
// and the beginnings of paths, so what several vendors share is let through when
// all of them are allowed.
package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/consent"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
)

// CookieName names the cookie that tells a server, or the strict snippet, which
// vendors are allowed: their indices between dots, ascending, ".0.2.5."; "." for
// none. The page writes it; whoever cannot read it takes it for ".".
const CookieName = "sekisho_allowed"

// Policy is what a site's policies are made of, and is the policy file that
// `sekisho snippet --header json` prints.
type Policy struct {
	Site     string `json:"site"`
	Revision int    `json:"revision"`
	// Hash of all sources and of what undecided visitors get, 8 hexadecimal digits:
	// another one asks for pasting again. In a policy file, that of the file.
	Hash         string       `json:"hash"`
	Default      site.Default `json:"default"`
	ExpiryMonths int          `json:"expiryMonths"`
	Paused       bool         `json:"paused,omitempty"`
	// Base are the sources that every policy has.
	Base []string `json:"base"`
	// Vendors are those that a visitor may deny, by index.
	Vendors []Vendor `json:"vendors"`
	// Grants are the sources of vendors; those of one vendor come first.
	Grants []Grant `json:"grants"`

	// Shared, Wide, Missing and Ours say what a policy cannot tell apart or say at all.
	Shared  []Note `json:"-"` // let through when all of the vendors are allowed
	Wide    []Note `json:"-"` // always let through for the first vendor, and so for the others
	Missing []Note `json:"-"` // never let through
	// Ours are hosts of the site's own, and the vendors that can be denied and have
	// hosts there: only the script holds their tags.
	Ours []Note `json:"-"`
}

// Vendor is one whose tags wait or can be denied.
type Vendor struct {
	ID       string                `json:"id"`
	Index    int                   `json:"index"`
	Since    int                   `json:"since"`
	Purposes []catalogue.PurposeID `json:"purposes"`
}

// Grant is the sources that are let through when all of the vendors are allowed.
type Grant struct {
	Vendors []int    `json:"vendors"` // indices, ascending
	Sources []string `json:"sources"`
}

// Note is about one source or rule.
type Note struct {
	Source  string
	Vendors []string // ids
}

// keywords leave alone what names no host.
var keywords = []string{"'self'", "'unsafe-inline'", "'unsafe-eval'", "data:", "blob:"}

// New returns the policy of a revision's pages whose service is at publicURL. A
// fault of kind Invalid for an address that is none.
func New(r *site.Revision, publicURL string) (*Policy, error) {
	service, err := url.Parse(publicURL)
	if err != nil || service.Host == "" {
		return nil, fault.New(fault.Invalid, "the public URL %q is no address", publicURL)
	}
	p := &Policy{Site: r.Site, Revision: r.Number, Default: r.Document.Default, ExpiryMonths: r.Document.ExpiryMonths, Paused: r.Document.Paused,
		Base: slices.Concat(keywords, own(&r.Document, service))}
	always := make([]bool, len(r.Vendors))
	for i := range r.Vendors {
		v := &r.Vendors[i]
		if always[i] = v.Necessary() || v.Early() && !p.Paused; !always[i] {
			p.Vendors = append(p.Vendors, Vendor{v.ID, v.Index, v.Since, v.Purposes})
		}
	}
	slices.SortFunc(p.Vendors, func(a, b Vendor) int { return a.Index - b.Index })
	p.ours(r, always)
	p.compose(r, always)
	p.Hash = p.hash()
	return p, nil
}

// own returns the sources of the service and of the site itself, in the order of
// the file. Pages on this machine need none: they are 'self'.
func own(doc *site.Document, service *url.URL) []string {
	list := []string{service.Host}
	add := func(host string) {
		if !slices.Contains(list, host) {
			list = append(list, host)
		}
	}
	for _, origin := range doc.Origins {
		u, err := url.Parse(origin)
		if err != nil || u.Scheme != "https" {
			continue
		}
		add(u.Host)
		if _, err := netip.ParseAddr(u.Hostname()); err != nil && u.Port() == "" {
			add("*." + u.Host)
		}
	}
	for _, host := range doc.Hosts {
		add(host)
		add("*." + host)
	}
	for _, host := range list[1:] {
		add(webSocket + host)
	}
	return list
}

// ours holds what every policy has so far against the rules of vendors that can be denied.
func (p *Policy) ours(r *site.Revision, always []bool) {
	for _, host := range p.Base[len(keywords):] {
		if strings.HasPrefix(host, webSocket) {
			continue
		}
		name, _, _ := strings.Cut(host, ":")
		n := Note{Source: host}
		for i := range r.Vendors {
			meets := func(rule catalogue.Rule) bool { return hostsMeet(name, rule.Host) }
			if !always[i] && slices.ContainsFunc(r.Vendors[i].Rules(i), meets) {
				n.Vendors = append(n.Vendors, r.Vendors[i].ID)
			}
		}
		if n.Vendors != nil {
			p.Ours = append(p.Ours, n)
		}
	}
}

// compose turns the vendors' rules into sources, and says of each which vendors
// have to be allowed for it.
func (p *Policy) compose(r *site.Revision, always []bool) {
	var rules []catalogue.Rule
	var hosts []catalogue.Host
	for i := range r.Vendors {
		rules = append(rules, r.Vendors[i].Rules(i)...)
		hosts = append(hosts, r.Vendors[i].Hosts...)
	}
	var grants []grant
	for i, rule := range rules {
		all, exact := sources(rule)
		if all == nil {
			p.missing(r, rule, rules)
		} else if talks(hosts[i]) {
			all = append(all, source{host: rule.Host, socket: true})
		}
		for _, s := range all {
			g := grant{source: s}
			others := owners(s, exact, rule, rules, always)
			switch {
			case !always[rule.Vendor]:
				g.vendors = others
				if len(others) > 1 && !s.socket {
					p.Shared = append(p.Shared, note(r, s.String(), others))
				}
			case len(others) > 1 && !s.socket:
				p.Wide = append(p.Wide, note(r, s.String(), others))
			}
			grants = append(grants, g)
		}
	}
	for _, g := range compact(grants) {
		p.add(r, g)
	}
	slices.SortStableFunc(p.Grants, func(a, b Grant) int {
		if d := len(a.Vendors) - len(b.Vendors); d != 0 {
			return d
		}
		return slices.Compare(a.Vendors, b.Vendors)
	})
	p.Shared, p.Wide = unique(p.Shared), unique(p.Wide)
}

// owners returns the rule's vendor, first where it is always allowed, and all
// vendors that can be denied and to which a request within the source may belong.
func owners(s source, exact bool, of catalogue.Rule, rules []catalogue.Rule, always []bool) []int {
	list := []int{of.Vendor}
	for _, other := range rules {
		if always[other.Vendor] || !s.meets(other) || slices.Contains(list, other.Vendor) {
			continue
		}
		// Where the source says no more than the rule, a less specific rule never gets a turn.
		if exact && of.Compare(other) < 0 {
			continue
		}
		list = append(list, other.Vendor)
	}
	slices.Sort(list[1:])
	if !always[of.Vendor] {
		slices.Sort(list)
	}
	return list
}

// missing notes a rule with a star within a label, unless another rule of the
// vendor has all of its hosts.
func (p *Policy) missing(r *site.Revision, rule catalogue.Rule, rules []catalogue.Rule) {
	_, rest, _ := strings.Cut(rule.Host, ".")
	if !slices.ContainsFunc(rules, func(other catalogue.Rule) bool {
		return other.Vendor == rule.Vendor && other.Path == "" && strings.HasPrefix(other.Host, "*.") && hostWithin("*."+rest, other.Host)
	}) {
		p.Missing = append(p.Missing, note(r, rule.Host+rule.Path, []int{rule.Vendor}))
	}
}

func note(r *site.Revision, source string, vendors []int) Note {
	n := Note{Source: source}
	for _, v := range vendors {
		n.Vendors = append(n.Vendors, r.Vendors[v].ID)
	}
	return n
}

// unique keeps the first of what says the same.
func unique(notes []Note) []Note {
	var kept []Note
	for _, n := range notes {
		if !slices.ContainsFunc(kept, func(k Note) bool { return k.Source == n.Source && slices.Equal(k.Vendors, n.Vendors) }) {
			kept = append(kept, n)
		}
	}
	return kept
}

// compact leaves out what another grant gives already; of two that give the same,
// the first stays.
func compact(grants []grant) []grant {
	var kept []grant
	for i, g := range grants {
		if !slices.ContainsFunc(kept, g.coveredBy) &&
			!slices.ContainsFunc(grants[i+1:], func(later grant) bool { return g.coveredBy(later) && !later.coveredBy(g) }) {
			kept = append(kept, g)
		}
	}
	return kept
}

func (p *Policy) add(r *site.Revision, g grant) {
	s := g.source.String()
	if g.vendors == nil {
		p.Base = append(p.Base, s)
		return
	}
	indices := make([]int, len(g.vendors))
	for i, v := range g.vendors {
		indices[i] = r.Vendors[v].Index
	}
	slices.Sort(indices)
	for i := range p.Grants {
		if slices.Equal(p.Grants[i].Vendors, indices) {
			p.Grants[i].Sources = append(p.Grants[i].Sources, s)
			return
		}
	}
	p.Grants = append(p.Grants, Grant{indices, []string{s}})
}

// hash leaves out what only numbers revisions.
func (p *Policy) hash() string {
	words := []string{p.Header(Allowed{}), p.Undecided(false).String(), p.Undecided(true).String(), string(p.Default), strconv.FormatBool(p.Paused)}
	for _, g := range p.Grants {
		words = append(words, g.key()+" "+strings.Join(g.Sources, " "))
	}
	return digest([]byte(strings.Join(words, "\n")))
}

func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:4])
}

// key names a grant's vendors in one word: "2", "0.2".
func (g Grant) key() string {
	words := make([]string, len(g.Vendors))
	for i, v := range g.Vendors {
		words[i] = strconv.Itoa(v)
	}
	return strings.Join(words, ".")
}

// given reports whether all of the vendors are allowed.
func (g Grant) given(allowed Allowed) bool {
	return !slices.ContainsFunc(g.Vendors, func(v int) bool { return !allowed[v] })
}

// Header returns the policy, as it stands in a header or a meta element, for
// visitors who allow those vendors. More vendors never take a source away.
func (p *Policy) Header(allowed Allowed) string {
	sources := slices.Clone(p.Base)
	for _, g := range p.Grants {
		if g.given(allowed) {
			sources = append(sources, g.Sources...)
		}
	}
	return "default-src " + strings.Join(sources, " ")
}

// Own reports whether every policy lets a whole host through.
func (p *Policy) Own(host string) bool {
	return slices.ContainsFunc(p.Base, func(s string) bool { return hostWithin(host, s) })
}

// Undecided returns the vendors that are allowed while there is no decision:
// with gpc where the browser sends Global Privacy Control.
func (p *Policy) Undecided(gpc bool) Allowed {
	allowed := Allowed{}
	for _, v := range p.Vendors {
		if p.Default != site.OptIn && !p.Paused && !(gpc && v.signal()) {
			allowed[v.Index] = true
		}
	}
	return allowed
}

// signal reports whether Global Privacy Control denies the vendor.
func (v Vendor) signal() bool { return consent.SignalDenies(&catalogue.Vendor{Purposes: v.Purposes}) }
