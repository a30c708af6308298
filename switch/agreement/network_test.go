package agreement_test

import (
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
)

// TestNetworkAgreements: two acquirers that choose the same names for their agreements have
// two at the network, which each hears of its own alone.
func TestNetworkAgreements(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		references := map[string]string{}
		for _, by := range []connectors.Participant{shop, stranger} {
			for range 2 {
				address, err := o.Prepare(t.Context(), by, connectors.PrepareRequest{
					WalletID: "TH-NETWORK/TH-LOTUS", ClientID: "M-1", ReferenceID: "A-1", CheckedFields: [32]byte{1},
				})
				if err != nil {
					t.Fatal(err)
				}
				reference := strings.TrimPrefix(address, "https://wallet.example/")
				if known := references[by.ID]; known != "" && known != reference {
					t.Errorf("prepared again as %s, first as %s", reference, known)
				}
				references[by.ID] = reference
			}
			if last := o.world.prepared; last.WalletID != "TH-LOTUS" || last.AcquirerID != "" || last.ReferenceID == "A-1" {
				t.Errorf("the network was asked %+v", last)
			}
		}
		if references[shop.ID] == references[stranger.ID] {
			t.Fatal("one agreement for two acquirers")
		}
		notice := connectors.AgreementNotice{
			Event: connectors.CodeCreated, AcquirerID: "AS-THE-NETWORK-CALLS-US", ClientID: "M-1",
			ReferenceID: references[stranger.ID], Code: "CODE-S",
		}
		if err := o.tell(network, notice); err != nil {
			t.Fatal(err)
		}
		if told := o.world.told[0]; told.AcquirerID != stranger.ID || told.ReferenceID != "A-1" || told.WalletID != network.ID {
			t.Errorf("told %+v", told)
		}
		if _, err := o.apply(shop, "CODE-S", ""); reason.Of(err) != reason.InvalidCode {
			t.Errorf("another's code: %v", err)
		}
		if _, err := o.apply(stranger, "CODE-S", ""); err != nil {
			t.Error(err)
		}
		for name, change := range map[string]func(*connectors.AgreementNotice){
			"another merchant":   func(n *connectors.AgreementNotice) { n.ClientID = "M-2" },
			"the acquirer's key": func(n *connectors.AgreementNotice) { n.ReferenceID = "A-1" },
			"nobody's":           func(n *connectors.AgreementNotice) { n.ReferenceID = ids.New().String() },
		} {
			wrong := notice
			change(&wrong)
			if err := o.tell(network, wrong); reason.Of(err) != reason.NotFound {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := o.tell(purse, notice); reason.Of(err) != reason.NotFound {
			t.Errorf("another wallet speaks of it: %v", err)
		}
	})
}

// TestNamedWallets: a wallet of a network is named with it, any other alone.
func TestNamedWallets(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		for name, want := range map[string]reason.Kind{
			"HK-WALLET": reason.None, "TH-NETWORK/X": reason.None, "TH-NETWORK/X/Y": reason.None,
			"TH-NETWORK": reason.Unsupported, "TH-NETWORK/": reason.Unsupported, "HK-WALLET/X": reason.Unsupported,
			"/X": reason.Unsupported, "": reason.Unsupported, "JP-ACQUIRER/X": reason.Unsupported,
		} {
			_, err := o.Prepare(t.Context(), shop, connectors.PrepareRequest{
				WalletID: name, ClientID: "M-1", ReferenceID: "A-" + name,
			})
			if reason.Of(err) != want {
				t.Errorf("%q: %v, want %s", name, err, want)
			}
		}
		if last := o.world.calls["prepare"]; last != 3 {
			t.Errorf("%d were asked", last)
		}
	})
}
