// Command sekisho is the whole of Sekisho: the service, and the tools around it.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// commands are the subcommands; each has a file of its own.
type commands struct {
	Serve      ServeCmd      `cmd:"" help:"Run the service."`
	Demo       DemoCmd       `cmd:"" help:"Run the service with a demo shop; needs nothing else."`
	Site       SiteCmd       `cmd:"" help:"Create, publish and look at sites."`
	Vendors    VendorsCmd    `cmd:"" help:"Look into the vendor catalogue."`
	Bundle     BundleCmd     `cmd:"" help:"Write the files that the service would serve for a site."`
	Mark       MarkCmd       `cmd:"" help:"Make vendors' static tags in HTML files inert."`
	Discovered DiscoveredCmd `cmd:"" help:"Show what a site's pages reported: unknown hosts, tags fetched too early, tags that would be held."`
	Snippet    SnippetCmd    `cmd:"" help:"Print what to paste into a site's pages."`
	Operator   OperatorCmd   `cmd:"" help:"Say who may sign in to the console."`
	Version    VersionCmd    `cmd:"" help:"Print the version."`
}

func main() { os.Exit(run(os.Args[1:], &streams{os.Stdin, os.Stdout, os.Stderr})) }

// run is main without the process: it returns the exit code. The first SIGINT
// or SIGTERM ends the context, and so the command in good order; the second one
// ends the process on the spot.
func run(args []string, std *streams) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	defer context.AfterFunc(ctx, stop)()
	command, err := parse(args, std)
	if err != nil || command == nil {
		return std.fail(err)
	}
	command.BindTo(ctx, (*context.Context)(nil))
	command.Bind(std)
	return std.fail(command.Run())
}
