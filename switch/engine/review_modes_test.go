package engine_test

import (
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/compliance/policy"
	"github.com/causeway-pay/causeway/compliance/review"
	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/payment"
)

// heldOrder is an order of a mode that waits for people: its merchant is listed.
type heldOrder struct {
	*hub
	code string
	id   ids.ID
	// byPage is whether its payer has chosen a wallet on the page.
	byPage bool
}

// holdAll has every payment wait for people for some minutes.
func (h *hub) holdAll(minutes int64) {
	h.t.Helper()
	h.follow(func(d *policy.Document) {
		d.Hold, d.ReviewMinutes = []policy.Scope{{Payer: "HK"}, {Payer: "TH"}}, minutes
	})
	h.relist("7,Ginza Tea House\n")
}

// takeHeld places an order of a mode and has its payer take it.
func (h *hub) takeHeld(a *till, mode connectors.Mode, byPage bool) heldOrder {
	h.t.Helper()
	placed, code := h.orderIn(a, mode, 1500)
	if !mode.Fetched() {
		shown, err := h.Pay(h.t.Context(), h.participant("JP-ACQUIRER"), placed)
		if err != nil {
			h.t.Fatal(err)
		}
		code = shown.OrderCode
	}
	o := heldOrder{hub: h, code: code, byPage: byPage}
	if status := o.takes(); status != iso20022.AcceptedUnposted {
		h.t.Fatalf("%s is %s", mode, status)
	}
	record, err := engine.ByRequest(h.t.Context(), h.pool, "JP-ACQUIRER", placed.RequestID)
	if err != nil {
		h.t.Fatal(err)
	}
	o.id = record.ID
	return o
}

// takes has the payer take the order once more, and returns what is told.
func (o heldOrder) takes() iso20022.Status {
	o.t.Helper()
	if o.byPage {
		token := o.code[strings.LastIndex(o.code, "/")+1:]
		open, err := o.ChooseWallet(o.t.Context(), token, "HK-WALLET")
		if err != nil {
			o.t.Fatal(err)
		}
		return open.Status
	}
	view, err := o.scan("HK-WALLET", "U1", "Mei Lantern", o.code)
	if err != nil {
		o.t.Fatal(err)
	}
	return view.Status
}

// waiting are the ways in which a payer takes an order, who can be told to wait.
func waiting() map[string]struct {
	mode   connectors.Mode
	byPage bool
} {
	return map[string]struct {
		mode   connectors.Mode
		byPage bool
	}{
		"order code":         {connectors.OrderCode, false},
		"private order code": {connectors.PrivateOrderCode, false},
		"push":               {connectors.Push, false},
		"entry code by scan": {connectors.EntryCode, false},
		"entry code by page": {connectors.EntryCode, true},
		"cashier by scan":    {connectors.Cashier, false},
		"cashier by page":    {connectors.Cashier, true},
	}
}

// A scanned order waits like a payment by code: reserved, unknown to the wallet, and once
// released it is paid once, by whoever asks in that mode.
func TestOrdersAreHeldAndReleased(t *testing.T) {
	for name, way := range waiting() {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, h *hub) {
				a := h.everyMode()
				a.push = answering(connectors.Accepted)
				h.wallet.inquire = says(connectors.Absent)
				h.holdAll(5)
				o := h.takeHeld(a, way.mode, way.byPage)
				view, err := h.Inquire(t.Context(), h.participant("JP-ACQUIRER"), connectors.Reference{PaymentID: o.id})
				if err != nil || view.Status != iso20022.AcceptedUnposted || view.Reason != reason.InProcess {
					t.Errorf("the acquirer is told %s, %s, %v", view.Status, view.Reason, err)
				}
				if status := o.takes(); status != iso20022.AcceptedUnposted || h.wallet.count("pay") != 0 {
					t.Errorf("taken again: %s, the wallet was asked %d times", status, h.wallet.count("pay"))
				}
				if h.position("HK-WALLET").Reserved.Minor == 0 {
					t.Error("nothing is reserved")
				}
				if _, err := h.scan("HK-WALLET", "U9", "", o.code); reason.Of(err) != reason.Inconsistent {
					t.Errorf("another payer: %v", err)
				}
				h.sound()
				if err := h.decide(o.id, true); err != nil {
					t.Fatal(err)
				}
				h.start(t) // another process, which knows only the database
				h.Acquirers = map[string]connectors.Acquirer{"scripted": a}
				asked := 0
				if way.byPage {
					asked = 1
				} else if status := o.takes(); status != iso20022.AcceptedSettlement {
					t.Errorf("released, and scanned again: %s", status)
				}
				if !way.byPage {
					for range 2 {
						if err := h.confirm(connectors.Payment{ID: o.id}, connectors.Accepted); err != nil {
							t.Fatal(err)
						}
					}
				}
				h.duties()
				file := h.until(o.id, string(payment.Posted))
				if n := h.wallet.count("pay"); n != asked {
					t.Errorf("the wallet was asked %d times, want %d", n, asked)
				}
				if file.Payment.Duty != engine.DutyNone || h.position("HK-WALLET").Reserved.Minor != 0 {
					t.Errorf("left %s, %+v", file.Payment.Duty, h.position("HK-WALLET"))
				}
				h.sound()
			})
		})
	}
}

