package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/sekisho/sekisho/server/bundle"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/policy"
	"github.com/sekisho/sekisho/server/site"
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
	Token     string `help:"The service's token."`
}

// Help is the table of ways, which --help prints below the flags' summary.
func (c *SnippetCmd) Help() string { return ways[language()] }

// Run prints one of the ways, for the site's live revision.
func (c *SnippetCmd) Run(ctx context.Context, std *streams) error {
	lang := cmp.Or(c.Language, language())
	if c.Ways {
		_, err := fmt.Fprintln(std.out, ways[lang])
		return err
	}
	if err := c.check(); err != nil {
		return err
	}
	live, err := c.live(ctx)
	if err != nil {
		return err
	}
	if c.GPC {
		_, err := fmt.Fprintf(std.out, "%s\n", gpcFile(live.PublishedAt))
		fmt.Fprintf(std.err, say(lang).gpc, c.Site)
		return err
	}
	service, err := bundle.PublicURL(cmp.Or(c.PublicURL, c.Server))
	if err != nil {
		return fault.New(fault.Invalid, "--public-url: %v", err)
	}
	text, err := c.text(live.Revision, service, lang)
	if err != nil {
		return err
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

// liveSite is what visitors are shown, and since when.
type liveSite struct {
	Revision    *site.Revision `json:"revision"`
	PublishedAt time.Time      `json:"publishedAt"`
}

// live asks the store.
func (c *SnippetCmd) live(ctx context.Context) (live liveSite, err error) {
	err = withSites(ctx, c.Store, func(sites *site.Sites) error {
		if live.Revision, err = sites.Live(ctx, c.Site); err != nil {
			return err
		}
		publications, err := sites.Publications(ctx, c.Site)
		for _, p := range publications {
			live.PublishedAt = p.At
		}
		return err
	})
	return live, err
}

// text returns the way that the flags name.
func (c *SnippetCmd) text(r *site.Revision, service, lang string) (string, error) {
	words := say(lang)
	switch {
	case c.Sealed:
		return words.sealed + policy.Sealed(service, r.Site) + "\n", nil
	case !c.Strict && c.Header == "":
		return words.tag + policy.Tag(service, r.Site) + "\n", nil
	}
	if !r.Document.Policy {
		return "", fault.New(fault.Invalid, `the site %q has no "policy": true in its site.json. Its pages then neither tell the policy what a visitor has chosen nor load anew after a choice, so that it would hold vendors for ever. Set it, publish, and ask again`, r.Site)
	}
	p, err := policy.New(r, service)
	if err != nil {
		return "", err
	}
	if c.Strict {
		return fmt.Sprintf(words.strict, r.Number) + p.Strict(service) + "\n", nil
	}
	return p.Server(c.Header, policy.Comments{What: commentLines(words.header[c.Header], r.Site, r.Number), Where: commentLines(words.where)})
}

// commentLines fills in a text and cuts it into lines.
func commentLines(text string, values ...any) []string {
	return strings.Split(fmt.Sprintf(text, values...), "\n")
}

// gpcFile is /.well-known/gpc.json (Global Privacy Control, "GPC Support
// Resource"): since that day the site honours the signal.
func gpcFile(since time.Time) string {
	return fmt.Sprintf(`{"gpc": true, "lastUpdate": %q}`, since.UTC().Format(time.DateOnly))
}

// say returns the words of a language.
func say(lang string) *snippetWords {
	if strings.HasPrefix(lang, "ja") {
		return &snippetJapanese
	}
	return &snippetEnglish
}
