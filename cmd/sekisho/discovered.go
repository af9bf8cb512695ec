package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"text/tabwriter"
	"time"

	"github.com/sekisho/sekisho/server/api"
	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/discovery"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
)

// DiscoveredCmd is `sekisho discovered`: what a site's pages reported, with what
// to do about it. The figures go to stdout, words about them to stderr.
type DiscoveredCmd struct {
	Site   string `required:"" placeholder:"KEY" help:"The site's key."`
	Days   int    `default:"30" help:"How many days back, today included; at most 90 (${default})."`
	JSON   bool   `name:"json" help:"The figures as JSON."`
	Store  string `placeholder:"URL" help:"Where the sites are kept."`
	Server string `placeholder:"URL" help:"A running service to ask in place of --store."`
	Token  string `help:"The service's own token, or one made in the console."`
}

// advised is a figure with the vendor of the catalogue that an unknown host
// belongs to, if there is one.
type advised struct {
	discovery.Figure
	Known string `json:"known,omitempty"`
}

// Run prints what was reported, the most frequent first.
func (c *DiscoveredCmd) Run(ctx context.Context, std *streams) error {
	switch {
	case c.Days < 1 || c.Days > discovery.Retention:
		return fault.New(fault.Invalid, "--days: must be from 1 to %d: reports are kept no longer", discovery.Retention)
	case c.Store == "" && c.Server == "":
		return fault.New(fault.Invalid, "name the --store, or the --server that has it open")
	}
	cat, err := loadCatalogue()
	if err != nil {
		return err
	}
	revision, figures, leftOut, err := c.ask(ctx)
	if err != nil {
		return err
	}
	all, matcher := make([]advised, len(figures)), cat.Matcher()
	for i, f := range figures {
		all[i].Figure = f
		if at, ok := matcher.Match(f.Host, "/"); ok && f.What == discovery.Unknown {
			all[i].Known = cat.All()[at].ID
		}
	}
	words := discoveredWords[language()]
	if len(all) == 0 {
		fmt.Fprintf(std.err, words.none, c.Site, c.Days)
		if discovery.Sample(&revision.Document) == 0 {
			fmt.Fprint(std.err, words.silent)
		}
	}
	if leftOut > 0 {
		fmt.Fprintf(std.err, words.leftOut, leftOut)
	}
	if c.JSON {
		return printJSON(std.out, struct {
			Site    string    `json:"site"`
			Days    int       `json:"days"`
			Figures []advised `json:"figures"`
		}{c.Site, c.Days, all})
	}
	if len(all) == 0 {
		return nil
	}
	return words.print(std.out, cat, all)
}

// ask asks the service or the store for what is live and what was reported, and
// how many figures the service left out.
func (c *DiscoveredCmd) ask(ctx context.Context) (revision *site.Revision, figures []discovery.Figure, leftOut int, err error) {
	if c.Server != "" {
		client := siteClient{c.Server, c.Token, http.DefaultClient}
		var shown api.Shown
		if shown, err = client.shown(ctx, c.Site); err != nil {
			return nil, nil, 0, err
		}
		reports, err := client.reports(ctx, c.Site, c.Days)
		return shown.Revision, reports.Figures, reports.LeftOut, err
	}
	store, err := openStore(ctx, c.Store)
	if err != nil {
		return nil, nil, 0, err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if revision, err = site.New(store, site.Rules{}, time.Now).Live(ctx, c.Site); err != nil {
		return nil, nil, 0, err
	}
	now := time.Now()
	figures, err = discovery.Reader{Store: store, Now: func() time.Time { return now }}.Figures(ctx, c.Site, now.AddDate(0, 0, 1-c.Days))
	return revision, figures, 0, err
}

// wordsOfDiscovered are what the command says in one language.
type wordsOfDiscovered struct {
	lang, none, silent, leftOut, head string
	unknown, known                    string // advice about hosts; known is given name and id
	ahead, held, other                string
}

var discoveredWords = map[string]wordsOfDiscovered{
	"en": {
		lang: "en", none: "%s: no page has reported anything in the last %d days\n",
		silent:  "the site's pages report nothing: it is paused, or its reportSample is 0\n",
		leftOut: "%d figures that are less frequent are left out\n",
		head:    "HOST\tKIND\tMET\tPAGE VIEWS\tREPORTS\tDAYS\tLAST SEEN\tWHAT TO DO",
		unknown: "find out whose it is: a vendor of the site's own (custom), or one of its hosts",
		known:   "is %s: add vendor %s",
		ahead:   "mark it (sekisho mark): the browser fetches it before a choice",
		held:    "nothing: it would wait for a grant of %s",
		other:   "more than a day's report has room for",
	},
	"ja": {
		lang: "ja", none: "%s: 直近%d日間、ページからの報告はありません\n",
		silent:  "このサイトのページは報告を送りません(一時停止中か、reportSample が 0 です)\n",
		leftOut: "件数の少ない%d件は省略しました\n",
		head:    "ホスト\t種類\t区分\tページ表示数\t報告数\t日数\t最終確認日\t対応",
		unknown: "送信先を確認し、サイト独自の事業者(custom)または自社のホスト(hosts)として登録してください",
		known:   "%sのホストです。事業者 %s を追加してください",
		ahead:   "選択の前にブラウザが先読みしています。sekisho mark で印を付けてください",
		held:    "対応は不要です。%sへの送信が許可されるまで止まるタグです",
		other:   "1日の上限を超えた分です",
	},
}

func (w wordsOfDiscovered) print(out io.Writer, cat *catalogue.Catalogue, all []advised) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, w.head)
	for _, f := range all {
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d\t%d\t%s\t%s\n", dash(f.Host), dash(f.Kind), f.What, f.Estimate, f.Count, f.Days, f.LastSeen, w.advice(cat, f))
	}
	return table.Flush()
}

func (w wordsOfDiscovered) advice(cat *catalogue.Catalogue, f advised) string {
	name := func(id string) string {
		if v, ok := cat.Vendor(id); ok {
			return v.Name.In(w.lang)
		}
		return id
	}
	switch {
	case f.Known != "":
		return fmt.Sprintf(w.known, name(f.Known), f.Known)
	case f.What == discovery.Ahead:
		return name(f.Vendor) + ": " + w.ahead
	case f.What == discovery.Held:
		return fmt.Sprintf(w.held, name(f.Vendor))
	case f.What == discovery.Other:
		return w.other
	}
	return w.unknown
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
