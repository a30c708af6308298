package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/table"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

type settleReconCommand struct {
	File        string `arg:"" type:"existingfile" help:"A bank's camt.053 or CSV, or a partner's transaction file."`
	Account     string `help:"The account of ours; HUB.NOSTRO and the currency if not said."`
	Layout      string `help:"The layout of a CSV file, as the hub's configuration names it; transactionItems for a partner's file."`
	Holder      string `help:"The account as they call it, of a CSV file."`
	Reference   string `help:"By which a CSV file is known again."`
	Window      string `help:"The window that a partner's file is about."`
	Participant string `help:"Whose file it is."`
}

// Help teaches what the line above cannot.
func (settleReconCommand) Help() string {
	return `Every line of the statement, and every open line of ours, is matched or is a break. A statement
that comes again changes nothing.

Exit code: 0 without open breaks on the account, 1 with some, 2 a wrong command line.

Examples:
  switch settle recon statement.xml
  switch settle recon export.csv --layout bank-x --holder 123-456 --reference 2026-01-05
  switch settle recon transactionItems_JP-ACQUIRER_JPY_20260103000007_asia-1_000.csv --layout transactionItems \
    --window 01890000-0000-7000-8000-00000000000d --participant JP-ACQUIRER`
}

// reconciled is a file that was taken, with what is open then.
type reconciled struct {
	wire.ReconciledStatements
	Breaks []wire.Break `json:"breaks"`
}

// Run implements the command.
func (c settleReconCommand) Run(ctx context.Context, s *settleCommand) error {
	body, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	hub, err := s.access().client()
	if err != nil {
		return err
	}
	taken, err := hub.TakeStatements(ctx, client.StatementFile{
		Account: c.Account, Layout: c.Layout, Holder: c.Holder, Reference: c.Reference, Window: c.Window,
		Participant: c.Participant, Body: body,
	})
	if err != nil {
		return err
	}
	result, err := withBreaks(ctx, hub, taken)
	if err != nil {
		return err
	}
	if err := result.print(s.JSON); err != nil || len(result.Breaks) == 0 {
		return err
	}
	return &ended{code: 1, err: fmt.Errorf("open breaks: %d", len(result.Breaks))}
}

// withBreaks adds the open breaks of the accounts.
func withBreaks(ctx context.Context, hub *client.Client, taken wire.ReconciledStatements) (reconciled, error) {
	result := reconciled{ReconciledStatements: taken, Breaks: []wire.Break{}}
	var seen []string
	for _, statement := range taken.Statements {
		if slices.Contains(seen, statement.AccountID) {
			continue
		}
		seen = append(seen, statement.AccountID)
		open, err := hub.Breaks(ctx, "", statement.AccountID, breaksShown)
		if err != nil {
			return result, err
		}
		result.Breaks = append(result.Breaks, open.Breaks...)
	}
	return result, nil
}

// breaksShown is the longest list of breaks.
const breaksShown = 500

func (r reconciled) print(asJSON bool) error {
	if asJSON {
		return printJSON(r)
	}
	var rows [][]string
	for _, st := range r.Statements {
		again := "no"
		if st.Repeated {
			again = "yes"
		}
		rows = append(rows, []string{
			st.AccountID, fmt.Sprint(st.Lines), fmt.Sprint(st.Matched), fmt.Sprint(st.Broken), fmt.Sprint(st.Waiting), again,
			st.StatementID.String(),
		})
	}
	header := []string{"account", "lines", "matches", "breaks", "waiting", "taken before", "statement"}
	if err := table.Write(os.Stdout, "", header, rows, 1, 2, 3, 4); err != nil || len(r.Breaks) == 0 {
		return err
	}
	fmt.Println()
	header, rows = breakRows(r.Breaks)
	return table.Write(os.Stdout, "", header, rows, 2, 3, 4, 6)
}

func breakRows(breaks []wire.Break) (header []string, rows [][]string) {
	for _, b := range breaks {
		rows = append(rows, []string{
			b.Kind, b.AccountID, b.Ours.Decimal, b.Theirs.Decimal, b.Difference.Decimal, b.ValueDate, fmt.Sprint(b.AgeDays),
			b.Owner, b.ID.String(),
		})
	}
	return []string{"break", "account", "ours", "theirs", "difference", "value date", "days", "owner", "id"}, rows
}

type settleBreaksCommand struct {
	State   string `default:"OPEN" enum:"OPEN,CLEARED,RESOLVED" help:"OPEN, CLEARED by a later statement, or RESOLVED by people."`
	Account string `help:"Only this account's."`
	Limit   int    `default:"50" help:"How many, at most 500."`
}

