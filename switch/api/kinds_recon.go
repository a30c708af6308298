package api

import (
	"context"
	"fmt"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/settlement/recon"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// breakCorrect books the difference of a break. It moves money: two people of the
// treasury decide.
func breakCorrect(config Config) Kind {
	return Definition[wire.BreakCorrection]{
		Name: wire.KindBreakCorrect, Propose: []Role{Treasury}, Approve: []Role{Treasury},
		Check: func(change *wire.BreakCorrection) error { return checkWhy(change.Why) },
		Verify: func(ctx context.Context, reader db.Reader, change wire.BreakCorrection) error {
			b, _, found, err := recon.Find(ctx, reader, change.BreakID)
			switch {
			case err != nil:
				return err
			case !found:
				return refused(reason.Missing, "")
			case b.State != recon.Open:
				return refused(reason.Closed, "the break is "+string(b.State))
			case !recon.Correctable(b.AccountID):
				return refused(reason.InvalidRequest, recon.ErrAccount.Error())
			case b.Difference().IsZero():
				return refused(reason.Inconsistent, recon.ErrNothing.Error())
			default:
				return nil
			}
		},
		Describe: func(change wire.BreakCorrection) string {
			return fmt.Sprintf("book the difference of break %s, so that our books say what theirs do: %s", change.BreakID,
				change.Why)
		},
		Apply: func(ctx context.Context, tx db.Tx, approval Approval, change wire.BreakCorrection) error {
			proposer, err := findOperator(ctx, tx, selectOperator, approval.ProposerID)
			if err != nil {
				return err
			}
			approver, err := findOperator(ctx, tx, selectOperator, approval.ApproverID)
			if err != nil {
				return err
			}
			return reconciling(recon.Correct(ctx, tx, recon.Resolution{
				BreakID: change.BreakID, ID: approval.ProposalID, Region: config.Region,
				By: proposer.Name + ", " + approver.Name, Why: change.Why, At: approval.At,
			}))
		},
	}.Kind()
}
