package engine_test

import (
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/payment"
)

// TestACodeIsOnePayment: however many scan a code at once, and however an acquirer
// answers, one payment comes of it.
func TestACodeIsOnePayment(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		a := h.everyMode()
		_, code := h.orderIn(a, connectors.PrivateOrderCode, 1500)
		found := make([]connectors.Payment, 6)
		var group sync.WaitGroup
		for i := range found {
			group.Go(func() {
				var err error
				if found[i], err = h.scan("HK-WALLET", "U1", "Mei Lantern", code); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		for _, one := range found {
			if one.ID != found[0].ID || one.ID == ids.Nil {
				t.Errorf("payments %s and %s", one.ID, found[0].ID)
			}
		}
		asked := a.count("order")
		if _, err := h.scan("HK-WALLET", "U1", "Mei Lantern", code); err != nil || a.count("order") != asked {
			t.Errorf("a known order was fetched again: %v", err)
		}
		h.sound()
	})
}

func TestFetchRefusals(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		a := h.everyMode()
		placed, code := h.orderIn(a, connectors.PrivateOrderCode, 1500)
		a.orders[code+"-again"] = placed
		late := placed
		late.RequestID, late.Transfer.ExpiresAt = "LATE", h.clock.Now().Add(-time.Second)
		a.orders[code+"-late"] = late
		strange := placed
		strange.RequestID, strange.SettlementCurrency = "STRANGE", "EUR"
		a.orders[code+"-strange"] = strange
		if _, err := h.scan("HK-WALLET", "U1", "", code); err != nil {
			t.Fatal(err)
		}
		for suffix, want := range map[string]reason.Kind{
			"-again": reason.Inconsistent, "-late": reason.ExpiredCode, "-strange": reason.UnsupportedCurrency,
		} {
			if _, err := h.scan("HK-WALLET", "U1", "", code+suffix); reason.Of(err) != want {
				t.Errorf("%s: %v, want %s", suffix, err, want)
			}
		}
		// An acquirer that says no without a reason has not said anything usable.
		if _, err := h.scan("HK-WALLET", "U1", "", code+"-unknown"); reason.Of(err).Final() {
			t.Errorf("no reason: %v", err)
		}
		if _, err := h.Pay(t.Context(), h.participant("JP-ACQUIRER"), late); reason.Of(err) != reason.Unsupported {
			t.Errorf("paid without a code: %v", err)
		}
		h.sound()
	})
}

// pushing is a payment whose payer has paid and whose acquirer does not say.
func (h *hub) pushing(a *till) connectors.Payment {
	h.t.Helper()
	a.push = answering(connectors.Undecided)
	_, code := h.orderIn(a, connectors.Push, 1500)
	due, err := h.scan("HK-WALLET", "U1", "Mei Lantern", code)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := h.confirm(due, connectors.Accepted); err != nil {
		h.t.Fatal(err)
	}
	h.until(due.ID, string(payment.Pushing))
	return due
}

// TestPushesAreAskedAbout: a push is made once; then it is asked about, and made
// again only if it never arrived.
func TestPushesAreAskedAbout(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		a := h.everyMode()
		a.inquire = answering(connectors.Undecided)
		due := h.pushing(a)
		for range 4 {
			h.round()
		}
		if a.count("push") != 1 || a.count("inquire push") < 2 {
			t.Errorf("pushed %d times, asked %d times", a.count("push"), a.count("inquire push"))
		}
		if p := h.position("JP-ACQUIRER"); p.Posted.Minor != 0 {
			t.Errorf("the acquirer was paid %s before it said yes", p.Posted)
		}
		a.mu.Lock()
		a.inquire, a.push = answering(connectors.Absent), answering(connectors.Accepted)
		a.mu.Unlock()
		h.round()
		file := h.until(due.ID, string(payment.Posted))
		if a.count("push") != 2 || h.position("JP-ACQUIRER").Posted != jpy(-1488) {
			t.Errorf("pushed %d times, %+v", a.count("push"), file.Payment)
		}
		h.sound()
	})
}

// round lets the duties that are due in a second be done.
func (h *hub) round() {
	h.t.Helper()
	h.clock.Advance(time.Second)
	if err := h.DutyRound(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

// TestAPushThatIsNotTaken: the acquirer's no, and its silence until the end, give
// the payer the money back; a yes that comes later is refused.
func TestAPushThatIsNotTaken(t *testing.T) {
	for name, end := range map[string]func(h *hub, a *till){
		"no": func(_ *hub, a *till) { a.inquire = answering(connectors.Declined) },
		"silence": func(h *hub, a *till) {
			a.inquire = answering(connectors.Undecided)
			h.clock.Advance(11 * time.Minute)
		},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, h *hub) {
				a := h.everyMode()
				due := h.pushing(a)
				end(h, a)
				h.round()
				h.round()
				h.until(due.ID, string(payment.Cancelled))
				late := connectors.Confirmation{
					Payment: connectors.Reference{PaymentID: due.ID}, Decision: connectors.Accepted,
					Words: said("notifyPush", "{}"),
				}
				if err := h.ConfirmPush(t.Context(), h.participant("JP-ACQUIRER"), late); reason.Of(err) != reason.Closed {
					t.Errorf("a late yes: %v", err)
				}
				if h.wallet.count("cancel") == 0 || h.position("HK-WALLET").Reserved.Minor != 0 {
					t.Errorf("cancelled %d times, %+v", h.wallet.count("cancel"), h.position("HK-WALLET"))
				}
				h.sound()
			})
		})
	}
}

