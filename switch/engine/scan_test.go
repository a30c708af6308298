package engine_test

import (
	"context"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/payment"
)

// show makes an order that waits for a payer.
func (h *hub) show(requestID string) connectors.Payment {
	h.t.Helper()
	request := order(requestID, "", jpy(1500))
	request.Mode = connectors.OrderCode
	request.Transfer.DebtorAccount = iso20022.Account{}
	shown, err := h.Pay(h.t.Context(), h.participant("JP-ACQUIRER"), request)
	if err != nil || shown.Status != iso20022.Pending || shown.OrderCode == "" {
		h.t.Fatalf("got %+v, %v", shown, err)
	}
	return shown
}

func (h *hub) scan(walletID, payer, name, code string) (connectors.Payment, error) {
	h.t.Helper()
	return h.Scanned(h.t.Context(), h.participant(walletID), connectors.Scan{
		CodeValue: code, PayerReference: payer, PayerName: name, Words: said("userInitiatedPay", "{}"),
	})
}

func TestOrderCode(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		shown := h.show("PR-1")
		due, err := h.scan("HK-WALLET", "U1", "Mei Lantern", shown.OrderCode)
		if err != nil || due.Transfer.SettlementAmount != money.New(7387, "HKD") || due.Transfer.Rate == nil {
			t.Fatalf("the payer sees %+v, %v", due.Transfer.SettlementAmount, err)
		}
		again, err := h.scan("HK-WALLET", "U1", "Mei Lantern", shown.OrderCode)
		if err != nil || again.Transfer.SettlementAmount != due.Transfer.SettlementAmount || again.ID != due.ID {
			t.Errorf("scanned again: %+v, %v", again, err)
		}
		if _, err := h.scan("HK-WALLET", "U9", "", shown.OrderCode); reason.Of(err) != reason.Inconsistent {
			t.Errorf("another payer of the same wallet: %v", err)
		}
		if _, err := h.scan("KR-WALLET", "U1", "", shown.OrderCode); reason.Of(err) != reason.Closed {
			t.Errorf("another wallet: %v", err)
		}
		for range 2 {
			if err := h.confirm(due, connectors.Accepted); err != nil {
				t.Fatal(err)
			}
		}
		file := h.until(due.ID, string(payment.Posted))
		if file.Payment.WalletPaymentID != "W-1" || h.position("JP-ACQUIRER").Posted != jpy(-1488) {
			t.Errorf("record %+v", file.Payment)
		}
		h.sound()
	})
}

func TestScanRefusals(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		shown := h.show("PR-1")
		if _, err := h.scan("HK-WALLET", "U2", "Viktor Blocksworth", shown.OrderCode); reason.Of(err) != reason.Regulation {
			t.Errorf("listed payer: %v", err)
		}
		if _, err := h.scan(
			"HK-WALLET",
			"U1",
			"",
			"HTTPS://CAUSEWAY.EXAMPLE/O/NOTHING",
		); reason.Of(
			err,
		) != reason.InvalidCode {
			t.Errorf("unknown code: %v", err)
		}
		if p := h.position("HK-WALLET"); p.Reserved.Minor != 0 {
			t.Errorf("a refused scan reserved %s", p.Reserved)
		}
		if due, err := h.scan("HK-WALLET", "U1", "Mei Lantern", shown.OrderCode); err != nil {
			t.Errorf("the order is lost to an honest payer: %+v, %v", due, err)
		}
		h.sound()
	})
}

// An order that could not be looked up is not an order that does not exist: the
// payer's app may ask again.
func TestScanWithoutDatabaseIsNotARefusal(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		shown := h.show("PR-1")
		ended, end := context.WithCancel(t.Context())
		end()
		_, err := h.Scanned(ended, h.participant("HK-WALLET"), connectors.Scan{
			CodeValue: shown.OrderCode, PayerReference: "U1", Words: said("userInitiatedPay", "{}"),
		})
		if kind := reason.Of(err); err == nil || kind.Final() {
			t.Errorf("refused as %s: %v", kind, err)
		}
	})
}

func TestConfirmWithAnotherAmount(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		shown := h.show("PR-1")
		due, err := h.scan("HK-WALLET", "U1", "Mei Lantern", shown.OrderCode)
		if err != nil {
			t.Fatal(err)
		}
		err = h.Confirm(t.Context(), h.participant("HK-WALLET"), connectors.Confirmation{
			Payment: connectors.Reference{RequestID: due.ID.String()}, Decision: connectors.Accepted,
			SettlementAmount: money.New(1, "HKD"),
		})
		if reason.Of(err) != reason.Inconsistent {
			t.Errorf("got %v", err)
		}
		h.until(due.ID, string(payment.Reserved))
	})
}

// TestOrdersEnd: an order nobody scans expires; one that is scanned and never
// paid is cancelled at the wallet.
func TestOrdersEnd(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.wallet.inquire = says(connectors.Absent)
		ignored, abandoned := h.show("PR-1"), h.show("PR-2")
		due, err := h.scan("HK-WALLET", "U1", "Mei Lantern", abandoned.OrderCode)
		if err != nil {
			t.Fatal(err)
		}
		h.duties()
		h.clock.Advance(11 * time.Minute)
		h.until(ignored.ID, string(payment.Cancelled))
		h.until(due.ID, string(payment.Cancelled))
		if h.wallet.count("cancel") != 1 {
			t.Errorf("%d cancels at the wallet", h.wallet.count("cancel"))
		}
		if _, err := h.scan("HK-WALLET", "U1", "Mei Lantern", ignored.OrderCode); err == nil {
			t.Error("an expired order can still be scanned")
		}
		if p := h.position("HK-WALLET"); p.Reserved.Minor != 0 {
			t.Errorf("still reserved %s", p.Reserved)
		}
		h.sound()
	})
}

func TestIssueCodes(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		wallet := h.participant("HK-WALLET")
		codes, err := h.IssueCodes(t.Context(), wallet, connectors.CodeRequest{PayerReference: "U1", Quantity: 10})
		if err != nil || len(codes) != 10 {
			t.Fatalf("%d codes, %v", len(codes), err)
		}
		seen := map[string]bool{}
		for _, code := range codes {
			if len(code.Value) != 24 || code.Value[:8] != "25100102" || seen[code.Value] {
				t.Errorf("code %q", code.Value)
			}
			if code.ExpiresAt.Sub(code.ValidFrom) != time.Minute {
				t.Errorf("code lives %s", code.ExpiresAt.Sub(code.ValidFrom))
			}
			seen[code.Value] = true
		}
		cases := map[string]struct {
			from    connectors.Participant
			request connectors.CodeRequest
			want    reason.Kind
		}{
			"none":     {wallet, connectors.CodeRequest{PayerReference: "U1"}, reason.InvalidRequest},
			"too many": {wallet, connectors.CodeRequest{PayerReference: "U1", Quantity: 11}, reason.InvalidRequest},
			"nobody":   {wallet, connectors.CodeRequest{Quantity: 1}, reason.InvalidRequest},
			"acquirer": {
				h.participant("JP-ACQUIRER"),
				connectors.CodeRequest{PayerReference: "U1", Quantity: 1},
				reason.Unsupported,
			},
		}
		for name, c := range cases {
			if codes, err := h.IssueCodes(t.Context(), c.from, c.request); reason.Of(err) != c.want {
				t.Errorf("%s: %v, %v", name, codes, err)
			}
		}
	})
}
