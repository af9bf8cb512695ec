package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/mark"
	"github.com/sekisho/sekisho/server/site"
)

// maxPage bounds what is read of one file.
const maxPage = 64 << 20

// MarkCmd is `sekisho mark`: it makes vendors' static tags in HTML files inert.
type MarkCmd struct {
	Paths   []string `arg:"" name:"path" help:"HTML files, or folders of them: *.html and *.htm, but nothing behind a symbolic link, in node_modules or in a folder whose name begins with a dot."`
	Write   bool     `help:"Change the files. Without it, print what would change as a diff."`
	Site    string   `placeholder:"KEY" help:"Mark the tags of this site's vendors, as published. Without it or --vendors, those of all vendors of the catalogue: what the site does not list is then never let go."`
	Store   string   `placeholder:"URL" help:"Where the sites are kept; for --site."`
	Vendors []string `placeholder:"ID,…" help:"Mark the tags of these vendors."`
}

// Run prints the diff on stdout and what it counted on stderr. Each file stands
// for itself: one that cannot be marked is named with the reason and left as it
// is, and makes the exit code 2; the others are marked all the same.
func (c *MarkCmd) Run(ctx context.Context, std *streams) error {
	marker, err := c.marker(ctx)
	if err != nil {
		return err
	}
	var pages []page
	defer func() {
		for _, p := range pages {
			_ = p.folder.Close()
		}
	}()
	for _, name := range c.Paths {
		found, err := findPages(name)
		pages = append(pages, found...)
		if err != nil {
			return err
		}
	}
	var faults []string
	changed, tags := 0, 0
	for _, p := range pages {
		report, err := c.mark(marker, p, std)
		if fault.KindOf(err) == fault.Internal && err != nil {
			return fmt.Errorf("%s: %w", p.shown, err)
		}
		if err != nil {
			faults = append(faults, fmt.Sprintf("%s: %v", p.shown, err))
			continue
		}
		if n := report.Total(); n > 0 {
			changed++
			tags += n
		}
	}
	done := "--write changes them"
	if c.Write {
		done = "changed"
	}
	if changed == 0 {
		done = "nothing to mark"
	}
	fmt.Fprintf(std.err, "%s in %d of %d files: %s\n", count(tags, "tag"), changed, len(pages), done)
	if len(faults) > 0 {
		return fault.New(fault.Invalid, "%s", strings.Join(faults, "\n"))
	}
	return nil
}

// marker returns what marks the tags of the vendors that the flags name. Those
// that a site cannot work without are marked only when named one by one.
func (c *MarkCmd) marker(ctx context.Context) (*mark.Marker, error) {
	cat, err := loadCatalogue()
	if err != nil {
		return nil, err
	}
	vendors, own := cat.All(), []string(nil)
	switch {
	case c.Site != "" && len(c.Vendors) > 0:
		return nil, fault.New(fault.Invalid, "--site and --vendors: name one of the two")
	case c.Site != "" && c.Store == "":
		return nil, fault.New(fault.Invalid, "--site: name the --store as well")
	case c.Site != "":
		if vendors, own, err = c.live(ctx); err != nil {
			return nil, err
		}
	case len(c.Vendors) > 0:
		vendors = nil
		for _, id := range c.Vendors {
			v, ok := cat.Vendor(id)
			if !ok {
				return nil, fault.New(fault.NotFound, "--vendors: the catalogue has no vendor %q; `sekisho vendors list WORD` searches it", id)
			}
			vendors = append(vendors, v)
		}
		return mark.New(vendors), nil
	}
	return mark.New(slices.DeleteFunc(slices.Clone(vendors), (*catalogue.Vendor).Necessary), own...), nil
}

// live returns the vendors of the site's live revision, and the site's hosts.
func (c *MarkCmd) live(ctx context.Context) (vendors []*catalogue.Vendor, own []string, err error) {
	err = withSites(ctx, c.Store, func(sites *site.Sites) error {
		r, err := sites.Live(ctx, c.Site)
		if err != nil {
			return err
		}
		for i := range r.Vendors {
			vendors = append(vendors, &r.Vendors[i].Vendor)
		}
		for _, origin := range r.Document.Origins {
			if u, err := url.Parse(origin); err == nil {
				own = append(own, u.Hostname())
			}
		}
		return nil
	})
	return vendors, own, err
}

// page is a file in a folder that nothing leads out of.
type page struct {
	folder *os.Root
	name   string
	shown  string // as whoever gave it knows it
}

