package alipayplus_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/connectortest"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
)

// border is a desk of declarations that remembers and answers what it is told.
type border struct {
	declared []connectors.CustomsDeclaration
	records  []connectors.CustomsRecord
	err      error
}

func (b *border) Declare(
	_ context.Context, _ connectors.Participant, declaration connectors.CustomsDeclaration,
) (connectors.CustomsReceipt, error) {
	b.declared = append(b.declared, declaration)
	return connectors.CustomsReceipt{
		WalletPaymentID: "W-1", WalletDeclarationID: "WD-1", WalletCustomsCode: "C-9", ClearingChannel: "NUCC",
		ClearingID: "N-1", OrderAmount: money.New(100, "CNY"), IdentityCheck: "CHECK_PASSED",
	}, b.err
}

func (b *border) Declarations(
	context.Context, connectors.Participant, []string,
) ([]connectors.CustomsRecord, error) {
	return b.records, b.err
}

const declared = `"paymentRequestId":"P-1","customsDeclarationRequestId":"D-1",
	"customs":{"customsCode":"HANGZHOU","region":"CN"},
	"merchantCustomsInfo":{"merchantCustomsCode":"M-9","merchantCustomsName":"Tea House"},
	"declarationAmount":{"currency":"CNY","value":"100"}`

const certified = `,"buyerCertificate":{"certificateType":"ID_CARD","certificateNo":"3100001900",
	"holderName":{"firstName":"Canary","lastName":"Featherstone"},"effectiveDate":"2020-01-01","expireDate":"2030-01-01"}`

func customsBench(t *testing.T, desk connectors.Customs) bench {
	return bench{connectortest.NewHub(), serve(t, alipayplus.ServerConfig{
		Gate: gateConfig(t), Hub: connectortest.NewHub(), Customs: desk,
	})}
}

// TestDeclare: acquirers and networks that stand for merchants declare, in whatever type
// they write a boolean, and the wallet's figures come back.
func TestDeclare(t *testing.T) {
	desk := &border{}
	b := customsBench(t, desk)
	want := connectors.CustomsDeclaration{
		RequestID: "D-1", Payment: connectors.Reference{RequestID: "P-1"}, OfficeCode: "HANGZHOU", OfficeCountry: "CN",
		MerchantCode: "M-9", MerchantName: "Tea House", Amount: money.New(100, "CNY"),
	}
	buyer := connectors.Buyer{
		CertificateType: "ID_CARD", CertificateNumber: "3100001900", Name: "Canary Featherstone", EffectiveDate: "2020-01-01",
		ExpiryDate: "2030-01-01",
	}
	for _, c := range []struct {
		more  string
		split bool
		order string
		buyer *connectors.Buyer
	}{
		{`,"isSplit":"false"`, false, "", nil}, {`,"isSplit":false`, false, "", nil},
		{`,"isSplit":"false","referenceOrderId":"O-1"`, false, "", nil}, // which only split orders use
		{`,"isSplit":"true","referenceOrderId":"O-1"`, true, "O-1", nil},
		{`,"isSplit":true,"referenceOrderId":"O-1","news":{"x":1}`, true, "O-1", nil},
		{`,"isSplit":"false"` + certified, false, "", &buyer},
	} {
		for _, from := range []connectors.Participant{acquirer, merchantNetwork} {
			before := len(desk.declared)
			expect(t, b.post(t, from, alipayplus.PathDeclare, `{`+declared+c.more+`}`), map[string]any{
				"result.resultCode": "SUCCESS", "pspPaymentId": "W-1", "pspDeclarationRequestId": "WD-1", "pspCustomsCode": "C-9",
				"clearingChannel": "NUCC", "clearingTransactionId": "N-1", "identityCheckResult": "CHECK_PASSED",
				"pspOrderAmount.value": "100",
			})
			got := desk.declared[before]
			want.Split, want.OrderID, want.Buyer, want.CheckedFields = c.split, c.order, c.buyer, got.CheckedFields
			if difference := cmp.Diff(want, got); difference != "" {
				t.Errorf("%s (-want +got):\n%s", c.more, difference)
			}
		}
	}
	if desk.declared[0].CheckedFields != desk.declared[10].CheckedFields {
		t.Error("the buyer is among the checked fields, whose digest stays")
	}
}

