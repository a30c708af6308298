package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// routeCommand is by what payments are routed, through the hub's API.
type routeCommand struct {
	hubAccess

	Show         routeShowCommand         `cmd:"" help:"The corridors, with markups and limits."`
	Set          routeSetCommand          `cmd:"" help:"Propose to open, change or close a corridor."`
	Codes        routeCodesCommand        `cmd:"" help:"Whose the codes are that merchants show."`
	SetCode      routeSetCodeCommand      `cmd:"" help:"Propose to lead codes that merchants show to an acquirer."`
	RemoveCode   routeRemoveCodeCommand   `cmd:"" help:"Propose to lead such codes to nobody."`
	Issuers      routeIssuersCommand      `cmd:"" help:"Which payment codes other networks issue."`
	SetIssuer    routeSetIssuerCommand    `cmd:"" help:"Propose to lead payment codes to another network."`
	RemoveIssuer routeRemoveIssuerCommand `cmd:"" help:"Propose to lead such codes to it no more."`
	History      routeHistoryCommand      `cmd:"" help:"Who changed partners and corridors, when and how, newest first."`
}

type routeShowCommand struct{}

// Run implements the command.
func (routeShowCommand) Run(ctx context.Context, r *routeCommand) error {
	return show(r.operate(), func(hub *client.Client) (wire.Corridors, error) { return hub.Corridors(ctx) },
		func(all wire.Corridors) ([]string, [][]string) {
			var rows [][]string
			for _, c := range all.Corridors {
				rows = append(rows, []string{
					c.Name, fmt.Sprint(c.PayerMarkup), fmt.Sprint(c.MerchantMarkup), minimumText(c.Minimum), c.Limit.Decimal,
					c.Limit.Currency, hoursText(c), cmp.Or(strings.Join(c.Wallets, ", "), "all"),
				})
			}
			return []string{
				"corridor", "payer's markup", "merchant's markup", "minimum", "limit", "currency", "open", "wallets",
			}, rows
		}, 1, 2, 3, 4)
}

func minimumText(minimum *wire.Amount) string {
	if minimum == nil {
		return "-"
	}
	return minimum.Decimal
}

func hoursText(c wire.Corridor) string {
	if c.Closed {
		return "CLOSED"
	}
	return cmp.Or(c.Hours, "always")
}

type routeHistoryCommand struct {
	Limit  int    `default:"20" help:"How many, at most 500."`
	Before string `             help:"Where the page before ended (its next)."`
}

// Run implements the command.
func (c routeHistoryCommand) Run(ctx context.Context, r *routeCommand) error {
	return show(r.operate(), func(hub *client.Client) (wire.DirectoryVersions, error) {
		return hub.DirectoryVersions(ctx, client.Page{Before: c.Before, Limit: c.Limit})
	}, func(page wire.DirectoryVersions) ([]string, [][]string) {
		var rows [][]string
		for _, v := range page.Versions {
			rows = append(rows, []string{
				fmt.Sprint(v.Number), v.At.Format(time.DateTime), v.Kind, v.ProposerID.String(), v.ApproverID.String(),
				string(v.Change),
			})
		}
		return []string{"version", "since (UTC)", "kind", "proposed by", "approved by", "change"}, rows
	}, 0)
}
