package main

import (
	"context"

	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

type routeCodesCommand struct{}

// Run implements the command.
func (routeCodesCommand) Run(ctx context.Context, r *routeCommand) error {
	return show(r.operate(), func(hub *client.Client) (wire.Codes, error) { return hub.Codes(ctx) },
		func(all wire.Codes) ([]string, [][]string) {
			var rows [][]string
			for _, c := range all.Codes {
				rows = append(rows, []string{c.Prefix + c.Identifier, c.Institution, c.AliasHash, c.ParticipantID, c.Mode})
			}
			return []string{"prefix or identifier", "institution", "hash of alias", "acquirer", "mode"}, rows
		})
}

// codesNamed are codes as the command line names them.
type codesNamed struct {
	Prefix      string `help:"How the codes begin, such as https://pay.example/." xor:"codes" required:""`
	Identifier  string `help:"AID or domain of an account in the code, such as A000000677010111, or a scheme: switch qr schemes." xor:"codes" required:""`
	Institution string `help:"Only accounts at this bank or acquirer." xor:"narrow"`
	Alias       string `help:"Only this payee, as the code writes it; the hub keeps its hash alone." xor:"narrow"`
}

type routeSetCodeCommand struct {
	Acquirer string `arg:"" help:"The acquirer's id."`
	Mode     string `default:"PrivateOrderCode" enum:"PrivateOrderCode,PushPayment,EntryCode" help:"PrivateOrderCode, PushPayment or EntryCode."`
	codesNamed
}

// Run implements the command.
func (c routeSetCodeCommand) Run(ctx context.Context, r *routeCommand) error {
	partner := partnerCommand{hubAccess: r.hubAccess}
	return partner.propose(ctx, wire.KindCodeSet, wire.CodeChange{
		ParticipantID: c.Acquirer, Mode: c.Mode, Prefix: c.Prefix, Identifier: c.Identifier, Institution: c.Institution,
		Alias: c.Alias,
	})
}

type routeRemoveCodeCommand struct{ codesNamed }

// Run implements the command.
func (c routeRemoveCodeCommand) Run(ctx context.Context, r *routeCommand) error {
	partner := partnerCommand{hubAccess: r.hubAccess}
	return partner.propose(ctx, wire.KindCodeRemove, wire.CodeRemoval{
		Prefix: c.Prefix, Identifier: c.Identifier, Institution: c.Institution, Alias: c.Alias,
	})
}
