package engine_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/switch/dispute"
	"github.com/causeway-pay/causeway/switch/route"
)

// disputes is a desk about the hub's payments, with nobody to tell.
func (h *hub) disputes() *dispute.Desk {
	return &dispute.Desk{
		Pool: h.pool, Clock: h.clock, Logger: slog.New(slog.DiscardHandler), Region: region, Payments: h.Engine,
		Directory: func() *route.Directory { return h.directory }, Terms: dispute.Terms{}.WithDefaults(),
	}
}

// escalate opens an escalation of a payment and returns it.
func (h *hub) escalate(desk *dispute.Desk, from string, payment connectors.Payment,
	minor int64) (dispute.Dispute, error) {
	h.t.Helper()
	return h.object(desk, from, payment, connectors.Escalation, minor)
}

// object opens a dispute about a payment and returns it.
func (h *hub) object(desk *dispute.Desk, from string, payment connectors.Payment, stage connectors.DisputeStage,
	minor int64) (dispute.Dispute, error) {
	h.t.Helper()
	err := desk.OpenDispute(h.t.Context(), h.participant(from), connectors.DisputeOrder{
		RequestID: ids.New().String(), Stage: stage, Amount: jpy(minor), Why: "not delivered",
		Payment: connectors.Reference{RequestID: payment.ID.String()},
	})
	if err != nil {
		return dispute.Dispute{}, err
	}
	all, err := dispute.OfPayment(h.t.Context(), h.pool, payment.ID)
	if err != nil || len(all) == 0 {
		h.t.Fatalf("%+v, %v", all, err)
	}
	return all[len(all)-1], nil
}

func (h *hub) rule(d dispute.Dispute, minor int64, decision ids.ID) error {
	return h.pool.InTx(h.t.Context(), func(ctx context.Context, tx db.Tx) error {
		return h.RuleDispute(ctx, tx, dispute.Ruling{
			DisputeID: d.ID, ForPayer: minor > 0, Refund: jpy(minor), At: h.clock.Now(),
		}, decision)
	})
}

func (h *hub) refundOf(payment connectors.Payment, id string, minor int64) reason.Kind {
	_, err := h.Return(h.t.Context(), h.participant("JP-ACQUIRER"), connectors.ReturnOrder{
		RequestID: id, CheckedFields: sha256.Sum256([]byte(id)), Amount: jpy(minor),
		Payment: connectors.Reference{PaymentID: payment.ID}, Words: said("refund", "{}"),
	})
	return reason.Of(err)
}

// TestDisputeMovesMoney: what goes back is owed once, by each side its part of the
// payment in its own currency, and no refund gives it back again.
func TestDisputeMovesMoney(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		paid, err := h.pay("PR-1", jpy(1500))
		if err != nil || paid.Status != iso20022.Completed {
			t.Fatalf("%+v, %v", paid, err)
		}
		desk := h.disputes()
		if _, err := h.escalate(desk, "KR-WALLET", paid, 1); reason.Of(err) != reason.NotFound {
			t.Errorf("another wallet's payment: %v", err)
		}
		d, err := h.escalate(desk, "HK-WALLET", paid, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if kind := h.refundOf(paid, "R-1", 501); kind != reason.RefundExceeds {
			t.Errorf("a refund of what is disputed: %s", kind)
		}
		if kind := h.refundOf(paid, "R-2", 500); kind != reason.None {
			t.Errorf("a refund of what is not: %s", kind)
		}
		if _, err := h.Cancel(t.Context(), h.participant("JP-ACQUIRER"),
			connectors.Reference{PaymentID: paid.ID}); err == nil {
			t.Error("a disputed payment was cancelled")
		}
		err = desk.RespondToDispute(t.Context(), h.participant("JP-ACQUIRER"), connectors.DisputeResponse{
			RequestID: d.ID.String(), Stage: d.Stage, Whole: true, CheckedFields: sha256.Sum256([]byte("x")),
		})
		if err != nil {
			t.Fatal(err)
		}
		wallet, acquirer := h.position("HK-WALLET").Posted, h.position("JP-ACQUIRER").Posted
		decision := ids.New()
		if err := h.rule(d, 1000, decision); err != nil {
			t.Fatal(err)
		}
		if err := h.rule(d, 1000, decision); reason.Of(err) != reason.ProposalClosed {
			t.Errorf("ruled twice: %v", err)
		}
		share, err := money.Prorate(paidBy(t, h, paid), 1000, 1500, money.HalfEven)
		if err != nil {
			t.Fatal(err)
		}
		if got := wallet.Minor - h.position("HK-WALLET").Posted.Minor; got != share.Minor {
			t.Errorf("the wallet owes %d less, want %d", got, share.Minor)
		}
		if got := h.position("JP-ACQUIRER").Posted.Minor - acquirer.Minor; got != 1000 {
			t.Errorf("the acquirer owes %d more, want 1000", got)
		}
		if kind := h.refundOf(paid, "R-3", 1); kind != reason.RefundExceeds {
			t.Errorf("a refund of what a dispute gave back: %s", kind)
		}
	})
}

