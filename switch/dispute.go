package main

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// disputeCommand is what payers object to, through the hub's API.
type disputeCommand struct {
	hubAccess

	List   disputeListCommand   `cmd:"" help:"The disputes, newest first."`
	Show   disputeShowCommand   `cmd:"" help:"One dispute: what both sides say, and what happened."`
	Decide disputeDecideCommand `cmd:"" help:"Propose to decide a dispute for the payer or for the merchant."`
}

type disputeListCommand struct {
	State  string `help:"WAITING, ACCEPTED, CONTESTED, LAPSED, SETTLED or DISMISSED; all without."`
	Limit  int    `help:"How many, at most 500." default:"20"`
	Before string `help:"Where the page before ended (its next)."`
}

var disputeHeader = []string{
	"dispute", "stage", "state", "payment", "wallet", "acquirer",
	"amount", "back", "currency", "answer by (UTC)", "untold",
}

func disputeRow(d wire.Dispute) []string {
	return []string{
		d.ID.String(), d.Stage, d.State, d.PaymentID.String(), d.WalletID, d.AcquirerID, d.Amount.Decimal,
		d.Refund.Decimal, d.Amount.Currency, d.DueAt.Format(time.DateTime), cmp.Or(d.Untold, "-"),
	}
}

// Run implements the command.
func (c disputeListCommand) Run(ctx context.Context, d *disputeCommand) error {
	return show(d.operate(), func(hub *client.Client) (wire.Disputes, error) {
		return hub.Disputes(ctx, c.State, client.Page{Before: c.Before, Limit: c.Limit})
	}, func(page wire.Disputes) ([]string, [][]string) {
		var rows [][]string
		for _, one := range page.Disputes {
			rows = append(rows, disputeRow(one))
		}
		return disputeHeader, rows
	}, 6, 7)
}

// disputeID is the argument of what is about one dispute.
type disputeID struct {
	ID string `arg:"" help:"The dispute's id."`
}

func (d disputeID) parse() (ids.ID, error) {
	id, err := ids.Parse(d.ID)
	if err != nil {
		return ids.Nil, fmt.Errorf("%q is not a dispute's id; switch dispute list lists them", d.ID)
	}
	return id, nil
}

type disputeShowCommand struct{ disputeID }

// Run implements the command.
func (c disputeShowCommand) Run(ctx context.Context, d *disputeCommand) error {
	id, err := c.parse()
	if err != nil {
		return err
	}
	return show(d.operate(), func(hub *client.Client) (wire.DisputeFile, error) { return hub.Dispute(ctx, id) },
		func(file wire.DisputeFile) ([]string, [][]string) {
			var rows [][]string
			for i, text := range disputeRow(file.Dispute)[1:] {
				rows = append(rows, []string{disputeHeader[i+1], text})
			}
			rows = append(rows, []string{"why", file.Why}, []string{"evidence", cmp.Or(file.Evidence, "-")})
			for _, change := range file.Changes {
				rows = append(rows, []string{change.At.Format(time.DateTime), change.Event + " -> " + change.State})
			}
			return []string{"dispute", file.Dispute.ID.String()}, rows
		})
}

type disputeDecideCommand struct {
	disputeID
	For    string `required:"" enum:"payer,merchant" help:"payer or merchant."`
	Amount string `help:"What goes back to the payer in the payment's currency; without, what the acquirer gives back."`
	Why    string `required:"" help:"Why, in at most 200 characters."`
}

// Run implements the command.
func (c disputeDecideCommand) Run(ctx context.Context, d *disputeCommand) error {
	id, err := c.parse()
	if err != nil {
		return err
	}
	decision := wire.DisputeDecision{DisputeID: id, Outcome: wire.ForMerchant, Why: c.Why}
	if c.For == "payer" {
		decision.Outcome = wire.ForPayer
		back, err := c.back(ctx, d, id)
		if err != nil {
			return err
		}
		decision.Amount = &back
	}
	partner := partnerCommand{hubAccess: d.hubAccess}
	return partner.propose(ctx, wire.KindDisputeDecide, decision)
}

// back is what is to go back.
func (c disputeDecideCommand) back(ctx context.Context, d *disputeCommand, id ids.ID) (wire.Amount, error) {
	hub, err := d.operate().client()
	if err != nil {
		return wire.Amount{}, err
	}
	file, err := hub.Dispute(ctx, id)
	switch {
	case err != nil:
		return wire.Amount{}, err
	case c.Amount == "" && file.Dispute.State != "ACCEPTED":
		return wire.Amount{}, fmt.Errorf("the acquirer gives back nothing; say how much goes back with --amount")
	case c.Amount == "":
		return file.Dispute.Refund, nil
	}
	amount, err := money.ParseDecimal(c.Amount, money.Currency(file.Dispute.Amount.Currency))
	if err != nil {
		return wire.Amount{}, fmt.Errorf("amount: %w", err)
	}
	return wire.AmountOf(amount), nil
}
