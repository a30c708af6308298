package connectortest

import (
	"context"
	"net/http/httptest"
	"testing"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

var _ connectors.Customs = (*Hub)(nil)

// Declare implements [connectors.Customs].
func (h *Hub) Declare(
	_ context.Context, from connectors.Participant, declaration connectors.CustomsDeclaration,
) (connectors.CustomsReceipt, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return connectors.CustomsReceipt{WalletDeclarationID: "WD-1"}, h.record(Declare, from, declaration)
}

// Declarations implements [connectors.Customs].
func (h *Hub) Declarations(
	_ context.Context, from connectors.Participant, requestIDs []string,
) ([]connectors.CustomsRecord, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return nil, h.record(Declarations, from, requestIDs)
}

// customs: only a genuine yes about a declaration is a yes, and only a genuine no is a
// no. What nobody heard of was not declared.
func customs(t *testing.T, protocol Protocol) {
	declaration := connectors.CustomsDeclaration{
		RequestID: "D-1", Payment: connectors.Reference{RequestID: "P-1"}, OfficeCode: "ZONGSHU", OfficeCountry: "CN",
		MerchantCode: "M-9", MerchantName: "Tea House", Amount: money.New(100, "CNY"), OrderID: "O-1",
	}
	for verdict, name := range verdictNames {
		if verdict == Late {
			continue // as for every other verb
		}
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(protocol.Script(t, protocol.Wallet, verdict))
			t.Cleanup(server.Close)
			to := protocol.Wallet
			to.Endpoint = server.URL
			wallet := protocol.ConnectCustoms(t, answerWithin)
			receipt, declared := wallet.Declare(t.Context(), to, declaration)
			progress, asked := wallet.InquireDeclaration(t.Context(), to, "D-1")
			for verb, answer := range map[Verb]connectors.Answer{Declare: declared, Declarations: asked} {
				expected := want(Inquire, verdict)
				if answer.Decision != expected || (expected == connectors.Accepted) != (answer.Reason == reason.None) {
					t.Errorf("%s: %v (%v, %v), want %v", verb, answer.Decision, answer.Reason, answer.Err, expected)
				}
			}
			if (receipt != connectors.CustomsReceipt{}) != (verdict == Yes) ||
				(progress != connectors.CustomsProgress{}) != (verdict == Yes) {
				t.Errorf("%+v, %+v", receipt, progress)
			}
		})
	}
}
