package alipayplus_test

import (
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/connectortest"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
)

// holding is a hub in which people look at every order that is scanned.
type holding struct{ *scribe }

// Scanned implements connectors.Hub.
func (h holding) Scanned(
	ctx context.Context, from connectors.Participant, scan connectors.Scan,
) (connectors.Payment, error) {
	p, err := h.Hub.Scanned(ctx, from, scan)
	p.Status, p.Reason = iso20022.AcceptedUnposted, reason.InProcess
	h.note(scan.Words, connectors.Outcome{Payment: p, Err: err})
	return p, err
}

// A wallet whose payer's order is looked at is told that it is in process, and nothing
// that it could debit: no amount, no merchant, no id.
func TestScanOfAHeldOrderTellsNothing(t *testing.T) {
	hub := holding{&scribe{Hub: connectortest.NewHub()}}
	b := bench{hub.Hub, serve(t, alipayplus.ServerConfig{Gate: gateConfig(t), Hub: hub, PublicURL: "https://switch.example"})}
	shown, err := hub.Pay(t.Context(), acquirer, connectors.Order{
		RequestID: "PR-1", Mode: connectors.OrderCode,
		Transfer: iso20022.CreditTransfer{InstructedAmount: money.New(1500, "JPY")},
	})
	if err != nil {
		t.Fatal(err)
	}
	response := b.do(t, wallet, alipayplus.PathUserInitiatedPay, `{"customerId":"C-1","codeValue":"`+shown.OrderCode+`"}`)
	sent, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil || string(sent) != string(hub.reply) {
		t.Errorf("on record %s, on the wire %s, %v", hub.reply, sent, err)
	}
	var answer map[string]json.RawMessage
	if err := json.Unmarshal(sent, &answer); err != nil {
		t.Fatal(err)
	}
	result := string(answer["result"])
	if len(answer) != 1 || !strings.Contains(result, `"PAYMENT_IN_PROCESS"`) || !strings.Contains(result, `"U"`) {
		t.Errorf("answered %s", sent)
	}
}
