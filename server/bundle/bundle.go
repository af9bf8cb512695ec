// Package bundle compiles a revision and the widget's sources into the files
// that a site's pages load: the script (gate, rules and decision), and for each
// language of the site the banner and the preferences.
//
// It runs esbuild inside the process on sources that are embedded in the
// binary, and touches neither the disk nor the network.
package bundle

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
)

// Input is all that a bundle is made of: the same input gives the same bytes.
type Input struct {
	Revision *site.Revision
	// PublicURL is where browsers reach the service: an origin, with a path if it
	// stands below one. It is written into the files.
	PublicURL string
	// Widget holds the widget's sources, src/main.ts and so on.
	Widget fs.FS
	// Purposes in the order in which they are shown.
	Purposes []catalogue.Purpose
}

// Bundle is the files of one revision. It is never changed.
type Bundle struct {
	Site      string
	Revision  int
	CreatedAt time.Time // of the revision
	// Hash names the parts: of their names and bytes, in hexadecimal.
	Hash   string
	Script *File
	Parts  map[string]*File // by name, "banner.ja.js"
}

// hashLength of the parts' hash in characters: 64 bits, since nobody but who
// may publish chooses what is hashed.
const hashLength = 16

// Paths returns the bundle's files by their path below the public URL.
func (b *Bundle) Paths() map[string]*File {
	paths := map[string]*File{"s/" + b.Site + ".js": b.Script}
	for name, f := range b.Parts {
		paths["a/"+b.Hash+"/"+name] = f
	}
	return paths
}

// Build compiles a revision. A fault of kind Internal carries what esbuild says.
func Build(ctx context.Context, in Input) (*Bundle, error) {
	server, err := PublicURL(in.PublicURL)
	if err != nil {
		return nil, err
	}
	r := in.Revision
	texts, err := readMessages(in.Widget)
	if err != nil {
		return nil, err
	}
	for _, lang := range r.Document.Languages {
		if texts[lang] == nil {
			return nil, fault.New(fault.Internal, "the widget no longer speaks %q, which %s does", lang, r.Site)
		}
	}
	b := &Bundle{Site: r.Site, Revision: r.Number, CreatedAt: r.CreatedAt, Parts: map[string]*File{}}
	var names []string
	var group errgroup.Group
	group.SetLimit(2) // esbuild itself uses all cores
	for _, p := range partsOf(in, server, texts) {
		names = append(names, p.name)
		f := new(File)
		b.Parts[p.name] = f
		group.Go(func() error {
			return f.compile(ctx, in.Widget, job{entry: p.entry, source: p.source, module: p.module, data: p.data, define: p.define, esm: true})
		})
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("%s, revision %d: %w", r.Site, r.Number, err)
	}
	b.Hash = b.hash(names)
	b.Script = new(File)
	script := job{entry: "sekisho:entry", source: entryOf(in), module: "sekisho:site", data: siteModule(in, server, b.Hash)}
	if err := b.Script.compile(ctx, in.Widget, script); err != nil {
		return nil, fmt.Errorf("%s, revision %d: %w", r.Site, r.Number, err)
	}
	return b, nil
}

func (b *Bundle) hash(names []string) string {
	sum := sha256.New()
	for _, name := range names {
		fmt.Fprintf(sum, "%s %d\n", name, len(b.Parts[name].Identity))
		sum.Write(b.Parts[name].Identity)
	}
	return hex.EncodeToString(sum.Sum(nil))[:hashLength]
}

// PublicURL returns the service's address without its final slash; a fault of
// kind Invalid for what browsers could not reach it by.
func PublicURL(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", fault.New(fault.Invalid, "the public URL %q must be an http or https address without user, query or fragment, such as https://consent.example.jp", s)
	}
	return strings.TrimRight(u.String(), "/"), nil
}
