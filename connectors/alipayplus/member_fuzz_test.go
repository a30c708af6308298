package alipayplus

import (
	"encoding/json"
	"testing"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
)

var fuzzNetwork = connectors.Participant{
	ID: "JP-NETWORK", Role: connectors.RoleAcquirer, Country: "JP", Currency: "USD", Endpoint: "https://network.example",
	Connector: "alipayplus-network",
}

// Whatever bytes a network sends, its pay is refused or becomes an order about what it
// wants to be paid, with a payer or a page for one.
func FuzzNetworkPay(f *testing.F) {
	f.Add([]byte(`{}`))
	f.Add([]byte(`{"paymentRequestId":"P","order":{"referenceOrderId":"O","orderDescription":"d","orderAmount":
		{"currency":"JPY","value":1},"merchant":{"referenceMerchantId":"M","merchantName":"N"}},"paymentAmount":
		{"currency":"JPY","value":"1"},"payToAmount":{"currency":"USD","value":"2"},"paymentMethod":{"paymentMethodType":
		"CONNECT_WALLET","customerId":"C"},
		"paymentFactor":{"isInStorePayment":true,"inStorePaymentScenario":"PaymentCode"}}`))
	f.Add([]byte(`{"paymentRequestId":"P","payToAmount":[],"paymentMethod":null}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var request PayRequest
		if Decode(body, &request) != nil {
			return
		}
		order, err := request.readAsWallet(Call{From: fuzzNetwork, Body: body})
		if err != nil {
			return
		}
		wanted, err := request.PayToAmount.read("payToAmount")
		if err != nil || order.Transfer.InstructedAmount != wanted || order.NotifyURL != "" ||
			order.SettlementCurrency != "" ||
			order.RequestID == "" || !json.Valid(order.Transfer.Supplementary) {
			t.Errorf("%q became %+v, %v", body, order, err)
		}
		if known := order.CustomerID != ""; order.Mode == connectors.PaymentCode && !known || order.Mode.Fetched() {
			t.Errorf("%q: mode %s with customer %q", body, order.Mode, order.CustomerID)
		}
	})
}

// Whatever bytes an acquirer sends about a dispute, its answer is refused, or gives back
// the whole, or a part above zero, or nothing, and no two of them.
func FuzzDisputeResponse(f *testing.F) {
	f.Add([]byte(`{}`))
	f.Add([]byte(`{"disputeRequestId":"D","refundType":"FULL_REFUND","refundAmount":{"currency":"JPY","value":"1"}}`))
	f.Add([]byte(`{"disputeRequestId":"D","refundType":"PARTIAL_REFUND","refundAmount":{"currency":"JPY","value":1}}`))
	f.Add([]byte(`{"disputeRequestId":"D","refundType":"NO_REFUND","disputeEvidence":"x"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var request DisputeResponse
		if err := Decode(body, &request); err != nil {
			if reason.Of(err) != reason.InvalidRequest {
				t.Errorf("%q: %v", body, err)
			}
			return
		}
		response, err := request.read(connectors.Escalation)
		if err != nil {
			return
		}
		part := response.Refund.Currency != ""
		if response.RequestID == "" || part && (response.Whole || !response.Refund.IsPositive()) {
			t.Errorf("%q became %+v", body, response)
		}
		if request.RefundType == refundNothing && (part || response.Whole) {
			t.Errorf("%q gives something back: %+v", body, response)
		}
	})
}
