package modes_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/sandbox"
	"github.com/causeway-pay/causeway/internal/ids"
)

// parcel is a declaration as an acquirer sends it.
type parcel struct {
	payment, id, merchant, order, buyer string
	split                               bool
	value                               int64
}

func (p parcel) message() string {
	buyer := ""
	if p.buyer != "" {
		buyer = fmt.Sprintf(`,"buyerCertificate":{"certificateType":"ID_CARD","certificateNo":"310115199001010000",
			"holderName":{"fullName":%q}}`, p.buyer)
	}
	return fmt.Sprintf(`{"paymentRequestId":%q,"customsDeclarationRequestId":%q,
		"customs":{"customsCode":"ZONGSHU","region":"CN"},"isSplit":"%t","referenceOrderId":%q,
		"merchantCustomsInfo":{"merchantCustomsCode":%q,"merchantCustomsName":"Tea House"},
		"declarationAmount":{"currency":"CNY","value":"%d"}%s}`, p.payment, p.id, p.split, p.order, p.merchant, p.value, buyer)
}

// declare declares as an acquirer.
func (w world) declare(t *testing.T, acquirer string, p parcel) alipayplus.DeclareAnswer {
	t.Helper()
	called := stagetest.Must[sandbox.CallAnswer](t)(w.Control(acquirer).Call(t.Context(), sandbox.CallOrder{
		Path: alipayplus.PathDeclare, Message: json.RawMessage(p.message()),
	}))
	var answer alipayplus.DeclareAnswer
	if err := json.Unmarshal(called.Body, &answer); err != nil {
		t.Fatal(err)
	}
	return answer
}

// shipped makes a payment by the wallet whose payments are declared.
func (w world) shipped(t *testing.T) (requestID string, declarable int64) {
	t.Helper()
	order := sandbox.PayOrder{
		RequestID: "PR-" + ids.New().String(), Amount: "1500", Currency: "JPY",
		Code: stagetest.Must[sandbox.Codes](t)(w.Control(dragon).Codes(t.Context(),
			sandbox.CodeOrder{Customer: payer})).Codes[0].PaymentCode,
	}
	paid := w.Pay(t, sakura, order).Answer
	if paid.Result.Code != "SUCCESS" || paid.DeclarableAmount == nil || paid.DeclarableAmount.Currency != "CNY" {
		t.Fatalf("%+v", paid)
	}
	if _, err := fmt.Sscan(paid.DeclarableAmount.Value, &declarable); err != nil {
		t.Fatal(err)
	}
	asked := stagetest.Must[sandbox.InquiryOutcome](t)(w.Control(sakura).Inquire(t.Context(),
		sandbox.NamedPayment{RequestID: order.RequestID}))
	if said := asked.Answer.DeclarableAmount; said == nil || *said != *paid.DeclarableAmount {
		t.Errorf("an inquiry says %+v", said)
	}
	return order.RequestID, declarable
}

