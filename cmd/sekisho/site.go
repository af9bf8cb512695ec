package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/sekisho/sekisho/server/bundle"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
	"github.com/sekisho/sekisho/widget"
)

// SiteCmd is `sekisho site`: sites, from files. What a program may read goes to
// stdout, words for people to stderr.
type SiteCmd struct {
	Apply   SiteApplyCmd   `cmd:"" help:"Create or update a site from a file."`
	List    SiteListCmd    `cmd:"" help:"List the sites."`
	Show    SiteShowCmd    `cmd:"" help:"Print a site's draft, or one revision, as a site.json."`
	Publish SitePublishCmd `cmd:"" help:"Make a revision live; an older one to roll back."`
}

// SiteApplyCmd prints the revision's number on stdout.
type SiteApplyCmd struct {
	File    string `short:"f" required:"" help:"The site's file, - for stdin." placeholder:"site.json"`
	Publish bool   `help:"Make it live as well."`
	Why     string `help:"Words for the publication's record."`
	Store   string `help:"Where the sites are kept." placeholder:"URL"`
	Server  string `help:"A running service to send the file to in place of --store: one process alone can open an embedded store." placeholder:"URL"`
	Token   string `help:"The service's own token, or one made in the console."`
}

// Run applies the file. A file against the rules changes nothing.
func (c *SiteApplyCmd) Run(ctx context.Context, std *streams) error {
	if c.Server == "" && c.Store == "" {
		return fault.New(fault.Invalid, "name the --store, or the --server that has it open")
	}
	data, err := readFile(c.File, std.in)
	if err != nil {
		return err
	}
	doc, err := site.Parse(bytes.NewReader(data))
	if err != nil {
		return inFile(c.File, err)
	}
	var result site.Result
	if c.Server != "" {
		if c.Why != "" {
			return fault.New(fault.Invalid, "--why goes with --store: the service takes no words for its record")
		}
		result, err = siteClient{c.Server, c.Token, http.DefaultClient}.apply(ctx, doc.Key, data, c.Publish)
		err = inFile(c.File, err)
	} else {
		err = withSites(ctx, c.Store, func(sites *site.Sites) (err error) {
			result, err = sites.Apply(ctx, doc, site.ApplyOptions{Publish: c.Publish, By: "sekisho site apply", Why: c.Why})
			return inFile(c.File, err)
		})
	}
	if err != nil {
		return err
	}
	for _, w := range result.Warnings {
		fmt.Fprintf(std.err, "%s: warning: %s\n", c.File, w)
	}
	tell(std.err, doc.Key, result)
	_, err = fmt.Fprintln(std.out, result.Revision)
	return err
}

// SiteListCmd prints one line a site.
type SiteListCmd struct {
	Store string `help:"Where the sites are kept." placeholder:"URL" required:""`
}

func (c *SiteListCmd) Run(ctx context.Context, std *streams) error {
	return withSites(ctx, c.Store, func(sites *site.Sites) error {
		keys, err := sites.Keys(ctx)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "KEY\tLIVE\tLATEST\tCHANGED\tNAME")
		for _, key := range keys {
			r, err := sites.Record(ctx, key)
			if err != nil {
				return err
			}
			fmt.Fprintf(table, "%s\t%s\t%d\t%s\t%s\n", key, number(r.Live), r.Latest, r.UpdatedAt.Format(time.DateOnly), r.Draft.Name.In("ja"))
		}
		return table.Flush()
	})
}

// SiteShowCmd prints a site.json that `site apply` takes back.
type SiteShowCmd struct {
	Key      string `arg:"" help:"The site's key."`
	Revision int    `help:"This revision in place of the draft."`
	Store    string `help:"Where the sites are kept." placeholder:"URL" required:""`
}