// TestDeclareCheckedFields: every field but the buyer must be the same when a declaration
// is repeated.
func TestDeclareCheckedFields(t *testing.T) {
	desk := &border{}
	b := customsBench(t, desk)
	whole := `{` + declared + `,"isSplit":"true","referenceOrderId":"O-1"}`
	bodies := []string{whole}
	for _, change := range [][2]string{
		{"P-1", "P-2"}, {"HANGZHOU", "NINGBO"}, {"M-9", "M-8"}, {"Tea House", "Tea Hut"}, {`"100"`, `"101"`}, {"CNY", "USD"},
		{"O-1", "O-2"}, {`"region":"CN"`, `"region":"KR"`}, {`"isSplit":"true"`, `"isSplit":"false"`},
	} {
		bodies = append(bodies, strings.Replace(whole, change[0], change[1], 1))
	}
	seen := map[[32]byte]string{}
	for _, body := range bodies {
		expect(t, b.post(t, acquirer, alipayplus.PathDeclare, body), map[string]any{"result.resultCode": "SUCCESS"})
		digest := desk.declared[len(desk.declared)-1].CheckedFields
		if other, twice := seen[digest]; twice {
			t.Errorf("%s is as good as %s", body, other)
		}
		seen[digest] = body
	}
}

// TestDeclareRefusals: what is missing or malformed does not reach the desk, nobody else
// may declare, and what the desk says is passed on.
func TestDeclareRefusals(t *testing.T) {
	desk := &border{}
	b := customsBench(t, desk)
	whole := `{` + declared + `,"isSplit":"false"` + certified + `}`
	code := func(code string) map[string]any { return map[string]any{"result.resultCode": code} }
	for _, change := range [][2]string{
		{`"paymentRequestId":"P-1",`, ""}, {`"customsDeclarationRequestId":"D-1",`, ""}, {`"D-1"`, `""`},
		{`"D-1"`, `"` + strings.Repeat("D", 65) + `"`}, {`"customsCode":"HANGZHOU",`, ""}, {`"region":"CN"`, `"region":"CHN"`},
		{`"merchantCustomsCode":"M-9",`, ""}, {`,"merchantCustomsName":"Tea House"`, ""}, {`"100"`, `"0"`}, {`"100"`, `"1.00"`},
		{`"100"`, `"-1"`}, {`"isSplit":"false"`, `"isSplit":"no"`}, {`"isSplit":"false"`, `"isSplit":"true"`},
		{`,"isSplit":"false"`, ""}, {`"certificateNo":"3100001900",`, ""}, {`"certificateType":"ID_CARD",`, ""},
		{`{"firstName":"Canary","lastName":"Featherstone"}`, `{}`}, {`"HANGZHOU"`, `["HANGZHOU"]`},
	} {
		body := strings.Replace(whole, change[0], change[1], 1)
		if body == whole {
			t.Fatalf("%q is not in the message", change[0])
		}
		answer := b.post(t, acquirer, alipayplus.PathDeclare, body)
		expect(t, answer, code("PARAM_ILLEGAL"))
		if text := fmt.Sprint(answer); strings.Contains(text, "Canary") || strings.Contains(text, "3100001900") {
			t.Errorf("the refusal tells %s", text)
		}
	}
	expect(t, b.post(t, acquirer, alipayplus.PathDeclare, strings.Replace(whole, "CNY", "XXQ", 1)),
		code("CURRENCY_NOT_SUPPORT"))
	for _, path := range []string{alipayplus.PathDeclare, alipayplus.PathDeclarations, alipayplus.PathDeclarationsInquiry} {
		for _, from := range []connectors.Participant{wallet, payerNetwork} {
			expect(t, b.post(t, from, path, whole), code("ACCESS_DENIED"))
		}
		closed := bench{connectortest.NewHub(), serve(t, alipayplus.ServerConfig{Gate: gateConfig(t),
			Hub: connectortest.NewHub()})}
		expect(t, closed.post(t, acquirer, path, whole), code("BUSINESS_NOT_SUPPORT"))
	}
	if len(desk.declared) != 0 {
		t.Errorf("%d reached the desk", len(desk.declared))
	}
	for kind, want := range map[reason.Kind]string{
		reason.NotPaid: "ORDER_STATUS_INVALID", reason.DeclaredTwice: "DUPLICATED_DECLARATIONS",
		reason.DeclarationExceeds: "TOTAL_DECLARATION_AMOUNT_EXCEED", reason.NotFound: "ORDER_NOT_EXIST",
		reason.Inconsistent: "REPEAT_REQ_INCONSISTENT", reason.InProcess: "PAYMENT_IN_PROCESS",
		reason.RiskRejected: "RISK_REJECT", reason.Unsupported: "BUSINESS_NOT_SUPPORT",
	} {
		desk.err = reason.New(kind, "test", "")
		expect(t, b.post(t, acquirer, alipayplus.PathDeclare, whole), code(want))
	}
}