// findPages returns the page that name is, or those below the folder that it is.
func findPages(name string) ([]page, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, fault.New(fault.Invalid, "%v", err)
	}
	if !info.IsDir() && !info.Mode().IsRegular() {
		return nil, fault.New(fault.Invalid, "%s: is neither a file nor a folder", name)
	}
	if !info.IsDir() {
		// A link that was named is followed, so that it stays one.
		real, err := filepath.EvalSymlinks(name)
		if err != nil {
			return nil, fault.New(fault.Invalid, "%v", err)
		}
		folder, err := os.OpenRoot(filepath.Dir(real))
		if err != nil {
			return nil, fault.New(fault.Invalid, "%v", err)
		}
		return []page{{folder, filepath.Base(real), name}}, nil
	}
	folder, err := os.OpenRoot(name)
	if err != nil {
		return nil, fault.New(fault.Invalid, "%v", err)
	}
	var pages []page
	err = fs.WalkDir(folder.FS(), ".", func(at string, entry fs.DirEntry, err error) error {
		base := entry.Name()
		switch {
		case err != nil:
			return fault.New(fault.Invalid, "%s: %v", filepath.Join(name, at), err)
		case entry.IsDir() && at != "." && (base == "node_modules" || strings.HasPrefix(base, ".")):
			return fs.SkipDir
		case entry.Type().IsRegular() && slices.Contains([]string{".html", ".htm"}, strings.ToLower(path.Ext(base))):
			pages = append(pages, page{folder, at, filepath.Join(name, filepath.FromSlash(at))})
		}
		return nil
	})
	if err == nil && len(pages) == 0 {
		err = fault.New(fault.Invalid, "%s: there are no HTML files in it", name)
	}
	if len(pages) == 0 {
		_ = folder.Close()
	}
	return pages, err
}

// mark marks one page, or prints how it would change.
func (c *MarkCmd) mark(marker *mark.Marker, p page, std *streams) (mark.Report, error) {
	before, mode, err := p.read()
	if err != nil {
		return mark.Report{}, err
	}
	var after bytes.Buffer
	report, err := marker.Rewrite(&after, bytes.NewReader(before))
	if err != nil || report.Total() == 0 {
		return report, err
	}
	verb := "to mark"
	if c.Write {
		verb = "marked"
		if err := p.write(after.Bytes(), mode); err != nil {
			return report, err
		}
	} else if _, err := std.out.Write(diff.Diff(p.shown, before, p.shown, after.Bytes())); err != nil {
		return report, err
	}
	var whose []string
	for _, id := range slices.SortedFunc(maps.Keys(report.Tags), func(a, b string) int {
		return cmp.Or(cmp.Compare(report.Tags[b], report.Tags[a]), cmp.Compare(a, b))
	}) {
		whose = append(whose, fmt.Sprintf("%s %d", id, report.Tags[id]))
	}
	fmt.Fprintf(std.err, "%s: %s %s: %s\n", p.shown, count(report.Total(), "tag"), verb, strings.Join(whose, ", "))
	for _, b := range report.Behind {
		fmt.Fprintf(std.err, "%s:%d: this code comes right behind a script of %s that will wait; if it needs that script, put both into <template data-vendor=\"%s\">\n", p.shown, b.Line, b.Vendor, b.Vendor)
	}
	return report, nil
}

func (p page) read() ([]byte, fs.FileMode, error) {
	f, err := p.folder.Open(p.name)
	if err != nil {
		return nil, 0, fault.New(fault.Invalid, "%v", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, 0, fault.New(fault.Invalid, "%v", err)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxPage+1))
	if err != nil {
		return nil, 0, fault.New(fault.Invalid, "%v", err)
	}
	if len(data) > maxPage {
		return nil, 0, fault.New(fault.TooLarge, "is larger than %d MiB", maxPage>>20)
	}
	return data, info.Mode(), nil
}

// write puts a page in place of what is there, as a whole or not at all.
func (p page) write(data []byte, mode fs.FileMode) (err error) {
	aside := path.Join(path.Dir(filepath.ToSlash(p.name)), ".sekisho-"+rand.Text())
	f, err := p.folder.OpenFile(aside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(mode.Perm()), f.Sync(), f.Close())
	if err == nil {
		err = p.folder.Rename(aside, p.name)
	}
	if err != nil {
		_ = p.folder.Remove(aside)
	}
	return err
}

// count is "1 tag", "2 tags".
func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprint(n, " ", what)
}