// declarations: a paid payment is declared in parts, once each and never more than it was;
// the wallet tells customs, compares buyer and payer, and says how far it is.
func (w world) declarations(t *testing.T) {
	payment, whole := w.shipped(t)
	name := func(text string) string { return text + "-" + payment[3:20] }
	part := parcel{payment: payment, id: name("D-1"), merchant: "M-9", order: "O-1", split: true, value: 1000}
	for _, c := range []struct {
		buyer, want string
	}{{"Wander Waystone A", "CHECK_PASSED"}, {"Somebody Else", "CHECK_NOT_PASSED"}} {
		part.id, part.order, part.buyer = part.id+"x", part.order+"x", c.buyer
		got := w.declare(t, sakura, part)
		if got.Result.Code != "SUCCESS" || got.IdentityCheckResult != c.want || got.PspPaymentID == "" ||
			got.PspDeclarationID == "" || got.PspCustomsCode == "" {
			t.Errorf("%+v", got)
		}
		if again := w.declare(t, sakura, part); again.PspDeclarationID != got.PspDeclarationID {
			t.Errorf("again %+v", again)
		}
	}
	left := parcel{payment: payment, id: name("D-2"), merchant: "M-9", order: "O-9", split: true, value: whole - 2000}
	for _, c := range []struct {
		acquirer, want string
		change         func(parcel) parcel
	}{
		{sakura, "REPEAT_REQ_INCONSISTENT", func(p parcel) parcel { p.id = part.id; return p }},
		{sakura, "DUPLICATED_DECLARATIONS", func(p parcel) parcel { p.order = part.order; return p }},
		{sakura, "TOTAL_DECLARATION_AMOUNT_EXCEED", func(p parcel) parcel { p.value++; return p }},
		{sakura, "RISK_REJECT", func(p parcel) parcel { p.id, p.merchant = name("D-3"), sandbox.CustomsRefused; return p }},
		{merlion, "ORDER_NOT_EXIST", func(p parcel) parcel { return p }},
		{dragon, "ACCESS_DENIED", func(p parcel) parcel { return p }},
		{sakura, "SUCCESS", func(p parcel) parcel { return p }},
	} {
		if got := w.send(t, c.acquirer, alipayplus.PathDeclare, c.change(left).message()); got != c.want {
			t.Errorf("%s: %s, want %s", c.acquirer, got, c.want)
		}
	}
	var found alipayplus.DeclarationsAnswer
	called := stagetest.Must[sandbox.CallAnswer](t)(w.Control(sakura).Call(t.Context(), sandbox.CallOrder{
		Path: alipayplus.PathDeclarations, Message: json.RawMessage(fmt.Sprintf(
			`{"declarationRequestIds":[%q,%q,"NEVER"]}`, left.id, name("D-3"))),
	}))
	if err := json.Unmarshal(called.Body, &found); err != nil {
		t.Fatal(err)
	}
	if len(found.Records) != 1 || found.Records[0].Status != "SUCCESS" || found.Records[0].CustomsResultCode != "2" ||
		strings.Join(found.NotFound, " ") != name("D-3")+" NEVER" {
		t.Errorf("%s", called.Body)
	}
	if clear := stagetest.Texts(t, w.Stage, `SELECT buyer || receipt FROM customs_declaration
		WHERE buyer || receipt LIKE '%Somebody%' OR receipt LIKE '%CHECK%'`); len(clear) != 0 {
		t.Errorf("in clear: %v", clear)
	}
	w.undeclarable(t)
	stagetest.Invariants(t, w.Stage)
}

// undeclarable is what customs are not told of: what was given back, and what others pay.
func (w world) undeclarable(t *testing.T) {
	payment, whole := w.shipped(t)
	refunded := stagetest.Must[sandbox.RefundOutcome](t)(w.Control(sakura).Refund(t.Context(), sandbox.RefundOrder{
		NamedPayment: sandbox.NamedPayment{RequestID: payment}, RefundID: "RF-" + payment[3:], Amount: "1500", Currency: "JPY",
	}))
	if refunded.Answer.Result.Code != "SUCCESS" {
		t.Fatalf("%+v", refunded)
	}
	all := parcel{payment: payment, id: "DA-" + payment[3:20], merchant: "M-9", order: "O-1", split: false, value: whole}
	if got := w.send(t, sakura, alipayplus.PathDeclare, all.message()); got != "TOTAL_DECLARATION_AMOUNT_EXCEED" {
		t.Errorf("what was given back: %s", got)
	}
	order := sandbox.PayOrder{
		RequestID: "PR-" + ids.New().String(), Amount: "1500", Currency: "JPY",
		Code: stagetest.Must[sandbox.Codes](t)(w.Control(harbour).Codes(t.Context(),
			sandbox.CodeOrder{Customer: payer})).Codes[0].PaymentCode,
	}
	if paid := w.Pay(t, sakura, order); paid.Answer.DeclarableAmount != nil {
		t.Errorf("%+v", paid.Answer)
	}
	all.payment, all.id, all.value = order.RequestID, all.id+"h", 100
	if got := w.send(t, sakura, alipayplus.PathDeclare, all.message()); got != "BUSINESS_NOT_SUPPORT" {
		t.Errorf("of a wallet without customs: %s", got)
	}
}
