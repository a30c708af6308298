// Command switch is the Causeway payment switch: the hub, the tools of its
// operators, and sandbox partners to try it with.
//
// Start with `go run ./switch --help`; `switch demo` shows the whole job.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// commands is the command line.
type commands struct {
	Demo    demoCommand    `cmd:"" help:"Show the whole job on real parts: payments, cut-off, settlement, books."`
	Dev     devCommand     `cmd:"" help:"Run hub and sandbox partners for development until Ctrl-C."`
	Serve   serveCommand   `cmd:"" help:"Run a hub."`
	Migrate migrateCommand `cmd:"" help:"Bring the database up to this program."`
	Sandbox sandboxCommand `cmd:"" help:"Run a sandbox partner: a wallet or an acquirer."`
	Bench   benchCommands  `cmd:"" help:"Measure the switch on this machine, beside the floor."`
	Check   checkCommand   `cmd:"" help:"Check the invariants of the books by SQL."`
	Audit   auditCommands  `cmd:"" help:"Check the audit logs by their hashes."`
	Ledger  ledgerCommands `cmd:"" help:"The ledger from outside of the hub: verify, trial balances, entries, what is pending."`
	Operate operateCommand `cmd:"" help:"Operators' work through the hub's API: payments, positions, windows, proposals."`
	Iso     isoCommand     `cmd:"" help:"Check ISO 20022 messages in files, of any system; needs no hub."`
	QR      qrCommand      `cmd:"" name:"qr" help:"Read and make the codes that payers and merchants show; needs no hub."`
	FX      fxCommand      `cmd:"" name:"fx" help:"Exchange rates, prices and the hub's exposure, through the hub's API."`
	Partner partnerCommand `cmd:"" help:"Wallets and acquirers: keys, endpoints and limits."`
	Route   routeCommand   `cmd:"" help:"Corridors, and the history of what payments are routed by."`
	Comply  complyCommand  `cmd:"" help:"Compliance: cases, policy, lists."`
	Settle  settleCommand  `cmd:"" help:"Settle windows: status, close, instruct, confirm, abort, through the hub's API."`
	Explain explainCommand `cmd:"" help:"The entries that a figure of a partner's file is made of, through the hub's API."`
	Keys    keysCommand    `cmd:"" help:"The hub's signing keys: list, show, rotate, retire."`
	Screen  screenCommand  `cmd:"" help:"Screen names against sanctions lists in files; needs no hub."`

	Dispute  disputeCommand  `cmd:"" help:"Disputes: list, show, decide, through the hub's API."`
	Customs  customsCommand  `cmd:"" help:"Declarations to customs: list, through the hub's API."`
	Merchant merchantCommand `cmd:"" help:"Registered merchants: list, show, approve, refuse, through the hub's API."`
	Person   personCommand   `cmd:"" help:"Persons: what is known about one, and forgetting one, through the hub's API."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// run executes one command line and returns the exit code: 0 for success, 1 for
// failure, 2 for a wrong command line, 130 for Ctrl-C. A command may choose
// another one by its error.
func run(ctx context.Context, arguments []string) int {
	var cli commands
	parser, err := kong.New(
		&cli,
		kong.Name("switch"),
		kong.Description("Causeway: a cross-border payment switch."),
		kong.BindTo(
			ctx,
			(*context.Context)(nil),
		),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
	)
	if err != nil {
		fmt.Fprintln(os.Stderr, "switch:", err)
		return 1
	}
	parsed, err := parser.Parse(arguments)
	if err != nil {
		fmt.Fprintf(os.Stderr, "switch: %v\nTry: switch %s--help\n", err, begun(err))
		return 2
	}
	err = parsed.Run(&cli, &cli.Operate, &cli.FX, &cli.Partner, &cli.Route, &cli.Comply, &cli.Settle, &cli.Dispute,
		&cli.Customs, &cli.Merchant)
	var end *ended
	switch {
	case err == nil:
		return 0
	case errors.As(err, &end):
		if end.err != nil {
			fmt.Fprintln(os.Stderr, "switch:", end.err)
		}
		return end.code
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		fmt.Fprintln(os.Stderr, "switch: interrupted")
		return interrupted
	default:
		fmt.Fprintln(os.Stderr, "switch:", err)
		return 1
	}
}

// begun is the command that a wrong command line begins with, for its help.
func begun(err error) string {
	var wrong *kong.ParseError
	if !errors.As(err, &wrong) {
		return ""
	}
	var command string
	for _, step := range wrong.Context.Path {
		if step.Command != nil {
			command += step.Command.Name + " "
		}
	}
	return command
}

// interrupted is the exit code of a command that Ctrl-C ended before its end.
const interrupted = 130