func (c *SiteShowCmd) Run(ctx context.Context, std *streams) error {
	return withSites(ctx, c.Store, func(sites *site.Sites) error {
		record, err := sites.Record(ctx, c.Key)
		if err != nil {
			return err
		}
		doc := record.Draft
		if c.Revision != 0 {
			r, err := sites.Revision(ctx, c.Key, c.Revision)
			if err != nil {
				return err
			}
			doc = r.Document
		}
		publications, err := sites.Publications(ctx, c.Key)
		if err != nil {
			return err
		}
		fmt.Fprintf(std.err, "%s: live %s, latest %d\n", c.Key, number(record.Live), record.Latest)
		for _, p := range publications {
			fmt.Fprintf(std.err, "  %s  revision %d by %s  %s\n", p.At.Format(time.RFC3339), p.Revision, p.By, p.Why)
		}
		out := json.NewEncoder(std.out)
		out.SetEscapeHTML(false)
		out.SetIndent("", "  ")
		return out.Encode(doc)
	})
}

// SitePublishCmd prints the number that is live afterwards: a new one where
// the old content needs one, see site.Sites.Publish.
type SitePublishCmd struct {
	Key      string `arg:"" help:"The site's key."`
	Revision int    `arg:"" help:"The revision's number."`
	Why      string `help:"Words for the publication's record."`
	Store    string `help:"Where the sites are kept." placeholder:"URL" required:""`
}

func (c *SitePublishCmd) Run(ctx context.Context, std *streams) error {
	return withSites(ctx, c.Store, func(sites *site.Sites) error {
		result, err := sites.Publish(ctx, c.Key, c.Revision, "sekisho site publish", c.Why)
		if err != nil {
			return err
		}
		if result.Revision != c.Revision {
			fmt.Fprintf(std.err, "%s: the content of revision %d became revision %d, so that earlier answers count for what visitors were told\n", c.Key, c.Revision, result.Revision)
		}
		tell(std.err, c.Key, result)
		_, err = fmt.Fprintln(std.out, result.Revision)
		return err
	})
}

// withSites opens the store for one piece of work.
func withSites(ctx context.Context, address string, do func(*site.Sites) error) (err error) {
	cat, err := loadCatalogue()
	if err != nil {
		return err
	}
	texts, err := bundle.Messages(widget.Sources)
	if err != nil {
		return err
	}
	store, err := openStore(ctx, address)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return do(site.New(store, site.Rules{Catalogue: cat, Texts: texts}, time.Now))
}

// tell says in words what a change came to.
func tell(w io.Writer, key string, r site.Result) {
	what := "as it was"
	if r.Created {
		what = "new"
	}
	live := "nothing is live yet"
	switch {
	case r.Published:
		live = "published"
	case r.Live == r.Revision:
		live = "live already"
	case r.Live != 0:
		live = fmt.Sprintf("revision %d is live", r.Live)
	}
	fmt.Fprintf(w, "%s: revision %d, %s, %s\n", key, r.Revision, what, live)
	for _, line := range r.Diff.Words(language()) {
		fmt.Fprintf(w, "  %s\n", line)
	}
}

// language is Japanese for whoever works in a Japanese locale, else English.
func language() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := os.Getenv(name); value != "" {
			if strings.HasPrefix(value, "ja") {
				return "ja"
			}
			break
		}
	}
	return "en"
}

func number(n int) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprint(n)
}

func readFile(name string, in io.Reader) ([]byte, error) {
	r := in
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, fault.New(fault.Invalid, "%v", err)
		}
		defer f.Close()
		r = f
	}
	data, err := io.ReadAll(io.LimitReader(r, site.MaxBytes+1))
	if err != nil {
		return nil, fault.New(fault.Invalid, "%s: %v", name, err)
	}
	return data, nil
}

// inFile puts the file's name before each thing that a fault says of the file,
// a line for each. Other errors stay as they are.
func inFile(name string, err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.Malformed && f.Kind != fault.Invalid && f.Kind != fault.TooLarge {
		return err
	}
	lines := []string{fmt.Sprintf("%s: %s", name, f.Detail)}
	for _, field := range f.Fields {
		lines = append(lines, fmt.Sprintf("%s: %s", name, field))
	}
	return &fault.Error{Kind: f.Kind, Detail: strings.Join(lines, "\n"), Err: f.Err}
}
