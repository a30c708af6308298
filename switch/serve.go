package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/causeway-pay/causeway/deploy/crdb"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/switch/node"
)

// leash ends a process whose parent has gone: the parent holds the other end of
// standard input and never writes to it.
type leash struct {
	Leash bool `hidden:"" help:"End when standard input closes."`
}

func (l leash) bind(ctx context.Context) context.Context {
	if !l.Leash {
		return ctx
	}
	bound, cancel := context.WithCancel(ctx)
	go func() {
		// Whatever ends the reading, the parent is not there any more.
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	return bound
}

// serveCommand runs a hub.
type serveCommand struct {
	Config string `required:"" type:"path" help:"Configuration file (YAML)."`
	PProf  string `name:"pprof" placeholder:"HOST:PORT" help:"Offer profiles of this process at an address on the loopback."`
	leash
}

// Limits of the memory of a hub, unless GOMEMLIMIT and GOGC say otherwise. Lists and
// payments under load live in some 150 MB; garbage is collected when it has grown to
// twice that, and whatever the load before 325 MB are reached.
const (
	memoryLimit = 325 << 20
	garbage     = 200
)

// boundMemory sets the limits.
func boundMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
}

// Run implements the command.
func (c serveCommand) Run(ctx context.Context) error {
	boundMemory()
	if c.PProf != "" {
		stop, err := serveProfiles(c.PProf)
		if err != nil {
			return err
		}
		defer stop()
	}
	config, err := node.Load(c.Config)
	if err != nil {
		return err
	}
	ctx = c.bind(ctx)
	n, err := node.Complete(ctx, config)
	if err != nil {
		return err
	}
	defer n.Close()
	return n.Run(ctx)
}

// migrateCommand brings the database up to this program.
type migrateCommand struct {
	Config   string `type:"path" xor:"where" required:"" help:"Configuration file (YAML) that names the database."`
	Database string `            xor:"where" required:"" help:"Database URL (postgres://...)."`
	// Regions are placed on CockroachDB only.
	Regions []string `placeholder:"HUB-REGION=CLUSTER-REGION" help:"On CockroachDB: place the tables in these regions, the first being the primary."`
}

// Run implements the command.
func (c migrateCommand) Run(ctx context.Context) error {
	var regions []crdb.Region
	if len(c.Regions) > 0 {
		var err error
		if regions, err = crdb.ParseRegions(c.Regions); err != nil {
			return unusable(err)
		}
	}
	url := c.Database
	if c.Config != "" {
		config, err := node.Load(c.Config)
		if err != nil {
			return err
		}
		if config, err = node.WithSecrets(ctx, config); err != nil {
			return err
		}
		url = config.Database.URL
	}
	applied, err := node.Migrate(ctx, url)
	if err != nil {
		return err
	}
	fmt.Printf("database is up to date: %d steps applied\n", applied)
	if len(regions) == 0 {
		return nil
	}
	return placeTables(ctx, url, regions)
}

// placeTables places the tables of a CockroachDB database in its regions.
func placeTables(ctx context.Context, url string, regions []crdb.Region) error {
	pool, err := db.Open(ctx, db.Options{
		URL: url, Application: "causeway-migrate", ConnectionsMax: 1, StatementTimeout: patientStatement,
	})
	if err != nil {
		return err
	}
	defer pool.Close()
	count, err := crdb.Apply(ctx, pool, regions)
	if err != nil {
		return err
	}
	fmt.Printf("tables are placed: %d statements\n", count)
	return nil
}
