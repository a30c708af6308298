package api

import (
	"context"
	"fmt"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/route"
)

// issuerSet leads payment codes with a prefix to another network.
func issuerSet(directory func() *route.Directory) Kind {
	return Definition[wire.IssuerPrefix]{
		Name: wire.KindIssuerSet, Propose: []Role{Operations}, Approve: []Role{Operations}, Reload: true,
		Check: func(change *wire.IssuerPrefix) error { return issuerFrom(*change).Check() },
		Verify: func(_ context.Context, _ db.Reader, change wire.IssuerPrefix) error {
			p, found := directory().Participant(change.ParticipantID)
			if !found || p.Role != connectors.RoleWallet || !p.Network() {
				return refused(reason.Missing, "no network of payers "+change.ParticipantID)
			}
			return nil
		},
		Describe: func(change wire.IssuerPrefix) string {
			return fmt.Sprintf("lead payment codes %s... to %s", change.Prefix, change.ParticipantID)
		},
		Apply: func(ctx context.Context, tx db.Tx, _ Approval, change wire.IssuerPrefix) error {
			return route.SaveIssuerPrefix(ctx, tx, issuerFrom(change))
		},
	}.Kind()
}

func issuerRemove() Kind {
	return Definition[wire.IssuerPrefix]{
		Name: wire.KindIssuerRemove, Propose: []Role{Operations}, Approve: []Role{Operations}, Reload: true,
		Check: func(change *wire.IssuerPrefix) error { return issuerFrom(*change).Check() },
		Describe: func(change wire.IssuerPrefix) string {
			return fmt.Sprintf("lead payment codes %s... not to %s any more", change.Prefix, change.ParticipantID)
		},
		Apply: func(ctx context.Context, tx db.Tx, _ Approval, change wire.IssuerPrefix) error {
			return route.RemoveIssuerPrefix(ctx, tx, issuerFrom(change))
		},
	}.Kind()
}

func issuerFrom(change wire.IssuerPrefix) route.IssuerPrefix {
	return route.IssuerPrefix{Prefix: change.Prefix, NetworkID: change.ParticipantID}
}

func (s *server) issuers(call) (answer, error) {
	return ok(wire.Issuers{Issuers: each(s.Directory().IssuerPrefixes(), func(p route.IssuerPrefix) wire.IssuerPrefix {
		return wire.IssuerPrefix{ParticipantID: p.NetworkID, Prefix: p.Prefix}
	})}, nil)
}
