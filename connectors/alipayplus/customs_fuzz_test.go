package alipayplus

import (
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/internal/reason"
)

// Whatever an acquirer declares is refused without a word about its buyer, or names what
// is declared, to whom and how much.
func FuzzDeclareRequest(f *testing.F) {
	f.Add([]byte(`{"paymentRequestId":"P","customsDeclarationRequestId":"D","customs":{"customsCode":"C","region":"CN"},
		"merchantCustomsInfo":{"merchantCustomsCode":"M","merchantCustomsName":"N"},"isSplit":true,"referenceOrderId":"O",
		"declarationAmount":{"currency":"CNY","value":"100"},"buyerCertificate":{"certificateType":"ID_CARD",
		"certificateNo":"310000190001010000","holderName":{"fullName":"Canary Featherstone of the Hills"}}}`))
	f.Add([]byte(`{"paymentRequestId":"P","customsDeclarationRequestId":"D","customs":{},"isSplit":"x"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var request DeclareRequest
		err := Decode(body, &request)
		if err == nil {
			said, refused := request.read()
			if err = refused; err == nil {
				if said.RequestID == "" || said.Payment.RequestID == "" || said.OfficeCode == "" || !said.Amount.IsPositive() ||
					said.Split != (said.OrderID != "") || said.Buyer != nil && said.Buyer.Name == "" {
					t.Errorf("%q became %+v", body, said)
				}
				return
			}
		}
		if kind := reason.Of(err); kind != reason.InvalidRequest && kind != reason.UnsupportedCurrency {
			t.Errorf("%q: %v", body, err)
		}
		if buyer := request.Buyer; buyer != nil && len(buyer.Number) > 12 && strings.Contains(err.Error(), buyer.Number) {
			t.Errorf("%q: %v", body, err)
		}
	})
}

// Whatever a wallet says about a declaration can be read or is refused, and is about that
// declaration.
func FuzzDeclarationsAnswer(f *testing.F) {
	f.Add([]byte(`{"result":{"resultCode":"SUCCESS","resultStatus":"S"},"declarationRequestsNotFound":["D-2"],
		"declarationRecords":[{"customsDeclarationRequestId":"D-1","isSplit":true,"modifiedTime":"2021-01-01T12:08:55Z",
		"declarationRequestStatus":"WAITING_FOR_PROCESSING","customsResultReturnedTime":"x"}]}`))
	f.Add([]byte(`{"result":{"resultCode":"SUCCESS","resultStatus":"S"},"declarationRecords":[{}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var answer DeclarationsAnswer
		if Decode(body, &answer) != nil {
			return
		}
		for _, record := range answer.Records {
			if record.RequestID == "" {
				t.Errorf("%q has a record of nothing", body)
			}
			progressOf(record)
		}
	})
}
