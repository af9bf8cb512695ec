package catalogue

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/sekisho/sekisho/vendors"
)

var update = flag.Bool("update", false, "write what is computed into testdata; read the difference before you commit it")

// vectorSet is one object of testdata/match.json and match-random.json, which
// widget/src/gate/match.test.ts runs too.
type vectorSet struct {
	Name    string       `json:"name"`
	Rules   []vectorRule `json:"rules"`
	Compact string       `json:"compact"` // of the rules
	Cases   []vectorCase `json:"cases"`
}

type vectorRule struct {
	Vendor int    `json:"vendor"`
	Host   string `json:"host"`
	Path   string `json:"path,omitempty"`
}

// vectorCase is a URL and what a browser makes of it. Vendor is -1 for none.
type vectorCase struct {
	URL    string `json:"url"`
	Host   string `json:"host"`
	Path   string `json:"path"`
	Vendor int    `json:"vendor"`
	Why    string `json:"why,omitempty"`
}

func readVectors(t *testing.T, name string) []vectorSet {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var sets []vectorSet
	if err := json.Unmarshal(data, &sets); err != nil {
		t.Fatal(err)
	}
	return sets
}

func (s vectorSet) rules() []Rule {
	var rules []Rule
	for _, r := range s.Rules {
		rules = append(rules, Rule(r))
	}
	return rules
}

// match is Match with -1 for none, as in the page.
func (m *Matcher) match(host, path string) int {
	if v, ok := m.Match(host, path); ok {
		return v
	}
	return -1
}

func TestMatchVectors(t *testing.T) {
	cases := 0
	for _, file := range []string{"testdata/match.json", "testdata/match-random.json"} {
		for _, set := range readVectors(t, file) {
			m := NewMatcher(set.rules())
			for _, c := range set.Cases {
				cases++
				if got := m.match(c.Host, c.Path); got != c.Vendor {
					t.Errorf("%s: %.100s: vendor %d, want %d (%s)", set.Name, c.URL, got, c.Vendor, c.Why)
				}
			}
		}
	}
	if cases < 400 {
		t.Errorf("only %d cases", cases)
	}
}

func TestMatchFoldsHostAndReadsEmptyPath(t *testing.T) {
	m := NewMatcher([]Rule{{1, "a.example.com", "/"}, {2, "*.example.com", "/?x*"}})
	for _, c := range []struct {
		host, path string
		want       int
	}{
		{"A.Example.COM", "/", 1}, {"a.example.com.", "/", 1}, {"a.example.com..", "/", -1}, {"a.example.com", "", 1}, {"a.example.com", "/?", 1},
		{"b.example.com", "?x=1", 2}, {"b.example.com", "", -1}, {"", "/", -1}, {".", "/", -1}, {".example.com", "/?x", 2},
		{"ａ.example.com", "/", -1},
	} {
		if got := m.match(c.host, c.path); got != c.want {
			t.Errorf("%q %q: %d, want %d", c.host, c.path, got, c.want)
		}
	}
}

// naive is what Match promises, written as directly as can be: every rule is
// tried, the most specific of those that fit wins.
func naive(rules []Rule, host, path string) int {
	host = strings.TrimSuffix(host, ".")
	host = strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, host)
	if path == "" || path[0] == '?' {
		path = "/" + path
	}
	best, found := Rule{Vendor: -1}, false
	for _, r := range rules {
		if naiveHost(r.Host, host) && naivePath(r.Path, path) && (!found || naiveBefore(r, best)) {
			best, found = r, true
		}
	}
	return best.Vendor
}

func naiveHost(pattern, host string) bool {
	if domain, ok := strings.CutPrefix(pattern, "*."); ok {
		return strings.HasSuffix(host, "."+domain)
	}
	expr := strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, `[a-z0-9]*`)
	return regexp.MustCompile(`^` + expr + `$`).MatchString(host)
}

func naivePath(pattern, pathAndQuery string) bool {
	if pattern == "" {
		return true
	}
	path, query, _ := strings.Cut(pathAndQuery, "?")
	if query == "" {
		pathAndQuery = path
	}
	expr := regexp.MustCompile(`(?s)^` + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, `.*`) + `$`)
	return expr.MatchString(path) || expr.MatchString(pathAndQuery)
}

