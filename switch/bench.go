package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/causeway-pay/causeway/conformance/bench"
	"github.com/causeway-pay/causeway/internal/keys"
)

// benchCommands measure the switch.
type benchCommands struct {
	Run      benchCommand         `cmd:"" default:"withargs" help:"Measure the whole switch on this machine."`
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
	Dir         string        `type:"path" help:"Folder for everything; a new one below the temporary folder if not given."`
	Database    string        `help:"Database URL; a PostgreSQL of the run's own if not given."`
	Keys        string        `enum:"p256,rsa2048" default:"p256" help:"Keys of hub and partners: p256 or rsa2048."`
	Partners    int           `default:"20" help:"Partners, half of them wallets."`
	Hot         float64       `help:"Share of one wallet, such as 0.7; 0 spreads evenly."`
	Decline     float64       `help:"Share that wallets refuse."`
	Timeout     float64       `help:"Share that wallets never answer."`
	Stored      int           `help:"Payments in the database before the load."`
	Rate        float64       `xor:"how" help:"Arrivals a second of an open loop."`
	Saturate    bool          `xor:"how" help:"Look for the peak instead."`
	Overload    bool          `help:"Twice the capacity that was found, afterwards."`
	Duration    time.Duration `default:"30s" help:"How long the load that is measured lasts."`
	Warm        time.Duration `default:"3s" help:"How long the load before it lasts."`
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
	dir, program, err := prepare(c.Dir, "causeway-bench-")
	if err != nil {
		return err
	}
	if c.Dir == "" {
		defer os.RemoveAll(dir)
	}
	if c.Rate == 0 && !c.Saturate {
		return unusable(fmt.Errorf("say --rate or --saturate"))
	}
	report, err := bench.Run(ctx, bench.Options{
		Dir: dir, Program: program, DatabaseURL: c.Database, Keys: keysNamed(c.Keys), Partners: c.Partners,
		Mix: bench.Mix{Hot: c.Hot, Decline: c.Decline, Timeout: c.Timeout}, Stored: c.Stored, Rate: c.Rate,
		Overload: c.Overload, Duration: c.Duration, Warm: c.Warm, Connections: c.Connections, Seed: c.Seed,
		Lists: c.Lists, Floor: c.Floor, Clients: c.Clients, CPUProfile: c.CPUProfile, MemoryProfile: c.MemProfile,
		Log: func(text string) { fmt.Fprintln(os.Stderr, text) },
	})
	if err != nil {
		return err
	}
	if c.JSON != "" {
		body, err := json.MarshalIndent(report, "", "  ")
		if err != nil {
			return err
		}
		if err := os.WriteFile(c.JSON, body, 0o644); err != nil {
			return err
		}
	}
	return report.Print(os.Stdout)
}

func keysNamed(name string) keys.Algorithm {
	if name == "rsa2048" {
		return keys.RSA2048
	}
	return keys.P256
}
