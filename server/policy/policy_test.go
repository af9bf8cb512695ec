package policy

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/site"
	"github.com/sekisho/sekisho/vendors"
)

const service = "https://consent.example.jp"

// vendor is one of a site with these rules: "host" or "host/path".
func vendor(index int, purpose catalogue.PurposeID, rules ...string) site.RevisionVendor {
	v := site.RevisionVendor{Index: index, Since: 1, Vendor: catalogue.Vendor{ID: "v" + string(rune('a'+index)), Purposes: []catalogue.PurposeID{purpose}}}
	for _, rule := range rules {
		host, path, _ := strings.Cut(rule, "/")
		if path != "" {
			path = "/" + path
		}
		v.Hosts = append(v.Hosts, catalogue.Host{Host: host, Path: path, Roles: []string{"script"}})
	}
	return v
}

func revision(vendors ...site.RevisionVendor) *site.Revision {
	return &site.Revision{Site: "shop", Number: 3, Vendors: vendors, Document: site.Document{
		Key: "shop", Origins: []string{"https://www.example.jp", "http://127.0.0.1:9100"}, Hosts: []string{"cdn.example.net"}, Default: site.OptIn, ExpiryMonths: 6, Policy: true}}
}

func compose(t testing.TB, r *site.Revision) *Policy {
	t.Helper()
	p, err := New(r, service)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func allow(indices ...int) Allowed {
	a := Allowed{}
	for _, i := range indices {
		a[i] = true
	}
	return a
}

const base = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob: consent.example.jp www.example.jp *.www.example.jp cdn.example.net *.cdn.example.net wss://www.example.jp wss://*.www.example.jp wss://cdn.example.net wss://*.cdn.example.net"

func TestHeader(t *testing.T) {
	early := vendor(5, catalogue.Analytics, "early.example")
	early.Mode = site.Signal
	for name, c := range map[string]struct {
		vendors []site.RevisionVendor
		allowed Allowed
		want    string // after base
	}{
		"nobody":                   {[]site.RevisionVendor{vendor(0, catalogue.Analytics, "a.example")}, allow(), ""},
		"a vendor":                 {[]site.RevisionVendor{vendor(0, catalogue.Analytics, "a.example"), vendor(1, catalogue.Analytics, "b.example")}, allow(1), " b.example"},
		"unknown indices":          {[]site.RevisionVendor{vendor(0, catalogue.Analytics, "a.example")}, allow(7, 99), ""},
		"necessary":                {[]site.RevisionVendor{vendor(0, catalogue.Necessary, "a.example")}, allow(), " a.example"},
		"told, not held":           {[]site.RevisionVendor{early}, allow(), " early.example"},
		"a wider host is enough":   {[]site.RevisionVendor{vendor(0, catalogue.Analytics, "x.a.example/p.js", "*.a.example", "y.a.example")}, allow(0), " *.a.example"},
		"paths":                    {[]site.RevisionVendor{vendor(0, catalogue.Analytics, "a.example/tag.js", "b.example/x/*", "c.example/gtm.js*", "d.example/maps*", "e.example/a?*")}, allow(0), " a.example/tag.js b.example/x/ c.example/gtm.js d.example/maps d.example/maps/ e.example/a"},
		"a star in a path":         {[]site.RevisionVendor{vendor(0, catalogue.Analytics, "a.example/libs/*/tag.js", "b.example/*/sdk.js")}, allow(0), " a.example/libs/ b.example/"},
		"what would end a policy":  {[]site.RevisionVendor{vendor(0, catalogue.Analytics, `a.example/x;y,z'"$`)}, allow(0), " a.example/x%3By%2Cz%27%22%24"},
		"a star in a label":        {[]site.RevisionVendor{vendor(0, catalogue.Analytics, "www*.a.example")}, allow(0), ""},
		"and all below":            {[]site.RevisionVendor{vendor(0, catalogue.Analytics, "www*.a.example/0.gif", "*.a.example")}, allow(0), " *.a.example"},
		"shared by query, one":     {[]site.RevisionVendor{vendor(0, catalogue.Analytics, "g.example/gtag/*id=G*"), vendor(1, catalogue.Analytics, "g.example/gtag/*id=AW-*")}, allow(0), ""},
		"shared by query, both":    {[]site.RevisionVendor{vendor(0, catalogue.Analytics, "g.example/gtag/*id=G*"), vendor(1, catalogue.Analytics, "g.example/gtag/*id=AW-*")}, allow(0, 1), " g.example/gtag/"},
		"told apart by path":       {[]site.RevisionVendor{vendor(0, catalogue.Analytics, "g.example/pagead/*"), vendor(1, catalogue.Analytics, "g.example/maps/*")}, allow(0), " g.example/pagead/"},
		"a file of another's host": {[]site.RevisionVendor{vendor(0, catalogue.Analytics, "g.example"), vendor(1, catalogue.Analytics, "g.example/oct.js")}, allow(1), " g.example/oct.js"},
		"a host with another's":    {[]site.RevisionVendor{vendor(0, catalogue.Analytics, "g.example"), vendor(1, catalogue.Analytics, "g.example/oct.js")}, allow(0), ""},
		"a domain with another's":  {[]site.RevisionVendor{vendor(0, catalogue.Analytics, "*.g.example"), vendor(1, catalogue.Analytics, "x.g.example")}, allow(0), ""},
		"necessary with another's": {[]site.RevisionVendor{vendor(0, catalogue.Necessary, "*.g.example"), vendor(1, catalogue.Analytics, "x.g.example")}, allow(), " *.g.example"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := compose(t, revision(c.vendors...)).Header(c.allowed); got != base+c.want {
				t.Errorf("got  %s\nwant %s", got, base+c.want)
			}
		})
	}
}