// naiveBefore reports whether a is more specific than b, both fitting one request.
func naiveBefore(a, b Rule) bool {
	rank := func(r Rule) []string {
		class, stars := 2, strings.Count(r.Path, "*")
		if strings.HasPrefix(r.Host, "*.") {
			class = 0
		} else if strings.Contains(r.Host, "*") {
			class = 1
		}
		// Each of these is the larger the better, so that strings can be compared.
		return []string{
			strconv.Itoa(class), fmt.Sprintf("%04d", len(strings.ReplaceAll(r.Host, "*", ""))), inverse(r.Host),
			fmt.Sprintf("%04d", len(r.Path)-stars), fmt.Sprintf("%04d", 9999-stars), inverse(r.Path), fmt.Sprintf("%04d", 9999-r.Vendor),
		}
	}
	return strings.Join(rank(a), "\x00") > strings.Join(rank(b), "\x00")
}

// inverse turns the order of strings round.
func inverse(s string) string {
	b := []byte(s)
	for i := range b {
		b[i] = 0xff - b[i]
	}
	return string(b) + "\xff"
}

// A small world in which hosts and paths often meet.
var (
	genLabel = rapid.SampledFrom([]string{"a", "b", "ab", "a1", "x-1", "www", "www1"})
	genTail  = rapid.SampledFrom([]string{"b.co", "a.b.co", "a8.net", "c.a8.net", "example.jp"})
	genHost  = rapid.Custom(func(t *rapid.T) string {
		return strings.Repeat(genLabel.Draw(t, "label")+".", rapid.IntRange(0, 3).Draw(t, "depth")) + genTail.Draw(t, "tail")
	})
	genRuleHost = rapid.Custom(func(t *rapid.T) string {
		star := rapid.SampledFrom([]string{"", "", "*.", "*.", "a*.", "*1.", "w*w.", "www*."}).Draw(t, "star")
		return star + genHost.Draw(t, "host")
	})
	genPath = rapid.Custom(func(t *rapid.T) string {
		return "/" + rapid.StringOfN(rapid.RuneFrom([]rune("ab/?=")), 0, 8, -1).Draw(t, "path")
	})
	genRulePath = rapid.OneOf(rapid.Just(""), rapid.Custom(func(t *rapid.T) string {
		p := "/" + rapid.StringOfN(rapid.RuneFrom([]rune("ab/?=**")), 0, 6, -1).Draw(t, "path")
		return strings.ReplaceAll(p, "**", "*")
	}))
	genRules = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Rule {
		return Rule{Vendor: rapid.IntRange(0, 5).Draw(t, "vendor"), Host: genRuleHost.Draw(t, "host"), Path: genRulePath.Draw(t, "path")}
	}), 0, 12)
)

func TestMatchAgreesWithTheNaiveMatcher(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := genRules.Draw(t, "rules")
		host, path := genHost.Draw(t, "host"), genPath.Draw(t, "path")
		if got, want := NewMatcher(rules).match(host, path), naive(rules, host, path); got != want {
			t.Fatalf("Match(%q, %q) = %d, naive %d", host, path, got, want)
		}
	})
}

func FuzzMatch(f *testing.F) {
	f.Add("0 *.criteo.net\n1 www*.a8.net /0.gif*\n2 static.criteo.net /js/*.js", "static.criteo.net", "/js/ld/ld.js")
	f.Add("3 s.example.jp /a*b*c?d=*", "S.Example.jp.", "/abcbc?d=")
	f.Add("0 *.co\n1 *.b.co\n2 a*.b.co\n3 a.b.co /x\n", "a.b.co", "?")
	f.Fuzz(func(t *testing.T, text, host, path string) {
		if len(text) > 2000 || len(path) > 500 || strings.Contains(path, "\n") {
			return
		}
		var rules []Rule
		for line := range strings.SplitSeq(text, "\n") {
			words := strings.Fields(line)
			if len(words) < 2 || len(words) > 3 {
				continue
			}
			l := lint{Vendor: &Vendor{Hosts: []Host{{Host: words[1]}}}}
			if len(words) == 3 {
				l.Hosts[0].Path = words[2]
			}
			hostShape(&l)
			hostWildcard(&l)
			pathShape(&l)
			if vendor, err := strconv.Atoi(words[0]); err == nil && len(l.fields) == 0 && 0 <= vendor && vendor < 100 {
				rules = append(rules, Rule{vendor, l.Hosts[0].Host, l.Hosts[0].Path})
			}
		}
		got, want := NewMatcher(rules).match(host, path), naive(rules, host, path)
		if got != want {
			t.Fatalf("Match(%q, %q) = %d, naive %d, rules %v", host, path, got, want, rules)
		}
		if got := newPage(Compact(rules)).match(host, path); got != want {
			t.Fatalf("compact: match(%q, %q) = %d, naive %d, rules %v", host, path, got, want, rules)
		}
	})
}

