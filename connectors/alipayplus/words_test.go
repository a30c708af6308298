package alipayplus_test

import (
	"context"
	"errors"
	"io"
	"sync"
	"testing"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/connectortest"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
)

// scribe notes, for every call, what its words say that it is answered.
type scribe struct {
	*connectortest.Hub

	mu       sync.Mutex
	received []byte // guarded by mu
	reply    []byte // guarded by mu
}

func (s *scribe) note(words connectors.Words, outcome connectors.Outcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.received, s.reply = words.Received, words.Reply(outcome)
}

func (s *scribe) Pay(ctx context.Context, from connectors.Participant, o connectors.Order) (connectors.Payment, error) {
	p, err := s.Hub.Pay(ctx, from, o)
	s.note(o.Words, connectors.Outcome{Payment: p, Err: err})
	return p, err
}

func (s *scribe) Inquire(
	ctx context.Context, from connectors.Participant, r connectors.Reference,
) (connectors.Payment, error) {
	p, err := s.Hub.Inquire(ctx, from, r)
	s.note(r.Words, connectors.Outcome{Payment: p, Err: err})
	return p, err
}

func (s *scribe) Cancel(
	ctx context.Context, from connectors.Participant, r connectors.Reference,
) (connectors.Payment, error) {
	p, err := s.Hub.Cancel(ctx, from, r)
	s.note(r.Words, connectors.Outcome{Payment: p, Err: err})
	return p, err
}

func (s *scribe) Return(
	ctx context.Context, from connectors.Participant, o connectors.ReturnOrder,
) (connectors.Return, error) {
	r, err := s.Hub.Return(ctx, from, o)
	s.note(o.Words, connectors.Outcome{Return: r, Err: err})
	return r, err
}

func (s *scribe) Scanned(
	ctx context.Context, from connectors.Participant, scan connectors.Scan,
) (connectors.Payment, error) {
	p, err := s.Hub.Scanned(ctx, from, scan)
	s.note(scan.Words, connectors.Outcome{Payment: p, Err: err})
	return p, err
}

func (s *scribe) Confirm(ctx context.Context, from connectors.Participant, c connectors.Confirmation) error {
	err := s.Hub.Confirm(ctx, from, c)
	s.note(c.Words, connectors.Outcome{Err: err})
	return err
}

// What goes on record are the bytes that came and the bytes that go, to the last
// one, whatever the outcome.
func TestWordsAreTheBytesOnTheWire(t *testing.T) {
	hub := &scribe{Hub: connectortest.NewHub()}
	b := bench{hub.Hub, serve(t, alipayplus.ServerConfig{Gate: gateConfig(t), Hub: hub, PublicURL: "https://switch.example"})}
	order := `{"paymentRequestId":"PR-1"}`
	failures := []error{nil, reason.New(reason.InProcess, "hub", ""), reason.New(reason.InvalidRequest, "hub", "amount"),
		errors.New("broken inside")}
	for _, failure := range failures {
		hub.FailWith(failure)
		for _, c := range []struct {
			from       connectors.Participant
			path, body string
		}{
			{acquirer, alipayplus.PathPay, string(payBody("PR-1", 1500))},
			{acquirer, alipayplus.PathPay, string(payBody("PR-1", 1600))},
			{acquirer, alipayplus.PathInquiryPayment, order},
			{acquirer, alipayplus.PathInquiryPayment, `{"paymentRequestId":"PR-2"}`},
			{acquirer, alipayplus.PathRefund,
				`{"refundRequestId":"RF-1","paymentRequestId":"PR-1" , "refundAmount":{"currency":"JPY","value":"500"}}`},
			{acquirer, alipayplus.PathCancelPayment, order},
			{wallet, alipayplus.PathUserInitiatedPay, `{"customerId":"C-1","codeValue":"NO-SUCH"}`},
			{wallet, alipayplus.PathNotifyPayment, `{"paymentRequestId":"U-1","paymentId":"W-9","paymentResult":` + saidYes +
				`,"payToAmount":{"currency":"HKD","value":"7387"}}`},
		} {
			response := b.do(t, c.from, c.path, c.body)
			sent, err := io.ReadAll(response.Body)
			_ = response.Body.Close()
			if err != nil {
				t.Fatal(err)
			}
			if string(hub.received) != c.body || string(hub.reply) != string(sent) || len(sent) == 0 {
				t.Errorf("%s, %v: on record %s and %s, on the wire %s and %s", c.path, failure, hub.received, hub.reply,
					c.body, sent)
			}
		}
	}
}

// A scan of an order that has ended is on record as it is answered: refused.
func TestWordsOfAScanThatIsTooLate(t *testing.T) {
	hub := &scribe{Hub: connectortest.NewHub()}
	b := bench{hub.Hub, serve(t, alipayplus.ServerConfig{Gate: gateConfig(t), Hub: hub})}
	shown, err := hub.Pay(t.Context(), acquirer, connectors.Order{
		RequestID: "PR-1", Mode: connectors.OrderCode,
		Transfer: iso20022.CreditTransfer{InstructedAmount: money.New(1500, "JPY")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := hub.Cancel(t.Context(), acquirer, connectors.Reference{RequestID: "PR-1"}); err != nil {
		t.Fatal(err)
	}
	response := b.do(t, wallet, alipayplus.PathUserInitiatedPay,
		`{"customerId":"C-1","codeValue":"`+shown.OrderCode+`"}`)
	sent, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil || string(sent) != string(hub.reply) || len(sent) == 0 {
		t.Errorf("on record %s, on the wire %s, %v", hub.reply, sent, err)
	}
}
