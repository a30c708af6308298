package crash_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/telemetry"
	"github.com/causeway-pay/causeway/switch/api/client"
	"github.com/causeway-pay/causeway/switch/api/wire"
)

// objection is a dispute whose hub dies at moments of its life.
type objection struct {
	*stage.Stage
	t *testing.T
	// paymentID is the hub's, requestID the wallet's own of the dispute, id the hub's.
	paymentID, requestID, id string
}

// tells sends a message as a partner, the hub being alive or not.
func (o objection) tells(partner, path, message string) (code string) {
	answer, err := o.Control(partner).Call(o.t.Context(), sandbox.CallOrder{Path: path, Message: json.RawMessage(message)})
	if err != nil {
		return ""
	}
	return answer.Result.Code
}

// insists sends a message until the hub has confirmed it, as a partner must.
func (o objection) insists(partner, path, message string) {
	o.t.Helper()
	if !until(o.t, settleWait, func() bool { return o.tells(partner, path, message) == "SUCCESS" }) {
		o.t.Errorf("%s is not confirmed: %s", path, o.tells(partner, path, message))
	}
}

// dies kills the hub once the dispute is in a state, while a partner sends a message whose
// answer may be lost; then the partner sends it again.
func (o *objection) dies(state, partner, path, message string) {
	o.t.Helper()
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		o.tells(partner, path, message)
	}()
	reached := until(o.t, settleWait, func() bool {
		found := stagetest.Texts(o.t, o.Stage, `SELECT dispute_id::TEXT FROM dispute WHERE request_id = $1 AND state = $2`,
			o.requestID, state)
		if len(found) == 1 {
			o.id = found[0]
		}
		return len(found) == 1
	})
	if !reached {
		o.t.Fatalf("never %s", state)
	}
	kill(o.t, o.Stage)
	<-sent
	o.insists(partner, path, message)
}

// heard waits until a partner was told about the dispute at a path.
func (o objection) heard(partner, path string) {
	o.t.Helper()
	heard := until(o.t, settleWait, func() bool {
		told, err := o.Control(partner).Told(o.t.Context())
		if err != nil {
			o.t.Fatal(err)
		}
		for _, one := range told {
			if one.Path == path {
				return true
			}
		}
		return false
	})
	if !heard {
		o.t.Errorf("%s was never told at %s", partner, path)
	}
}

// published waits until the relay has published every event of the dispute, and returns
// how many there are.
func (o objection) published() (events int64) {
	o.t.Helper()
	var waiting int64
	if !until(o.t, settleWait, func() bool {
		stagetest.Row(o.t, o.Stage, `SELECT count(*), count(*) FILTER (WHERE NOT published) FROM outbox
			WHERE aggregate::TEXT = '`+o.id+`'`, &events, &waiting)
		return waiting == 0
	}) {
		o.t.Errorf("%d of %d events wait", waiting, events)
	}
	return events
}

// TestDisputePoints kills the hub at moments of a dispute's life: opened, and the acquirer
// is not told; answered, and the wallet is not told; decided. Each message is sent again
// and counts once, each side is told, each change has one event, and the money goes back
// once.
func TestDisputePoints(t *testing.T) {
	s := open(t)
	o := &objection{Stage: s, t: t, requestID: "D-" + ids.New().String()}
	paid := o.pays()
	o.paymentID = paid
	t.Run("opened, and the acquirer is not told", func(t *testing.T) {
		o.t = t
		o.dies("WAITING", wallets[0], alipayplus.PathInitiateEscalation, fmt.Sprintf(
			`{"disputeRequestId":%q,"paymentRequestId":%q,"disputeReason":"not delivered",
			"disputeAmount":{"currency":"JPY","value":"900"}}`, o.requestID, o.paymentID))
		o.heard(shops[0].acquirer, alipayplus.PathInitiateEscalation)
	})
	t.Run("answered, and the wallet is not told", func(t *testing.T) {
		o.t = t
		o.dies("ACCEPTED", shops[0].acquirer, alipayplus.PathResponseEscalation, fmt.Sprintf(
			`{"disputeRequestId":%q,"refundType":"PARTIAL_REFUND","refundAmount":{"currency":"JPY","value":"600"},
			"disputeEvidence":"the rest was delivered"}`, o.id))
		o.heard(wallets[0], alipayplus.PathResponseEscalation)
	})
	t.Run("decided", func(t *testing.T) {
		o.t = t
		o.decided()
	})
	o.t = t
	if events := o.published(); events != 3 {
		t.Errorf("%d events, want those of opening, answer and decision", events)
	}
	moved := stagetest.Texts(t, s, `SELECT currency || ' ' || amount_minor::TEXT FROM ledger_entry
		WHERE payment_id::TEXT = $1 AND kind = 'ADJUSTMENT' ORDER BY currency DESC`, o.paymentID)
	if len(moved) != 2 || moved[0] != "JPY 600" {
		t.Errorf("what went back is %v, want JPY 600 and its part of what the payer paid, once each", moved)
	}
	stagetest.Invariants(t, s)
}

// pays makes the payment that is disputed, and returns the hub's id of it.
func (o objection) pays() string {
	o.t.Helper()
	codes, err := o.Control(wallets[0]).Codes(o.t.Context(), sandbox.CodeOrder{Customer: stage.Regular + "-1"})
	if err != nil || len(codes.Codes) != 1 {
		o.t.Fatalf("no payment code: %v, %v", codes.Result, err)
	}
	return paid(o.t, o.Stage, shops[0].acquirer, sandbox.PayOrder{
		RequestID: "DISPUTED-1", Code: codes.Codes[0].PaymentCode, Amount: "1500", Currency: "JPY",
	})
}

// decided lets two people decide while the hub dies; what they cannot see the end of they
// look up.
func (o objection) decided() {
	o.t.Helper()
	id, err := ids.Parse(o.id)
	if err != nil {
		o.t.Fatal(err)
	}
	proposed, err := o.operator("tessa").Propose(o.t.Context(), wire.KindDisputeDecide, wire.DisputeDecision{
		DisputeID: id, Outcome: wire.ForPayer, Why: "as the acquirer says",
		Amount: &wire.Amount{Currency: "JPY", Minor: "600"},
	})
	if err != nil {
		o.t.Fatal(err)
	}
	approved := make(chan struct{})
	approver := o.operator("oskar")
	go func() {
		defer close(approved)
		_, _ = approver.Approve(o.t.Context(), proposed.ID, proposed.ChangeHash) // the hub dies meanwhile
	}()
	settled := func() bool {
		return len(stagetest.Texts(o.t, o.Stage, `SELECT state FROM dispute WHERE dispute_id::TEXT = $1
			AND state = 'SETTLED'`, o.id)) == 1
	}
	if !until(o.t, time.Minute, settled) {
		o.t.Fatal("never decided")
	}
	kill(o.t, o.Stage)
	<-approved
	if _, err := approver.Approve(o.t.Context(), proposed.ID, proposed.ChangeHash); err == nil || !settled() {
		o.t.Errorf("approved twice: %v", err)
	}
}

func (o objection) operator(name string) *client.Client {
	o.t.Helper()
	token, err := o.Token(name)
	if err != nil {
		o.t.Fatal(err)
	}
	return &client.Client{BaseURL: o.OperatorsURL(), Token: telemetry.Personal(token)}
}
