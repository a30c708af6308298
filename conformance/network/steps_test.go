package network_test

import (
	"testing"

	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/switch/engine"
)

// code is a fresh payment code of a wallet's customer.
func (h hub) code(t *testing.T, wallet, customer, country string) string {
	t.Helper()
	codes := must[sandbox.Codes](t)(h.Control(wallet).Codes(t.Context(), sandbox.CodeOrder{
		Customer: customer, Region: country,
	}))
	if len(codes.Codes) != 1 {
		t.Fatalf("%s got no code: %+v", wallet, codes.Result)
	}
	return codes.Codes[0].PaymentCode
}

func (h hub) pay(t *testing.T, acquirer string, order sandbox.PayOrder) sandbox.PayOutcome {
	t.Helper()
	outcome := must[sandbox.PayOutcome](t)(h.Control(acquirer).Pay(t.Context(), order))
	if outcome.Error != "" {
		t.Fatalf("pay: %s", outcome.Error)
	}
	return outcome
}

// result is what an inquiry says about a payment.
func (h hub) result(t *testing.T, acquirer, requestID string) string {
	t.Helper()
	outcome := must[sandbox.InquiryOutcome](t)(
		h.Control(acquirer).Inquire(t.Context(), sandbox.NamedPayment{RequestID: requestID}))
	if outcome.Error != "" || outcome.Answer.PaymentResult == nil {
		t.Fatalf("inquire: %+v", outcome)
	}
	return outcome.Answer.PaymentResult.Code
}

// ends waits until a payment has a result.
func (h hub) ends(t *testing.T, acquirer, requestID, code string) {
	t.Helper()
	eventually(t, requestID+" is "+code, func() bool { return h.result(t, acquirer, requestID) == code })
}

func (h hub) cancel(t *testing.T, acquirer, requestID string) string {
	t.Helper()
	outcome := must[sandbox.CancelOutcome](t)(
		h.Control(acquirer).Cancel(t.Context(), sandbox.NamedPayment{RequestID: requestID}))
	if outcome.Error != "" {
		t.Fatalf("cancel: %s", outcome.Error)
	}
	return outcome.Answer.Result.Code
}

func (h hub) refund(t *testing.T, acquirer, requestID, refundID, amount, currency string) string {
	t.Helper()
	outcome := must[sandbox.RefundOutcome](t)(h.Control(acquirer).Refund(t.Context(), sandbox.RefundOrder{
		NamedPayment: sandbox.NamedPayment{RequestID: requestID}, RefundID: refundID, Amount: amount, Currency: currency,
	}))
	if outcome.Error != "" {
		t.Fatalf("refund: %s", outcome.Error)
	}
	return outcome.Answer.Result.Code
}

// notified waits until an acquirer was told the end of a payment.
func (h hub) notified(t *testing.T, acquirer, requestID, code string) {
	t.Helper()
	eventually(t, acquirer+" is told "+code, func() bool {
		for _, told := range must[[]sandbox.Notification](t)(h.Control(acquirer).Notifications(t.Context())) {
			if told.PaymentRequestID == requestID && told.PaymentResult.Code == code && told.Confirmed {
				return true
			}
		}
		return false
	})
}

// record is a payment as a hub has it, by its acquirer's request id.
func (h hub) record(t *testing.T, acquirer, requestID string) engine.Record {
	t.Helper()
	return must[engine.Record](t)(engine.ByRequest(t.Context(), h.Pool, acquirer, requestID))
}

// moved are a wallet's debits and credits for a payment, in their order: "debit 7387".
func (h hub) moved(t *testing.T, wallet, paymentID string) (moves []string, sum int64) {
	t.Helper()
	for _, m := range must[[]sandbox.Movement](t)(h.Control(wallet).Movements(t.Context())) {
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

// behave scripts a customer of a wallet until the test ends.
func (h hub) behave(t *testing.T, wallet, customer string, behaviour sandbox.Behaviour, millis int) {
	t.Helper()
	order := sandbox.BehaviourOrder{Customer: customer, Behaviour: behaviour, DelayMillis: millis}
	if err := h.Control(wallet).Behave(t.Context(), order); err != nil {
		t.Fatal(err)
	}
}
