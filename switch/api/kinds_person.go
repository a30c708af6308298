package api

import (
	"context"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/person"
)

// personErase names a person by a payment, so that a proposal says nothing about anybody
// that would stay when the person is forgotten.
func personErase(config Config) Kind {
	return Definition[wire.PersonErasure]{
		Name: wire.KindPersonErase, Propose: []Role{Operations, Compliance}, Approve: []Role{Compliance},
		Check: func(change *wire.PersonErasure) error {
			_, err := sideOf(change.Side)
			return err
		},
		Verify: func(ctx context.Context, reader db.Reader, change wire.PersonErasure) error {
			_, err := personOf(ctx, reader, change)
			return err
		},
		Describe: func(change wire.PersonErasure) string {
			if change.Side == wire.SidePayee {
				return "forget the person who was paid by payment " + change.PaymentID.String()
			}
			return "forget the person who paid payment " + change.PaymentID.String()
		},
		Apply: func(ctx context.Context, tx db.Tx, approval Approval, change wire.PersonErasure) error {
			who, err := personOf(ctx, tx, change)
			if err != nil {
				return err
			}
			return person.Ask(ctx, tx, config.Region, approval.ProposalID, who, approval.At.Add(-config.KeepPersons),
				approval.At)
		},
	}.Kind()
}

func personOf(ctx context.Context, reader db.Reader, change wire.PersonErasure) (engine.Person, error) {
	side, err := sideOf(change.Side)
	if err != nil {
		return engine.Person{}, err
	}
	return engine.PersonOf(ctx, reader, change.PaymentID, side)
}

// sideOf reads on which side of a payment a person is; none is the payer's.
func sideOf(text string) (engine.Side, error) {
	switch side := engine.Side(text); side {
	case "":
		return engine.Payer, nil
	case engine.Payer, engine.Payee:
		return side, nil
	default:
		return "", malformed("side is PAYER or PAYEE")
	}
}