func TestConfirmPushRefusals(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		due := h.pushing(h.everyMode())
		word := connectors.Confirmation{
			Payment: connectors.Reference{PaymentID: due.ID}, Decision: connectors.Accepted,
			CheckedFields: [32]byte{1}, Words: said("notifyPush", "{}"),
		}
		if err := h.ConfirmPush(t.Context(), h.participant("SG-ACQUIRER"), word); reason.Of(err) != reason.NotFound {
			t.Errorf("by another acquirer: %v", err)
		}
		other := word
		other.Payment.RequestID = "ANOTHER"
		open := word
		open.Decision = connectors.Undecided
		for want, c := range map[reason.Kind]connectors.Confirmation{
			reason.Inconsistent: other, reason.InvalidRequest: open,
		} {
			if err := h.ConfirmPush(t.Context(), h.participant("JP-ACQUIRER"), c); reason.Of(err) != want {
				t.Errorf("got %v, want %s", err, want)
			}
		}
		for range 2 {
			if err := h.ConfirmPush(t.Context(), h.participant("JP-ACQUIRER"), word); err != nil {
				t.Error(err)
			}
		}
		no := word
		no.Decision, no.CheckedFields = connectors.Declined, [32]byte{2}
		if err := h.ConfirmPush(t.Context(), h.participant("JP-ACQUIRER"), no); reason.Of(err) != reason.Inconsistent {
			t.Errorf("yes, then no: %v", err)
		}
		h.contradicted(due.ID, payment.Posted)
	})
}

// contradicted checks that a payment stayed as it was and that the contradiction
// is on record.
func (h *hub) contradicted(id ids.ID, state payment.State) {
	h.t.Helper()
	file, err := engine.Open(h.t.Context(), h.pool, id)
	if err != nil {
		h.t.Fatal(err)
	}
	contradictions := 0
	for _, change := range file.History {
		if change.Contradiction {
			contradictions++
		}
	}
	if file.Payment.State != state || contradictions != 1 {
		h.t.Errorf("%s with %d contradictions", file.Payment.State, contradictions)
	}
	h.sound()
}

// TestANotificationIsSaidOnce: a wallet may repeat its word and not change it.
func TestANotificationIsSaidOnce(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		shown := h.show("PR-1")
		due, err := h.scan("HK-WALLET", "U1", "Mei Lantern", shown.OrderCode)
		if err != nil {
			t.Fatal(err)
		}
		word := connectors.Confirmation{
			Payment: connectors.Reference{RequestID: due.ID.String()}, Decision: connectors.Accepted, WalletPaymentID: "W-1",
			SettlementAmount: money.New(7387, "HKD"), CheckedFields: [32]byte{1}, Words: said("notify", "{}"),
		}
		wallet := h.participant("HK-WALLET")
		for range 3 {
			if err := h.Confirm(t.Context(), wallet, word); err != nil {
				t.Error(err)
			}
		}
		renamed := word
		renamed.WalletPaymentID, renamed.CheckedFields = "W-2", [32]byte{2}
		if err := h.Confirm(t.Context(), wallet, renamed); reason.Of(err) != reason.Inconsistent {
			t.Errorf("another id: %v", err)
		}
		no := word
		no.Decision, no.CheckedFields = connectors.Declined, [32]byte{3}
		if err := h.Confirm(t.Context(), wallet, no); reason.Of(err) != reason.Inconsistent {
			t.Errorf("yes, then no: %v", err)
		}
		if file := h.until(due.ID, string(payment.Posted)); file.Payment.WalletPaymentID != "W-1" {
			t.Errorf("the first word was changed to %s", file.Payment.WalletPaymentID)
		}
		h.contradicted(due.ID, payment.Posted)
	})
}

// TestCashierKnowsThePayerAtTheEnd: who paid is not known before the wallet says
// so, and the address stays the wallet's.
func TestCashierKnowsThePayerAtTheEnd(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		a := h.everyMode()
		h.wallet.pay = func(id string) connectors.Answer {
			return connectors.Answer{
				Reason: reason.InProcess, PaymentURL: "https://wallet.example/" + id, Sent: []byte("{}"), Received: []byte("{}"),
			}
		}
		placed, _ := h.orderIn(a, connectors.Cashier, 1500)
		shown, err := h.Pay(t.Context(), h.participant("JP-ACQUIRER"), placed)
		if err != nil {
			t.Fatal(err)
		}
		token := shown.OrderCode[len("https://hub.example"+engine.CashierPath):]
		opened, err := h.OpenOrder(t.Context(), token)
		if err != nil || len(opened.Wallets) != 2 || opened.Amount != jpy(1500) {
			t.Fatalf("opened %+v, %v", opened, err)
		}
		for _, wallet := range []string{"HK-WALLET", "KR-WALLET"} {
			chosen, err := h.ChooseWallet(t.Context(), token, wallet)
			if err != nil || chosen.WalletURL != "https://wallet.example/"+shown.ID.String() || len(chosen.Wallets) != 0 {
				t.Errorf("%s: %+v, %v", wallet, chosen, err)
			}
		}
		err = h.Confirm(t.Context(), h.participant("HK-WALLET"), connectors.Confirmation{
			Payment: connectors.Reference{RequestID: shown.ID.String()}, Decision: connectors.Accepted, PayerReference: "U7",
			Words: said("notify", "{}"),
		})
		if err != nil {
			t.Fatal(err)
		}
		if file := h.until(shown.ID, string(payment.Posted)); file.Payment.PayerReference != "U7" ||
			file.Payment.WalletID != "HK-WALLET" || h.wallet.count("pay") != 1 {
			t.Errorf("%+v, asked %d times", file.Payment, h.wallet.count("pay"))
		}
		for _, unknown := range []string{"", "x", token + "x"} {
			if _, err := h.OpenOrder(t.Context(), unknown); reason.Of(err) != reason.NotFound {
				t.Errorf("%q: %v", unknown, err)
			}
		}
		h.sound()
	})
}