// TestDeclarations: an inquiry tells of each id once, under both spellings of its path.
func TestDeclarations(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	desk := &border{records: []connectors.CustomsRecord{{
		Declaration: connectors.CustomsDeclaration{
			RequestID: "D-1", OfficeCode: "HANGZHOU", OfficeCountry: "CN", MerchantCode: "M-9", MerchantName: "Tea House",
			Amount: money.New(100, "CNY"), Split: true, OrderID: "O-1",
			Buyer: &connectors.Buyer{Name: "Canary Featherstone", CertificateNumber: "3100001900"},
		},
		Receipt:  connectors.CustomsReceipt{WalletPaymentID: "W-1", WalletDeclarationID: "WD-1"},
		Progress: connectors.CustomsProgress{Status: "SUCCESS", ModifiedAt: at, ResultCode: "2", ResultText: "released", ResultAt: at},
	}}}
	b := customsBench(t, desk)
	for _, path := range []string{alipayplus.PathDeclarations, alipayplus.PathDeclarationsInquiry} {
		answer := b.post(t, acquirer, path, `{"declarationRequestIds":["D-1","D-2","D-2"]}`)
		expect(t, answer, map[string]any{"result.resultCode": "SUCCESS"})
		got, err := json.Marshal(map[string]any{"found": answer["declarationRecords"], "not": answer["declarationRequestsNotFound"]})
		if err != nil {
			t.Fatal(err)
		}
		want := `{"found":[{"customs":{"customsCode":"HANGZHOU","region":"CN"},"customsDeclarationRequestId":"D-1",` +
			`"customsResultCode":"2","customsResultDescription":"released","customsResultReturnedTime":"2026-01-02T03:04:05Z",` +
			`"declarationAmount":{"currency":"CNY","value":"100"},"declarationRequestStatus":"SUCCESS","isSplit":"true",` +
			`"merchantCustomsInfo":{"merchantCustomsCode":"M-9","merchantCustomsName":"Tea House"},` +
			`"modifiedTime":"2026-01-02T03:04:05Z","pspDeclarationRequestId":"WD-1","pspPaymentId":"W-1",` +
			`"referenceOrderId":"O-1"}],"not":["D-2"]}`
		if string(got) != want {
			t.Errorf("answered\n%s\nwant\n%s", got, want)
		}
	}
	eleven := `"` + strings.Join(strings.Split("abcdefghijk", ""), `","`) + `"`
	for _, ids := range []string{``, `""`, `"D-1",""`, eleven, `"` + strings.Repeat("D", 65) + `"`, `{}`} {
		expect(t, b.post(t, acquirer, alipayplus.PathDeclarations, `{"declarationRequestIds":[`+ids+`]}`),
			map[string]any{"result.resultCode": "PARAM_ILLEGAL"})
	}
	expect(t, b.post(t, acquirer, alipayplus.PathDeclarations, `{}`), map[string]any{"result.resultCode": "PARAM_ILLEGAL"})
}

