package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/conformance/bench"
	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/switch/route"
)

// benchCommands measure the switch.
type benchCommands struct {
	Run      benchCommand         `cmd:"" default:"withargs" help:"Measure the whole switch on this machine."`
	Engine   benchEngineCommand   `cmd:""                    help:"Measure the engine alone, beside pgbench."`
	Close    benchCloseCommand    `cmd:""                    help:"Measure how long windows take to close, by their payments."`
	Compare  benchCompareCommand  `cmd:""                    help:"Say what differs between two runs, and what is noise."`
	Partners benchPartnersCommand `cmd:"" hidden:""          help:"Play the partners of a run."`
	Load     benchLoadCommand     `cmd:"" hidden:""          help:"Send the payments of a run."`
}

// benchPartnersCommand is the process of the partners.
type benchPartnersCommand struct {
	Config string `required:"" type:"path"`
	leash
}

// Run implements the command.
func (c benchPartnersCommand) Run(ctx context.Context) error {
	return bench.RunPartners(c.bind(ctx), c.Config)
}

// benchLoadCommand is the process of the load generator.
type benchLoadCommand struct {
	Plan string `required:"" type:"path"`
	leash
}

// Run implements the command.
func (c benchLoadCommand) Run(ctx context.Context) error { return bench.RunLoad(c.bind(ctx), c.Plan) }

// benchCommand is a run.
type benchCommand struct {
	Dir         string        `type:"path" help:"Folder for everything; a passing one if not given."`
	Database    string        `help:"Database URL; a PostgreSQL of the run's own if not given."`
	Keys        string        `enum:"p256,rsa2048" default:"p256" help:"Keys of hub and partners: p256 or rsa2048."`
	Library     string        `enum:"go,openssl" default:"go" help:"What computes signatures: go, or openssl (OpenSSL 3)."`
	Partners    int           `default:"20" help:"Partners, half of them wallets."`
	Hot         float64       `help:"Share of one wallet, such as 0.7; 0 spreads evenly."`
	Decline     float64       `help:"Share that wallets refuse."`
	Timeout     float64       `help:"Share that wallets never answer."`
	Notices     string        `enum:"every,untold" default:"every" help:"Final states that acquirers are notified of: every, or those that the answer to pay has not told."`
	Stored      int           `help:"Payments in the database before the load."`
	Rate        float64       `xor:"how" required:"" help:"Arrivals a second of an open loop."`
	Saturate    bool          `xor:"how" required:"" help:"Look for the peak instead."`
	Overload    bool          `help:"Twice the capacity that was found, afterwards."`
	Duration    time.Duration `default:"30s" help:"How long the load that is measured lasts."`
	Warm        time.Duration `default:"4s" help:"How long the load before it lasts."`
	Connections int           `default:"256" help:"Requests at once, at most."`
	Seed        uint64        `default:"1" help:"Fixes arrivals and payments."`
	Lists       string        `type:"path" help:"Folder of authorities' sanctions lists; names are made up if not given."`
	Floor       bool          `help:"Measure signatures, flushes and pgbench beside it."`
	Clients     int           `default:"8" help:"Clients of pgbench."`
	CPUProfile  string        `name:"cpuprofile" type:"path" help:"File for a profile of the hub's processor time."`
	MemProfile  string        `name:"memprofile" type:"path" help:"File for a profile of the hub's allocations."`
	JSON        string        `name:"json" type:"path" help:"File for the report."`
	Plot        string        `type:"path" help:"File for a plot (SVG)."`
}

// Run implements the command.
func (c benchCommand) Run(ctx context.Context) error {
	options := c.options()
	if err := options.Validate(); err != nil {
		return unusable(err)
	}
	var err error
	if options.Dir, options.Program, err = prepare(c.Dir, "causeway-bench-"); err != nil {
		return err
	}
	if c.Dir == "" {
		defer tidyUp(options.Dir)
	}
	report, err := bench.Run(ctx, options)
	if err != nil {
		return err
	}
	if err := writeResult(report, c.JSON, c.Plot); err != nil {
		return err
	}
	return report.Print(os.Stdout)
}

func (c benchCommand) options() bench.Options {
	notices, _ := route.ParseNotices(strings.ToUpper(c.Notices)) // it is one of the enum
	return bench.Options{
		DatabaseURL: c.Database, Keys: keysNamed(c.Keys), Library: c.Library, Partners: c.Partners,
		Mix: bench.Mix{Hot: c.Hot, Decline: c.Decline, Timeout: c.Timeout}, Notices: notices, Stored: c.Stored, Rate: c.Rate,
		Overload: c.Overload, Duration: c.Duration, Warm: c.Warm, Connections: c.Connections, Seed: c.Seed,
		Lists: c.Lists, Floor: c.Floor, Clients: c.Clients, CPUProfile: c.CPUProfile, MemoryProfile: c.MemProfile,
		Log: func(text string) { fmt.Fprintln(os.Stderr, text) },
	}
}