// paidBy is what the wallet owes for a payment.
func paidBy(t *testing.T, h *hub, payment connectors.Payment) money.Amount {
	t.Helper()
	view, err := h.Inquire(t.Context(), h.participant("HK-WALLET"), connectors.Reference{RequestID: payment.ID.String()})
	if err != nil {
		t.Fatal(err)
	}
	return view.Transfer.SettlementAmount
}

// TestDisputeDismissed: what is decided for the merchant can be refunded again.
func TestDisputeDismissed(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		paid, err := h.pay("PR-1", jpy(1500))
		if err != nil {
			t.Fatal(err)
		}
		d, err := h.escalate(h.disputes(), "HK-WALLET", paid, 1500)
		if err != nil {
			t.Fatal(err)
		}
		before := h.position("HK-WALLET")
		if err := h.rule(d, 0, ids.New()); err != nil {
			t.Fatal(err)
		}
		if after := h.position("HK-WALLET"); after != before {
			t.Errorf("%+v, then %+v", before, after)
		}
		if kind := h.refundOf(paid, "R-1", 1500); kind != reason.None {
			t.Errorf("%s", kind)
		}
		if _, err := h.escalate(h.disputes(), "HK-WALLET", paid, 1); reason.Of(err) != reason.RefundExceeds {
			t.Errorf("a dispute of what was refunded: %v", err)
		}
	})
}

// concedes has the acquirer give back what is disputed.
func (h *hub) concedes(desk *dispute.Desk, d dispute.Dispute) error {
	return desk.RespondToDispute(h.t.Context(), h.participant("JP-ACQUIRER"), connectors.DisputeResponse{
		RequestID: d.ID.String(), Stage: d.Stage, Whole: true, CheckedFields: sha256.Sum256([]byte("whole")),
	})
}

// contests has the acquirer give back nothing.
func (h *hub) contests(desk *dispute.Desk, d dispute.Dispute) {
	h.t.Helper()
	err := desk.RespondToDispute(h.t.Context(), h.participant("JP-ACQUIRER"), connectors.DisputeResponse{
		RequestID: d.ID.String(), Stage: d.Stage, Evidence: "a receipt", CheckedFields: sha256.Sum256([]byte("nothing")),
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// disputed has a part of a payment given back by a dispute.
func (h *hub) disputed(desk *dispute.Desk, paid connectors.Payment, minor int64) {
	h.t.Helper()
	d, err := h.escalate(desk, "HK-WALLET", paid, minor)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := h.concedes(desk, d); err != nil {
		h.t.Fatal(err)
	}
	if err := h.rule(d, minor, ids.New()); err != nil {
		h.t.Fatal(err)
	}
}

// TestDisputesAndRefundsAddUp: whatever refunds and disputes give back of a payment, in
// whatever order, together they are exactly what was paid, on both legs.
func TestDisputesAndRefundsAddUp(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		desk := h.disputes()
		for number, parts := range [][]struct{ refund, dispute int64 }{
			{{refund: 1}, {dispute: 1}},
			{{dispute: 1}, {refund: 1}},
			{{dispute: 1}, {refund: 1}, {dispute: 1}},
			{{refund: 1}, {dispute: 1}, {refund: 1}, {dispute: 1}},
		} {
			for more := range int64(4) {
				each := 701 + more
				id := fmt.Sprint("PR-", number, "-", more)
				owed := h.position("HK-WALLET").Posted.Minor
				paid, err := h.pay(id, jpy(each*int64(len(parts))))
				if err != nil {
					t.Fatal(err)
				}
				for i, part := range parts {
					if part.refund > 0 {
						if kind := h.refundOf(paid, fmt.Sprint(id, "-", i), each); kind != reason.None {
							t.Fatalf("%s: refund: %s", id, kind)
						}
						continue
					}
					h.disputed(desk, paid, each)
				}
				if p := h.position("HK-WALLET"); p.Posted.Minor != owed {
					t.Errorf("%+v of %d each: the wallet owes %d more than before", parts, each, p.Posted.Minor-owed)
				}
			}
		}
		h.sound()
	})
}

// TestDeclinedRefundsAndDisputesAddUp: a refund that the wallet has declined after the next one
// was made leaves no unit too much or too little to what a dispute gives back then.
func TestDeclinedRefundsAndDisputesAddUp(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		desk := h.disputes()
		for more := range int64(12) {
			each := 701 + more
			id := fmt.Sprint("PR-", more)
			owed := h.position("HK-WALLET").Posted.Minor
			paid, err := h.pay(id, jpy(each*3))
			if err != nil {
				t.Fatal(err)
			}
			h.wallet.refund = says(connectors.Undecided)
			if kind := h.refundOf(paid, id+"-1", each); kind != reason.None {
				t.Fatalf("pending: %s", kind)
			}
			h.wallet.refund = says(connectors.Accepted)
			if kind := h.refundOf(paid, id+"-2", each); kind != reason.None {
				t.Fatalf("posted: %s", kind)
			}
			h.wallet.refund = says(connectors.Declined)
			h.clock.Advance(time.Minute)
			if err := h.DutyRound(t.Context()); err != nil {
				t.Fatal(err)
			}
			h.disputed(desk, paid, 2*each)
			if got := h.position("HK-WALLET").Posted.Minor; got != owed {
				t.Errorf("of %d each: the wallet owes %d more than before", each, got-owed)
			}
		}
		h.sound()
	})
}

