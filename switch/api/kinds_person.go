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
		Check: func(*wire.PersonErasure) error { return nil },
		Verify: func(ctx context.Context, reader db.Reader, change wire.PersonErasure) error {
			_, err := engine.PersonOf(ctx, reader, change.PaymentID)
			return err
		},
		Describe: func(change wire.PersonErasure) string {
			return "forget the person who paid payment " + change.PaymentID.String()
		},
		Apply: func(ctx context.Context, tx db.Tx, approval Approval, change wire.PersonErasure) error {
			who, err := engine.PersonOf(ctx, tx, change.PaymentID)
			if err != nil {
				return err
			}
			return person.Ask(ctx, tx, config.Region, approval.ProposalID, who, approval.At.Add(-config.KeepPersons), approval.At)
		},
	}.Kind()
}
