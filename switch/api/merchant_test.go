package api_test

import (
	"testing"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/merchant"
	"github.com/causeway-pay/causeway/switch/route"
)

// TestMerchantsAreDecidedAbout: when the contract demands registration, a merchant is
// paid only once it is registered and two people have agreed; when they refuse it, it
// is not any more.
func TestMerchantsAreDecidedAbout(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		desk := &merchant.Desk{Pool: b.pool, Clock: b.clock, Region: region, Directory: b.directory.Load, Listed: b.engine.MerchantListed}
		request := 0
		pays := func(want string) {
			t.Helper()
			request++
			id := b.pay("PR-" + string(rune('A'+request)))
			file, err := engine.Open(t.Context(), b.pool, id)
			if err != nil {
				t.Fatal(err)
			}
			if got := file.Payment.Reason.String(); got != want {
				t.Errorf("payment %d: %s, want %s", request, got, want)
			}
		}
		agree := func(kind string, change any, approver string) {
			t.Helper()
			if err := b.agree(kind, change, "operations-1", approver); err != nil {
				t.Fatal(err)
			}
			b.reload()
		}
		pays("None")
		agree(wire.KindRegistrationSet,
			wire.RegistrationChange{ParticipantID: "JP-ACQUIRER", Registration: "REVIEWED"}, "compliance-1")
		if p, _ := b.directory.Load().Participant("JP-ACQUIRER"); p.Registration != route.RegistrationReviewed {
			t.Fatalf("%+v", p)
		}
		pays("MerchantUnregistered")
		acquirer, _ := b.directory.Load().Participant("JP-ACQUIRER")
		err := desk.Register(t.Context(), acquirer.Participant, connectors.MerchantRegistration{
			RequestID: "R-1", MerchantID: "M-77", Body: []byte("{}"),
		})
		if err != nil {
			t.Fatal(err)
		}
		pays("MerchantUnregistered")
		yes := wire.MerchantDecision{ParticipantID: "JP-ACQUIRER", RequestID: "R-1", Status: "REGISTERED"}
		if err := b.agree(wire.KindMerchantDecide, yes, "operations-1", "operations-1"); client.ReasonOf(err) != "SelfApproval" {
			t.Errorf("decided by one: %v", err)
		}
		agree(wire.KindMerchantDecide, yes, "operations-2")
		pays("None")
		no := yes
		no.Status, no.Why, no.WalletID = "REFUSED", "no licence", "HK-WALLET"
		agree(wire.KindMerchantDecide, no, "compliance-1")
		pays("MerchantUnregistered")
		no.RequestID = "R-9"
		if err := b.agree(wire.KindMerchantDecide, no, "operations-1", "operations-2"); client.ReasonOf(err) != "Missing" {
			t.Errorf("an unknown registration: %v", err)
		}
		wallet := wire.RegistrationChange{ParticipantID: "HK-WALLET", Registration: "NONE"}
		if err := b.agree(wire.KindRegistrationSet, wallet, "operations-1", "operations-2"); client.ReasonOf(err) != "Missing" {
			t.Errorf("a wallet's merchants: %v", err)
		}
	})
}
