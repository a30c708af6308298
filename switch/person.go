package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/table"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// personCommand is what payers may ask of the hub, through its API.
type personCommand struct {
	hubAccess

	Known    personKnownCommand    `cmd:"" help:"What this hub knows about a customer of a wallet; reading it is on record."`
	Erase    personEraseCommand    `cmd:"" help:"Propose to forget the person who paid a payment, as far as the law allows."`
	Erasures personErasuresCommand `cmd:"" help:"Who is to be forgotten and what has been erased, without saying who it was."`
}

type personKnownCommand struct {
	Wallet    string `help:"The wallet whose customer it is; goes with --reference."`
	Reference string `help:"The wallet's own reference of the customer."`
	Payment   string `help:"Or a payment that the person has paid."`
}

// query is the question, to which the hub says whether it is one.
func (c personKnownCommand) query() (wire.PersonQuery, error) {
	query := wire.PersonQuery{WalletID: c.Wallet, PayerReference: c.Reference}
	if c.Payment != "" {
		id, err := ids.Parse(c.Payment)
		if err != nil {
			return query, fmt.Errorf("%q is not a payment's id; switch operate payments lists them", c.Payment)
		}
		query.PaymentID = &id
	}
	return query, nil
}

// Run implements the command. It asks page after page until there is no more.
func (c personKnownCommand) Run(ctx context.Context, p *personCommand) error {
	query, err := c.query()
	if err != nil {
		return err
	}
	hub, err := p.operate().client()
	if err != nil {
		return err
	}
	all := wire.PersonPage{Payments: []wire.PersonPayment{}, Agreements: []wire.PersonAgreement{}}
	for more := true; more; more = query.From != "" {
		page, err := hub.Known(ctx, query)
		if err != nil {
			return err
		}
		all.Payments = append(all.Payments, page.Payments...)
		all.Agreements = append(all.Agreements, page.Agreements...)
		if query.From = page.Next; page.Next != "" && len(page.Payments)+len(page.Agreements) == 0 {
			fmt.Fprintf(os.Stderr, "\rlooking through the wallet's payments: %d found", len(all.Payments))
		}
	}
	if p.JSON {
		out := json.NewEncoder(os.Stdout)
		out.SetIndent("", "  ")
		return out.Encode(all)
	}
	return printPerson(all)
}

func printPerson(all wire.PersonPage) error {
	var rows [][]string
	for _, p := range all.Payments {
		rows = append(rows, []string{
			p.ID.String(), p.CreatedAt.Format(time.DateTime), p.State, p.PayerReference,
			cmp.Or(p.PayerName, p.Debtor.Name, "-"), p.Merchant.Name, p.PayerAmount.Decimal, p.PayerAmount.Currency,
			cmp.Or(p.Order, "-"),
		})
	}
	err := table.Write(os.Stdout, "", []string{
		"payment", "made (UTC)", "state", "customer", "name", "merchant", "paid", "currency", "order",
	}, rows, 6)
	if err != nil || len(all.Agreements) == 0 {
		return err
	}
	fmt.Println()
	rows = nil
	for _, a := range all.Agreements {
		rows = append(rows, []string{
			a.ID.String(), a.State, a.AcquirerID, a.ClientID, a.CreatedAt.Format(time.DateTime), a.ChangedAt.Format(time.DateTime),
		})
	}
	return table.Write(os.Stdout, "", []string{"agreement", "state", "acquirer", "client", "made (UTC)", "since (UTC)"}, rows)
}

type personEraseCommand struct {
	Payment string `arg:"" help:"A payment that the person has paid; switch person known lists them."`
}

// Run implements the command.
func (c personEraseCommand) Run(ctx context.Context, p *personCommand) error {
	id, err := ids.Parse(c.Payment)
	if err != nil {
		return fmt.Errorf("%q is not a payment's id; switch person known lists them", c.Payment)
	}
	partner := partnerCommand{hubAccess: p.hubAccess}
	return partner.propose(ctx, wire.KindPersonErase, wire.PersonErasure{PaymentID: id})
}

type personErasuresCommand struct {
	Limit int `help:"How many, at most 500." default:"20"`
}

// Run implements the command.
func (c personErasuresCommand) Run(ctx context.Context, p *personCommand) error {
	return show(p.operate(), func(hub *client.Client) (wire.Erasures, error) {
		return hub.Erasures(ctx, c.Limit)
	}, func(all wire.Erasures) ([]string, [][]string) {
		var rows [][]string
		for _, e := range all.Erasures {
			done := "-"
			if e.DoneAt != nil {
				done = e.DoneAt.Format(time.DateTime)
			}
			rows = append(rows, []string{
				e.ID.String(), e.WalletID, e.AskedAt.Format(time.DateTime), e.State, e.Before.Format(time.DateOnly),
				strconv.FormatInt(e.Payments, 10), strconv.FormatInt(e.Agreements, 10), strconv.FormatInt(e.Kept, 10), done,
			})
		}
		return []string{
			"erasure", "wallet", "asked (UTC)", "state", "erased before", "payments", "agreements", "kept", "done (UTC)",
		}, rows
	}, 5, 6, 7)
}
