package node_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ports"
	"github.com/causeway-pay/causeway/switch/node"
)

// freeAddress is a loopback address at which nothing listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	address, err := ports.Address()
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// whole is the configuration of a hub that works, on a fresh database.
func whole(t *testing.T) node.Config {
	t.Helper()
	dir := t.TempDir()
	list := filepath.Join(dir, "own.csv")
	if err := os.WriteFile(list, []byte("id,name\n7,Viktor Blocksworth\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	config := node.Config{
		Region: "asia-1", Database: node.DatabaseConfig{URL: dbtest.URL(t)},
		Bus:      node.BusConfig{Dir: filepath.Join(dir, "nats")},
		Partners: node.ListenConfig{Listen: freeAddress(t)}, Operators: node.ListenConfig{Listen: freeAddress(t)},
		Keys: node.KeysConfig{Dir: filepath.Join(dir, "keys")}, Reports: filepath.Join(dir, "reports"),
		Lists:     []node.ListConfig{{Name: "OWN", Format: "simple", File: list}},
		Rates:     node.RatesConfig{Sample: true, FreshFor: 100 * 365 * 24 * time.Hour},
		Telemetry: node.TelemetryConfig{Level: "error"},
	}
	if _, err := node.Migrate(t.Context(), config.Database.URL); err != nil {
		t.Fatal(err)
	}
	return config
}

// TestCompleteFails takes away one thing that a hub needs. Complete names what
// is missing, leaves nothing running, and succeeds as soon as it is there.
func TestCompleteFails(t *testing.T) {
	good := whole(t)
	fresh := dbtest.URL(t)
	empty := whole(t).Database.URL
	nowhere := filepath.Join(t.TempDir(), "nowhere")
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("no,rates\nat,all\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		edit func(c *node.Config)
		want string
	}{
		"no database":     {func(c *node.Config) { c.Database.URL = "postgres://causeway@" + freeAddress(t) + "/causeway" }, "database.url"},
		"database behind": {func(c *node.Config) { c.Database.URL = fresh }, db.ErrBehind.Error()},
		"no list file":    {func(c *node.Config) { c.Lists = []node.ListConfig{{Name: "OWN", Format: "simple", File: nowhere}} }, nowhere},
		"no list":         {func(c *node.Config) { c.Lists = nil }, "under lists"},
		"unknown format":  {func(c *node.Config) { c.Lists = []node.ListConfig{{Name: "OWN", Format: "tsv", File: file}} }, "tsv"},
		"no rates":        {func(c *node.Config) { c.Rates.Sample, c.Database.URL = false, empty }, "rates"},
		"no rate file":    {func(c *node.Config) { c.Rates = node.RatesConfig{File: nowhere} }, "rates.file"},
		"rates are none":  {func(c *node.Config) { c.Rates = node.RatesConfig{File: file} }, "ecb"},
		"key directory":   {func(c *node.Config) { c.Keys.Dir = file }, "keys.dir"},
		"key library":     {func(c *node.Config) { c.Keys.Library = "boringssl" }, "keys.library"},
		"bus directory":   {func(c *node.Config) { c.Bus.Dir = file }, "bus"},
		"log level":       {func(c *node.Config) { c.Telemetry.Level = "loud" }, "telemetry.level"},
		"operator's token": {func(c *node.Config) {
			c.Administrators = []node.AdministratorConfig{{Name: "tessa", TokenFile: nowhere}}
		}, nowhere},
		"operator's token too short": {func(c *node.Config) {
			c.Administrators = []node.AdministratorConfig{{Name: "tessa", Roles: []string{"admin"}, TokenFile: file}}
		}, "administrators"},
		"reports' folder": {func(c *node.Config) { c.Reports = file }, "reports: "},
		"inbox":           {func(c *node.Config) { c.Settlement.Inbox = filepath.Join(file, "in") }, "settlement.inbox: "},
		"cut-off":         {func(c *node.Config) { c.Settlement.CutOffs = []string{"25:00"} }, "settlement.cut_offs"},
		"calendars":       {func(c *node.Config) { c.Settlement.Calendars = nowhere }, "settlement.calendars"},
		"layout":          {func(c *node.Config) { c.Settlement.Layouts = map[string]string{"bank": nowhere} }, "settlement.layouts.bank"},
		"alias key":       {func(c *node.Config) { c.Keys.Aliases = "c2hvcnQ=" }, "keys.aliases"},
		"log format":      {func(c *node.Config) { c.Telemetry.Log = "xml" }, "xml"},
		"secret nowhere": {func(c *node.Config) {
			c.Database.URL = "vault:kv/data/causeway#database_url"
		}, "database.url: names a secret in vault, and vault.address is not set"},
		"Vault away": {func(c *node.Config) {
			c.Vault = node.VaultConfig{Address: "http://" + freeAddress(t), TokenFile: file}
		}, "vault"},
		"Vault's token": {func(c *node.Config) {
			c.Vault = node.VaultConfig{Address: "http://" + freeAddress(t), TokenFile: nowhere}
		}, "vault"},
		"configuration bad": {func(c *node.Config) { c.Region = "" }, "region"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			config := good
			c.edit(&config)
			before := runtime.NumGoroutine()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			n, err := node.Complete(ctx, config)
			if err == nil {
				n.Close()
				t.Fatal("complete without it")
			}
			if !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(c.want)) {
				t.Errorf("got %q, want it to say %q", err, c.want)
			}
			noneLeft(t, before)
		})
	}
	before := runtime.NumGoroutine()
	n, err := node.Complete(t.Context(), good)
	if err != nil {
		t.Fatal(err)
	}
	n.Close()
	n.Close()
	noneLeft(t, before)
}