// typical are 20 vendors that often stand on one Japanese site.
var typical = strings.Fields("google-tag-manager google-analytics-4 google-ads meta-pixel x-pixel line-tag yahoo-japan-ads criteo taboola " +
	"microsoft-clarity karte user-heat satori marketo rtoaster ferret-one youtube-embed microsoft-uet tiktok-pixel ad-ebis")

func typicalRules(tb testing.TB) []Rule {
	tb.Helper()
	c, err := Load(vendors.FS)
	if err != nil {
		tb.Fatal(err)
	}
	var rules []Rule
	for i, id := range typical {
		v, ok := c.Vendor(id)
		if !ok {
			tb.Fatalf("no vendor %q", id)
		}
		rules = append(rules, v.Rules(i)...)
	}
	return rules
}

// TestRandomVectors holds the file of random requests to what Go answers, for
// the page to repeat. The rules in it are those that twenty typical vendors
// once had; they need not follow the catalogue.
func TestRandomVectors(t *testing.T) {
	const file = "testdata/match-random.json"
	set := readVectors(t, file)[0]
	rules := set.rules()
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(s ...string) string { return s[random.IntN(len(s))] }
	m := NewMatcher(rules)
	var cases []vectorCase
	for len(cases) < 400 {
		r := rules[random.IntN(len(rules))]
		host := strings.Replace(r.Host, "*", pick("a", "x1", "www", "a.b", "c-d", "x_y"), 1)
		path := strings.ReplaceAll(r.Path, "*", pick("", "x", "a/b", "1?q=/x", "id=AW-"))
		if path == "" {
			path = "/" + pick("", "tr", "gtag/js?id=AW-1", "embed/x", "collect")
		}
		switch random.IntN(8) {
		case 0:
			host = pick("evil-", "x.", "www.") + host
		case 1:
			host += pick(".", ".evil.example")
		case 2:
			_, host, _ = strings.Cut(host, ".")
		case 3:
			path = pick("/x", "//", "/%2f") + path
		case 4:
			path += pick("x", "/", "?x=1", "&y")
		}
		url := "https://" + host + path
		path = strings.TrimSuffix(path, "?") // no query, says a browser
		cases = append(cases, vectorCase{URL: url, Host: host, Path: path, Vendor: m.match(host, path)})
	}
	if *update {
		set.Cases = cases
		writeVectors(t, file, []vectorSet{set})
	} else if !slices.Equal(cases, set.Cases) {
		t.Errorf("%s is not what Go answers; run go test -update", file)
	}
}

func BenchmarkMatch(b *testing.B) {
	c, err := Load(vendors.FS)
	if err != nil {
		b.Fatal(err)
	}
	m := c.Matcher()
	requests := [][2]string{
		{"www.googletagmanager.com", "/gtag/js?id=AW-000000000&l=dataLayer"},
		{"static.criteo.net", "/js/ld/ld.js"},
		{"www1.a8.net", "/0.gif?a8mat=0"},
		{"shop.example.co.jp", "/cart/add.js?v=20261121"},
		{"cdn.img.static.example.com", "/a/b/c.png"},
		{"www.facebook.com", "/tr/?id=0&ev=PageView"},
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		r := requests[i%len(requests)]
		m.Match(r[0], r[1])
	}
}
