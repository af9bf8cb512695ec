package bundle

import (
	"io/fs"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/site"
	"github.com/sekisho/sekisho/vendors"
	"github.com/sekisho/sekisho/widget"
)

// TestEmbedBudget: what a site with two vendors of embeds pays above one without,
// in its script, and for the placeholders when something is held; and what one
// more costs whose script makes posts.
func TestEmbedBudget(t *testing.T) {
	ids := append(slices.Clone(twenty), "google-maps", "x-embed")
	none := build(t, withoutEmbeds(realInput(t, ids)))
	two := build(t, withoutEmbeds(realInput(t, ids), "youtube-embed", "google-maps"))
	three := build(t, realInput(t, ids))
	hold(t, "watch", len(two.Script.Brotli)-len(none.Script.Brotli), "embedsWatch")
	hold(t, "watch, posts", len(three.Script.Brotli)-len(none.Script.Brotli), "embedsPosts")
	for _, lang := range []string{"ja", "en"} {
		name := partName("embeds", lang)
		hold(t, name, weight(t, two, name), "embeds")
		if none.Parts[name] != nil {
			t.Errorf("a site without embeds has %s", name)
		}
	}
}

// withoutEmbeds leaves a site the same rules and nothing to stand in for, but of
// the vendors that are named.
func withoutEmbeds(in Input, but ...string) Input {
	for i := range in.Revision.Vendors {
		if v := &in.Revision.Vendors[i]; slices.Contains(embedKinds, v.Kind) && !slices.Contains(but, v.ID) {
			v.Kind = "analytics"
		}
	}
	return in
}

// TestEmbedShape: the module has the fields that the widget declares.
func TestEmbedShape(t *testing.T) {
	source, err := fs.ReadFile(widget.Sources, "src/embeds/types.ts")
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]reflect.Type{"EmbedTexts": reflect.TypeFor[embeds](), "EmbedVendor": reflect.TypeFor[embedVendor]()}
	for name, typ := range of {
		got := map[string]bool{}
		for f := range typ.Fields() {
			key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			got[key] = true
		}
		if g, want := slices.Sorted(maps.Keys(got)), declared(t, string(source), name); !slices.Equal(g, want) {
			t.Errorf("%s: Go writes %v\ntypes.ts has %v", name, g, want)
		}
	}
}

// embedding is a revision with one vendor of these kinds each.
func embedding(kinds ...string) *site.Revision {
	r := revision(1)
	r.Vendors = r.Vendors[:0]
	for i, kind := range kinds {
		r.Vendors = append(r.Vendors, site.RevisionVendor{Index: i, Vendor: catalogue.Vendor{ID: kind, Kind: kind, Purposes: []catalogue.PurposeID{catalogue.Functionality}}})
	}
	return r
}

func TestEmbedVendors(t *testing.T) {
	kinds := []string{"analytics", "video-embed", "map-embed", "ad-pixel", "audio-embed", "social-widget", "comments"}
	for name, c := range map[string]struct {
		change func(*site.Revision)
		want   []int
	}{
		"by kind":                       {func(*site.Revision) {}, []int{1, 2, 4, 5, 6}},
		"what is necessary is not held": {func(r *site.Revision) { r.Vendors[1].Purposes = []catalogue.PurposeID{catalogue.Necessary} }, []int{2, 4, 5, 6}},
		"nor is what is only told":      {func(r *site.Revision) { r.Vendors[2].Mode = site.Signal }, []int{1, 4, 5, 6}},
		"paused: nothing is shown":      {func(r *site.Revision) { r.Document.Paused = true }, nil},
		"report-only: nothing is held":  {func(r *site.Revision) { r.Document.ReportOnly = true }, nil},
	} {
		r := embedding(kinds...)
		c.change(r)
		if got := embedVendors(r); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		in := Input{Revision: r, PublicURL: "https://consent.example.jp", Widget: widget.Sources}
		if extras, parts := embedExtras(in), embedParts(in, nil); (len(extras) > 0) != (c.want != nil) || (len(parts) > 0) != (c.want != nil) {
			t.Errorf("%s: %d modules and %d files", name, len(extras), len(parts))
		}
	}
	if got := embedVendors(embedding("analytics")); got != nil {
		t.Errorf("no embeds: %v", got)
	}
}

// TestEmbedTexts: where a policy would refuse it, nothing is offered once.
func TestEmbedTexts(t *testing.T) {
	in := realInput(t, []string{"criteo", "youtube-embed", "x-embed"})
	e := embedTexts(in, "en", site.Messages{"embeds.once": "Show once", "banner.title": "t"})
	if !e.Once || len(e.Messages) != 1 || len(e.Vendors) != 2 {
		t.Errorf("once %v, messages %v, %d vendors", e.Once, e.Messages, len(e.Vendors))
	}
	if v := e.Vendors[1]; v.ID != "youtube-embed" || v.Entity != "Google LLC" || v.Country != "US" || v.Receives == "" || v.Privacy == "" || v.Posts != "" {
		t.Errorf("YouTube: %+v", v)
	}
	if v := e.Vendors[2]; v.ID != "x-embed" || !strings.Contains(v.Posts, "blockquote.twitter-tweet") {
		t.Errorf("X: %+v", v)
	}
	in.Revision.Document.Policy = true
	if embedTexts(in, "en", nil).Once {
		t.Error("offered once on pages with a policy")
	}
}

// TestPostMarkup: the names are the catalogue's, of kinds that have placeholders.
func TestPostMarkup(t *testing.T) {
	cat, err := catalogue.Load(vendors.FS)
	if err != nil {
		t.Fatal(err)
	}
	for id := range postMarkup {
		if v, ok := cat.Vendor(id); !ok || !slices.Contains(embedKinds, v.Kind) {
			t.Errorf("%s is no vendor of embeds", id)
		}
	}
}
