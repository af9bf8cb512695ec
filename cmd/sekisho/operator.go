package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/sekisho/sekisho/server/bundle"
	"github.com/sekisho/sekisho/server/fault"
	"github.com/sekisho/sekisho/server/operator"
)

// OperatorCmd is `sekisho operator`: who may sign in to the console, for whoever
// holds the machine. What a program may read goes to stdout, words for people to
// stderr. Everything done here is in the audit log.
type OperatorCmd struct {
	List   OperatorListCmd   `cmd:"" help:"List the operators."`
	Invite OperatorInviteCmd `cmd:"" help:"Print a link by which somebody becomes an operator."`
	Reset  OperatorResetCmd  `cmd:"" help:"Print a link by which an operator sets a new password."`
	Link   OperatorLinkCmd   `cmd:"" help:"Print the set-up link anew, which makes the first owner."`
}

// operatorStore are the flags that all of them share.
type operatorStore struct {
	Store string `required:"" placeholder:"URL" help:"Where the operators are kept. One process alone can open an embedded store: stop the service, or do this in its console."`
}

// consoleURL is the flag of commands that print links.
type consoleURL struct {
	PublicURL  string `name:"public-url" required:"" placeholder:"URL" help:"Where browsers reach the service; the link begins with it."`
	ConsoleURL string `name:"console-url" placeholder:"URL" help:"Where browsers reach the console, when that has an address of its own."`
}

// OperatorListCmd prints one line an operator.
type OperatorListCmd struct {
	operatorStore
	JSON bool `name:"json" help:"The operators as JSON."`
}

func (c *OperatorListCmd) Run(ctx context.Context, std *streams) error {
	return c.with(ctx, func(operators *operator.Operators) error {
		all, err := operators.List(ctx, operator.Command("sekisho operator list"))
		if err != nil {
			return err
		}
		if c.JSON {
			out := json.NewEncoder(std.out)
			out.SetEscapeHTML(false)
			out.SetIndent("", "  ")
			return out.Encode(append([]operator.Operator{}, all...))
		}
		if len(all) == 0 {
			fmt.Fprintln(std.err, "there is no operator yet; `sekisho operator link` prints the link that makes the first")
		}
		table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "EMAIL\tROLE\tSTATE\tSECOND FACTOR\tLAST SIGN-IN\tNAME")
		for _, o := range all {
			factor, last := "no", "-"
			if o.Factor {
				factor = "yes"
			}
			if !o.LastSignIn.IsZero() {
				last = o.LastSignIn.Format(time.DateOnly)
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", o.Email, o.Role, o.State, factor, last, o.Name)
		}
		return table.Flush()
	})
}

// OperatorInviteCmd prints the link on stdout.
type OperatorInviteCmd struct {
	Email    string        `arg:"" help:"Who is invited; the name to sign in with."`
	Role     operator.Role `required:"" placeholder:"ROLE" help:"owner (everything), editor (sites, from draft to publication) or viewer (looks at sites and figures)."`
	Language string        `placeholder:"LANG" help:"ja or en; that of your locale without it."`
	consoleURL
	operatorStore
}

func (c *OperatorInviteCmd) Run(ctx context.Context, std *streams) error {
	lang := c.Language
	if lang == "" {
		lang = language()
	}
	address, err := c.address()
	if err != nil {
		return err
	}
	return c.with(ctx, func(operators *operator.Operators) error {
		link, err := operators.Invite(ctx, operator.Command("sekisho operator invite"), c.Email, c.Role, lang)
		if err != nil {
			return asFlags(err)
		}
		return printLink(std, address, link)
	})
}

// OperatorResetCmd prints the link on stdout.
type OperatorResetCmd struct {
	Email  string `arg:"" help:"The operator's email."`
	Factor bool   `help:"Take the second factor away as well, for somebody who has lost it and the recovery codes."`
	consoleURL
	operatorStore
}

func (c *OperatorResetCmd) Run(ctx context.Context, std *streams) error {
	by := operator.Command("sekisho operator reset")
	address, err := c.address()
	if err != nil {
		return err
	}
	return c.with(ctx, func(operators *operator.Operators) error {
		all, err := operators.List(ctx, by)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(o operator.Operator) bool { return strings.EqualFold(o.Email, c.Email) })
		if i < 0 {
			return fault.New(fault.NotFound, "%q is no operator; `sekisho operator list` names them", c.Email)
		}
		if c.Factor {
			if err := operators.RemoveFactor(ctx, by, all[i].ID); err != nil {
				return err
			}
			fmt.Fprintf(std.err, "%s: the second factor is gone, and all sessions have ended\n", all[i].Email)
		}
		link, err := operators.ResetLink(ctx, by, all[i].ID)
		if err != nil {
			return err
		}
		return printLink(std, address, link)
	})
}

// OperatorLinkCmd prints the link on stdout.
type OperatorLinkCmd struct {
	consoleURL
	operatorStore
}

func (c *OperatorLinkCmd) Run(ctx context.Context, std *streams) error {
	address, err := c.address()
	if err != nil {
		return err
	}
	return c.with(ctx, func(operators *operator.Operators) error {
		link, err := operators.SetUpLink(ctx, operator.Command("sekisho operator link"))
		if err != nil {
			return err
		}
		return printLink(std, address, link)
	})
}

// address returns what links begin with. It is asked before anything is changed.
func (c consoleURL) address() (string, error) {
	public, err := bundle.PublicURL(cmp.Or(c.ConsoleURL, c.PublicURL))
	return public + "/console/link/", err
}

// printLink gives a link that works once: the address to a program, what it is
// for to people.
func printLink(std *streams, address string, link operator.Issued) error {
	words := map[string]map[operator.LinkKind]string{
		"en": {
			operator.SetUp:      "Whoever opens it first becomes the owner.%[1]s It works once, until %[2]s.\n",
			operator.Invitation: "It makes %[1]s an operator. It works once, until %[2]s: give it to nobody else.\n",
			operator.Reset:      "It sets a new password for %[1]s. It works once, until %[2]s: give it to nobody else.\n",
		},
		"ja": {
			operator.SetUp:      "最初に開いた人がオーナーになります。%[1]s一度だけ使えます（%[2]sまで）。\n",
			operator.Invitation: "%[1]s を担当者に招待するリンクです。一度だけ使えます（%[2]sまで）。本人以外には渡さないでください。\n",
			operator.Reset:      "%[1]s のパスワードを設定し直すリンクです。一度だけ使えます（%[2]sまで）。本人以外には渡さないでください。\n",
		},
	}
	fmt.Fprintf(std.err, words[language()][link.Kind], link.Email, link.ExpiresAt.Local().Format("2006-01-02 15:04 MST"))
	_, err := fmt.Fprintln(std.out, address+link.Token)
	return err
}

// with opens the store for one piece of work.
func (c operatorStore) with(ctx context.Context, do func(*operator.Operators) error) (err error) {
	store, err := openStore(ctx, c.Store)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return do(operator.New(operator.Config{Store: store, Now: time.Now, Random: rand.Reader}))
}

// asFlags names what a fault says of fields in the words of the command line.
func asFlags(err error) error {
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || f.Kind != fault.Invalid {
		return err
	}
	flags := map[string]string{"/email": "EMAIL", "/role": "--role", "/language": "--language"}
	fields := slices.Clone(f.Fields)
	for i := range fields {
		if flag, ok := flags[fields[i].Path]; ok {
			fields[i].Path = flag
		}
	}
	return &fault.Error{Kind: f.Kind, Detail: f.Detail, Fields: fields, Err: f.Err}
}
