package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/causeway-pay/causeway/conformance/demo"
	"github.com/causeway-pay/causeway/conformance/invariant"
	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/internal/db"
)

// demoCommand shows the whole job.
type demoCommand struct {
	Dir      string `type:"path" help:"Folder for everything; a new one below the temporary folder if not given."`
	Payments int    `            help:"Payments that all partners make at once."                                  default:"1000"`
}

// Run implements the command.
func (c demoCommand) Run(ctx context.Context) error {
	dir, program, err := prepare(c.Dir, "causeway-demo-")
	if err != nil {
		return err
	}
	return demo.Run(ctx, demo.Options{
		Dir: dir, Program: program, Payments: c.Payments, Output: os.Stdout, Colour: isTerminal(os.Stdout),
	})
}

// prepare returns the folder to work in and the path of this program.
func prepare(dir, pattern string) (folder, program string, err error) {
	if program, err = os.Executable(); err != nil {
		return "", "", err
	}
	if dir == "" {
		if dir, err = os.MkdirTemp("", pattern); err != nil {
			return "", "", err
		}
	}
	// A database server of another user must be able to walk through.
	if err = os.MkdirAll(dir, 0o755); err == nil {
		err = os.Chmod(dir, 0o755)
	}
	return dir, program, err
}

func isTerminal(file *os.File) bool {
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("NO_COLOR") == ""
}

// devCommand runs the whole switch for development.
type devCommand struct {
	Dir string `type:"path" default:".dev" help:"Folder that keeps database, keys and configuration between runs."`
}

// Run implements the command.
func (c devCommand) Run(ctx context.Context) error {
	dir, err := filepath.Abs(c.Dir)
	if err != nil {
		return err
	}
	dir, program, err := prepare(dir, "")
	if err != nil {
		return err
	}
	s, err := stage.Open(ctx, stage.Options{
		Dir: dir, Program: program, Log: func(text string) { fmt.Println(text) },
		// Partners that are developed on this machine can be taken on.
		Hub: map[string]any{"callbacks": map[string]any{"loopback": true}},
	})
	if err != nil {
		return err
	}
	defer s.Close()
	explain(s)
	<-ctx.Done()
	fmt.Println("\nstopping")
	return nil
}

// explain prints what to try, ready to paste.
func explain(s *stage.Stage) {
	acquirer, wallet := s.Control("JP-SAKURA").Base, s.Control("HK-HARBOUR").Base
	operator := s.Operators()[0]
	fmt.Printf(`
The switch is running. Partners: %s  Operators: %s
Stop it with Ctrl-C; the folder %s keeps its data.

In a browser: the shop's till shows a code, the traveller's wallet scans or types it.
  %s/  the shop
  %s/?customer=%s-0  the wallet
The same by hand: the traveller's wallet fetches a code, the shop scans it.
  curl -s %s/control/codes -d '{"customer":"%s-0"}'
  curl -s %s/control/pay -d '{"code":"THE CODE","amount":"1500","currency":"JPY"}'
What the hub knows:
  TOKEN=$(cat %s)
  curl -s -H "Authorization: Bearer $TOKEN" "%s/v1/payments?limit=5"
  curl -s -H "Authorization: Bearer $TOKEN" "%s/v1/positions"
  curl -s %s/readyz
The interface of the operators, as OpenAPI:
  curl -s %s/openapi.json
`, s.PartnersURL(), s.OperatorsURL(), s.Dir, acquirer, wallet, stage.Regular, wallet, stage.Regular, acquirer,
		filepath.Join(s.Dir, "tokens", operator), s.OperatorsURL(), s.OperatorsURL(), s.OperatorsURL(), s.OperatorsURL())
}

// checkCommand checks the invariants of a database.
type checkCommand struct {
	Database string `required:"" env:"DATABASE_URL" help:"Database URL (postgres://...)."`
}

// Run implements the command.
func (c checkCommand) Run(ctx context.Context) error {
	pool, err := db.Open(ctx, db.Options{
		URL: c.Database, Application: "causeway-check", WholeTables: true, ConnectionsMax: 2,
	})
	if err != nil {
		return err
	}
	defer pool.Close()
	violations, err := invariant.Run(ctx, pool)
	if err != nil {
		return err
	}
	for _, v := range violations {
		fmt.Println(v)
	}
	if len(violations) > 0 {
		return fmt.Errorf("%d of %d checks found violations", len(violations), len(invariant.Checks()))
	}
	fmt.Printf("all %d checks hold\n", len(invariant.Checks()))
	return nil
}
