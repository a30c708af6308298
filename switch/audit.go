package main

import (
	"context"
	"fmt"
	"os"
	"strconv"

	"github.com/causeway-pay/causeway/internal/audit"
	"github.com/causeway-pay/causeway/internal/chain"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/keys"
	"github.com/causeway-pay/causeway/internal/table"
)

// auditCommands look at the audit logs from outside of the hub.
type auditCommands struct {
	Verify auditVerifyCommand `cmd:"" help:"Check that nothing in the audit logs was changed, moved, added or removed."`
}

// auditVerifyCommand checks the chains of the audit logs.
type auditVerifyCommand struct {
	Database string   `required:"" env:"DATABASE_URL" help:"Database URL (postgres://...)."`
	Expect   []string `placeholder:"LOG:NUMBER:HASH" help:"A head that was noted elsewhere; the log must still hold it."`
	Keys     string   `type:"existingdir" help:"Folder with the hub's public keys, CAUSEWAY.VERSION.pub; the seals' signatures are checked with them."`
	JSON     bool     `help:"Print a JSON list with one object for each log."`
}

// Help teaches what the line above cannot.
func (auditVerifyCommand) Help() string {
	return `Each entry of a log holds a hash of itself and of the entry before, so that whatever is
edited afterwards is found here, with its number. Who can write the database could make
a whole new log: the hub seals the logs every few minutes with its key, which --keys
checks, and you can note the head that is printed and give it back with --expect.

Exit code: 0 all logs hold, 1 one does not, 2 a wrong command line.

Examples:
  switch audit verify --database postgres://...
  switch audit verify --expect operators:128:5f0c... --json`
}

// audited is the result for one log.
type audited struct {
	Log    string        `json:"log"`
	Head   string        `json:"head"`
	Rows   int64         `json:"rows"`
	Seals  int64         `json:"seals"`
	Breaks []audit.Break `json:"breaks"`
}

// Run implements the command.
func (c auditVerifyCommand) Run(ctx context.Context) error {
	expected, err := parseHeads(c.Expect)
	if err != nil {
		return unusable(err)
	}
	pool, err := db.Open(ctx, db.Options{
		URL: c.Database, Application: "causeway-audit", WholeTables: true, ConnectionsMax: 2,
	})
	if err != nil {
		return err
	}
	defer pool.Close()
	heads, err := audit.Heads(ctx, pool)
	if err != nil {
		return err
	}
	results, broken := []audited{}, 0
	for _, head := range heads {
		report, err := audit.Verify(ctx, pool, head, c.verifier(), expected[head.Name]...)
		if err != nil {
			return err
		}
		delete(expected, head.Name)
		broken += len(report.Breaks)
		results = append(results, audited{head.Name, head.String(), report.Rows, report.Seals, report.Breaks})
	}
	for name := range expected {
		broken++
		results = append(results, audited{Log: name, Breaks: []audit.Break{{Problem: "the log is not there"}}})
	}
	if err := c.show(results); err != nil || broken == 0 {
		return err
	}
	return &ended{code: 1, err: fmt.Errorf("%d breaks found: the audit logs are not as they were written", broken)}
}

// verifier checks signatures with the keys in the folder; nil leaves them alone.
func (c auditVerifyCommand) verifier() audit.Verifier {
	if c.Keys == "" {
		return nil
	}
	return keys.NewPublished(keys.Directory(c.Keys))
}

func (c auditVerifyCommand) show(results []audited) error {
	if c.JSON {
		return printJSON(results)
	}
	var rows, breaks [][]string
	for _, r := range results {
		rows = append(rows, []string{r.Log, strconv.FormatInt(r.Rows, 10), strconv.FormatInt(r.Seals, 10), r.Head})
		for _, b := range r.Breaks {
			breaks = append(breaks, []string{r.Log, strconv.FormatInt(b.Sequence, 10), b.Problem})
		}
	}
	if err := table.Write(os.Stdout, "", []string{"log", "entries", "seals", "head"}, rows, 1, 2); err != nil {
		return err
	}
	if len(breaks) == 0 {
		return nil
	}
	fmt.Println()
	return table.Write(os.Stdout, "", []string{"log", "entry", "problem"}, breaks, 1)
}

// parseHeads reads heads as [chain.Head.String] writes them.
func parseHeads(texts []string) (map[string][]chain.Head, error) {
	heads := map[string][]chain.Head{}
	for _, text := range texts {
		head, err := chain.ParseHead(text)
		if err != nil {
			return nil, fmt.Errorf("--expect: %w", err)
		}
		heads[head.Name] = append(heads[head.Name], head)
	}
	return heads, nil
}
