package main

import (
	"cmp"
	"context"
	"strconv"
	"time"

	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// customsCommand is what customs are told, through the hub's API.
type customsCommand struct {
	hubAccess

	List customsListCommand `cmd:"" help:"The declarations to customs, newest first."`
}

type customsListCommand struct {
	State  string `help:"SENT (the wallet has not answered), TAKEN or REFUSED; all without."`
	Limit  int    `help:"How many, at most 500." default:"20"`
	Before string `help:"Where the page before ended (its next)."`
}

// Run implements the command.
func (c customsListCommand) Run(ctx context.Context, d *customsCommand) error {
	return show(d.operate(), func(hub *client.Client) (wire.Declarations, error) {
		return hub.Declarations(ctx, c.State, client.Page{Before: c.Before, Limit: c.Limit})
	}, func(page wire.Declarations) ([]string, [][]string) {
		var rows [][]string
		for _, one := range page.Declarations {
			rows = append(rows, declarationRow(one))
		}
		return []string{
			"declaration", "state", "payment", "acquirer", "wallet", "office", "order", "amount", "currency",
			"declared (UTC)", "in vain", "status",
		}, rows
	}, 7, 10)
}

func declarationRow(d wire.Declaration) []string {
	return []string{
		d.ID.String(), d.State, d.PaymentID.String(), d.AcquirerID, d.WalletID, d.Office, d.OrderID, d.Amount.Decimal,
		d.Amount.Currency, d.DeclaredAt.Format(time.DateTime), strconv.FormatInt(d.Attempts, 10),
		cmp.Or(d.Reason, d.Status, "-"),
	}
}
