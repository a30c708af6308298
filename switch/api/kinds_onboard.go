package api

import (
	"context"
	"fmt"
	"slices"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/route"
)

// firstVersion is the number of the key that a participant is taken on with.
const firstVersion = 1

// participantAdd takes on a participant. Operations know the partner; what it may owe
// is the treasury's to decide, so the second person is of the treasury.
func participantAdd(config Config) Kind {
	return Definition[wire.ParticipantAddition]{
		Name: wire.KindParticipantAdd, Propose: []Role{Operations}, Approve: []Role{Treasury}, Reload: true,
		Check: func(change *wire.ParticipantAddition) error { return checkAddition(config, change) },
		Verify: func(_ context.Context, _ db.Reader, change wire.ParticipantAddition) error {
			if _, taken := config.Directory().Participant(change.ParticipantID); taken {
				return refused(reason.Closed, "there is a participant "+change.ParticipantID)
			}
			return nil
		},
		Describe: func(change wire.ParticipantAddition) string {
			return fmt.Sprintf("take on %s %s of %s (%s), called at %s, with a net debit cap of %s %s "+
				"and a fee of %d basis points, client id %s, key SHA-256 %s", change.Role, change.ParticipantID,
				change.Country, change.Name, change.Endpoint, change.Cap.Decimal, change.Cap.Currency,
				change.FeeBasisPoints, change.ClientID, fingerprint(change.PublicKey))
		},
		Apply: func(ctx context.Context, tx db.Tx, _ Approval, change wire.ParticipantAddition) error {
			limit, err := change.Cap.Money()
			if err != nil {
				return err
			}
			p := additionOf(config, change)
			if err := route.AddParticipant(ctx, tx, p); err != nil {
				return err
			}
			return settlement.Onboard(ctx, tx, p.ID, p.Region, limit)
		},
	}.Kind()
}

func checkAddition(config Config, change *wire.ParticipantAddition) error {
	limit, err := change.Cap.Money()
	if err != nil || limit.Minor < 0 {
		return refused(reason.InvalidRequest, "cap must be an amount of zero or more")
	}
	change.Cap = wire.AmountOf(limit)
	switch problem := additionOf(config, *change).Problem(); {
	case problem != "":
		return refused(reason.InvalidRequest, problem)
	case change.ParticipantID == ledger.Hub:
		return refused(reason.InvalidRequest, "id: this one is the hub's own")
	case !printable(change.Name):
		return refused(reason.InvalidRequest, fmt.Sprintf("name: want 1 to %d bytes that can be printed", nameMax))
	case !slices.Contains(config.Connectors, change.Connector):
		return refused(reason.InvalidRequest, fmt.Sprintf("connector: want one of %q", config.Connectors))
	}
	if err := checkEndpoint(config.Endpoints, change.Endpoint); err != nil {
		return err
	}
	return normaliseKey(&change.PublicKey)
}

func additionOf(config Config, change wire.ParticipantAddition) route.Participant {
	return route.Participant{
		Participant: connectors.Participant{
			ID: change.ParticipantID, Role: connectors.Role(change.Role), Name: change.Name, Region: config.Region,
			Country: change.Country, Currency: money.Currency(change.Cap.Currency), ClientID: change.ClientID,
			Endpoint: change.Endpoint, Connector: change.Connector, Keys: map[int]string{firstVersion: change.PublicKey},
		},
		CodePrefix: change.CodePrefix, FeeBasisPoints: change.FeeBasisPoints,
	}
}