// TestTwoDisputesGiveBackOnce: a retrieval and an escalation of the same money, open at once,
// do not both give it back.
func TestTwoDisputesGiveBackOnce(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		desk := h.disputes()
		for number, retrievalFirst := range []bool{false, true} {
			owed := h.position("HK-WALLET").Posted.Minor
			paid, err := h.pay(fmt.Sprint("PR-", number), jpy(1500))
			if err != nil {
				t.Fatal(err)
			}
			stages := []connectors.DisputeStage{connectors.Escalation, connectors.Retrieval}
			if retrievalFirst {
				stages = []connectors.DisputeStage{connectors.Retrieval, connectors.Escalation}
			}
			var open []dispute.Dispute
			for _, stage := range stages {
				d, err := h.object(desk, "HK-WALLET", paid, stage, 1000)
				if err != nil {
					t.Fatal(err)
				}
				open = append(open, d)
			}
			for _, d := range open {
				if d.Stage == connectors.Retrieval {
					if err := h.concedes(desk, d); reason.Of(err) != reason.RefundExceeds {
						t.Errorf("gives back what is escalated: %v", err)
						_ = h.rule(d, 1000, ids.New())
					}
				}
			}
			h.contests(desk, open[number])
			if err := h.rule(open[number], 1000, ids.New()); err != nil {
				t.Error(err)
			}
			if got := h.position("HK-WALLET").Posted.Minor; got < owed {
				t.Errorf("the wallet got back %d more than it has paid", owed-got)
			}
		}
		h.sound()
	})
}

// TestOneOfManyGivesBack: of a refund, a cancel and a dispute of the whole that come at once one
// gets it, and the others nothing.
func TestOneOfManyGivesBack(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		desk := h.disputes()
		for number := range 12 {
			id := fmt.Sprint("PR-", number)
			paid, err := h.pay(id, jpy(1500))
			if err != nil {
				t.Fatal(err)
			}
			var given sync.WaitGroup
			var count atomic.Int64
			once := func(err error) {
				if err == nil {
					count.Add(1)
				}
			}
			given.Go(func() {
				_, err := h.refund("RF-"+id, id, jpy(1500))
				once(err)
			})
			given.Go(func() {
				_, err := h.cancelOf(id)
				once(err)
			})
			given.Go(func() {
				once(desk.OpenDispute(t.Context(), h.participant("HK-WALLET"), connectors.DisputeOrder{
					RequestID: ids.New().String(), Stage: connectors.Escalation, Amount: jpy(1500), Why: "not delivered",
					Payment: connectors.Reference{RequestID: paid.ID.String()},
				}))
			})
			given.Wait()
			if count.Load() != 1 {
				t.Errorf("%s: %d may give back all", id, count.Load())
			}
		}
		h.sound()
	})
}
