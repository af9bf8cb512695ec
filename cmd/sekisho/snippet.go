package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/sekisho/sekisho/server/api"
	"github.com/sekisho/sekisho/server/bundle"
	"github.com/sekisho/sekisho/server/discovery"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/policy"
	"github.com/sekisho/sekisho/server/site"
	"github.com/sekisho/sekisho/server/snippet"
)

// SnippetCmd is `sekisho snippet`: what to paste into a site's pages, or to put
// into its server. What is pasted goes to stdout, with comments that say where;
// what there is to know of the site's hosts goes to stderr.
type SnippetCmd struct {
	Site   string `placeholder:"KEY" help:"The site's key."`
	Sealed bool   `help:"The tag, and the line that keeps Chromium from fetching static scripts ahead."`
	Strict bool   `help:"The tag, and a content security policy with the hosts that the site allows."`
	Header string `enum:",nginx,apache,cloudflare,json" default:"" placeholder:"SERVER" help:"The policy as a response header: for nginx, apache, cloudflare, or json for the Go middleware of server/policy."`
	GPC    bool   `name:"gpc" help:"The file /.well-known/gpc.json, which says that the site honours Global Privacy Control."`
	Ways   bool   `help:"Print the ways to paste with what each reaches and costs, and nothing else."`

	PublicURL string `name:"public-url" placeholder:"URL" help:"Where browsers reach the service; --server where it is left out."`
	Language  string `enum:"en,ja," default:"" placeholder:"en|ja" help:"Of the comments; without it, that of the locale."`
	Store     string `help:"Where the sites are kept." placeholder:"URL"`
	Server    string `help:"A running service to ask in place of --store." placeholder:"URL"`
	Token     string `help:"The service's own token, or one made in the console."`
}

// Help is the table of ways, which --help prints below the flags' summary.
func (c *SnippetCmd) Help() string { return snippet.Ways[language()] }

// Run prints one of the ways, for the site's live revision.
func (c *SnippetCmd) Run(ctx context.Context, std *streams) error {
	lang := cmp.Or(c.Language, language())
	if c.Ways {
		_, err := fmt.Fprintln(std.out, snippet.Ways[lang])
		return err
	}
	if err := c.check(); err != nil {
		return err
	}
	shown, figures, err := c.ask(ctx, std.err, lang)
	if err != nil {
		return err
	}
	if c.GPC {
		_, err := fmt.Fprintln(std.out, snippet.GPC(shown.PublishedAt))
		fmt.Fprint(std.err, snippet.WhereGPC(c.Site, lang))
		return err
	}
	service, err := bundle.PublicURL(cmp.Or(c.PublicURL, c.Server))
	if err != nil {
		return fault.New(fault.Invalid, "--public-url: %v", err)
	}
	if !c.Strict && c.Header == "" {
		tag := snippet.Tag
		if c.Sealed {
			tag = snippet.Sealed
		}
		_, err := fmt.Fprintln(std.out, tag(service, c.Site, shown.Revision.Document.Policy, lang))
		return err
	}
	if !shown.Revision.Document.Policy {
		return fault.New(fault.Invalid, `the site %q has no "policy": true in its site.json. Its pages then neither tell the policy what a visitor has chosen nor load anew after a choice, so that it would hold vendors for ever. Set it, publish, and ask again`, c.Site)
	}
	p, err := policy.New(shown.Revision, service)
	if err != nil {
		return err
	}
	text := snippet.Strict(p, service, lang)
	if c.Header != "" {
		if text, err = snippet.Header(p, c.Header, lang); err != nil {
			return err
		}
	}
	for _, note := range snippet.Notes(p, figures, figureDays, lang) {
		fmt.Fprintln(std.err, note)
	}
	_, err = fmt.Fprint(std.out, text)
	return err
}

// check refuses flags that do not go together.
func (c *SnippetCmd) check() error {
	var chosen []string
	for name, set := range map[string]bool{"--sealed": c.Sealed, "--strict": c.Strict, "--header": c.Header != "", "--gpc": c.GPC} {
		if set {
			chosen = append(chosen, name)
		}
	}
	switch {
	case c.Site == "":
		return fault.New(fault.Invalid, "--site: name the site; --ways explains what there is to choose from")
	case len(chosen) > 1:
		return fault.New(fault.Invalid, "--sealed, --strict, --header and --gpc: choose one of them")
	case c.Store == "" && c.Server == "":
		return fault.New(fault.Invalid, "name the --store, or the --server that has it open")
	case c.Server == "" && c.PublicURL == "" && !c.GPC:
		return fault.New(fault.Invalid, "--public-url: say where browsers reach the service, such as https://consent.example.jp")
	}
	return nil
}

// figureDays is how far back pages' reports are looked at.
const figureDays = 30

// ask asks the service or the store for what is live and, where a policy is to
// be printed, for what pages reported. Nobody who reports can keep a policy from
// being printed: without reports, out is told.
func (c *SnippetCmd) ask(ctx context.Context, out io.Writer, lang string) (shown api.Shown, figures []discovery.Figure, err error) {
	wanted := c.Strict || c.Header != ""
	if c.Server != "" {
		client := siteClient{c.Server, c.Token, http.DefaultClient}
		if shown, err = client.shown(ctx, c.Site); err != nil || !wanted {
			return shown, nil, err
		}
		reports, err := client.reports(ctx, c.Site, figureDays)
		if err != nil {
			fmt.Fprintln(out, snippet.Unread(err, lang))
		}
		return shown, reports.Figures, nil
	}
	store, err := openStore(ctx, c.Store)
	if err != nil {
		return shown, nil, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	sites := site.New(store, site.Rules{}, time.Now)
	if shown.Revision, err = sites.Live(ctx, c.Site); err != nil {
		return shown, nil, err
	}
	publications, err := sites.Publications(ctx, c.Site)
	for _, p := range publications {
		shown.PublishedAt = p.At
	}
	if err != nil || !wanted {
		return shown, nil, err
	}
	figures, err = discovery.Reader{Store: store, Now: time.Now}.Figures(ctx, c.Site, time.Now().AddDate(0, 0, 1-figureDays))
	if err != nil {
		fmt.Fprintln(out, snippet.Unread(err, lang))
	}
	return shown, figures, nil
}
