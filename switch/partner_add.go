package main

import (
	"context"
	"fmt"

	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// partnerAddCommand proposes to take on a partner.
type partnerAddCommand struct {
	partnerID
	Role       string `required:"" enum:"acquirer,wallet" help:"acquirer or wallet."`
	Name       string `required:"" help:"What travellers and merchants see."`
	Country    string `required:"" help:"Its country: two letters of ISO 3166."`
	Currency   string `required:"" help:"Its settlement currency: three letters of ISO 4217."`
	Cap        string `required:"" help:"Its net debit cap in that currency, such as 1000000.00."`
	ClientID   string `required:"" help:"The id that it sends and is sent."`
	Endpoint   string `required:"" help:"Where it is called: an https address without a query."`
	Key        string `required:"" help:"File with its public key: RSA of 2048 bits or more, P-256, Ed25519." type:"path"`
	CodePrefix string `help:"The six digits with which a wallet's payment codes begin."`
	Fee        int64  `help:"Service fee on what an acquirer is paid, in basis points."`
	Protocol   string `default:"alipayplus" help:"The protocol that it speaks."`
}

// Run implements the command.
func (c partnerAddCommand) Run(ctx context.Context, p *partnerCommand) error {
	key, err := readPublic(c.Key)
	if err != nil {
		return err
	}
	limit, err := money.ParseDecimal(c.Cap, money.Currency(c.Currency))
	if err != nil {
		return fmt.Errorf("cap: %w", err)
	}
	return p.propose(ctx, wire.KindParticipantAdd, wire.ParticipantAddition{
		ParticipantID: c.ID, Role: c.Role, Name: c.Name, Country: c.Country, ClientID: c.ClientID, Endpoint: c.Endpoint,
		Connector: c.Protocol, CodePrefix: c.CodePrefix, FeeBasisPoints: c.Fee, Cap: wire.AmountOf(limit), PublicKey: key,
	})
}
