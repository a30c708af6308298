package sandbox_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/sandbox"
)

// declared is a declaration of a payment to customs by a merchant, bought by somebody.
func declared(requestID, payment, merchant, buyer string) string {
	if buyer != "" {
		buyer = fmt.Sprintf(`,"buyerCertificate":{"certificateType":"ID_CARD","certificateNo":"310000190001010000",
			"holderName":{"fullName":%q}}`, buyer)
	}
	return fmt.Sprintf(`{"paymentRequestId":%q,"customsDeclarationRequestId":%q,"isSplit":"false",
		"customs":{"customsCode":"ZONGSHU","region":"CN"},"declarationAmount":{"currency":"HKD","value":"7500"},
		"merchantCustomsInfo":{"merchantCustomsCode":%q,"merchantCustomsName":"Tea House"}%s}`,
		payment, requestID, merchant, buyer)
}

// A wallet takes the declaration of what was paid, once, and says so when it is asked;
// of the buyer it only says whether it is who has paid.
func TestDeclarationsAreTaken(t *testing.T) {
	l := newLine(t, sandbox.RoleWallet, mei)
	l.result(alipayplus.PathPay, spend("P-1", `,"customerId":"C-1"`))
	for id, c := range map[string]struct{ buyer, want string }{
		"D-1": {"", ""}, "D-2": {"Mei Example", "CHECK_PASSED"}, "D-3": {"Canary Featherstone", "CHECK_NOT_PASSED"},
	} {
		answer := send[alipayplus.DeclareAnswer](l, alipayplus.PathDeclare, declared(id, "P-1", "M-1", c.buyer))
		if answer.Result.Code != "SUCCESS" || answer.IdentityCheckResult != c.want || answer.PspDeclarationID == "" ||
			answer.PspPaymentID == "" || *answer.PspOrderAmount != (alipayplus.Amount{Currency: "HKD", Value: "7500"}) {
			t.Errorf("%s: %+v", id, answer)
		}
		again := send[alipayplus.DeclareAnswer](l, alipayplus.PathDeclare, declared(id, "P-1", "M-1", c.buyer))
		if difference := cmp.Diff(answer, again); difference != "" {
			t.Errorf("%s again: %s", id, difference)
		}
	}
	asked := send[alipayplus.DeclarationsAnswer](l, alipayplus.PathDeclarations,
		`{"declarationRequestIds":["D-9","D-2","D-1"]}`)
	if difference := cmp.Diff([]string{"D-9"}, asked.NotFound); difference != "" {
		t.Error(difference)
	}
	for i, id := range []string{"D-2", "D-1"} {
		record := asked.Records[i]
		if record.RequestID != id || record.Status != "SUCCESS" || record.Merchant.Code != "M-1" ||
			record.ModifiedTime == "" || record.Customs.Code != "ZONGSHU" || record.Amount.Value != "7500" {
			t.Errorf("%s: %+v", id, record)
		}
	}
}

// The merchant's customs code scripts what becomes of its declaration.
func TestDeclarationsAsScripted(t *testing.T) {
	l := newLine(t, sandbox.RoleWallet, mei, sandbox.Customer{ID: "C-2", Behaviour: sandbox.Decline})
	l.result(alipayplus.PathPay, spend("P-1", `,"customerId":"C-1"`))
	l.result(alipayplus.PathPay, spend("P-2", `,"customerId":"C-2"`))
	for _, c := range []struct{ id, payment, merchant, want string }{
		{"D-1", "P-1", sandbox.CustomsRefused, "RISK_REJECT"},
		{"D-2", "P-1", sandbox.CustomsSilent, ""},
		{"D-2", "P-1", sandbox.CustomsSilent, "SUCCESS"},
		{"D-3", "P-1", sandbox.CustomsMute, ""},
		{"D-3", "P-1", sandbox.CustomsMute, ""},
		{"D-4", "P-2", "M-1", "ORDER_NOT_EXIST"},
		{"D-4", "P-9", "M-1", "ORDER_NOT_EXIST"},
	} {
		within := time.Minute
		if c.want == "" {
			within = silence
		}
		answer, err := sending[alipayplus.Answer](l, within, alipayplus.PathDeclare, declared(c.id, c.payment, c.merchant, ""))
		if answer.Result.Code != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%s of %s by %s: %+v, %v", c.id, c.payment, c.merchant, answer.Result, err)
		}
	}
	asked := send[alipayplus.DeclarationsAnswer](l, alipayplus.PathDeclarations,
		`{"declarationRequestIds":["D-1","D-2","D-3","D-4"]}`)
	if difference := cmp.Diff([]string{"D-1", "D-4"}, asked.NotFound); difference != "" || len(asked.Records) != 2 {
		t.Errorf("%s, %+v", difference, asked.Records)
	}
	for _, path := range []string{alipayplus.PathDeclare, alipayplus.PathDeclarations} {
		if got := l.result(path, `{}`); got != "PARAM_ILLEGAL" {
			t.Errorf("%s of nothing: %s", path, got)
		}
	}
}
