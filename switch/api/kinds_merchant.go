package api

import (
	"context"
	"fmt"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/merchant"
	"github.com/causeway-pay/causeway/switch/route"
)

// registrations are the words of the API for what a contract says.
var registrations = map[string]route.Registration{
	"NONE": route.RegistrationNone, "AT_ONCE": route.RegistrationAtOnce, "REVIEWED": route.RegistrationReviewed,
}

func registrationSet(directory func() *route.Directory) Kind {
	return Definition[wire.RegistrationChange]{
		Name: wire.KindRegistrationSet, Propose: []Role{Operations}, Approve: []Role{Operations, Compliance}, Reload: true,
		Check: func(change *wire.RegistrationChange) error {
			if _, known := registrations[change.Registration]; !known {
				return refused(reason.InvalidRequest, "registration is NONE, AT_ONCE or REVIEWED")
			}
			return nil
		},
		Verify: func(_ context.Context, _ db.Reader, change wire.RegistrationChange) error {
			if p, found := directory().Participant(change.ParticipantID); !found || p.Role != connectors.RoleAcquirer {
				return refused(reason.Missing, "no acquirer "+change.ParticipantID)
			}
			return nil
		},
		Describe: func(change wire.RegistrationChange) string {
			return "registration of the merchants of " + change.ParticipantID + ": " + change.Registration
		},
		Apply: func(ctx context.Context, tx db.Tx, _ Approval, change wire.RegistrationChange) error {
			return route.SetRegistration(ctx, tx, change.ParticipantID, registrations[change.Registration])
		},
	}.Kind()
}

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
