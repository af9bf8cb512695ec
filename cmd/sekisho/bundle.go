package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/sekisho/sekisho/server/bundle"
	"github.com/sekisho/sekisho/server/site"
	"github.com/sekisho/sekisho/widget"
)

// BundleCmd is `sekisho bundle`: the files that the service would serve for a
// site, for a CDN or to look at.
type BundleCmd struct {
	Site      string `required:"" help:"The site's key." placeholder:"KEY"`
	Out       string `required:"" help:"The folder to write to; it is made if it is missing." placeholder:"DIR"`
	PublicURL string `name:"public-url" required:"" help:"Where browsers reach the service, which the files name." placeholder:"URL"`
	Revision  int    `help:"This revision in place of the live one."`
	Store     string `help:"Where the sites are kept." placeholder:"URL" required:""`
}

// Run writes s/KEY.js and a/HASH/…, each with .br and .gz beside it, and prints
// the paths that pages ask for.
func (c *BundleCmd) Run(ctx context.Context, std *streams) error {
	return withSites(ctx, c.Store, func(sites *site.Sites) error {
		var r *site.Revision
		var err error
		if c.Revision != 0 {
			r, err = sites.Revision(ctx, c.Site, c.Revision)
		} else {
			r, err = sites.Live(ctx, c.Site)
		}
		if err != nil {
			return err
		}
		cat, err := loadCatalogue()
		if err != nil {
			return err
		}
		b, err := bundle.Build(ctx, bundle.Input{Revision: r, PublicURL: c.PublicURL, Widget: widget.Sources, Purposes: cat.Purposes()})
		if err != nil {
			return err
		}
		files := b.Paths()
		// Parts first: a script must never be there before what it asks for.
		for _, path := range slices.Sorted(maps.Keys(files)) {
			if err := write(filepath.Join(c.Out, filepath.FromSlash(path)), files[path]); err != nil {
				return err
			}
			fmt.Fprintf(std.err, "%-44s %7d bytes, %6d gzip, %6d br\n", path, len(files[path].Identity), len(files[path].Gzip), len(files[path].Brotli))
			fmt.Fprintln(std.out, path)
		}
		return nil
	})
}

func write(name string, f *bundle.File) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	for end, data := range map[string][]byte{"": f.Identity, ".gz": f.Gzip, ".br": f.Brotli} {
		if err := os.WriteFile(name+end, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
