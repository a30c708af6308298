package api

import (
	"context"
	"fmt"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/dispute"
)

// Disputer carries out what two people have decided about disputes.
type Disputer interface {
	// RuleDispute books what goes back under the id of the decision.
	RuleDispute(ctx context.Context, tx db.Tx, ruling dispute.Ruling, decision ids.ID) error
}

// disputeDecide decides about a dispute. Operations know the case; money is the
// treasury's to let go.
func disputeDecide(d Disputer) Kind {
	return Definition[wire.DisputeDecision]{
		Name: wire.KindDisputeDecide, Propose: []Role{Operations, Treasury}, Approve: []Role{Treasury},
		Check: func(change *wire.DisputeDecision) error {
			if _, err := rulingOf(*change); err != nil {
				return err
			}
			return checkWhy(change.Why)
		},
		Verify: func(ctx context.Context, reader db.Reader, change wire.DisputeDecision) error {
			found, err := dispute.Find(ctx, reader, change.DisputeID)
			if err == nil && found.State.Final(found.Stage) {
				err = refused(reason.ProposalClosed, "the dispute is "+string(found.State))
			}
			return err
		},
		Describe: func(change wire.DisputeDecision) string {
			if change.Outcome == wire.ForMerchant {
				return fmt.Sprintf("decide dispute %s for the merchant: %s", change.DisputeID, change.Why)
			}
			return fmt.Sprintf("give back %s %s for dispute %s: %s", change.Amount.Decimal, change.Amount.Currency,
				change.DisputeID, change.Why)
		},
		Apply: func(ctx context.Context, tx db.Tx, approval Approval, change wire.DisputeDecision) error {
			ruling, err := rulingOf(change)
			if err != nil {
				return err
			}
			ruling.At = approval.At
			return d.RuleDispute(ctx, tx, ruling, approval.ProposalID)
		},
	}.Kind()
}

func rulingOf(change wire.DisputeDecision) (dispute.Ruling, error) {
	ruling := dispute.Ruling{DisputeID: change.DisputeID, ForPayer: change.Outcome == wire.ForPayer}
	switch {
	case change.Outcome != wire.ForPayer && change.Outcome != wire.ForMerchant:
		return ruling, refused(reason.InvalidRequest, "outcome is PAYER or MERCHANT")
	case ruling.ForPayer != (change.Amount != nil):
		return ruling, refused(reason.InvalidRequest, "amount is what goes back to the payer")
	case !ruling.ForPayer:
		return ruling, nil
	}
	var err error
	if ruling.Refund, err = change.Amount.Money(); err != nil || !ruling.Refund.IsPositive() {
		return ruling, refused(reason.InvalidRequest, "amount must be above zero")
	}
	*change.Amount = wire.AmountOf(ruling.Refund)
	return ruling, nil
}
