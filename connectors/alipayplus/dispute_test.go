package alipayplus_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/connectortest"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// quarrel is a desk that remembers and answers what it is told.
type quarrel struct {
	opened    []connectors.DisputeOrder
	responses []connectors.DisputeResponse
	err       error
}

func (q *quarrel) OpenDispute(_ context.Context, _ connectors.Participant, order connectors.DisputeOrder) error {
	q.opened = append(q.opened, order)
	return q.err
}

func (q *quarrel) RespondToDispute(
	_ context.Context, _ connectors.Participant, response connectors.DisputeResponse,
) error {
	q.responses = append(q.responses, response)
	return q.err
}

const objection = `"disputeRequestId":"D-1","paymentRequestId":"P-1","disputeOccurTime":"2026-01-02T11:04:07+08:00",
	"disputeReason":"not delivered","disputeAmount":{"currency":"JPY","value":"900"}`

// TestDisputes: wallets open disputes, acquirers answer them, networks open them as
// wallets do, and what is missing is refused before.
func TestDisputes(t *testing.T) {
	desk := &quarrel{}
	b := bench{connectortest.NewHub(), serve(t, alipayplus.ServerConfig{
		Gate: gateConfig(t), Hub: connectortest.NewHub(), Disputes: desk,
	})}
	result := func(code string) map[string]any { return map[string]any{"result.resultCode": code} }
	for path, stage := range map[string]connectors.DisputeStage{
		alipayplus.PathInitiateRetrieval: connectors.Retrieval, alipayplus.PathInitiateEscalation: connectors.Escalation,
	} {
		for _, from := range []connectors.Participant{wallet, payerNetwork} {
			expect(t, b.post(t, from, path, `{`+objection+`}`), result("SUCCESS"))
			got := desk.opened[len(desk.opened)-1]
			if got.Stage != stage || got.RequestID != "D-1" || got.Payment.RequestID != "P-1" || got.Why != "not delivered" ||
				got.Amount != money.New(900, "JPY") || got.OccurredAt.Format(time.RFC3339) != "2026-01-02T03:04:07Z" {
				t.Errorf("%+v", got)
			}
		}
		expect(t, b.post(t, acquirer, path, `{`+objection+`}`), result("ACCESS_DENIED"))
	}
	if desk.opened[0].CheckedFields == desk.opened[2].CheckedFields {
		t.Error("a retrieval is as good as an escalation")
	}
	seen := len(desk.opened)
	for _, body := range []string{
		`{}`, `{` + strings.Replace(objection, `"900"`, `"0"`, 1) + `}`, `{` + strings.Replace(objection,
			"2026-01-02T", "x", 1) + `}`,
		`{` + strings.Replace(objection, "not delivered", strings.Repeat("x", 257), 1) + `}`,
		`{` + strings.Replace(objection, "D-1", strings.Repeat("D", 65), 1) + `}`,
	} {
		expect(t, b.post(t, wallet, alipayplus.PathInitiateRetrieval, body), result("PARAM_ILLEGAL"))
	}
	if len(desk.opened) != seen {
		t.Errorf("%d reached the desk", len(desk.opened)-seen)
	}
	desk.err = reason.New(reason.RefundTooLate, "test", "")
	expect(t, b.post(t, wallet, alipayplus.PathInitiateRetrieval, `{`+objection+`}`), result("REFUND_WINDOW_EXCEED"))
}

