package canary_test

import (
	"encoding/json"
	"fmt"

	"github.com/causeway-pay/causeway/conformance/stage"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/sandbox"
)

// certificate is a number that is nowhere but in the buyer's certificate.
const certificate = "310115199001canary"

// declarations tell customs of a payment, with a buyer: one is taken, one refused, one
// never answered, and one cannot be read.
func (a *aviary) declarations() {
	mainland := stage.Mainland().ID
	codes, err := a.Control(mainland).Codes(a.t.Context(), sandbox.CodeOrder{Customer: customer("approve")})
	if err != nil || len(codes.Codes) != 1 {
		a.t.Fatalf("no code: %+v, %v", codes.Result, err)
	}
	a.secrets[codes.Codes[0].PaymentCode] = "payment code"
	paid := a.pay(sandbox.PayOrder{RequestID: "DECLARED", Code: codes.Codes[0].PaymentCode})
	if paid.Answer.DeclarableAmount == nil {
		a.t.Fatalf("nothing to declare: %+v", paid)
	}
	for i, c := range []struct{ merchant, currency, want string }{
		{"M-9", "CNY", "SUCCESS"}, {sandbox.CustomsRefused, "CNY", "RISK_REJECT"}, {"M-9", "CNX", "CURRENCY_NOT_SUPPORT"},
		{sandbox.CustomsMute, "CNY", "PAYMENT_IN_PROCESS"},
	} {
		answer, err := a.Control(sakura).Call(a.t.Context(), sandbox.CallOrder{
			Path: alipayplus.PathDeclare, Message: json.RawMessage(fmt.Sprintf(`{"paymentRequestId":"DECLARED",
				"customsDeclarationRequestId":"D-%d","customs":{"customsCode":"ZONGSHU","region":"CN"},
				"merchantCustomsInfo":{"merchantCustomsCode":%q,"merchantCustomsName":"Tea House"},"isSplit":"true",
				"referenceOrderId":"O-%d","declarationAmount":{"currency":%q,"value":"100"},"buyerCertificate":{
				"certificateType":"ID_CARD","certificateNo":%q,"holderName":{"fullName":%q}}}`,
				i, c.merchant, i, c.currency, certificate, buyerName)),
		})
		if err != nil || answer.Result.Code != c.want {
			a.t.Errorf("declaration %d: %+v, %v, want %s", i, answer.Result, err, c.want)
		}
		a.told = append(a.told, string(answer.Body))
	}
}
