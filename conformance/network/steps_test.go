package network_test

import (
	"slices"
	"testing"

	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/switch/engine"
)

// code is a fresh payment code of a wallet's customer.
func (h hub) code(t *testing.T, wallet, customer, country string) string {
	t.Helper()
	codes := stagetest.Must[sandbox.Codes](t)(h.Control(wallet).Codes(t.Context(), sandbox.CodeOrder{
		Customer: customer, Region: country,
	}))
	if len(codes.Codes) != 1 {
		t.Fatalf("%s got no code: %+v", wallet, codes.Result)
	}
	return codes.Codes[0].PaymentCode
}

func (h hub) cancel(t *testing.T, acquirer, requestID string) string {
	t.Helper()
	outcome := stagetest.Must[sandbox.CancelOutcome](t)(
		h.Control(acquirer).Cancel(t.Context(), sandbox.NamedPayment{RequestID: requestID}))
	if outcome.Error != "" {
		t.Fatalf("cancel: %s", outcome.Error)
	}
	return outcome.Answer.Result.Code
}

func (h hub) refund(t *testing.T, acquirer, requestID, refundID, amount, currency string) string {
	t.Helper()
	outcome := stagetest.Must[sandbox.RefundOutcome](t)(h.Control(acquirer).Refund(t.Context(), sandbox.RefundOrder{
		NamedPayment: sandbox.NamedPayment{RequestID: requestID}, RefundID: refundID, Amount: amount, Currency: currency,
	}))
	if outcome.Error != "" {
		t.Fatalf("refund: %s", outcome.Error)
	}
	return outcome.Answer.Result.Code
}

// record is a payment as a hub has it, by its acquirer's request id.
func (h hub) record(t *testing.T, acquirer, requestID string) engine.Record {
	t.Helper()
	return stagetest.Must[engine.Record](t)(engine.ByRequest(t.Context(), h.Pool, acquirer, requestID))
}

// moved are a wallet's debits and credits for a payment, in their order: "debit 7387".
func (h hub) moved(t *testing.T, wallet, paymentID string) (moves []string, sum int64) {
	t.Helper()
	for _, m := range stagetest.Must[[]sandbox.Movement](t)(h.Control(wallet).Movements(t.Context())) {
		if m.PaymentRequestID != paymentID {
			continue
		}
		moves = append(moves, m.Kind)
		if m.Kind == "debit" {
			sum -= m.Minor
		} else {
			sum += m.Minor
		}
	}
	return moves, sum
}

// consults: an acquirer at home is told the wallets behind each network, by the names that
// an agreement is prepared with. One of those away is the hub at home, as it is a wallet there.
func (w world) consults(t *testing.T) {
	got := stagetest.Must[sandbox.ConsultOutcome](t)(w.home.Control(sakura).Consult(t.Context(),
		sandbox.ConsultOrder{Amount: amount, Currency: "JPY"})).Answer
	var names []string
	for _, option := range got.Options {
		for _, wallet := range option.Detail.ConnectWallet.Wallets {
			names = append(names, wallet.Name+" "+wallet.BrandName+" "+wallet.Region)
		}
	}
	want := []string{
		chinaAway + "/" + dragon + " Dragon Pay CN", harbour + " Harbour Pay HK",
		payersAway + "/" + homeWallet + " " + homeWallet + " HK", payersAway + "/" + lotus + " Lotus Pay TH",
	}
	if got.Result.Code != "SUCCESS" || !slices.Equal(names, want) {
		t.Errorf("%+v, %q", got.Result, names)
	}
}

// behave scripts a customer of a wallet until the test ends.
func (h hub) behave(t *testing.T, wallet, customer string, behaviour sandbox.Behaviour, millis int) {
	t.Helper()
	order := sandbox.BehaviourOrder{Customer: customer, Behaviour: behaviour, DelayMillis: millis}
	if err := h.Control(wallet).Behave(t.Context(), order); err != nil {
		t.Fatal(err)
	}
}
