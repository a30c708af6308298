package stagetest

import (
	"context"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/internal/telemetry"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// Hub is a stage as a test uses it through its partners and operators. What they ask must
// be answered; what the answer says is for the test to judge.
type Hub struct{ *stage.Stage }

// Must fails the test for an error.
func Must[T any](t *testing.T) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// within is how long [Eventually] waits: the longest schedule of a test, with time to
// spare on a busy machine.
const within = time.Minute

// Eventually polls until a condition holds.
func Eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	for !holds() {
		select {
		case <-ctx.Done():
			t.Fatalf("not within %s: %s", within, what)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Pay lets an acquirer take a payment.
func (h Hub) Pay(t *testing.T, acquirer string, order sandbox.PayOrder) sandbox.PayOutcome {
	t.Helper()
	outcome := Must[sandbox.PayOutcome](t)(h.Control(acquirer).Pay(t.Context(), order))
	if outcome.Error != "" {
		t.Fatalf("pay: %s", outcome.Error)
	}
	return outcome
}

// Result is the code that an inquiry says about a payment.
func (h Hub) Result(t *testing.T, acquirer, requestID string) string {
	t.Helper()
	outcome := Must[sandbox.InquiryOutcome](t)(
		h.Control(acquirer).Inquire(t.Context(), sandbox.NamedPayment{RequestID: requestID}))
	if outcome.Error != "" || outcome.Answer.PaymentResult == nil {
		t.Fatalf("inquire: %+v", outcome)
	}
	return outcome.Answer.PaymentResult.Code
}

// Ends waits until a payment has a result.
func (h Hub) Ends(t *testing.T, acquirer, requestID, code string) {
	t.Helper()
	Eventually(t, requestID+" is "+code, func() bool { return h.Result(t, acquirer, requestID) == code })
}

// Notified waits until an acquirer was told the end of a payment.
func (h Hub) Notified(t *testing.T, acquirer, requestID, code string) {
	t.Helper()
	Eventually(t, acquirer+" is told "+code, func() bool {
		for _, told := range Must[[]sandbox.Notification](t)(h.Control(acquirer).Notifications(t.Context())) {
			if told.PaymentRequestID == requestID && told.PaymentResult.Code == code && told.Confirmed {
				return true
			}
		}
		return false
	})
}

// Pushed is what an acquirer knows of a payment that was pushed to it; nothing if it was
// not.
func (h Hub) Pushed(t *testing.T, acquirer, requestID string) sandbox.Pushed {
	t.Helper()
	for _, p := range Must[[]sandbox.Pushed](t)(h.Control(acquirer).Pushed(t.Context())) {
		if p.PaymentRequestID == requestID {
			return p
		}
	}
	return sandbox.Pushed{}
}

// Operator is a client of the operators' API, as one of [stage.Stage.Operators].
func (h Hub) Operator(t *testing.T, name string) *client.Client {
	t.Helper()
	token := Must[string](t)(h.Token(name))
	return &client.Client{BaseURL: h.OperatorsURL(), Token: telemetry.Personal(token)}
}

// Agree has one person propose a change and another approve it.
func (h Hub) Agree(t *testing.T, kind string, change any) {
	t.Helper()
	operators := h.Operators()
	p := Must[wire.Proposal](t)(h.Operator(t, operators[0]).Propose(t.Context(), kind, change))
	Must[wire.Proposal](t)(h.Operator(t, operators[1]).Approve(t.Context(), p.ID, p.ChangeHash))
}
