package network_test

import (
	"os"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/api/wire"
	"github.com/causeway-pay/causeway/switch/node"
)

// The partners at home, which is a member of the network away, and those away.
const (
	sakura  = "JP-SAKURA"
	harbour = "HK-HARBOUR"
	lotus   = "TH-LOTUS"
	seine   = "FR-SEINE"
	dragon  = "CN-DRAGON"
	payer   = stage.Regular + "-0"
)

// What each hub calls the other: at home the network away, by its payers and by its
// merchants; away the hub at home, as an acquirer and as a wallet.
const (
	payersAway    = "TH-NETWORK"
	merchantsAway = "FR-NETWORK"
	homeAcquirer  = "JP-HOME"
	homeWallet    = "HK-HOME"
	// By an agreement in CNY: payments of wallets that tell customs.
	chinaAway = "CN-NETWORK"
	homeTrade = "JP-TRADE"
)

// orderCodes is how every order code of a switch begins.
const orderCodes = "HTTPS://CAUSEWAY.EXAMPLE/O/"

// hub is one of the two.
type hub struct{ stagetest.Hub }

// world is both.
type world struct{ home, away hub }

func timing() stage.Timing {
	return stage.Timing{
		WalletPatience: 2 * time.Second, CodeWindow: 6 * time.Second, Inquiries: "200ms,500ms", Cancels: "100ms,300ms",
		Notifications: "200ms,500ms,1s", Pushes: "200ms",
	}
}

func open(t *testing.T, cast ...stage.Partner) hub {
	t.Helper()
	s := stagetest.Open(t, stage.Options{
		Cast: cast, Timing: timing(), Hub: map[string]any{"callbacks": map[string]any{"loopback": true}},
	})
	return hub{stagetest.Hub{Stage: s}}
}

// open2 starts both hubs and connects them by what four people propose and approve.
func open2(t *testing.T) world {
	t.Helper()
	w := world{
		home: open(t, stage.Partner{
			ID: sakura, Role: sandbox.RoleAcquirer, Name: "Sakura Acquiring", Country: "JP", Currency: "JPY",
			FeeBasisPoints: 80, Cap: "50000000",
		}, stage.Partner{
			ID: harbour, Role: sandbox.RoleWallet, Name: "Harbour Pay", Country: "HK", Currency: "HKD", Prefix: "251001",
			Cap: "5000000.00",
		}),
		away: open(t, stage.Partner{
			ID: seine, Role: sandbox.RoleAcquirer, Name: "Seine Acquiring", Country: "FR", Currency: "EUR",
			FeeBasisPoints: 60, Cap: "500000.00",
		}, stage.Partner{
			ID: lotus, Role: sandbox.RoleWallet, Name: "Lotus Pay", Country: "TH", Currency: "THB", Prefix: "251009",
			Cap: "20000000.00",
		}, stage.Mainland()),
	}
	const network, plain = "alipayplus-network", "alipayplus"
	w.home.takeOn(t, w.away, payersAway, "wallet", "TH", network, "HOME-ACQUIRER", "JPY", "")
	w.home.takeOn(t, w.away, merchantsAway, "acquirer", "FR", network, "HOME-WALLET", "EUR", "")
	w.away.takeOn(t, w.home, homeAcquirer, "acquirer", "JP", plain, "HOME-ACQUIRER", "JPY", "")
	w.away.takeOn(t, w.home, homeWallet, "wallet", "HK", plain, "HOME-WALLET", "EUR", "281001")
	w.home.takeOn(t, w.away, chinaAway, "wallet", "CN", network, "HOME-TRADE", "CNY", "")
	w.away.takeOn(t, w.home, homeTrade, "acquirer", "JP", plain, "HOME-TRADE", "CNY", "")
	w.home.Agree(t, wire.KindIssuerSet, wire.IssuerPrefix{ParticipantID: payersAway, Prefix: "251009"})
	w.home.Agree(t, wire.KindIssuerSet, wire.IssuerPrefix{ParticipantID: chinaAway, Prefix: stage.Mainland().Prefix})
	for _, h := range []hub{w.home, w.away} {
		h.openCorridor(t, "TH", "JP", money.New(1_000_000, "JPY"))
		h.openCorridor(t, "HK", "FR", money.New(1_000_000, "EUR"))
	}
	w.home.openCorridor(t, "CN", "JP", money.New(1_000_000, "JPY"))
	w.away.openCorridor(t, "CN", "JP", money.New(1_000_000, "CNY")) // what a network is asked for
	w.home.leadCodes(t, merchantsAway, orderCodes, pushCodes(seine))
	w.away.leadCodes(t, homeAcquirer, orderCodes, pushCodes(sakura))
	return w
}

func (h hub) takeOn(t *testing.T, other hub, id, role, country, connector, clientID, currency, prefix string) {
	t.Helper()
	key := stagetest.Must[[]byte](t)(os.ReadFile(other.Keys() + "/" + node.HubOwner + ".pub"))
	h.Agree(t, wire.KindParticipantAdd, wire.ParticipantAddition{
		ParticipantID: id, Role: role, Name: id, Country: country, ClientID: clientID, Endpoint: other.PartnersURL(),
		Connector: connector, CodePrefix: prefix, PublicKey: string(key),
		Cap: wire.AmountOf(money.New(100_000_000, money.Currency(currency))),
	})
}

func (h hub) openCorridor(t *testing.T, payerCountry, merchantCountry string, limit money.Amount) {
	t.Helper()
	h.Agree(t, wire.KindCorridorSet, wire.CorridorChange{
		PayerCountry: payerCountry, MerchantCountry: merchantCountry, PayerMarkup: 40, MerchantMarkup: 15,
		Limit: wire.AmountOf(limit),
	})
}

// leadCodes leads codes to the other switch, which has an order behind each: its own order
// codes, and those of its acquirers, in whatever mode it takes them.
func (h hub) leadCodes(t *testing.T, owner string, prefixes ...string) {
	t.Helper()
	for _, prefix := range prefixes {
		h.Agree(t, wire.KindCodeSet, wire.CodeChange{ParticipantID: owner, Mode: "PrivateOrderCode", Prefix: prefix})
	}
}

// pushCodes is how an acquirer's own codes of mode Push begin.
func pushCodes(acquirer string) string {
	return stage.Partner{ID: acquirer}.CodePrefix(connectors.Push)
}
