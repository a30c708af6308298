package engine_test

import (
	"context"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement"
	"github.com/causeway-pay/causeway/switch/payment"
	"github.com/causeway-pay/causeway/switch/route"
)

// foreignCode is a payment code of another network, foreignPayer who it says paid.
const (
	foreignCode  = "281001020123456789012345"
	foreignPayer = "their-payer"
)

// otherNetwork is another network: it pays, and it issues codes.
type otherNetwork struct {
	*wallet
	shown []string
	asked []connectors.CodeRequest
	fail  error
}

// Pay implements connectors.Wallet.
func (n *otherNetwork) Pay(
	ctx context.Context, to connectors.Participant, p connectors.Payment,
) connectors.Answer {
	n.shown = append(n.shown, p.PaymentCode)
	answer := n.wallet.Pay(ctx, to, p)
	if answer.Decision == connectors.Accepted {
		answer.PayerReference = foreignPayer
	}
	return answer
}

// IssueCodes implements connectors.Issuer.
func (n *otherNetwork) IssueCodes(
	_ context.Context, _ connectors.Participant, request connectors.CodeRequest,
) ([]connectors.Code, error) {
	n.asked = append(n.asked, request)
	return []connectors.Code{{Value: foreignCode}}, n.fail
}

// joinNetworks makes the hub a member of two networks: one of payers in Thailand, paid
// for in yen, one of merchants in France.
func (h *hub) joinNetworks() *otherNetwork {
	h.t.Helper()
	network := func(id string, role connectors.Role, country string, currency money.Currency) route.Participant {
		return route.Participant{Participant: connectors.Participant{
			ID: id, Role: role, Name: id, Region: region, Country: country, Currency: currency, ClientID: "CLIENT-" + id,
			Endpoint: "http://127.0.0.1:1", Connector: "scripted-network",
		}}
	}
	networks := []route.Participant{
		network("TH-NETWORK", connectors.RoleWallet, "TH", "JPY"), network("FR-NETWORK", connectors.RoleAcquirer, "FR",
			"EUR"),
	}
	err := h.pool.InTx(h.t.Context(), func(ctx context.Context, tx db.Tx) error {
		for _, p := range networks {
			if err := route.SaveParticipant(ctx, tx, p); err != nil {
				return err
			}
			if err := settlement.Onboard(ctx, tx, p.ID, region, money.New(50_000_000, p.Currency)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	h.directory = route.NewDirectory(append(participants(), networks...), append(corridors(),
		route.Corridor{PayerCountry: "TH", MerchantCountry: "JP", Limit: jpy(1_000_000)},
		route.Corridor{PayerCountry: "HK", MerchantCountry: "FR", Limit: money.New(1_000_000, "EUR")},
	)).WithIssuers([]route.IssuerPrefix{{Prefix: "2810", NetworkID: "TH-NETWORK"}})
	there := &otherNetwork{wallet: &wallet{
		calls: map[string]int{}, pay: says(connectors.Accepted), inquire: says(connectors.Accepted),
		cancel: says(connectors.Accepted), refund: says(connectors.Accepted),
	}}
	h.Wallets["scripted-network"] = there
	h.Issuers = map[string]connectors.Issuer{"scripted-network": there}
	return there
}

// TestNetworkIsPaid: the code goes to the network that issued it, once, and the amount
// between the two is the merchant's; who paid is what the network says.
func TestNetworkIsPaid(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		there := h.joinNetworks()
		placed := order("PR-1", foreignCode, jpy(1500))
		for range 2 {
			paid, err := h.Pay(t.Context(), h.participant("JP-ACQUIRER"), placed)
			if err != nil || paid.Status != iso20022.Completed || paid.WalletID != "TH-NETWORK" ||
				paid.PayerReference != foreignPayer {
				t.Fatalf("%+v, %v", paid, err)
			}
		}
		if len(there.shown) != 1 || there.shown[0] != foreignCode {
			t.Errorf("shown %v", there.shown)
		}
		if p := h.position("TH-NETWORK"); p.Posted != jpy(1500) {
			t.Errorf("posted %s", p.Posted)
		}
		var kept int
		err := h.pool.QueryRow(t.Context(), `
SELECT count(*) FROM payment WHERE convert_from(detail, 'UTF8') LIKE '%' || $1 || '%'`,
			foreignCode).Scan(&kept)
		if err != nil || kept != 0 {
			t.Errorf("the code is kept %d times, %v", kept, err)
		}
	})
}

// TestNetworkOwesWhatIsReserved: a network that says it owes something else is asked
// again until it is cancelled.
func TestNetworkOwesWhatIsReserved(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		there := h.joinNetworks()
		there.pay = says(connectors.Undecided)
		there.inquire = func(id string) connectors.Answer {
			answer := says(connectors.Accepted)(id)
			answer.Owed = jpy(1499)
			return answer
		}
		paid, err := h.Pay(t.Context(), h.participant("JP-ACQUIRER"), order("PR-1", foreignCode, jpy(1500)))
		if err != nil {
			t.Fatal(err)
		}
		h.clock.Advance(200 * time.Second)
		h.duties()
		h.until(paid.ID, string(payment.Cancelled))
		if p := h.position("TH-NETWORK"); p.Posted.Minor != 0 || p.Reserved.Minor != 0 {
			t.Errorf("%+v", p)
		}
	})
}

// TestNetworkNamesItsCustomer: codes for a country where only another network has
// merchants are that network's, which learns an id of ours, and its payment finds the
// payer by it. Another id is nobody's.
func TestNetworkNamesItsCustomer(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		there := h.joinNetworks()
		request := connectors.CodeRequest{PayerReference: "U1", PayerName: "Mei Lantern", Region: "FR", Quantity: 1}
		for range 2 {
			codes, err := h.IssueCodes(t.Context(), h.participant("HK-WALLET"), request)
			if err != nil || len(codes) != 1 || codes[0].Value != foreignCode {
				t.Fatalf("%+v, %v", codes, err)
			}
		}
		customer := there.asked[0].PayerReference
		if customer == "U1" || customer != there.asked[1].PayerReference || there.asked[0].PayerName != "Mei Lantern" {
			t.Errorf("asked %+v", there.asked)
		}
		placed := order("N-1", "", money.New(1000, "EUR"))
		placed.CustomerID = customer
		paid, err := h.Pay(t.Context(), h.participant("FR-NETWORK"), placed)
		if err != nil || paid.Status != iso20022.Completed || paid.WalletID != "HK-WALLET" || paid.PayerReference != "U1" {
			t.Fatalf("%+v, %v", paid, err)
		}
		if p := h.position("FR-NETWORK"); p.Posted != money.New(-1000, "EUR") {
			t.Errorf("posted %s", p.Posted)
		}
		for name, id := range map[string]string{"N-2": ids.New().String(), "N-3": "U1"} {
			placed.RequestID, placed.CustomerID = name, id
			refused, err := h.Pay(t.Context(), h.participant("FR-NETWORK"), placed)
			if err != nil || refused.Reason != reason.UnknownPayer {
				t.Errorf("customer %s: %+v, %v", id, refused, err)
			}
		}
		there.fail = reason.New(reason.Busy, "network", "")
		if _, err := h.IssueCodes(t.Context(), h.participant("HK-WALLET"), request); reason.Of(err) != reason.Busy {
			t.Errorf("a network that fails: %v", err)
		}
		h.Issuers = nil
		if _, err := h.IssueCodes(t.Context(), h.participant("HK-WALLET"), request); reason.Of(err) != reason.Unsupported {
			t.Errorf("no way to the network: %v", err)
		}
	})
}