// TestDeclareAtWallet: the wallet is asked in the protocol's words, a network by the
// merchant's order always; what has no such operation refuses.
func TestDeclareAtWallet(t *testing.T) {
	said := connectors.CustomsDeclaration{
		RequestID: "D-1", Payment: connectors.Reference{RequestID: "P-1"}, OfficeCode: "HANGZHOU", OfficeCountry: "CN",
		MerchantCode: "M-9", MerchantName: "Tea House", Amount: money.New(100, "CNY"), OrderID: "PR-1",
		Buyer: &connectors.Buyer{CertificateType: "ID_CARD", CertificateNumber: "3100001900", Name: "Canary Featherstone"},
	}
	figures := `,"pspPaymentId":"W-1","pspDeclarationRequestId":"WD-1","pspOrderAmount":{"currency":"CNY","value":"x"}}`
	client := newClient(t, time.Second)
	for split, way := range map[string]alipayplus.Customs{"false": client.Customs(), "true": client.Member().Customs()} {
		to, heard := asked(t, wallet, `{"result":`+saidYes+figures)
		receipt, answer := way.Declare(t.Context(), to, said)
		if answer.Decision != connectors.Accepted || receipt.WalletDeclarationID != "WD-1" || receipt.OrderAmount.Minor != 0 {
			t.Errorf("%+v, %+v", receipt, answer)
		}
		expect(t, *heard, map[string]any{
			"pspId": to.ID, "paymentRequestId": "P-1", "customsDeclarationRequestId": "D-1", "isSplit": split,
			"referenceOrderId": "PR-1", "declarationAmount.value": "100", "buyerCertificate.certificateNo": "3100001900",
			"buyerCertificate.holderName.fullName": "Canary Featherstone", "merchantCustomsInfo.merchantCustomsName": "Tea House",
		})
	}
	to, _ := asked(t, wallet, `{"result":{"resultCode":"NO_INTERFACE_DEF","resultStatus":"F"}}`)
	if _, answer := client.Customs().Declare(t.Context(), to, said); answer.Decision != connectors.Declined ||
		answer.Reason != reason.Unsupported {
		t.Errorf("%+v", answer)
	}
}

// TestInquireDeclarationAtWallet: only a record of the declaration that was asked about is
// one, and one that is not found is absent.
func TestInquireDeclarationAtWallet(t *testing.T) {
	for body, want := range map[string]connectors.Decision{
		`,"declarationRecords":[{"customsDeclarationRequestId":"D-1","declarationRequestStatus":"SUCCESS"}]}`: connectors.Accepted,
		`,"declarationRecords":[{"customsDeclarationRequestId":"D-2","declarationRequestStatus":"SUCCESS"}]}`: connectors.Undecided,
		`,"declarationRequestsNotFound":["D-1"]}`:                                                             connectors.Absent,
		`}`: connectors.Undecided,
	} {
		to, heard := asked(t, wallet, `{"result":`+saidYes+body)
		progress, answer := newClient(t, time.Second).Customs().InquireDeclaration(t.Context(), to, "D-1")
		if answer.Decision != want || (progress.Status == "SUCCESS") != (want == connectors.Accepted) {
			t.Errorf("%s: %+v, %+v", body, progress, answer)
		}
		if ids := fmt.Sprint((*heard)["declarationRequestIds"]); ids != "[D-1]" {
			t.Errorf("asked about %s", ids)
		}
	}
}

// TestDeclarable: what may be declared is said wherever a paid payment is.
func TestDeclarable(t *testing.T) {
	client := newClient(t, time.Second)
	to, heard := asked(t, acquirer, `{"result":`+saidYes+`}`)
	payment := forwarded()
	payment.Status = iso20022.Completed
	payment.Declarable = money.New(7379, "CNY")
	client.Notify(t.Context(), to, payment)
	expect(t, *heard, map[string]any{
		"customsDeclarationAmount.currency": "CNY", "customsDeclarationAmount.value": "7379",
	})
}
