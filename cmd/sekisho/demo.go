package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/sekisho/sekisho/cmd/sekisho/demo"
	"github.com/sekisho/sekisho/server"
	"github.com/sekisho/sekisho/server/bundle"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/site"
	"github.com/sekisho/sekisho/server/snippet"
	"github.com/sekisho/sekisho/server/web"
	"github.com/sekisho/sekisho/widget"
)

// DemoCmd is `sekisho demo`: the service with a shop in front of it, on one
// port, with an embedded store. What was decided is there after a restart.
type DemoCmd struct {
	Addr   string `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Address to answer on (${default})."`
	Data   string `default:".data" placeholder:"FOLDER" help:"Folder to keep everything in (${default})."`
	Widget string `type:"existingdir" placeholder:"FOLDER" help:"Take the widget's sources from this folder and not from the binary, for work on them."`
}

// Run applies the demo's site and serves it until ctx ends.
func (c *DemoCmd) Run(ctx context.Context, std *streams) (err error) {
	public, err := demoURL(c.Addr)
	if err != nil {
		return err
	}
	catalogue, err := loadCatalogue()
	if err != nil {
		return err
	}
	catalogue = demo.Catalogue(catalogue)
	sources := fs.FS(widget.Sources)
	if c.Widget != "" {
		sources = os.DirFS(c.Widget)
	}
	data, err := demo.SiteFile([]string{public})
	if err != nil {
		return err
	}
	document, err := site.Parse(bytes.NewReader(data))
	if err != nil {
		return err
	}
	shop, err := demo.New(document.Key, public, func(vendor, lang string) string {
		if v, ok := catalogue.Vendor(vendor); ok {
			return v.Name.In(lang)
		}
		return vendor
	})
	if err != nil {
		return err
	}
	store, err := openStore(ctx, "embedded:"+c.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	texts, err := bundle.Messages(sources)
	if err != nil {
		return err
	}
	sites := site.New(store, site.Rules{Catalogue: catalogue, Texts: texts}, time.Now)
	if err := c.apply(ctx, sites, document); err != nil {
		return err
	}
	publications, err := sites.Publications(ctx, document.Key)
	if err != nil {
		return err
	}
	timeouts := web.DefaultTimeouts
	timeouts.Grace = 0 // no balancer to wait for, but a person who pressed Ctrl-C
	return service{
		config: server.Config{
			Store: store, Catalogue: catalogue, Widget: sources, PublicURL: public, Limits: server.DefaultLimits,
			Log: logger(std.err, "text", slog.LevelWarn),
		},
		addr: c.Addr, timeouts: timeouts, wrap: func(h http.Handler) http.Handler {
			return shop.Handler(withGPC(h, publications[len(publications)-1].At))
		},
		listening: func(ctx context.Context, srv *server.Server) error {
			password, err := seedOperator(ctx, srv, c.Data)
			if err == nil {
				c.tell(std.out, public, document.Key, password)
			}
			return err
		},
	}.run(ctx)
}

// demoBy is who publishes the demo's own file.
const demoBy = "sekisho demo"

// apply publishes the demo's file, unless somebody has made the site their own in
// the console since: then that stays, with this start's address among its origins.
func (c *DemoCmd) apply(ctx context.Context, sites *site.Sites, document site.Document) error {
	draft, err := sites.Draft(ctx, document.Key)
	switch {
	case err != nil && fault.KindOf(err) != fault.NotFound:
		return err
	case err == nil:
		publications, err := sites.Publications(ctx, document.Key)
		if err != nil {
			return err
		}
		theirs := len(draft.Edits) > 0 || len(publications) > 0 && publications[len(publications)-1].By != demoBy
		if theirs && slices.Equal(draft.Document.Origins, document.Origins) {
			return nil
		}
		if theirs {
			live, err := sites.Live(ctx, document.Key)
			if err != nil {
				return err
			}
			origins := document.Origins
			document = live.Document
			document.Origins = origins
		}
	}
	_, err = sites.Apply(ctx, document, site.ApplyOptions{Publish: true, By: demoBy})
	return err
}

// withGPC serves the file that says the shop honours Global Privacy Control, as
// `sekisho snippet --gpc` prints it, in front of the service.
func withGPC(service http.Handler, since time.Time) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/gpc.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintln(w, snippet.GPC(since))
	})
	mux.Handle("/", service)
	return mux
}

// demoURL is where a browser on this machine finds the demo. It is an IP
// address and never "localhost": the stand-ins are hosts below that name, and a
// page is never held back from its own site's hosts.
func demoURL(addr string) (string, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil || port == "" || port == "0" {
		return "", fault.New(fault.Invalid, "--addr: must be HOST:PORT such as 127.0.0.1:8080, and not %q", addr)
	}
	ip := net.ParseIP(host)
	switch {
	case host == "" || host == "localhost" || ip != nil && ip.IsUnspecified():
		host = "127.0.0.1"
	case ip == nil || !ip.IsLoopback():
		return "", fault.New(fault.Invalid, "--addr: the demo is for a browser on this machine: 127.0.0.1:%[1]s, or 0.0.0.0:%[1]s where the port comes through from outside, as in a container", port)
	}
	if port == "80" { // browsers leave it out of an origin
		return strings.TrimSuffix("http://"+net.JoinHostPort(host, port), ":80"), nil
	}
	return "http://" + net.JoinHostPort(host, port), nil
}

// tell prints where to look, in the language of whoever started it.
func (c *DemoCmd) tell(out io.Writer, public, key, password string) {
	text := `The demo is running. Open it in a browser on this machine:

  demo page       %[1]s/
  notice page     %[1]s/sites/%[2]s/notice
  console         %[1]s/console/   (%[4]s, password %[5]s)
  API             %[1]s/openapi.json
  health          %[1]s/readyz

The vendors' servers are stand-ins that this program answers for
(connect.facebook.net.localhost and so on): no tag of the page reaches the
internet. Decisions are kept in %[3]s. Ctrl-C stops it.
`
	if language() == "ja" {
		text = `デモを開始しました。このパソコンのブラウザーで開いてください。

  デモのページ      %[1]s/
  公表ページ        %[1]s/sites/%[2]s/notice
  管理画面          %[1]s/console/   (%[4]s、パスワード %[5]s)
  APIの仕様         %[1]s/openapi.json
  準備状態          %[1]s/readyz

タグの通信先は、このプログラムが用意した代役です
(connect.facebook.net.localhost など)。インターネットには何も送りません。
決定は %[3]s に保存されます。Ctrl-Cで終了します。
`
	}
	if password == "" {
		password = "?"
	}
	fmt.Fprintf(out, text, public, key, c.Data, demoEmail, password)
}
