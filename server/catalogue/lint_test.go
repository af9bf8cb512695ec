package catalogue

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/vendors"
)

var lintDay = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)

func load(tb testing.TB) *Catalogue {
	tb.Helper()
	c, err := Load(vendors.FS)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// fixture reads an entry from testdata, whose name says what it is there for.
func fixture(t *testing.T, name string) *Vendor {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	v := new(Vendor)
	if err := decode(data, v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

// broken lists the rules that an entry breaks, and what they say of it.
func broken(c *Catalogue, v *Vendor) (rules []string, fields []fault.Field) {
	for _, r := range lintRules {
		l := lint{Vendor: v, others: c.vendors, purposes: c.purposes, now: lintDay}
		if r.check(&l); len(l.fields) > 0 {
			rules = append(rules, r.name)
			fields = append(fields, l.fields...)
		}
	}
	return rules, fields
}

func TestGoodEntryBreaksNoRule(t *testing.T) {
	if rules, fields := broken(load(t), fixture(t, "good.json")); len(rules) > 0 {
		t.Errorf("%v: %v", rules, fields)
	}
}

// TestLintRules has one subtest a rule: its bad file breaks it, and no other.
// What must be said of that file stands here, a part of each fault.
func TestLintRules(t *testing.T) {
	want := map[string][]string{
		"id-pattern":        {"/id: must be 1 to 64"},
		"status-known":      {"/status: must be"},
		"kind-pattern":      {"/kind: must be"},
		"successor-exists":  {`/successor: "nobody-knows-it" is not`},
		"languages-present": {"/receives/en: is missing"},
		"entity-named":      {"/entity/name: must name"},
		"texts-plain":       {"/usedFor/en: must be plain text"},
		"country-iso":       {`/country: "UK" is not`},
		"purposes-known":    {`/purposes/0: "marketing" is not`},
		"necessary-alone":   {"/purposes/0: \"necessary\" goes with no other"},
		"data-known":        {`/data/1: "everything" is not`},
		"hosts-present":     {"/hosts: must name"},
		"host-shape": {"/hosts/0/host: must be a name without a scheme", "/hosts/1/host: must be a name without a port",
			"/hosts/2/host: must be a name alone", "/hosts/3/host: must be in lower case", "/hosts/4/host: \"tag..example\" is not",
			"/hosts/5/host: \"例.example\" is not", "/hosts/6/host: \"tag\" is not"},
		"host-wildcard":          {"/hosts/0/host: may have one", "/hosts/1/host: may have one", "/hosts/2/host: may have one", "/hosts/3/host: may have one"},
		"host-not-public-suffix": {"/hosts/0/host: \"museum\"", "/hosts/1/host: \"lg.jp\"", "/hosts/2/host: \"github.io\"", "/hosts/3/host: \"museum\""},
		"path-shape": {"/hosts/0/path: must begin", "/hosts/1/path: must begin", "/hosts/2/path: must begin",
			"/hosts/3/path: must not have two stars", "/hosts/4/path: \"/*\" is all"},
		"host-owned-once": {`/hosts/5: "a.tag.example" stands here twice`, "/hosts/0: static.criteo.net belongs to criteo, which has static.criteo.net/js/ld/ld.js", "/hosts/1: *.karte.io belongs to karte",
			"/hosts/2: connect.facebook.net belongs to facebook-social-plugins, which has connect.facebook.net/*/sdk.js, and to 1 more",
			"/hosts/3: www.googletagmanager.com/gtag/js?id=AW-* belongs to google-ads"},
		"roles-known": {`/hosts/0/roles/1: "spy" is not`},
		"cookies-complete": {`/cookies/0/name: "a;b"`, "/cookies/1/domain: must be the domain", "/cookies/2/domain: must be left out",
			"/cookies/3/party: must be", "/cookies/5: \"_f\" stands here twice"},
		"lifetimes-positive": {"/cookies/0/lifetimeSeconds: must be 0"},
		"storage-complete":   {"/storage/0/area: must be", "/storage/1/key: is missing"},
		"links-https":        {"/links/privacy/ja: must be an https", "/links/cookies: must be an https", "/links/optOut: must be an https"},
		"list-ids-positive":  {"/tcf: must be"},
		"signal-known":       {`/signal: "smoke" is not a protocol`},
		"unverified-known":   {`/unverified/0: "colour" is not`, "/unverified/2: \"country\" stands here twice"},
		"sources-dated":      {"/sources/0/date: 2099-01-01 is in the future", "/sources/1/date: must be a day", `/sources/2/facts/0: "colour" is not`, "/sources/3/facts: must name"},
		"facts-sourced":      {`no source names "entity"`, `no source names "hosts"`, `no source names "links.optOut"`, `no source names "tcf"`},
	}
	c := load(t)
	for _, r := range lintRules {
		t.Run(r.name, func(t *testing.T) {
			rules, fields := broken(c, fixture(t, "bad/"+r.name+".json"))
			if !slices.Equal(rules, []string{r.name}) {
				t.Fatalf("breaks %v, should break %s alone: %v", rules, r.name, fields)
			}
			if len(want[r.name]) == 0 {
				t.Fatal("the test does not say what to expect")
			}
			for _, f := range fields {
				if f.ReasonJa == "" || strings.Contains(f.Reason+f.ReasonJa, "%!") || !strings.ContainsFunc(f.ReasonJa, func(r rune) bool { return unicode.In(r, unicode.Hiragana) }) {
					t.Errorf("not told in Japanese: %v", f)
				}
			}
			for _, part := range want[r.name] {
				if !slices.ContainsFunc(fields, func(f fault.Field) bool { return strings.Contains(f.Path+": "+f.Reason, part) }) {
					t.Errorf("nothing says %q: %v", part, fields)
				}
			}
		})
	}
	t.Run("id-is-file-name", func(t *testing.T) {
		data, err := os.ReadFile("testdata/bad/id-is-file-name.json")
		if err != nil {
			t.Fatal(err)
		}
		_, err = ParseVendor("testdata/bad/id-is-file-name.json", data)
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), `/id: "example-tag" belongs in a file named example-tag.json`) {
			t.Errorf("%v", err)
		}
	})
	files, err := filepath.Glob("testdata/bad/*.json")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != len(lintRules)+1 {
		t.Errorf("%d bad files for %d rules", len(files), len(lintRules)+1)
	}
}

// One company may share a host among its own entries, as Google does; the very
// same host and path it may not.
func TestOneCompanyMayShareAHost(t *testing.T) {
	a, b := fixture(t, "good.json"), fixture(t, "good.json")
	b.ID = "other-tag"
	b.Hosts = []Host{{Host: "js.tag.example"}}
	c := New(load(t).Purposes(), []*Vendor{a, b})
	if f := c.Check(b, lintDay); len(f) > 0 {
		t.Errorf("same company: %v", f)
	}
	b.Entity.Name = Text{"ja": "別の株式会社"}
	if f := c.Check(b, lintDay); len(f) != 1 || f[0].Path != "/hosts/0" {
		t.Errorf("another company: %v", f)
	}
	if f := c.Check(a, lintDay); len(f) != 1 {
		t.Errorf("the other way round: %v", f)
	}
	b.Entity, b.Hosts = a.Entity, a.Hosts
	if f := c.Check(b, lintDay); len(f) != 1 {
		t.Errorf("the same host: %v", f)
	}
}

func TestCheckCustom(t *testing.T) {
	c := load(t)
	bare := func(id, host string) *Vendor {
		return &Vendor{ID: id, Name: Text{"ja": "自社の計測"}, Entity: Entity{Name: Text{"ja": "例の株式会社"}}, Country: "JP",
			Purposes: []PurposeID{Analytics}, Data: []string{"page-url"}, Receives: Text{"ja": "ページのアドレス"},
			UsedFor: Text{"ja": "集計に使います。"}, Hosts: []Host{{Host: host}}}
	}
	google := bare("our-tags", "www.googletagmanager.com")
	google.Entity.Name = Text{"ja": "Google LLC"}
	for _, e := range []struct {
		name    string
		entries []*Vendor
		want    []string // path of the fault of each entry, "" for none
	}{
		{"no sources, Japanese alone", []*Vendor{bare("our-crm", "crm.example.jp")}, []string{""}},
		{"an id of the catalogue", []*Vendor{bare("criteo", "crm.example.jp")}, []string{"/id"}},
		{"a host of the catalogue", []*Vendor{bare("our-crm", "static.criteo.net")}, []string{"/hosts/0"}},
		{"a host below a suffix of the catalogue", []*Vendor{bare("our-crm", "x.y.criteo.com")}, []string{"/hosts/0"}},
		{"a suffix above a host of the catalogue", []*Vendor{bare("our-crm", "*.line.me")}, []string{"/hosts/0"}},
		{"the name of a company proves nothing", []*Vendor{google}, []string{"/hosts/0"}},
		{"a host of another entry", []*Vendor{bare("a", "*.example.jp"), bare("b", "x.example.jp")}, []string{"/hosts/0", "/hosts/0"}},
		{"a public suffix", []*Vendor{bare("a", "*.co.jp")}, []string{"/hosts/0"}},
		{"no name", []*Vendor{{ID: "a"}}, []string{"/country"}},
	} {
		faults := c.CheckCustom(e.entries)
		for i, want := range e.want {
			got := ""
			if len(faults[i]) > 0 {
				got = faults[i][0].Path
			}
			if !strings.HasPrefix(got, want) || want == "" && got != "" {
				t.Errorf("%s: entry %d: %v, want %q", e.name, i, faults[i], want)
			}
		}
	}
}
