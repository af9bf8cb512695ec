package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/alecthomas/kong"
	"github.com/sekisho/sekisho/server"
	"github.com/sekisho/sekisho/server/catalogue"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/web"
	"github.com/sekisho/sekisho/vendors"
)

// streams are where a command reads and writes.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// Exit codes.
const (
	exitInternal = 1 // our mistake, or something that is needed is away: trying again may help
	exitInput    = 2 // what was asked for cannot be done as it stands
)

// fail says what went wrong, in words alone, and returns the exit code.
func (s *streams) fail(err error) int {
	if err == nil {
		return 0
	}
	fmt.Fprintln(s.err, err)
	switch fault.KindOf(err) {
	case fault.Internal, fault.Unavailable, fault.Throttled:
		return exitInternal
	}
	return exitInput
}

// parse reads the command line. Every flag is a variable of the environment as
// well: --public-url is SEKISHO_PUBLIC_URL. The command is nil when the help
// was all that was asked for.
func parse(args []string, std *streams) (*kong.Context, error) {
	helped := false
	parser, err := kong.New(&commands{},
		kong.Name("sekisho"), kong.Description("Consent for cookies and ad tags, on your own machine."),
		kong.DefaultEnvars("SEKISHO"),
		kong.Writers(std.out, std.err), kong.Exit(func(int) { helped = true }))
	if err != nil {
		return nil, err
	}
	command, err := parser.Parse(args)
	if helped {
		return nil, nil
	}
	if wrong, ok := errors.AsType[*kong.ParseError](err); ok {
		return nil, fault.New(fault.Invalid, "sekisho: %v; --help says more", wrong)
	}
	if err != nil {
		return nil, err
	}
	return command, oneSource(command)
}

// oneSource holds that a command which can ask a store or a service is told one
// of them. What the command line says counts before the environment.
func oneSource(command *kong.Context) error {
	flags := map[string]*kong.Flag{}
	for _, f := range command.Flags() {
		if (f.Name == "store" || f.Name == "server") && f.Target.String() != "" {
			flags[f.Name] = f
		}
	}
	if len(flags) < 2 {
		return nil
	}
	typed := map[string]bool{}
	for _, p := range command.Path {
		if p.Flag != nil {
			typed[p.Flag.Name] = true
		}
	}
	switch {
	case typed["store"] == typed["server"]:
		return fault.New(fault.Invalid, "sekisho: --store (SEKISHO_STORE) and --server (SEKISHO_SERVER) are both set; name the one to ask")
	case typed["store"]:
		flags["server"].Target.SetString("")
	default:
		flags["store"].Target.SetString("")
	}
	return nil
}

// ServeCmd is `sekisho serve`.
type ServeCmd struct {
	Addr      string `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Address to answer on (${default})."`
	Store     string `required:"" placeholder:"URL" help:"Where everything is kept: embedded:FOLDER, redis://, rediss://, redis+sentinel:// or redis+cluster://host:port,host:port."`
	PublicURL string `name:"public-url" required:"" placeholder:"URL" help:"Where browsers reach the service. Under the site's own domain, cookies last longest."`

	TrustedProxies []string `placeholder:"NETWORK" help:"Proxies in front, as addresses or networks, whose X-Forwarded-For is believed. Without them, limits count whoever connects."`
	ConsoleAddr    string   `placeholder:"HOST:PORT" help:"Answer for the console here in place of --addr, such as an address of the office's network alone."`
	ConsoleURL     string   `name:"console-url" placeholder:"URL" help:"Where browsers reach --console-addr; needed with it."`
	MetricsAddr    string   `placeholder:"HOST:PORT" help:"Answer /metrics here in place of --addr."`
	Token          string   `help:"Let whoever holds this token change sites over HTTP; at least 32 characters. Better in SEKISHO_TOKEN: a command line can be seen by others. Tokens that may less are made in the console."`
	SMTPURL        string   `name:"smtp-url" placeholder:"URL" help:"Mail server for invitations and resets: smtp://user:password@host:587, smtps://… Better in SEKISHO_SMTP_URL. Without it, owners pass links on themselves."`
	SMTPFrom       string   `name:"smtp-from" placeholder:"ADDRESS" help:"Whom those mails come from: Sekisho <sekisho@example.jp>."`

	VisitorRate  float64 `default:"2" help:"Decisions a second from one address (${default}); 0 for no limit."`
	VisitorBurst int     `default:"20" help:"Decisions at once from one address (${default})."`
	SiteRate     float64 `default:"500" help:"Decisions a second for one site (${default}); 0 for no limit."`
	SiteBurst    int     `default:"2000" help:"Decisions at once for one site (${default})."`
	ReadRate     float64 `default:"200" help:"API requests of any kind a second from one address (${default}); 0 for no limit."`
	ReadBurst    int     `default:"400" help:"API requests of any kind at once from one address (${default})."`

	Grace time.Duration `default:"3s" help:"How long to take new requests after SIGTERM, so that a balancer notices /readyz (${default})."`
	Drain time.Duration `default:"20s" help:"How long requests may then take to end (${default})."`

	LogLevel  slog.Level `default:"INFO" enum:"DEBUG,INFO,WARN,ERROR" help:"DEBUG, INFO, WARN or ERROR (${default})."`
	LogFormat string     `default:"json" enum:"json,text" help:"json or text (${default})."`
}

// limits returns the limits that the flags ask for.
func (c *ServeCmd) limits() (server.Limits, error) {
	var fields []fault.Field
	rate := func(flag string, perSecond float64, burst int) web.Rate {
		switch {
		case perSecond == 0:
			return web.Rate{}
		case perSecond < 0 || burst < 1:
			fields = append(fields, fault.Field{Path: "--" + flag + "-rate, --" + flag + "-burst", Reason: "must be above 0"})
		}
		return web.Rate{PerSecond: perSecond, Burst: burst}
	}
	limits := server.Limits{
		Writes:     rate("visitor", c.VisitorRate, c.VisitorBurst),
		SiteWrites: rate("site", c.SiteRate, c.SiteBurst),
		// A report that does not pass is no loss: nobody has to set this.
		SiteReports: server.DefaultLimits.SiteReports,
		Reads:       rate("read", c.ReadRate, c.ReadBurst),
	}
	return limits, fault.InvalidFields("limits", fields)
}

// logger returns the log of a command. It goes to stderr: stdout is for what a
// program may read.
func logger(w io.Writer, format string, level slog.Level) *slog.Logger {
	o := &slog.HandlerOptions{Level: level}
	if format == "text" {
		return slog.New(slog.NewTextHandler(w, o))
	}
	return slog.New(slog.NewJSONHandler(w, o))
}

// VersionCmd is `sekisho version`.
type VersionCmd struct{}

// Run prints the version that the Go toolchain stamped: a tag, or the commit.
func (VersionCmd) Run(std *streams) error {
	_, err := fmt.Fprintln(std.out, "sekisho", version())
	return err
}

func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	v := info.Main.Version
	if v == "" || v == "(devel)" {
		v = "devel"
		if commit := settings["vcs.revision"]; commit != "" {
			v = commit[:min(12, len(commit))]
		}
	}
	return v + " " + info.GoVersion
}

// loadCatalogue returns the vendors that this binary carries.
func loadCatalogue() (*catalogue.Catalogue, error) { return catalogue.Load(vendors.FS) }
