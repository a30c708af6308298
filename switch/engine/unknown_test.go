package engine_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/switch/engine"
	"github.com/causeway-pay/causeway/switch/payment"
)

// TestUnknownIsAskedFor: an unknown answer is pending for the acquirer, and
// final as soon as the wallet says what happened.
func TestUnknownIsAskedFor(t *testing.T) {
	cases := []struct {
		name    string
		inquiry connectors.Answer
		want    payment.State
	}{
		{"it was paid", connectors.Answer{Decision: connectors.Accepted}, payment.Posted},
		{
			"it was declined",
			connectors.Answer{Decision: connectors.Declined, Reason: reason.InsufficientFunds},
			payment.Declined,
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, h *hub) {
				h.wallet.pay = nil
				h.wallet.inquire = func(string) connectors.Answer { return c.inquiry }
				pending, err := h.pay("PR-1", jpy(1500))
				if err != nil || pending.Status != iso20022.Pending || pending.Reason != reason.InProcess {
					t.Fatalf("got %s %s, %v", pending.Status, pending.Reason, err)
				}
				if p := h.position("HK-WALLET"); p.Reserved.Minor == 0 {
					t.Error("nothing is reserved while the outcome is unknown")
				}
				h.duties()
				h.until(pending.ID, string(c.want))
				h.sound()
			})
		})
	}
}

// TestSilentWalletIsCancelled: a wallet that never says anything is asked until
// the time is over, then told to cancel until it confirms.
func TestSilentWalletIsCancelled(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.wallet.pay = nil
		h.wallet.inquire = says(connectors.Absent)
		attempts := 0
		h.wallet.cancel = func(string) connectors.Answer {
			if attempts++; attempts < 3 {
				return connectors.Answer{Err: errors.New("connection reset")}
			}
			return connectors.Answer{Decision: connectors.Accepted}
		}
		pending, err := h.pay("PR-1", jpy(1500))
		if err != nil {
			t.Fatal(err)
		}
		h.duties()
		h.until(pending.ID, string(payment.Unresolved))
		h.clock.Advance(4 * time.Minute)
		file := h.until(pending.ID, string(payment.Cancelled))
		if file.Payment.Reason != reason.Closed || attempts != 3 || h.wallet.count("inquire") == 0 {
			t.Errorf("%s after %d cancels and %d inquiries", file.Payment.Reason, attempts, h.wallet.count("inquire"))
		}
		if p := h.position("HK-WALLET"); p.Reserved.Minor != 0 || p.Posted.Minor != 0 {
			t.Errorf("position %+v", p)
		}
		h.sound()
	})
}

// TestDeadWalletIsHeld: a wallet that never confirms a cancel leaves the payment
// to two operators, with the money still reserved.
func TestDeadWalletIsHeld(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.wallet.pay, h.wallet.inquire = nil, says(connectors.Undecided)
		h.wallet.cancel = says(connectors.Declined)
		pending, err := h.pay("PR-1", jpy(1500))
		if err != nil {
			t.Fatal(err)
		}
		h.duties()
		h.clock.Advance(4 * time.Minute)
		h.until(pending.ID, string(payment.Held))
		if p := h.position("HK-WALLET"); p.Reserved.Minor == 0 {
			t.Error("the reservation was released without knowing")
		}
		h.sound()
		err = h.pool.InTx(
			t.Context(),
			func(ctx context.Context, tx db.Tx) error { return h.Resolve(ctx, tx, pending.ID, true) },
		)
		if err != nil {
			t.Fatal(err)
		}
		h.until(pending.ID, string(payment.Posted))
		err = h.pool.InTx(
			t.Context(),
			func(ctx context.Context, tx db.Tx) error { return h.Resolve(ctx, tx, pending.ID, false) },
		)
		if reason.Of(err) != reason.Closed {
			t.Errorf("resolved twice: %v", err)
		}
		h.sound()
	})
}

// TestCrashBetweenTheCommits: a hub that dies after the reservation is followed
// by one that finds the payment in the database and finishes it.
func TestCrashBetweenTheCommits(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		asked := make(chan struct{})
		h.wallet.pay = func(string) connectors.Answer {
			close(asked)
			<-t.Context().Done()
			return connectors.Answer{Err: t.Context().Err()}
		}
		request := order("PR-1", h.fresh(), jpy(1500))
		go func() { _, _ = h.Pay(context.Background(), h.participant("JP-ACQUIRER"), request) }()
		select {
		case <-asked:
		case <-time.After(time.Minute):
			t.Fatal("the wallet was not asked")
		}
		h.wallet.pay = says(connectors.Accepted)
		h.start(t)
		h.duties()
		h.clock.Advance(time.Minute)
		all, err := engine.List(t.Context(), h.pool, engine.Filter{Limit: 10})
		if err != nil || len(all) != 1 {
			t.Fatalf("%d payments, %v", len(all), err)
		}
		h.until(all[0].ID, string(payment.Posted))
		again, err := h.Pay(t.Context(), h.participant("JP-ACQUIRER"), request)
		if err != nil || again.ID != all[0].ID || again.Status != iso20022.Completed {
			t.Errorf("the repeated request is told %s %s, %v", again.ID, again.Status, err)
		}
		h.sound()
	})
}

