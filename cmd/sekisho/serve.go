package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"

	"github.com/sekisho/sekisho/server"
	"github.com/sekisho/sekisho/server/console"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/mail"
	"github.com/sekisho/sekisho/server/operator"
	"github.com/sekisho/sekisho/server/web"
	"github.com/sekisho/sekisho/widget"
)

// Run answers until ctx ends, then stops in good order: what was taken is
// answered, what was acknowledged is stored, the store is closed.
func (c *ServeCmd) Run(ctx context.Context, std *streams) (err error) {
	limits, err := c.limits()
	if err != nil {
		return err
	}
	proxies, err := web.ParseProxies(c.TrustedProxies)
	if err != nil {
		return err
	}
	if (c.ConsoleAddr == "") != (c.ConsoleURL == "") {
		return fault.New(fault.Invalid, "--console-addr and --console-url go together: where to answer, and where browsers find that")
	}
	cat, err := loadCatalogue()
	if err != nil {
		return err
	}
	mailer, err := c.mailer()
	if err != nil {
		return err
	}
	store, err := openStore(ctx, c.Store)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	timeouts := web.DefaultTimeouts
	timeouts.Grace, timeouts.Drain = c.Grace, c.Drain
	return service{
		listening: func(ctx context.Context, srv *server.Server) error {
			return tellSetUp(ctx, srv, std.out, cmp.Or(c.ConsoleURL, c.PublicURL))
		},
		config: server.Config{
			Store: store, Catalogue: cat, Widget: widget.Sources, PublicURL: c.PublicURL, ConsoleURL: c.ConsoleURL, Proxies: proxies, Limits: limits,
			Shared: sharedLimits(store), Token: c.Token, Mail: mailer, MetricsApart: c.MetricsAddr != "", Log: logger(std.err, c.LogFormat, c.LogLevel),
		},
		addr: c.Addr, consoleAddr: c.ConsoleAddr, metricsAddr: c.MetricsAddr, timeouts: timeouts,
	}.run(ctx)
}

// mailer returns what sends operators their links; nil where there is no mail server.
func (c *ServeCmd) mailer() (console.Mailer, error) {
	if c.SMTPURL == "" {
		return nil, nil
	}
	sender, err := mail.New(c.SMTPURL, c.SMTPFrom)
	if err != nil {
		return nil, fmt.Errorf("--smtp-url, --smtp-from: %w", err)
	}
	return sender, nil
}

// service is a server on its addresses.
type service struct {
	config      server.Config
	addr        string
	consoleAddr string // "" for none of its own
	metricsAddr string // "" for none of its own
	timeouts    web.Timeouts
	// wrap goes around the server's handler; nil for nothing.
	wrap func(http.Handler) http.Handler
	// listening is called when requests can be taken, before the first is answered.
	listening func(context.Context, *server.Server) error
}

// tellSetUp prints the link that makes the first owner while there is none. It is
// a secret, so it goes to whoever started the service and not to the log.
func tellSetUp(ctx context.Context, srv *server.Server, out io.Writer, public string) error {
	needed, err := srv.Operators.NeedsSetUp(ctx)
	if err != nil || !needed {
		return err
	}
	link, err := srv.Operators.SetUpLink(ctx, operator.Command("sekisho serve"))
	if err != nil {
		// Visitors are served all the same; "sekisho operator link" tries again.
		fmt.Fprintln(out, "no set-up link:", err)
		return nil
	}
	text := "Nobody can sign in to the console yet. Make the first owner, once, until %[2]s:\n\n  %[1]s\n\n"
	if language() == "ja" {
		text = "管理画面の担当者がまだいません。次のリンクで最初のオーナーを登録してください（一度だけ、%[2]sまで）。\n\n  %[1]s\n\n"
	}
	fmt.Fprintf(out, text, strings.TrimRight(public, "/")+"/console/link/"+link.Token, link.ExpiresAt.Local().Format("2006-01-02 15:04 MST"))
	return nil
}

func (s service) run(ctx context.Context) error {
	srv, err := server.New(ctx, s.config)
	if err != nil {
		return err
	}
	log := s.config.Log
	warnings, err := srv.Warnings(ctx)
	if err != nil {
		return err
	}
	for _, w := range warnings {
		log.Warn("durability", slog.String("problem", w))
	}
	handler := srv.Handler()
	if s.wrap != nil {
		handler = s.wrap(handler)
	}
	endpoints, err := s.listen(ctx, handler, srv.Console(), srv.Metrics())
	if err != nil {
		return err
	}
	// The sites are followed until the last request has been answered.
	following, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		srv.Run(following)
		close(done)
	}()
	defer func() {
		stop()
		<-done
	}()
	for _, e := range endpoints {
		log.Info("listening", slog.String("address", e.Listener.Addr().String()), slog.String("public", s.config.PublicURL))
	}
	if err := s.listening(ctx, srv); err != nil {
		for _, e := range endpoints {
			e.Listener.Close()
		}
		return err
	}
	return web.Serve(ctx, log, s.timeouts, srv.Drain, endpoints...)
}

// listen opens the ports before anything is promised.
func (s service) listen(ctx context.Context, handler, operators, metrics http.Handler) ([]web.Endpoint, error) {
	var endpoints []web.Endpoint
	add := func(addr string, h http.Handler) error {
		l, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
		if err != nil {
			for _, e := range endpoints {
				e.Listener.Close()
			}
			return fault.Wrap(fault.Invalid, err, "cannot answer on %s", addr)
		}
		endpoints = append(endpoints, web.Endpoint{Listener: l, Handler: h})
		return nil
	}
	if err := add(s.addr, handler); err != nil {
		return nil, err
	}
	if s.consoleAddr != "" {
		if err := add(s.consoleAddr, operators); err != nil {
			return nil, err
		}
	}
	if s.metricsAddr != "" {
		mux := http.NewServeMux()
		mux.Handle("GET /metrics", metrics)
		if err := add(s.metricsAddr, mux); err != nil {
			return nil, err
		}
	}
	return endpoints, nil
}