// noneLeft waits until there are no more goroutines than before, with a few to
// spare for the runtime's own.
func noneLeft(t *testing.T, before int) {
	t.Helper()
	deadline := time.Now().Add(time.Minute)
	for runtime.NumGoroutine() > before+2 {
		if time.Now().After(deadline) {
			stacks := make([]byte, 1<<16)
			t.Fatalf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// run completes and runs a hub until stop, which returns what Run returned.
func run(t *testing.T, config node.Config) (stop func() error) {
	t.Helper()
	n, err := node.Complete(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- n.Run(ctx) }()
	var once bool
	stop = func() error {
		if once {
			return nil
		}
		once = true
		cancel()
		defer n.Close()
		select {
		case err := <-ended:
			return err
		case <-time.After(time.Minute):
			return errors.New("the hub does not end")
		}
	}
	t.Cleanup(func() { _ = stop() })
	return stop
}

// TestRunFails: a listener that cannot be had ends the hub with an error that
// says which, and the other one is free again.
func TestRunFails(t *testing.T) {
	config := whole(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	nowhere := filepath.Join(t.TempDir(), "nowhere")
	cases := map[string]struct {
		edit func(c *node.Config)
		want string
	}{
		"partners' port":  {func(c *node.Config) { c.Partners.Listen = taken.Addr().String() }, "partners.listen"},
		"operators' port": {func(c *node.Config) { c.Operators.Listen = taken.Addr().String() }, "operators.listen"},
		"certificate":     {func(c *node.Config) { c.Partners.Certificate, c.Partners.Key = nowhere, nowhere }, nowhere},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			wrong := config
			c.edit(&wrong)
			n, err := node.Complete(t.Context(), wrong)
			if err != nil {
				// Finding it before anything is served is as good.
				if !strings.Contains(err.Error(), c.want) {
					t.Error(err)
				}
				return
			}
			defer n.Close()
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if err := n.Run(ctx); err == nil || !strings.Contains(err.Error(), c.want) || ctx.Err() != nil {
				t.Errorf("got %v, want it to say %q", err, c.want)
			}
		})
	}
	for _, address := range []string{config.Partners.Listen, config.Operators.Listen} {
		listener, err := net.Listen("tcp", address)
		if err != nil {
			t.Fatal(fmt.Errorf("still taken: %w", err))
		}
		_ = listener.Close()
	}
	if err := run(t, config)(); err != nil {
		t.Error(err)
	}
}
