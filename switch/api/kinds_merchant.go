package api

import (
	"context"
	"fmt"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/merchant"
)

func merchantDecide() Kind {
	return Definition[wire.MerchantDecision]{
		Name: wire.KindMerchantDecide, Propose: []Role{Operations, Compliance}, Approve: []Role{Operations, Compliance},
		Check: func(change *wire.MerchantDecision) error {
			status := connectors.MerchantStatus(change.Status)
			switch {
			case status != connectors.MerchantRegistered && status != connectors.MerchantRefused:
				return refused(reason.InvalidRequest, "status is REGISTERED or REFUSED")
			case status == connectors.MerchantRefused && !printable(change.Why):
				return refused(reason.InvalidRequest, "a refusal says why, in text that can be printed")
			case status == connectors.MerchantRegistered && change.Why != "":
				return refused(reason.InvalidRequest, "why is for refusals")
			}
			return nil
		},
		Describe: func(change wire.MerchantDecision) string {
			at := "all wallets"
			if change.WalletID != "" {
				at = change.WalletID
			}
			return fmt.Sprintf("registration %s of %s at %s: %s", change.RequestID, change.ParticipantID, at, change.Status)
		},
		Apply: func(ctx context.Context, tx db.Tx, approval Approval, change wire.MerchantDecision) error {
			return merchant.Decide(ctx, tx, change.ParticipantID, change.RequestID, change.WalletID,
				connectors.MerchantStatus(change.Status), change.Why, approval.At)
		},
	}.Kind()
}
