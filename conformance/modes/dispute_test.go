package modes_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// send sends a message as a partner and returns the code of the answer.
func (w world) send(t *testing.T, partner, path, message string) string {
	t.Helper()
	answer := stagetest.Must[sandbox.CallAnswer](t)(w.Control(partner).Call(t.Context(), sandbox.CallOrder{
		Path: path, Message: json.RawMessage(message),
	}))
	return answer.Result.Code
}

// told waits for a notice at a path that has a text, and returns it.
func (w world) told(t *testing.T, partner, path, text string) (found map[string]any) {
	t.Helper()
	stagetest.Eventually(t, partner+" is told "+text, func() bool {
		for _, told := range stagetest.Must[[]sandbox.Told](t)(w.Control(partner).Told(t.Context())) {
			if told.Path == path && strings.Contains(string(told.Message), text) {
				return json.Unmarshal(told.Message, &found) == nil
			}
		}
		return false
	})
	return found
}

// disputes: a payer objects, the acquirer is told and answers, the wallet is told; two
// people book what goes back, and the books stay sound.
func (w world) disputes(t *testing.T) {
	order := sandbox.PayOrder{
		RequestID: "PR-" + ids.New().String(), Amount: "1500", Currency: "JPY",
		Code: stagetest.Must[sandbox.Codes](t)(w.Control(harbour).Codes(t.Context(),
			sandbox.CodeOrder{Customer: payer})).Codes[0].PaymentCode,
	}
	if paid := w.Pay(t, sakura, order); paid.Answer.Result.Code != "SUCCESS" {
		t.Fatalf("%+v", paid.Answer)
	}
	paymentID := stagetest.Texts(t, w.Stage, `SELECT payment_id::TEXT FROM payment WHERE request_id = $1`,
		order.RequestID)[0]
	objection := fmt.Sprintf(`{"disputeRequestId":"D-%s","paymentRequestId":%q,"disputeReason":"not delivered",
		"disputeAmount":{"currency":"JPY","value":"900"}}`, order.RequestID[3:30], paymentID)
	for _, step := range []struct{ partner, want string }{
		{luzon, "ORDER_NOT_EXIST"}, {sakura, "ACCESS_DENIED"}, {harbour, "SUCCESS"}, {harbour, "SUCCESS"},
	} {
		if got := w.send(t, step.partner, alipayplus.PathInitiateEscalation, objection); got != step.want {
			t.Errorf("%s opens: %s, want %s", step.partner, got, step.want)
		}
	}
	asked := w.told(t, sakura, alipayplus.PathInitiateEscalation, order.RequestID)
	disputeID := fmt.Sprint(asked["disputeRequestId"])
	response := fmt.Sprintf(`{"disputeRequestId":%q,"refundType":"PARTIAL_REFUND",
		"refundAmount":{"currency":"JPY","value":"600"},"disputeEvidence":"the rest was delivered"}`, disputeID)
	for _, step := range []struct{ partner, want string }{
		{merlion, "ORDER_NOT_EXIST"}, {harbour, "ACCESS_DENIED"}, {sakura, "SUCCESS"}, {sakura, "SUCCESS"},
	} {
		if got := w.send(t, step.partner, alipayplus.PathResponseEscalation, response); got != step.want {
			t.Errorf("%s answers: %s, want %s", step.partner, got, step.want)
		}
	}
	if answer := w.told(t, harbour, alipayplus.PathResponseEscalation,
		"the rest was delivered"); answer["refundType"] != "PARTIAL_REFUND" {
		t.Errorf("the wallet is told %v", answer)
	}
	w.Agree(t, wire.KindDisputeDecide, wire.DisputeDecision{
		DisputeID: stagetest.Must[ids.ID](t)(ids.Parse(disputeID)), Outcome: wire.ForPayer, Why: "as the acquirer says",
		Amount: &wire.Amount{Currency: "JPY", Minor: "600"},
	})
	refunded := stagetest.Must[sandbox.RefundOutcome](t)(w.Control(sakura).Refund(t.Context(), sandbox.RefundOrder{
		NamedPayment: sandbox.NamedPayment{RequestID: order.RequestID},
		RefundID:     "RF-" + order.RequestID[3:], Amount: "901", Currency: "JPY",
	}))
	if got := refunded.Answer.Result.Code; got != "REFUND_AMOUNT_EXCEED" {
		t.Errorf("a refund of what went back: %s", got)
	}
	stagetest.Invariants(t, w.Stage)
}

// merchants: a merchant is paid once it and its store are registered, and the acquirer is
// told so.
func (w world) merchants(t *testing.T) {
	w.Agree(t, wire.KindRegistrationSet, wire.RegistrationChange{ParticipantID: merlion, Registration: "REVIEWED"})
	merchant, store := "R-"+ids.New().String(), "R-"+ids.New().String()
	for request, more := range map[string]string{
		merchant: "", store: `,"storeInfo":{"referenceStoreId":"S-1","storeName":"Tea Orchard"}`,
	} {
		registration := fmt.Sprintf(`{"registrationRequestId":%q,"merchantInfo":{"referenceMerchantId":"M-7",
			"merchantDisplayName":"Tea","merchantMCC":"5814"}%s}`, request, more)
		if got := w.send(t, merlion, alipayplus.PathRegistration, registration); got != "SUCCESS" {
			t.Fatal(got)
		}
	}
	pays := func(want string) {
		t.Helper()
		codes := stagetest.Must[sandbox.Codes](t)(w.Control(harbour).Codes(t.Context(),
			sandbox.CodeOrder{Customer: stage.Regular + "-7"}))
		paid := w.Pay(t, merlion, sandbox.PayOrder{
			Amount: "500", Currency: "SGD", MerchantID: "M-7", Code: codes.Codes[0].PaymentCode,
		})
		if got := paid.Answer.Result.Code; got != want {
			t.Errorf("paid: %s, want %s", got, want)
		}
	}
	for _, request := range []string{merchant, store} {
		pays("MERCHANT_NOT_REGISTERED")
		w.Agree(t, wire.KindMerchantDecide, wire.MerchantDecision{
			ParticipantID: merlion, RequestID: request, Status: "REGISTERED",
		})
		w.told(t, merlion, alipayplus.PathRegistrationNotice, request)
	}
	pays("SUCCESS")
	w.Agree(t, wire.KindRegistrationSet, wire.RegistrationChange{ParticipantID: merlion, Registration: "NONE"})
}