// TestCancelBeatsALateYes: after the acquirer asked to cancel, a yes of the
// wallet only makes the hub cancel there too.
func TestCancelBeatsALateYes(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.wallet.pay = says(connectors.Undecided)
		h.wallet.cancel = says(connectors.Undecided)
		pending, err := h.pay("PR-1", jpy(1500))
		if err != nil {
			t.Fatal(err)
		}
		acquirer := h.participant("JP-ACQUIRER")
		if answer, err := h.Cancel(
			t.Context(),
			acquirer,
			connectors.Reference{RequestID: "PR-1"},
		); reason.Of(
			err,
		) != reason.InProcess {
			t.Fatalf("got %s, %v", answer.Status, err)
		}
		if err := h.confirm(pending, connectors.Accepted); err != nil {
			t.Fatal(err)
		}
		h.wallet.cancel = says(connectors.Accepted)
		cancelled, err := h.Cancel(t.Context(), acquirer, connectors.Reference{RequestID: "PR-1"})
		if err != nil || cancelled.Status != iso20022.Cancelled || cancelled.Reason != reason.Closed {
			t.Errorf("got %s %s, %v", cancelled.Status, cancelled.Reason, err)
		}
		if p := h.position("HK-WALLET"); p.Reserved.Minor != 0 || p.Posted.Minor != 0 {
			t.Errorf("position %+v", p)
		}
		h.sound()
	})
}

func (h *hub) confirm(p connectors.Payment, decision connectors.Decision) error {
	h.t.Helper()
	return h.Confirm(h.t.Context(), h.participant("HK-WALLET"), connectors.Confirmation{
		Payment: connectors.Reference{
			RequestID: p.ID.String(),
		},
		Decision:        decision,
		WalletPaymentID: "W-1",
		Words:           said("notifyPayment", "{}"),
	})
}

// TestNoThenYes: a wallet that declined and later says yes has debited the payer
// without cause; the hub cancels there and the payment stays declined.
func TestNoThenYes(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		h.wallet.pay = says(connectors.Declined)
		declined, err := h.pay("PR-1", jpy(1500))
		if err != nil {
			t.Fatal(err)
		}
		if err := h.confirm(declined, connectors.Accepted); err != nil {
			t.Fatal(err)
		}
		h.duties()
		deadline := time.Now().Add(time.Minute)
		for h.wallet.count("cancel") == 0 {
			if time.Now().After(deadline) {
				t.Fatal("the wallet was not told to cancel")
			}
			time.Sleep(5 * time.Millisecond)
		}
		file := h.until(declined.ID, string(payment.Declined))
		contradictions := 0
		for _, change := range file.History {
			if change.Contradiction {
				contradictions++
			}
		}
		if contradictions != 1 {
			t.Errorf("%d contradictions on record", contradictions)
		}
		h.sound()
	})
}

// TestYesThenNo: what was posted stays posted; the contradiction is recorded.
func TestYesThenNo(t *testing.T) {
	each(t, func(t *testing.T, h *hub) {
		paid, err := h.pay("PR-1", jpy(1500))
		if err != nil {
			t.Fatal(err)
		}
		if err := h.confirm(paid, connectors.Declined); err != nil {
			t.Fatal(err)
		}
		file := h.until(paid.ID, string(payment.Posted))
		if last := file.History[len(file.History)-1]; !last.Contradiction || last.Event != string(payment.WalletDeclined) {
			t.Errorf("last line of the history %+v", last)
		}
		h.sound()
	})
}

// TestWordBeforeAnswer: a wallet that notifies before it answers is believed once, and its
// answer then finds the payment as it is by now and not as it was when it was asked.
func TestWordBeforeAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		word, answer connectors.Decision
		want         iso20022.Status
	}{
		"yes and yes": {connectors.Accepted, connectors.Accepted, iso20022.Completed},
		"no and no":   {connectors.Declined, connectors.Declined, iso20022.Rejected},
		"yes and no":  {connectors.Accepted, connectors.Declined, iso20022.Completed},
		"yes, silent": {connectors.Accepted, connectors.Undecided, iso20022.Completed},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, h *hub) {
				h.wallet.pay = func(id string) connectors.Answer {
					err := h.Confirm(t.Context(), h.participant("HK-WALLET"), connectors.Confirmation{
						Payment: connectors.Reference{RequestID: id}, Decision: c.word, WalletPaymentID: "W-" + id, Words: said("notify", "{}"),
					})
					if err != nil {
						t.Error(err)
					}
					return says(c.answer)(id)
				}
				paid, err := h.pay("PR-1", jpy(1500))
				if err != nil || paid.Status != c.want {
					t.Errorf("%s, %v", paid.Status, err)
				}
				h.sound()
			})
		})
	}
}
