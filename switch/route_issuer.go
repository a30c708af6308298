package main

import (
	"context"

	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

type routeIssuersCommand struct{}

// Run implements the command.
func (routeIssuersCommand) Run(ctx context.Context, r *routeCommand) error {
	return show(r.operate(), func(hub *client.Client) (wire.Issuers, error) { return hub.Issuers(ctx) },
		func(all wire.Issuers) ([]string, [][]string) {
			var rows [][]string
			for _, i := range all.Issuers {
				rows = append(rows, []string{i.Prefix, i.ParticipantID})
			}
			return []string{"prefix", "network"}, rows
		})
}

// issuerNamed is a prefix of a network's payment codes.
type issuerNamed struct {
	Network string `arg:"" help:"The participant that stands for the network's payers."`
	Prefix  string `required:"" help:"How the codes begin: two to six digits."`
}

func (i issuerNamed) change() wire.IssuerPrefix {
	return wire.IssuerPrefix{ParticipantID: i.Network, Prefix: i.Prefix}
}

type routeSetIssuerCommand struct{ issuerNamed }

// Run implements the command.
func (c routeSetIssuerCommand) Run(ctx context.Context, r *routeCommand) error {
	partner := partnerCommand{hubAccess: r.hubAccess}
	return partner.propose(ctx, wire.KindIssuerSet, c.change())
}

type routeRemoveIssuerCommand struct{ issuerNamed }

// Run implements the command.
func (c routeRemoveIssuerCommand) Run(ctx context.Context, r *routeCommand) error {
	partner := partnerCommand{hubAccess: r.hubAccess}
	return partner.propose(ctx, wire.KindIssuerRemove, c.change())
}
