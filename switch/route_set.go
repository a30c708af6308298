package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// routeSetCommand proposes a corridor. What is not said stays as it is, or as it is
// without a rule in a new corridor.
type routeSetCommand struct {
	Corridor       string    `arg:"" help:"Payer and merchant country, as in HK-JP."`
	Currency       string    `help:"The merchant's currency, in which limit and minimum are."`
	Limit          string    `help:"The largest payment, such as 1000000.00."`
	Minimum        *string   `help:"The smallest payment; 0 means any."`
	PayerMarkup    *int64    `help:"Basis points on the payer's rate."`
	MerchantMarkup *int64    `help:"Basis points on the merchant's rate."`
	Hours          *string   `help:"When payments may start: 'mon tue wed 09:00-17:30 Asia/Tokyo'; '' means always."`
	Wallets        *[]string `help:"The only wallets that may pay; '' means all."`
	Close          bool      `help:"No new payments." xor:"closed"`
	Open           bool      `help:"New payments again." xor:"closed"`
}

// Run implements the command.
func (c routeSetCommand) Run(ctx context.Context, r *routeCommand) error {
	partner := partnerCommand{hubAccess: r.hubAccess}
	hub, err := r.operate().client()
	if err != nil {
		return err
	}
	change, err := c.present(ctx, hub)
	if err != nil {
		return err
	}
	if err := c.overlay(&change); err != nil {
		return err
	}
	return partner.propose(ctx, wire.KindCorridorSet, change)
}

// present is the corridor as it is, or a new one.
func (c routeSetCommand) present(ctx context.Context, hub *client.Client) (wire.CorridorChange, error) {
	payer, merchant, ok := strings.Cut(c.Corridor, "-")
	if !ok {
		return wire.CorridorChange{}, fmt.Errorf("%q is no corridor; write payer and merchant country, as in HK-JP",
			c.Corridor)
	}
	all, err := hub.Corridors(ctx)
	if err != nil {
		return wire.CorridorChange{}, err
	}
	at := slices.IndexFunc(all.Corridors, func(one wire.Corridor) bool { return one.Name == c.Corridor })
	if at >= 0 {
		one := all.Corridors[at]
		return wire.CorridorChange{
			PayerCountry: payer, MerchantCountry: merchant, PayerMarkup: one.PayerMarkup,
			MerchantMarkup: one.MerchantMarkup, Limit: one.Limit, Minimum: one.Minimum, Hours: one.Hours,
			Wallets: one.Wallets, Closed: one.Closed,
		}, nil
	}
	if c.Limit == "" || c.Currency == "" {
		return wire.CorridorChange{}, fmt.Errorf("%s is new; it needs --currency and --limit", c.Corridor)
	}
	return wire.CorridorChange{PayerCountry: payer, MerchantCountry: merchant}, nil
}

func (c routeSetCommand) overlay(change *wire.CorridorChange) error {
	if c.Currency == "" {
		c.Currency = change.Limit.Currency
	}
	currency := money.Currency(c.Currency)
	if c.Limit != "" {
		limit, err := money.ParseDecimal(c.Limit, currency)
		if err != nil {
			return fmt.Errorf("limit: %w", err)
		}
		change.Limit = wire.AmountOf(limit)
	}
	if c.Minimum != nil {
		minimum, err := money.ParseDecimal(*c.Minimum, currency)
		if err != nil {
			return fmt.Errorf("minimum: %w", err)
		}
		change.Minimum = wire.AmountIf(minimum)
	}
	set(&change.PayerMarkup, c.PayerMarkup)
	set(&change.MerchantMarkup, c.MerchantMarkup)
	set(&change.Hours, c.Hours)
	if c.Wallets != nil {
		change.Wallets = slices.DeleteFunc(*c.Wallets, func(id string) bool { return id == "" })
	}
	change.Closed = c.Close || change.Closed && !c.Open
	return nil
}

// set takes over what was said.
func set[T any](field, said *T) {
	if said != nil {
		*field = *said
	}
}