// writeResult writes a result as JSON and as a plot, each if a file is named for it.
func writeResult(result interface{ Plot(w io.Writer) error }, asJSON, plot string) error {
	if asJSON != "" {
		body, err := json.MarshalIndent(result, "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(asJSON, append(body, '\n'), 0o644); err != nil {
			return err
		}
	}
	if plot == "" {
		return nil
	}
	file, err := os.Create(plot)
	if err != nil {
		return err
	}
	return errors.Join(result.Plot(file), file.Close())
}

// benchEngineCommand measures the engine alone.
type benchEngineCommand struct {
	Dir      string        `type:"path"   help:"Folder for the database; a passing one if not given."`
	Database string        `              help:"Database URL; a PostgreSQL of the run's own if not given."`
	Partners int           `default:"20"  help:"Partners, half of them wallets."`
	Clients  int           `default:"32"  help:"Payments at once, and clients of pgbench."`
	Duration time.Duration `default:"15s" help:"How long payments are made."`
	JSON     bool          `              help:"Print the result as JSON."`
}

// Run implements the command.
func (c benchEngineCommand) Run(ctx context.Context) error {
	dir, _, err := prepare(c.Dir, "causeway-bench-")
	if err != nil {
		return err
	}
	if c.Dir == "" {
		defer tidyUp(dir)
	}
	result, err := bench.RunEngine(ctx, bench.EngineOptions{
		Dir: dir, DatabaseURL: c.Database, Partners: c.Partners, Clients: c.Clients, Duration: c.Duration,
		Log: func(text string) { fmt.Fprintln(os.Stderr, text) },
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return printJSON(result)
	}
	fmt.Printf("engine alone   %.0f payments/s, p50 %.1f ms, p99 %.1f ms, database %.2f ms of processor each\n"+
		"pgbench TPC-B  %.0f transactions/s before, %.0f after\nratio          %.2f\n",
		result.PerSecond, float64(result.Latency.P50)/1000, float64(result.Latency.P99)/1000, result.Database,
		result.TPCB[0], result.TPCB[1], result.Ratio)
	return nil
}

// benchCloseCommand closes windows.
type benchCloseCommand struct {
	Dir      string `type:"path" help:"Folder for the database and the reports; a passing one if not given."`
	Database string `help:"Database URL; a PostgreSQL of the run's own if not given."`
	Payments []int  `default:"10000,100000,1000000" help:"How many payments are posted in the windows."`
	Repeat   int    `default:"3" help:"How many windows of each size, above 100,000 payments one."`
	Whole    bool   `xor:"fill" help:"Fill windows of any size with everything of each payment (17 KB)."`
	Lean     bool   `xor:"fill" help:"Fill all with what closing and reports read (5 KB), so that switch check fails."`
	Report   bool   `help:"Write the reports of the last window too."`
	JSON     string `name:"json" type:"path" help:"File for the result."`
	Plot     string `type:"path" help:"File for a plot (SVG)."`
}

// Help implements kong.HelpProvider.
func (benchCloseCommand) Help() string {
	return `Each window is filled with copies of ten payments that are really made. One of up to
100,000 payments gets everything of each: payment, history, messages, decision, reservation,
quote, entries, their places in the chain, and events, some 17 KB, so that "switch check"
finds the books whole afterwards. A larger one gets the payment and its entries, some 5 KB,
which is what closing and reports read; --whole and --lean choose one for all. Positions and
the window's figures are always those of all payments.`
}

// Run implements the command.
func (c benchCloseCommand) Run(ctx context.Context) error {
	options := bench.CloseOptions{
		DatabaseURL: c.Database, Payments: c.Payments, Repeat: c.Repeat, Whole: c.Whole, Lean: c.Lean,
		Report: c.Report,
		Log:    func(text string) { fmt.Fprintln(os.Stderr, text) },
	}
	if err := options.Validate(); err != nil {
		return unusable(err)
	}
	var err error
	if options.Dir, _, err = prepare(c.Dir, "causeway-bench-"); err != nil {
		return err
	}
	if c.Dir == "" {
		defer tidyUp(options.Dir)
	}
	result, err := bench.RunClose(ctx, options)
	if err != nil {
		return err
	}
	if err := writeResult(result, c.JSON, c.Plot); err != nil {
		return err
	}
	return result.Print(os.Stdout)
}

// benchCompareCommand compares two reports.
type benchCompareCommand struct {
	Before string `arg:"" type:"existingfile" help:"Report of the first run (JSON)."`
	After  string `arg:"" type:"existingfile" help:"Report of the second run (JSON)."`
	JSON   bool   `       help:"Print a JSON list with one object for each figure."`
}

// Run implements the command.
func (c benchCompareCommand) Run() error {
	before, err := bench.ReadReport(c.Before)
	if err != nil {
		return unusable(err)
	}
	after, err := bench.ReadReport(c.After)
	if err != nil {
		return unusable(err)
	}
	differences := bench.Compare(before, after)
	if c.JSON {
		return printJSON(differences)
	}
	return bench.PrintDifferences(os.Stdout, differences)
}

// tidyUp removes a folder below the temporary folder; what is left is not in the way.
func tidyUp(dir string) { _ = os.RemoveAll(dir) }

func keysNamed(name string) keys.Algorithm {
	if name == "rsa2048" {
		return keys.RSA2048
	}
	return keys.P256
}
