package catalogue

import (
	"bytes"
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"pgregory.net/rapid"
)

// page is widget/src/gate/match.ts, line by line, so that properties of
// Compact can be tested here: the page looks rules up in the order of the text.
type page map[string][]Rule

func newPage(text string) page {
	p := page{}
	vendor, host := 0, ""
	for token := range strings.SplitSeq(text, " ") {
		if token == "" {
			vendor++
			continue
		}
		if n, err := strconv.Atoi(token); err == nil {
			vendor = n
			continue
		}
		name, _, _ := strings.Cut(token, "/")
		if name != "" {
			host = name
		}
		path := token[len(name):]
		if path == "" {
			path = "*"
		}
		key := host
		if label, _, _ := strings.Cut(host, "."); strings.Contains(label, "*") {
			key = "*" + host[len(label):]
		}
		p[key] = append(p[key], Rule{vendor, host, path})
	}
	return p
}

func (p page) match(host, pathAndQuery string) int {
	host = lower(strings.TrimSuffix(host, "."))
	if pathAndQuery == "" || pathAndQuery[0] == '?' {
		pathAndQuery = "/" + pathAndQuery
	}
	path, query, _ := strings.Cut(pathAndQuery, "?")
	if query == "" {
		pathAndQuery = path // as URL.search has it
	}
	find := func(key, text string) int {
		for _, r := range p[key] {
			parts := strings.Split(r.Path, "*")
			if fits(strings.Split(r.Host, "*"), text) && (fits(parts, path) || fits(parts, pathAndQuery)) {
				return r.Vendor
			}
		}
		return -1
	}
	vendor := find(host, host)
	label, _, dotted := strings.Cut(host, ".")
	if vendor < 0 && dotted && label != "" && plain(label) {
		vendor = find("*"+host[len(label):], host)
	}
	for dot := strings.IndexByte(host, '.'); vendor < 0 && dot >= 0; {
		vendor = find(host[dot:], host[dot:])
		next := strings.IndexByte(host[dot+1:], '.')
		if next < 0 {
			break
		}
		dot += 1 + next
	}
	return vendor
}

func TestCompactText(t *testing.T) {
	for _, c := range []struct {
		name  string
		rules []Rule
		want  string
	}{
		{"nothing", nil, ""},
		{"suffix, exact, glob", []Rule{{0, "*.criteo.net", ""}, {0, "x.example.jp", "/a"}, {0, "x*.example.jp", "/b*"}},
			"x.example.jp/a x*.example.jp/b* .criteo.net"},
		{"a host is written once", []Rule{{0, "x.example.jp", "/a"}, {0, "x.example.jp", "/bb"}, {0, "x.example.jp", ""}},
			"x.example.jp"},
		{"paths of one host", []Rule{{0, "x.example.jp", "/a"}, {0, "x.example.jp", "/bb"}}, "x.example.jp/bb /a"},
		{"the next vendor, the one after, a later one", []Rule{{0, "a.jp", ""}, {1, "b.jp", ""}, {3, "d.jp", ""}, {9, "i.jp", ""}},
			"a.jp  b.jp   d.jp 9 i.jp"},
		{"implied by a suffix", []Rule{{0, "*.criteo.net", ""}, {0, "static.criteo.net", "/js/ld.js"}, {0, "*.x.criteo.net", ""}}, ".criteo.net"},
		{"not implied: another vendor stands between",
			[]Rule{{0, "*.twimg.com", ""}, {0, "x.twimg.com", "/a"}, {1, "x.twimg.com", ""}}, ".twimg.com x.twimg.com/a  x.twimg.com"},
		{"not implied by its own domain", []Rule{{0, "*.criteo.net", ""}, {0, "criteo.net", ""}}, "criteo.net .criteo.net"},
		{"implied by a path", []Rule{{0, "x.jp", "/a*"}, {0, "x.jp", "/abc"}, {0, "x.jp", "/a?b=*"}}, "x.jp/a*"},
		{"several vendors on a host stay in order", []Rule{{0, "x.jp", "/*"}, {1, "x.jp", "/ab*"}, {0, "x.jp", "/abc*"}},
			"x.jp/abc*  /ab* 0 /*"},
	} {
		if got := Compact(c.rules); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestCompactKeepsEveryAnswer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := genRules.Draw(t, "rules")
		text := Compact(rules)
		host, path := genHost.Draw(t, "host"), genPath.Draw(t, "path")
		if got, want := newPage(text).match(host, path), NewMatcher(rules).match(host, path); got != want {
			t.Fatalf("%q: match(%q, %q) = %d, want %d", text, host, path, got, want)
		}
	})
}

// TestVectorsHaveTheCompactText keeps what the page is tested with up to date.
func TestVectorsHaveTheCompactText(t *testing.T) {
	for _, file := range []string{"testdata/match.json", "testdata/match-random.json"} {
		sets := readVectors(t, file)
		stale := false
		for i, set := range sets {
			if text := Compact(set.rules()); text != set.Compact {
				stale = true
				sets[i].Compact = text
				if !*update {
					t.Errorf("%s: %s: compact is %q, want %q; run go test -update", file, set.Name, set.Compact, text)
				}
			}
		}
		if stale && *update {
			writeVectors(t, file, sets)
		}
	}
}

// writeVectors writes one rule and one case a line.
func writeVectors(t *testing.T, name string, sets []vectorSet) {
	t.Helper()
	line := func(v any) string {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(v); err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(b.String())
	}
	var b strings.Builder
	for i, set := range sets {
		b.WriteString([]string{"[\n", ",\n"}[min(i, 1)])
		b.WriteString(`  {"name": ` + line(set.Name) + ",\n   \"rules\": [")
		for j, r := range set.Rules {
			b.WriteString([]string{"\n     ", ",\n     "}[min(j, 1)] + line(r))
		}
		b.WriteString("],\n   \"compact\": " + line(set.Compact) + ",\n   \"cases\": [")
		for j, c := range set.Cases {
			b.WriteString([]string{"\n     ", ",\n     "}[min(j, 1)] + line(c))
		}
		b.WriteString("]}")
	}
	if err := os.WriteFile(name, []byte(b.String()+"\n]\n"), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestCompactSize holds the rules of a typical site within their share of the
// gate's budget (widget/budget.json).
func TestCompactSize(t *testing.T) {
	text := Compact(typicalRules(t))
	var b bytes.Buffer
	w := brotli.NewWriterLevel(&b, brotli.BestCompression)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d vendors: %d bytes, %d with brotli", len(typical), len(text), b.Len())
	if b.Len() > 900 {
		t.Errorf("the rules of %d vendors take %d bytes with brotli, more than 900:\n%s", len(typical), b.Len(), text)
	}
}
