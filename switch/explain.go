package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/internal/table"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// explainCommand explains a figure, through the hub's API.
type explainCommand struct {
	Hub       string `default:"http://127.0.0.1:8444" env:"SWITCH_HUB" help:"The hub's address for operators."`
	TokenFile string `env:"SWITCH_TOKEN_FILE" help:"File with your token." required:"" type:"path"`
	JSON      bool   `help:"Print each entry as JSON on a line of its own, and the sum last."`
	Figure    string `arg:"" help:"WINDOW/PARTICIPANT/CURRENCY/NAME, or the name of a report FILE/NAME."`
}

// Help teaches what the line above cannot.
func (explainCommand) Help() string {
	return `Lists the entries of the ledger that a figure of a partner's file, or of its net position, is made
of, from the participant's side, with their sum.

WINDOW is the number, the id or the clearing batch id of a window. NAME is
  net              what is settled (the default)
  payments         amountPayment         refunds          amountRefund
  fees.service     feeService            fees.scheduled   feeScheduled
  adjustments      adjustment            settled          what earlier windows settled meanwhile
  gross            settledGross: what is settled payment by payment
  day              what is settled on the value date: all batches until this one, as settlementDay says;
                   of the last batch of the day the whole day (the default of that file)
  opening          the opening balance of camt.053
  TRANSACTION-ID   what a payment or refund moved; with /fee behind it, what was charged for it

Exit code: 0 the entries are listed, 1 they do not come to the net of the books.

Examples:
  switch explain 7/JP-ACQUIRER/JPY
  switch explain settlement_JP-ACQUIRER_JPY_20260103000007_asia-1_000.csv/fees.service`
}

// explainPageSize is how many entries are asked for at once.
const explainPageSize = 500

// explained is the end of an explanation.
type explained struct {
	Figure  string      `json:"figure"`
	Entries int         `json:"entries"`
	Sum     wire.Amount `json:"sum"`
}

// Run implements the command. It prints page by page, however many there are.
func (c explainCommand) Run(ctx context.Context) error {
	hub, err := (&operateCommand{Hub: c.Hub, TokenFile: c.TokenFile}).client()
	if err != nil {
		return err
	}
	end, after := explained{}, ""
	var sum, net money.Amount
	for {
		page, err := hub.Explain(ctx, c.Figure, after, explainPageSize)
		if client.ReasonOf(err) == "Missing" {
			return fmt.Errorf("%w: switch settle status lists this hub's windows, switch settle report WINDOW their files", err)
		}
		if err != nil {
			return err
		}
		if net, err = page.Net.Money(); err != nil {
			return err
		}
		for _, entry := range page.Entries {
			amount, err := entry.Signed.Money()
			if err != nil {
				return err
			}
			sum.Minor += amount.Minor
		}
		if err := c.print(page, after == ""); err != nil {
			return err
		}
		end.Figure, end.Entries = page.Figure, end.Entries+len(page.Entries)
		if after = page.Next; after == "" {
			break
		}
	}
	sum.Currency = net.Currency
	end.Sum = wire.AmountOf(sum)
	if err := c.conclude(end); err != nil {
		return err
	}
	if (strings.HasSuffix(end.Figure, "/net") || strings.HasSuffix(end.Figure, "/day")) && sum != net {
		return &ended{code: 1, err: fmt.Errorf("the entries come to %s, the books say %s", sum, net)}
	}
	return nil
}

// print prints a page, the headings with the first one.
func (c explainCommand) print(page wire.Explanation, first bool) error {
	if c.JSON {
		encoder := json.NewEncoder(os.Stdout)
		for _, entry := range page.Entries {
			if err := encoder.Encode(entry); err != nil {
				return err
			}
		}
		return nil
	}
	var rows [][]string
	for _, e := range page.Entries {
		other := e.DebitAccount
		if e.Signed.Minor[0] == '-' {
			other = e.CreditAccount
		}
		rows = append(rows, []string{
			e.BookedAt.Format(time.DateTime), e.Kind, e.Signed.Decimal, other, e.PaymentID.String(), e.EntryID.String(),
		})
	}
	if !first && len(rows) == 0 {
		return nil
	}
	header := []string{"booked (UTC)", "kind", "amount", "other account", "payment", "entry"}
	return table.Write(os.Stdout, "", header, rows, 2)
}

func (c explainCommand) conclude(end explained) error {
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(end)
	}
	_, err := fmt.Printf("\n%s is %s %s: %d entries\n", end.Figure, end.Sum.Decimal, end.Sum.Currency, end.Entries)
	return err
}
