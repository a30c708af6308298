package invariant_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/compliance/policy"
	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

const (
	shop   = "JP-SAKURA"
	wallet = "HK-HARBOUR"
)

// working is a hub on whose day a bit of everything happens.
type working struct{ stagetest.Hub }

// day is such a hub: payments, one of them declined, some given back in part, whole or at
// another rate, and one held; a window that was closed and that a bank has begun to settle; a
// deal, a firm quote, a book that was closed, and entries in the chain.
func day(t *testing.T) stagetest.Hub {
	w := working{stagetest.Hub{Stage: stagetest.Open(t, stage.Options{})}}
	for i := range 3 {
		w.pays(t, fmt.Sprint(stage.Regular, "-", i), fmt.Sprint("PAID-", i), "SUCCESS")
	}
	w.pay(t, stage.Poor, "DECLINED")
	w.Agree(t, wire.KindPrefundingReceive, wire.PrefundingChange{
		ParticipantID: wallet, Amount: wire.Amount{Currency: "HKD", Minor: "5000"}, Evidence: "CAMT054-1/1",
		EffectiveAt: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC),
	})
	w.givesBack(t, "PAID-0", "BACK-0", "500")
	w.givesBack(t, "PAID-1", "BACK-2", "700")
	w.givesBack(t, "PAID-1", "BACK-3", "800")
	w.Agree(t, wire.KindRuleSet, wire.RuleChange{Corridor: "HK-JP", Leg: "payer", Refund: "current"})
	w.pays(t, fmt.Sprint(stage.Regular, "-3"), "PAID-3", "SUCCESS")
	w.givesBack(t, "PAID-3", "BACK-4", "600")
	w.treasury(t)
	w.settles(t, stagetest.Must[wire.Closed](t)(w.Operator(t, w.Operators()[0]).CloseWindow(t.Context())))
	w.holding(t)
	w.pay(t, stage.Listed, "HELD")
	stagetest.Eventually(t, "all entries are in the chain", func() bool {
		return len(stagetest.Texts(t, w.Stage, `SELECT entry_id::TEXT FROM ledger_unsealed`)) == 0
	})
	return w.Hub
}

func (w working) pay(t *testing.T, customer, requestID string) string {
	t.Helper()
	codes := stagetest.Must[sandbox.Codes](t)(w.Control(wallet).Codes(t.Context(), sandbox.CodeOrder{Customer: customer}))
	return w.Pay(t, shop, sandbox.PayOrder{
		RequestID: requestID, Code: codes.Codes[0].PaymentCode, Amount: "1500", Currency: "JPY", MerchantName: "Corner Shop",
	}).Answer.Result.Code
}

func (w working) pays(t *testing.T, customer, requestID, want string) {
	t.Helper()
	if got := w.pay(t, customer, requestID); got != want {
		t.Fatalf("%s: %s", requestID, got)
	}
}

func (w working) givesBack(t *testing.T, requestID, refundID, amount string) {
	t.Helper()
	back := stagetest.Must[sandbox.RefundOutcome](t)(w.Control(shop).Refund(t.Context(), sandbox.RefundOrder{
		NamedPayment: sandbox.NamedPayment{RequestID: requestID}, RefundID: refundID, Amount: amount, Currency: "JPY",
	}))
	if back.Answer.Result.Code != "SUCCESS" {
		t.Fatalf("given back: %+v", back)
	}
}

// treasury makes a deal, gives a firm quote and closes the book.
func (w working) treasury(t *testing.T) {
	t.Helper()
	today := time.Now().UTC().Format(time.DateOnly)
	w.Agree(t, wire.KindDealBook, wire.DealChange{
		Counterparty: "BANK", Reference: "DEAL-1", Buy: wire.Amount{Currency: "JPY", Minor: "1000"},
		Sell: wire.Amount{Currency: "HKD", Minor: "5500"}, ValueDate: today,
	})
	operator := w.Operator(t, w.Operators()[0])
	stagetest.Must[wire.Quote](t)(operator.MakeQuote(t.Context(), wire.QuoteRequest{
		OwnerID: wallet, AcquirerID: shop, WalletID: wallet, Product: "PaymentCode", Firm: true,
		Amount: wire.Amount{Currency: "JPY", Minor: "999"},
	}))
	stagetest.Must[wire.BookClosed](t)(operator.CloseBook(t.Context(), today))
}

// settles has a bank pay a part of each obligation of a window.
func (w working) settles(t *testing.T, closed wire.Closed) {
	t.Helper()
	file := stagetest.Must[wire.Settlement](t)(w.Operator(t, w.Operators()[0]).Settlement(t.Context(), closed.WindowID))
	for i, o := range file.Obligations {
		amount, err := o.Amount.Money()
		if err != nil {
			t.Fatal(err)
		}
		amount.Minor /= 2
		reference := fmt.Sprint("BANK-", i)
		message, err := iso20022.Notification{
			MessageID: reference, CreatedAt: time.Now(), NotificationID: reference, AccountID: "HUB",
			Currency: amount.Currency, Owner: iso20022.Agent{OtherID: instruct.HubAgent},
			Entries: []iso20022.BookedEntry{{
				Reference: reference, Amount: amount, Credit: o.Direction == "PAY_IN", BookedAt: time.Now(),
				EndToEndID: strings.ReplaceAll(o.ID.String(), "-", ""),
			}},
		}.AppendXML(nil)
		if err != nil {
			t.Fatal(err)
		}
		w.Agree(t, wire.KindSettlementConfirm, wire.ConfirmChange{Message: message})
	}
}

// holding has hits hold payments, by a policy that the hub follows as it starts.
func (w working) holding(t *testing.T) {
	t.Helper()
	held := policy.Standard()
	held.Hold, held.ReviewMinutes = []policy.Scope{{}}, 30
	w.Agree(t, wire.KindPolicySet, wire.PolicyChange{State: "LIVE", Document: held})
	w.KillHub()
	if err := w.StartHub(t.Context()); err != nil {
		t.Fatal(err)
	}
}