// Run implements the command.
func (c settleBreaksCommand) Run(ctx context.Context, s *settleCommand) error {
	hub, err := s.access().client()
	if err != nil {
		return err
	}
	all, err := hub.Breaks(ctx, c.State, c.Account, c.Limit)
	if err != nil {
		return err
	}
	if s.JSON {
		return printJSON(all)
	}
	header, rows := breakRows(all.Breaks)
	if err := table.Write(os.Stdout, "", header, rows, 2, 3, 4, 6); err != nil {
		return err
	}
	fmt.Println()
	return table.Write(os.Stdout, "", []string{"age", "breaks"}, ages(all.Breaks), 1)
}

// ages counts breaks by age.
func ages(breaks []wire.Break) [][]string {
	bands := []struct {
		name  string
		most  int
		count int
	}{{"up to 1 day", 1, 0}, {"2 to 5 days", 5, 0}, {"6 to 30 days", 30, 0}, {"older", 1 << 30, 0}}
	for _, b := range breaks {
		for i := range bands {
			if b.AgeDays <= bands[i].most {
				bands[i].count++
				break
			}
		}
	}
	var rows [][]string
	for _, band := range bands {
		rows = append(rows, []string{band.name, fmt.Sprint(band.count)})
	}
	return rows
}

type settleBreakCommand struct {
	ID      string `arg:"" help:"The break's id."`
	Comment string `xor:"do" help:"Add a comment."`
	Own     string `xor:"do" placeholder:"OPERATOR" help:"Give it to an operator, by id."`
	Explain string `xor:"do" placeholder:"WHY" help:"Resolve it: the difference is explained, and nothing is booked."`
	Correct string `xor:"do" placeholder:"WHY" help:"Propose to book the difference, so that our books say what theirs do."`
}

// Run implements the command.
func (c settleBreakCommand) Run(ctx context.Context, s *settleCommand) error {
	id, err := ids.Parse(c.ID)
	if err != nil {
		return fmt.Errorf("%q is not a break id", c.ID)
	}
	if c.Correct != "" {
		return s.propose(ctx, wire.KindBreakCorrect, wire.BreakCorrection{BreakID: id, Why: c.Correct})
	}
	hub, err := s.access().client()
	if err != nil {
		return err
	}
	file, err := c.do(ctx, hub, id)
	if err != nil {
		return err
	}
	if s.JSON {
		return printJSON(file)
	}
	return printBreak(file)
}

// do does what is asked for, and returns the break as it is then.
func (c settleBreakCommand) do(ctx context.Context, hub *client.Client, id ids.ID) (wire.BreakFile, error) {
	switch {
	case c.Comment != "":
		return hub.CommentBreak(ctx, id, c.Comment)
	case c.Explain != "":
		return hub.ExplainBreak(ctx, id, c.Explain)
	case c.Own != "":
		operator, err := ids.Parse(c.Own)
		if err != nil {
			return wire.BreakFile{}, fmt.Errorf("%q is not an operator's id", c.Own)
		}
		return hub.OwnBreak(ctx, id, operator)
	default:
		return hub.Break(ctx, id)
	}
}

// printBreak prints a break, its lines and its comments.
func printBreak(file wire.BreakFile) error {
	header, rows := breakRows([]wire.Break{file.Break})
	err := table.Write(os.Stdout, "", append(header, "state"), [][]string{append(rows[0], file.Break.State)}, 2, 3, 4, 6)
	fmt.Println()
	rows = nil
	for _, l := range file.Lines {
		reference := l.Own
		if len(l.References) > 0 {
			reference = l.References[0]
		}
		rows = append(rows, []string{
			l.Side, l.Amount.Decimal, l.Amount.Currency, l.ValueDate, reference, l.Counterparty, l.Text,
		})
	}
	err = errors.Join(err, table.Write(os.Stdout, "",
		[]string{"side", "amount", "currency", "value date", "reference", "counterparty", "text"}, rows, 1))
	notes := [][]string{}
	for _, n := range file.Comments {
		notes = append(notes, []string{n.At.Format(time.DateTime), n.Author, n.Text})
	}
	if file.Break.Resolution != "" {
		notes = append(notes, []string{
			file.Break.ClosedAt.Format(time.DateTime), cmp.Or(file.Break.ClosedBy, file.Break.State), file.Break.Resolution,
		})
	}
	if len(notes) == 0 {
		return err
	}
	fmt.Println()
	return errors.Join(err, table.Write(os.Stdout, "", []string{"at (UTC)", "by", "says"}, notes))
}