// Browsers take a host without a scheme for https, and not for WebSockets.
func TestWebSockets(t *testing.T) {
	v := vendor(0, catalogue.Analytics, "script.example", "api.example", "*.any.example", "beacon.example/collect", "plain.example")
	v.Hosts[1].Roles, v.Hosts[2].Roles, v.Hosts[3].Roles, v.Hosts[4].Roles = []string{"iframe", "api"}, []string{"any"}, []string{"beacon"}, nil
	want := base + " script.example api.example wss://api.example *.any.example wss://*.any.example beacon.example/collect plain.example wss://plain.example"
	p := compose(t, revision(v))
	if got := p.Header(allow(0)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := p.Header(allow()); got != base {
		t.Errorf("a socket of a vendor that is not allowed: %s", got)
	}
}

func TestOwn(t *testing.T) {
	r := revision()
	r.Document.Origins = []string{"https://example.jp:8443", "https://192.0.2.1", "http://localhost:3000", "https://例え.example"}
	r.Document.Origins[3] = "https://xn--r8jz45g.example"
	p, err := New(r, "http://127.0.0.1:8080")
	if err != nil {
		t.Fatal(err)
	}
	want := "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob: 127.0.0.1:8080 example.jp:8443 192.0.2.1 xn--r8jz45g.example *.xn--r8jz45g.example cdn.example.net *.cdn.example.net wss://example.jp:8443 wss://192.0.2.1 wss://xn--r8jz45g.example wss://*.xn--r8jz45g.example wss://cdn.example.net wss://*.cdn.example.net"
	if got := p.Header(allow()); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if _, err := New(r, "consent"); err == nil {
		t.Error("an address without a host is taken")
	}
}

func TestUndecided(t *testing.T) {
	r := revision(vendor(0, catalogue.Analytics, "a.example"), vendor(1, catalogue.Advertising, "b.example"), vendor(2, catalogue.Necessary, "c.example"))
	for _, c := range []struct {
		set       func(*site.Document)
		none, gpc string
	}{
		{func(*site.Document) {}, ".", "."},
		{func(d *site.Document) { d.Default = site.OptOut }, ".0.1.", ".0."},
		{func(d *site.Document) { d.Default = site.NoticeOnly }, ".0.1.", ".0."},
		{func(d *site.Document) { d.Paused = true }, ".", "."},
	} {
		c.set(&r.Document)
		p := compose(t, r)
		if none, gpc := p.Undecided(false).String(), p.Undecided(true).String(); none != c.none || gpc != c.gpc {
			t.Errorf("%s, paused %v: %s and %s, want %s and %s", r.Document.Default, r.Document.Paused, none, gpc, c.none, c.gpc)
		}
	}
}

func TestNotes(t *testing.T) {
	p := compose(t, revision(
		vendor(0, catalogue.Analytics, "g.example/gtag/*id=G*"), vendor(1, catalogue.Analytics, "g.example/gtag/*id=AW-*"),
		vendor(2, catalogue.Necessary, "*.h.example"), vendor(3, catalogue.Analytics, "x.h.example", "w*.i.example/0.gif")))
	for _, c := range []struct {
		notes []Note
		want  Note
	}{
		{p.Shared, Note{"g.example/gtag/", []string{"va", "vb"}}},
		{p.Wide, Note{"*.h.example", []string{"vc", "vd"}}},
		{p.Missing, Note{"w*.i.example/0.gif", []string{"vd"}}},
	} {
		if len(c.notes) != 1 || c.notes[0].Source != c.want.Source || !slices.Equal(c.notes[0].Vendors, c.want.Vendors) {
			t.Errorf("got %v, want %v alone", c.notes, c.want)
		}
	}
}

// A vendor's host among the site's own gets through, and somebody has to be told.
func TestVendorsOnOwnHosts(t *testing.T) {
	early := vendor(3, catalogue.Analytics, "early.cdn.example.net")
	early.Mode = site.Signal
	r := revision(vendor(0, catalogue.Analytics, "metrics.www.example.jp/m.js"), vendor(1, catalogue.Advertising, "cdn.example.net", "*.example.net"),
		vendor(2, catalogue.Necessary, "login.www.example.jp"), early, vendor(4, catalogue.Analytics, "a.example", "jp", "xcdn.example.net"))
	r.Document.Origins = append(r.Document.Origins, "https://shop.example.org:8443")
	r.Vendors = append(r.Vendors, vendor(5, catalogue.Analytics, "shop.example.org"))
	want := []Note{{"*.www.example.jp", []string{"va"}}, {"shop.example.org:8443", []string{"vf"}}, {"cdn.example.net", []string{"vb"}}, {"*.cdn.example.net", []string{"vb"}}}
	p := compose(t, r)
	if !slices.EqualFunc(p.Ours, want, func(a, b Note) bool { return a.Source == b.Source && slices.Equal(a.Vendors, b.Vendors) }) {
		t.Errorf("got  %v\nwant %v", p.Ours, want)
	}
	if !lets(p.Header(allow()), "metrics.www.example.jp", "/m.js") {
		t.Error("told of what does not get through")
	}
}

func TestHashChangesWithTheSources(t *testing.T) {
	one := compose(t, revision(vendor(0, catalogue.Analytics, "a.example")))
	same := revision(vendor(0, catalogue.Analytics, "a.example"))
	same.Number, same.Vendors[0].Since = 9, 9
	other := compose(t, revision(vendor(0, catalogue.Analytics, "b.example")))
	moved := compose(t, revision(vendor(1, catalogue.Analytics, "a.example")))
	if got := compose(t, same).Hash; got != one.Hash || len(got) != 8 {
		t.Errorf("%s became %s though no source did", one.Hash, got)
	}
	if one.Hash == other.Hash || one.Hash == moved.Hash {
		t.Error("other sources, or another vendor's, have the same hash")
	}
	seen := map[string]string{}
	for name, change := range map[string]func(*site.Revision){
		"opt-in":      func(*site.Revision) {},
		"opt-out":     func(r *site.Revision) { r.Document.Default = site.OptOut },
		"notice-only": func(r *site.Revision) { r.Document.Default = site.NoticeOnly },
		"paused":      func(r *site.Revision) { r.Document.Paused = true },
		"opt-out, denied by GPC": func(r *site.Revision) {
			r.Document.Default, r.Vendors[0].Purposes = site.OptOut, []catalogue.PurposeID{catalogue.Advertising}
		},
	} {
		r := revision(vendor(0, catalogue.Analytics, "a.example"))
		change(r)
		hash := compose(t, r).Hash
		if other, ok := seen[hash]; ok {
			t.Errorf("%s and %s let undecided visitors have something else, and have the same hash", name, other)
		}
		seen[hash] = name
	}
}

// everybody is a site with the whole catalogue.
func everybody(t testing.TB) *site.Revision {
	t.Helper()
	cat, err := catalogue.Load(vendors.FS)
	if err != nil {
		t.Fatal(err)
	}
	r := revision()
	for i, v := range cat.All() {
		r.Vendors = append(r.Vendors, site.RevisionVendor{Vendor: *v, Index: i, Since: 1})
	}
	return r
}

// lets reports whether a policy lets a request through, as browsers match it
// (CSP3 §6.7.2.8), leaving schemes and ports out.
func lets(policy, host, path string) bool {
	for source := range strings.SplitSeq(strings.TrimPrefix(policy, "default-src "), " ") {
		source = strings.TrimPrefix(source, webSocket)
		of, at, _ := strings.Cut(source, "/")
		if below, ok := strings.CutPrefix(of, "*"); !(of == host || ok && strings.HasSuffix(host, below)) {
			continue
		}
		if at = "/" + at; !strings.Contains(source, "/") || path == at || strings.HasSuffix(at, "/") && strings.HasPrefix(path, at) {
			return true
		}
	}
	return false
}

// example is a request that a rule describes.
func example(h catalogue.Host, random *rand.Rand) (host, path string) {
	words := []string{"x", "en_US", "0a1b"}
	fill := func(s string) string { return strings.ReplaceAll(s, "*", words[random.IntN(len(words))]) }
	if h.Path == "" {
		return fill(h.Host), "/" + words[random.IntN(len(words))]
	}
	path, _, _ = strings.Cut(fill(h.Path), "?")
	return fill(h.Host), path
}

// Whatever vendors are allowed, no request of another one gets through, unless a
// vendor that is always allowed shares its hosts; and denying somebody never lets
// more through.
func TestNobodyElseGetsThrough(t *testing.T) {
	everyone := everybody(t)
	random := rand.New(rand.NewPCG(1, 2))
	held := 0
	for range 60 {
		r := *everyone
		r.Vendors = nil
		for _, v := range everyone.Vendors {
			if random.IntN(4) == 0 {
				r.Vendors = append(r.Vendors, v)
			}
		}
		p := compose(t, &r)
		allowed := Allowed{}
		for _, v := range p.Vendors {
			if random.IntN(2) == 0 {
				allowed[v.Index] = true
			}
		}
		policy := p.Header(allowed)
		wide := map[string]bool{}
		for _, n := range p.Wide {
			for _, id := range n.Vendors[1:] {
				wide[id] = true
			}
		}
		var rules []catalogue.Rule
		for i := range r.Vendors {
			rules = append(rules, r.Vendors[i].Rules(i)...)
		}
		matcher := catalogue.NewMatcher(rules)
		for i := range r.Vendors {
			v := &r.Vendors[i]
			if v.Necessary() || allowed[v.Index] || wide[v.ID] {
				continue
			}
			for _, h := range v.Hosts {
				host, path := example(h, random)
				if owner, ok := matcher.Match(host, path); !ok || owner != i {
					continue
				}
				held++
				if lets(policy, host, path) {
					t.Fatalf("%s is not allowed, and %s%s gets through %s", v.ID, host, path, policy)
				}
			}
		}
		for index := range allowed {
			fewer := Allowed{}
			for other := range allowed {
				fewer[other] = other != index
			}
			for source := range strings.SplitSeq(p.Header(fewer), " ") {
				if !slices.Contains(strings.Split(policy, " "), source) {
					t.Fatalf("denying vendor %d lets %s through", index, source)
				}
			}
		}
	}
	if held < 1000 {
		t.Errorf("only %d requests were tried", held)
	}
}

// A vendor of a site of its own gets through whole, but for stars within a label.
func TestAllowedVendorsGetThrough(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, v := range everybody(t).Vendors {
		p := compose(t, revision(v))
		for _, h := range v.Hosts {
			if label, _, _ := strings.Cut(h.Host, "."); label != "*" && strings.Contains(label, "*") {
				continue
			}
			host, path := example(h, random)
			// "/gtm.js*" is a file with a query, and not /gtm.jsx.
			if strings.HasSuffix(h.Path, "*") && !strings.HasSuffix(h.Path, "/*") && !strings.Contains(h.Path, "?") {
				path = strings.TrimSuffix(h.Path, "*")
				path = strings.ReplaceAll(path, "*", "x")
			}
			if !lets(p.Header(allow(v.Index)), host, path) {
				t.Errorf("%s is allowed, and %s%s does not get through %s", v.ID, host, path, p.Header(allow(v.Index)))
			}
		}
	}
}
