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

// personCommand is what payers and payees may ask of the hub, through its API.
type personCommand struct {
	hubAccess

	Known    personKnownCommand    `cmd:"" help:"What this hub knows about who pays or is paid; reading it is on record."`
	Erase    personEraseCommand    `cmd:"" help:"Propose to forget who paid a payment, or was paid, as far as the law allows."`
	Erasures personErasuresCommand `cmd:"" help:"Who is to be forgotten and what has been erased, without saying who it was."`
}

type personKnownCommand struct {
	Wallet    string `help:"The wallet whose customer it is; goes with --reference."`
	Acquirer  string `help:"Or the acquirer whose merchant it is; goes with --reference."`
	Reference string `help:"The wallet's own reference of the customer, or the acquirer's of the merchant."`
	Payment   string `help:"Or a payment that the person has paid."`
	Payee     bool   `help:"Who was paid by the payment, instead of who has paid it."`
}

// query is the question, to which the hub says whether it is one.
func (c personKnownCommand) query() (wire.PersonQuery, error) {
	query := wire.PersonQuery{WalletID: c.Wallet, AcquirerID: c.Acquirer, Side: sideFlag(c.Payee)}
	if c.Acquirer != "" {
		query.PayeeReference = c.Reference
	} else {
		query.PayerReference = c.Reference
	}
	if c.Payment != "" {
		id, err := ids.Parse(c.Payment)
		if err != nil {
			return query, fmt.Errorf("%q is not a payment's id; switch operate payments lists them", c.Payment)
		}
		query.PaymentID = &id
	}
	return query, nil
}

// sideFlag is the side of a payment that a flag chooses.
func sideFlag(payee bool) string {
	if payee {
		return wire.SidePayee
	}
	return ""
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
			fmt.Fprintf(os.Stderr, "\rlooking through the partner's payments: %d found", len(all.Payments))
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
	var payments, declarations, agreements [][]string
	for _, p := range all.Payments {
		payments = append(payments, personPaymentRow(p))
		for _, d := range p.Declarations {
			declarations = append(declarations, personDeclarationRow(p, d))
		}
	}
	for _, a := range all.Agreements {
		agreements = append(agreements, []string{
			a.ID.String(), a.State, a.AcquirerID, a.ClientID, a.CreatedAt.Format(time.DateTime),
			a.ChangedAt.Format(time.DateTime), cmp.Or(a.Kept, "-"),
		})
	}
	err := table.Write(os.Stdout, "", []string{
		"payment", "made (UTC)", "state", "customer", "name", "merchant", "paid", "currency", "order", "kept",
	}, payments, 6)
	if err == nil && len(declarations) > 0 {
		fmt.Println()
		err = table.Write(os.Stdout, "", []string{
			"declared of", "at (UTC)", "state", "office", "merchant", "order", "amount", "currency", "buyer", "identity",
			"customs said",
		}, declarations, 6)
	}
	if err == nil && len(agreements) > 0 {
		fmt.Println()
		err = table.Write(os.Stdout, "", []string{
			"agreement", "state", "acquirer", "client", "made (UTC)", "since (UTC)", "kept",
		}, agreements)
	}
	return err
}

// personPaymentRow shows what the payer paid, and a payee what was asked for.
func personPaymentRow(p wire.PersonPayment) []string {
	name, paid := p.PayerName, p.Amount
	if p.Debtor != nil {
		name = cmp.Or(name, p.Debtor.Name)
	}
	if p.PayerAmount != nil {
		paid = *p.PayerAmount
	}
	return []string{
		p.ID.String(), p.CreatedAt.Format(time.DateTime), p.State, cmp.Or(p.PayerReference, "-"), cmp.Or(name, "-"),
		p.Merchant.Name, paid.Decimal, paid.Currency, cmp.Or(p.Order, "-"), cmp.Or(p.Kept, "-"),
	}
}

func personDeclarationRow(p wire.PersonPayment, d wire.PersonDeclaration) []string {
	buyer := "-"
	if d.Buyer != nil {
		buyer = d.Buyer.Name
	}
	return []string{
		p.ID.String(), d.DeclaredAt.Format(time.DateTime), d.State, d.OfficeCountry + " " + d.Office, d.MerchantName,
		d.OrderID, d.Amount.Decimal, d.Amount.Currency, buyer, cmp.Or(d.IdentityCheck, "-"), cmp.Or(d.Result, d.Status, "-"),
	}
}

type personEraseCommand struct {
	Payment string `arg:"" help:"A payment that the person has paid; switch person known lists them."`
	Payee   bool   `help:"Forget who was paid by it, instead of who has paid it."`
}

// Run implements the command.
func (c personEraseCommand) Run(ctx context.Context, p *personCommand) error {
	id, err := ids.Parse(c.Payment)
	if err != nil {
		return fmt.Errorf("%q is not a payment's id; switch person known lists them", c.Payment)
	}
	partner := partnerCommand{hubAccess: p.hubAccess}
	return partner.propose(ctx, wire.KindPersonErase, wire.PersonErasure{PaymentID: id, Side: sideFlag(c.Payee)})
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
				e.ID.String(), e.Side, e.PartnerID, e.AskedAt.Format(time.DateTime), e.State, e.Before.Format(time.DateOnly),
				strconv.FormatInt(e.Payments, 10), strconv.FormatInt(e.Declarations, 10), strconv.FormatInt(e.Agreements, 10),
				strconv.FormatInt(e.KeptOpen, 10), strconv.FormatInt(e.Kept-e.KeptOpen, 10), done,
			})
		}
		return []string{
			"erasure", "side", "partner", "asked (UTC)", "state", "erased before", "payments", "declarations", "agreements",
			"kept open", "kept by law", "done (UTC)",
		}, rows
	}, 6, 7, 8, 9, 10)
}
