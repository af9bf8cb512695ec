package bundle

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/site"
	"github.com/sekisho/sekisho/vendors"
	"github.com/sekisho/sekisho/widget"
)

// twenty vendors of a Japanese site, those of the five policies among them.
var twenty = strings.Fields(`google-tag-manager google-analytics-4 google-ads meta-pixel x-pixel line-tag yahoo-japan-ads criteo taboola
	microsoft-clarity karte user-heat satori marketo rtoaster ferret-one youtube-embed microsoft-uet tiktok-pixel ad-ebis`)

// realInput is a site with these vendors as they stand in the catalogue, and
// the widget that ships.
func realInput(t testing.TB, ids []string) Input {
	t.Helper()
	cat, err := catalogue.Load(vendors.FS)
	if err != nil {
		t.Fatal(err)
	}
	r := &site.Revision{Site: "shop", Number: 12, Document: site.Document{Key: "shop", Name: catalogue.Text{"ja": "例の店", "en": "Example shop"},
		Origins: []string{"https://www.example.jp"}, Languages: []string{"ja", "en"}, Default: site.OptIn, ExpiryMonths: 6,
		Notice: site.Notice{Controller: catalogue.Text{"ja": "例株式会社", "en": "Example Inc."}, Contact: site.Contact{Email: "privacy@example.jp"}}}}
	for i, id := range ids {
		v, ok := cat.Vendor(id)
		if !ok {
			t.Fatalf("the catalogue has no %q", id)
		}
		r.Vendors = append(r.Vendors, site.RevisionVendor{Vendor: *v, Index: i, Since: 1 + i%3})
	}
	return Input{Revision: r, PublicURL: "https://consent.example.jp", Widget: widget.Sources, Purposes: cat.Purposes()}
}

// TestBudget holds the real files to widget/budget.json: sizes in bytes of
// brotli for twenty vendors.
func TestBudget(t *testing.T) {
	began := time.Now()
	// What some sites use besides has budgets of its own.
	b := build(t, withoutEmbeds(realInput(t, twenty)))
	t.Logf("built in %v", time.Since(began).Round(time.Millisecond))
	paths := b.Paths()
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		f := paths[path]
		t.Logf("%-40s %6d B, gzip %6d, br %6d", path, len(f.Identity), len(f.Gzip), len(f.Brotli))
	}
	gate := len(b.Script.Brotli)
	hold(t, "gate", gate, "gate")
	for _, lang := range []string{"ja", "en"} {
		hold(t, "first view, "+lang, gate+weight(t, b, partName("banner", lang)), "firstView")
		hold(t, "preferences, "+lang, weight(t, b, partName("preferences", lang)), "preferences")
	}
}

// TestLayoutBudget: no layout and no position costs a visitor more than the
// first view may, in the languages that say most. The gate counts as what it may be.
func TestLayoutBudget(t *testing.T) {
	in := withoutEmbeds(realInput(t, twenty))
	in.Revision.Document.Languages = []string{"ja", "vi", "fr", "de"}
	for _, look := range []site.Theme{{Layout: "bar", Position: "top"}, {Layout: "card", Position: "left"}, {Layout: "card"}, {Layout: "dialog"}} {
		in.Revision.Document.Theme = look
		b := build(t, in)
		for _, lang := range in.Revision.Document.Languages {
			hold(t, strings.TrimSpace("first view, "+look.Layout+" "+look.Position)+", "+lang, budget(t, "gate")+weight(t, b, partName("banner", lang)), "firstView")
		}
	}
}

// BenchmarkBuild is what a publication costs: twenty vendors in two languages.
// Pages see it within two seconds, a second of which the poll may take.
func BenchmarkBuild(b *testing.B) {
	in := realInput(b, twenty)
	for b.Loop() {
		if _, err := Build(b.Context(), in); err != nil {
			b.Fatal(err)
		}
	}
}