// Refused, or not decided before the time of the case or of the order is over, the money
// is free again, and the wallet that asks again is told the neutral reason.
func TestOrdersAreHeldAndNotReleased(t *testing.T) {
	ends := map[string]struct {
		minutes int64
		after   time.Duration
		end     func(h *hub, o heldOrder) error
		state   review.State
	}{
		"refused":          {5, 0, func(h *hub, o heldOrder) error { return h.decide(o.id, false) }, review.Refused},
		"time of the case": {5, 6 * time.Minute, func(h *hub, _ heldOrder) error { return h.DutyRound(h.t.Context()) }, review.Lapsed},
		"time of the order": {60, 11 * time.Minute, func(h *hub, _ heldOrder) error { return h.DutyRound(h.t.Context()) },
			review.Lapsed},
	}
	for name, c := range ends {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, h *hub) {
				a := h.everyMode()
				h.holdAll(c.minutes)
				o := h.takeHeld(a, connectors.OrderCode, false)
				h.clock.Advance(c.after)
				if err := c.end(h, o); err != nil {
					t.Fatal(err)
				}
				h.until(o.id, string(payment.Rejected))
				view, err := h.scan("HK-WALLET", "U1", "Mei Lantern", o.code)
				if err != nil || view.Status != iso20022.Rejected || view.Reason != reason.Regulation {
					t.Errorf("scanned again: %s, %s, %v", view.Status, view.Reason, err)
				}
				if closed, err := h.Case(t.Context(), o.id); err != nil || closed.State != c.state || !closed.Held {
					t.Errorf("%+v, %v", closed, err)
				}
				if p := h.position("HK-WALLET"); p.Reserved.Minor != 0 || p.Posted.Minor != 0 {
					t.Errorf("%+v", p)
				}
				h.sound()
			})
		})
	}
}

// Where nobody can wait the payment is refused with the neutral reason, and a case informs
// people, whose decision moves nothing.
func TestWhatCannotWaitInforms(t *testing.T) {
	for name, release := range map[string]bool{"cleared": true, "confirmed": false} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, h *hub) {
				there := h.joinNetworks()
				debit, _ := h.orderIn(h.everyMode(), connectors.AutoDebit, 1500)
				h.holdAll(5)
				for _, placed := range []connectors.Order{debit, order("PR-1", foreignCode, jpy(1500))} {
					view, err := h.Pay(t.Context(), h.participant("JP-ACQUIRER"), placed)
					if err != nil || view.Status != iso20022.Rejected || view.Reason != reason.Regulation {
						t.Fatalf("%s: %s, %s, %v", placed.Mode, view.Status, view.Reason, err)
					}
					c, err := h.Case(t.Context(), view.ID)
					if err != nil || c.Held || c.State != review.Open || c.DueAt.Sub(c.OpenedAt) != review.InformedFor {
						t.Errorf("%s: %+v, %v", placed.Mode, c, err)
					}
					if err := h.decide(view.ID, release); err != nil {
						t.Errorf("%s: %v", placed.Mode, err)
					}
					h.until(view.ID, string(payment.Rejected))
				}
				if h.wallet.count("pay") != 0 || len(there.shown) != 0 {
					t.Errorf("asked %d times, shown %v", h.wallet.count("pay"), there.shown)
				}
				h.sound()
			})
		})
	}
}
