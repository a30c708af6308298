package alipayplus

import (
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
)

// Whatever an acquirer answers to a scan of its code is refused or becomes an
// order that keeps the contract.
func FuzzOrderAnswer(f *testing.F) {
	f.Add([]byte(`{"result":{"resultCode":"SUCCESS","resultStatus":"S"},"codeType":"ORDER_CODE","paymentRequestId":"P",
		"amount":{"currency":"JPY","value":"1500"},"order":{"referenceOrderId":"O","orderDescription":"d","orderAmount":
		{"currency":"JPY","value":"1500"},"merchant":{"referenceMerchantId":"M","merchantName":"N"}}}`))
	f.Add([]byte(`{"result":{"resultCode":"SUCCESS","resultStatus":"S"},"amount":{},"paymentAmount":null,"order":{}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var answer OrderAnswer
		if Decode(body, &answer) != nil {
			return
		}
		order, err := answer.order(connectors.Push, fuzzAcquirer, connectors.Words{Received: body})
		if err != nil {
			return
		}
		transfer := order.Transfer
		if order.RequestID == "" || order.Mode != connectors.Push || !transfer.InstructedAmount.IsPositive() ||
			transfer.Creditor.Name == "" || transfer.LocalInstrument != string(connectors.Push) {
			t.Errorf("%q became %+v", body, order)
		}
	})
}

// Whatever a wallet tells about an agreement names what it is about, and a token
// that it issues ends some day.
func FuzzAuthNotice(f *testing.F) {
	f.Add([]byte(`{"authorizationNotifyType":"AUTHCODE_CREATED","authClientId":"M","referenceAgreementId":"A","authCode":"C"}`))
	f.Add([]byte(`{"authorizationNotifyType":"TOKEN_CREATED","authClientId":"M","referenceAgreementId":"A","accessToken":"T",
		"accessTokenExpiryTime":"2026-01-02T11:04:07+08:00","customerId":"C"}`))
	f.Add([]byte(`{"authorizationNotifyType":"TOKEN_CANCELED","accessToken":"T"}`))
	f.Add([]byte(`{"authorizationNotifyType":"TOKEN_CREATED","accessToken":"T","accessTokenExpiryTime":"tomorrow"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var said AuthNotice
		if Decode(body, &said) != nil {
			return
		}
		notice, err := said.read()
		if err != nil {
			if reason.Of(err) != reason.InvalidRequest || strings.Contains(err.Error(), said.AccessToken) && len(said.AccessToken) > 20 {
				t.Errorf("%q: %v", body, err)
			}
			return
		}
		named := notice.ClientID != "" && notice.ReferenceID != ""
		switch notice.Event {
		case connectors.CodeCreated:
			named = named && notice.Code != ""
		case connectors.TokenCreated:
			named = named && notice.Tokens.Access != "" && !notice.Tokens.AccessExpiresAt.IsZero()
		case connectors.TokenCancelled:
			named = notice.Tokens.Access != ""
		default:
			named = false
		}
		if !named {
			t.Errorf("%q became %+v", body, notice)
		}
	})
}

// The record of a message never has the token, however it was spelt.
func FuzzWithoutToken(f *testing.F) {
	f.Add(`{"paymentMethod":{"paymentMethodType":"T","paymentMethodId":"\u0053ECRET-TOKEN-OF-SOMEBODY"}}`)
	f.Add(`{"paymentMethod":{"paymentMethodType":"T","paymentMethodId":"a/b\"c<d>e-and-more-of-it"},"order":{}}`)
	f.Fuzz(func(t *testing.T, body string) {
		var request PayRequest
		_ = Decode([]byte(body), &request) // what was read before a mistake counts
		if request.PaymentMethod == nil || len(request.PaymentMethod.ID) < 20 {
			return
		}
		secret, others := request.PaymentMethod.ID, request
		method := *request.PaymentMethod
		method.ID = ""
		others.PaymentMethod = &method
		rest, err := Encode(others)
		if err != nil || strings.Contains(string(rest), secret) {
			return // somebody wrote it elsewhere too
		}
		if record := withoutToken(request); strings.Contains(string(record), secret) {
			t.Errorf("%q is on record as %q", body, record)
		}
	})
}