// TestDisputeResponses: what an acquirer gives back is read exactly.
func TestDisputeResponses(t *testing.T) {
	desk := &quarrel{}
	b := bench{connectortest.NewHub(), serve(t, alipayplus.ServerConfig{
		Gate: gateConfig(t), Hub: connectortest.NewHub(), Disputes: desk,
	})}
	part := `,"refundAmount":{"currency":"JPY","value":"300"}`
	for _, c := range []struct {
		body, code string
		want       connectors.DisputeResponse
	}{
		{`"refundType":"FULL_REFUND"`, "SUCCESS", connectors.DisputeResponse{Whole: true}},
		{`"refundType":"PARTIAL_REFUND"` + part, "SUCCESS", connectors.DisputeResponse{Refund: money.New(300, "JPY")}},
		{`"refundType":"NO_REFUND","disputeEvidence":"signed"`, "SUCCESS", connectors.DisputeResponse{Evidence: "signed"}},
		{`"refundType":"PARTIAL_REFUND"`, "PARAM_ILLEGAL", connectors.DisputeResponse{}},
		{`"refundType":"SOME"`, "PARAM_ILLEGAL", connectors.DisputeResponse{}},
		{`"x":"y"`, "PARAM_ILLEGAL", connectors.DisputeResponse{}},
		{`"refundType":"NO_REFUND","disputeEvidence":"` + strings.Repeat("x", 20_001) + `"`, "PARAM_ILLEGAL",
			connectors.DisputeResponse{}},
	} {
		before := len(desk.responses)
		body := `{"disputeRequestId":"D-1",` + c.body + `}`
		expect(t, b.post(t, acquirer, alipayplus.PathResponseEscalation, body), map[string]any{"result.resultCode": c.code})
		if c.code != "SUCCESS" {
			if len(desk.responses) != before {
				t.Errorf("%.60s reached the desk", c.body)
			}
			continue
		}
		got := desk.responses[before]
		c.want.RequestID, c.want.Stage, c.want.CheckedFields = "D-1", connectors.Escalation, got.CheckedFields
		if got != c.want {
			t.Errorf("%+v, want %+v", got, c.want)
		}
	}
	expect(t, b.post(t, wallet, alipayplus.PathResponseRetrieval, `{"disputeRequestId":"D-1","refundType":"NO_REFUND"}`),
		map[string]any{"result.resultCode": "ACCESS_DENIED"})
	closed := bench{connectortest.NewHub(), serve(t, alipayplus.ServerConfig{Gate: gateConfig(t),
		Hub: connectortest.NewHub()})}
	expect(t, closed.post(t, wallet, alipayplus.PathInitiateRetrieval, `{}`),
		map[string]any{"result.resultCode": "BUSINESS_NOT_SUPPORT"})
}

// TestNotices: partners are told under the paths of the protocol, and only a signed
// SUCCESS confirms.
func TestNotices(t *testing.T) {
	notice := connectors.DisputeNotice{
		RequestID: "D-1", Stage: connectors.Escalation, PaymentRequestID: "P-1", Amount: money.New(900,
			"JPY"), Why: "not delivered",
		OccurredAt: now, AnswerBy: now.Add(time.Hour), Refund: money.New(300, "JPY"), Evidence: "signed",
	}
	states := []connectors.WalletRegistration{{WalletID: "HK-WALLET", Status: connectors.MerchantRefused,
		Why: "no licence"}}
	for answer, accepted := range map[string]bool{saidYes: true, saidNo: false, saidOpen: false} {
		to, heard := asked(t, acquirer, `{"result":`+answer+`}`)
		client := newClient(t, time.Second)
		told := client.Disputes().NotifyDispute(t.Context(), to, notice)
		said := fmt.Sprint(*heard)
		if (told.Decision == connectors.Accepted) != accepted || (told.Err == nil) != accepted {
			t.Errorf("%s: %+v", answer, told)
		}
		for _, text := range []string{"D-1", "P-1", "not delivered", "900", "2026-01-02T03:04:05.06Z"} {
			if !strings.Contains(said, text) {
				t.Errorf("%s does not say %s", said, text)
			}
		}
		to, heard = asked(t, wallet, `{"result":`+answer+`}`)
		if told = client.Disputes().NotifyDisputeResponse(t.Context(), to, notice); (told.Err == nil) != accepted {
			t.Errorf("%s: %+v", answer, told)
		}
		if (*heard)["refundType"] != "PARTIAL_REFUND" || (*heard)["disputeEvidence"] != "signed" {
			t.Errorf("told %v", *heard)
		}
		to, heard = asked(t, acquirer, `{"result":`+answer+`}`)
		if told = client.Registrations().NotifyRegistration(t.Context(), to, "R-1", states); (told.Err == nil) != accepted {
			t.Errorf("%s: %+v", answer, told)
		}
		if said := fmt.Sprint(*heard); !strings.Contains(said, "REFUSED") || !strings.Contains(said, "no licence") {
			t.Errorf("told %s", said)
		}
	}
	for refund, want := range map[int64]string{0: "NO_REFUND", 900: "FULL_REFUND"} {
		notice.Refund = money.New(refund, "JPY")
		to, heard := asked(t, wallet, `{"result":`+saidYes+`}`)
		newClient(t, time.Second).Disputes().NotifyDisputeResponse(t.Context(), to, notice)
		if (*heard)["refundType"] != want {
			t.Errorf("%d of 900: %v", refund, *heard)
		}
	}
}
