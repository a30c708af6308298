package modes_test

import (
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/conformance/stage/stagetest"
	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/sandbox"
)

// rates: an indication has a rate and no id; a firm quote has an id and an end,
// and the payment made at it costs exactly what it says, once.
func (w world) rates(t *testing.T) {
	wallet := w.Control(harbour)
	indication := stagetest.Must[alipayplus.RateAnswer](t)(wallet.Rate(t.Context(), sandbox.RateOrder{Buy: "JPY"}))
	if q := indication.Quote; q == nil || q.ID != "" || q.Pair != "JPY/HKD" && q.Pair != "HKD/JPY" || q.ExpiryTime != "" {
		t.Errorf("indication %+v", indication)
	}
	for buy, code := range map[string]string{"EUR": "CURRENCY_NOT_SUPPORT", "XXX": "CURRENCY_NOT_SUPPORT"} {
		answer := stagetest.Must[alipayplus.RateAnswer](t)(wallet.Rate(t.Context(), sandbox.RateOrder{Buy: buy}))
		if answer.Result.Code != code || answer.Quote != nil {
			t.Errorf("%s: %+v", buy, answer)
		}
	}
	firm := stagetest.Must[alipayplus.RateAnswer](t)(
		wallet.Rate(t.Context(), sandbox.RateOrder{Buy: "JPY", Acquirer: sakura, Amount: "1500"}))
	if firm.Quote == nil || firm.Quote.ID == "" || firm.Quote.ExpiryTime == "" {
		t.Fatalf("firm quote %+v", firm)
	}
	code := orderCode(t, w.Pay(t, sakura, sandbox.PayOrder{Amount: "1500", Currency: "JPY"}))
	scan := stagetest.Must[sandbox.Scan](t)(wallet.Scan(t.Context(), sandbox.ScanOrder{
		CodeValue: code, Customer: payer, QuoteID: firm.Quote.ID, Confirm: true,
	}))
	if scan.Shown.PaymentQuote == nil || scan.Shown.PaymentQuote.ID != firm.Quote.ID ||
		scan.Shown.PaymentQuote.Price != firm.Quote.Price || scan.Payment == nil || scan.Payment.Code != "SUCCESS" {
		t.Errorf("paid at the quote: %+v", scan)
	}
	code = orderCode(t, w.Pay(t, sakura, sandbox.PayOrder{Amount: "1500", Currency: "JPY"}))
	again := stagetest.Must[sandbox.Scan](t)(wallet.Scan(t.Context(), sandbox.ScanOrder{
		CodeValue: code, Customer: payer, QuoteID: firm.Quote.ID,
	}))
	if again.Shown.Result.Code != "PROCESS_FAIL" {
		t.Errorf("a quote was used twice: %+v", again.Shown.Result)
	}
}

// fetchedAtQuote: a firm quote for an order code is good for an order that is
// fetched, too.
func (w world) fetchedAtQuote(t *testing.T) {
	wallet := w.Control(harbour)
	firm := stagetest.Must[alipayplus.RateAnswer](t)(
		wallet.Rate(t.Context(), sandbox.RateOrder{Buy: "JPY", Acquirer: sakura, Amount: "1500"}))
	if firm.Quote == nil || firm.Quote.ID == "" {
		t.Fatalf("firm quote %+v", firm)
	}
	for _, mode := range []connectors.Mode{connectors.PrivateOrderCode, connectors.Push} {
		shown := w.show(t, mode, sandbox.PushAccept, 0)
		scan := stagetest.Must[sandbox.Scan](t)(wallet.Scan(t.Context(), sandbox.ScanOrder{
			CodeValue: shown.Code, Customer: payer, QuoteID: firm.Quote.ID, Confirm: true,
		}))
		if mode == connectors.Push { // the first one has used it
			if scan.Shown.Result.Code != "PROCESS_FAIL" {
				t.Errorf("a quote was used twice: %+v", scan.Shown.Result)
			}
			continue
		}
		if scan.Shown.PaymentQuote == nil || scan.Shown.PaymentQuote.ID != firm.Quote.ID {
			t.Errorf("%s: %+v", mode, scan.Shown)
		}
		w.Ends(t, sakura, shown.RequestID, "SUCCESS")
	}
}

func orderCode(t *testing.T, paid sandbox.PayOutcome) string {
	t.Helper()
	if paid.Answer.Result.Code != "PAYMENT_IN_PROCESS" || paid.Answer.OrderCodeForm == nil {
		t.Fatalf("no order code: %+v", paid.Answer)
	}
	return paid.Answer.OrderCodeForm.CodeDetails[0].CodeValue
}

func (w world) identifies(t *testing.T) {
	code := orderCode(t, w.Pay(t, sakura, sandbox.PayOrder{Amount: "1500", Currency: "JPY"}))
	for value, want := range map[string][2]string{
		code:                        {"true", alipayplus.ActionDecode},
		strings.ToLower(code):       {"true", alipayplus.ActionDecode},
		"https://nobody.example/1":  {"false", ""},
		"00020101021226370009SG.PA": {"false", ""},
	} {
		got := stagetest.Must[alipayplus.IdentifyAnswer](t)(
			w.Control(harbour).Identify(t.Context(), sandbox.IdentifyOrder{CodeValue: value}))
		if got.Result.Code != "SUCCESS" || got.IsSupported != want[0] || got.Action != want[1] || got.CodeValue != value {
			t.Errorf("%s: %+v", value, got)
		}
	}
}

// consults: the wallets that a pay would find, and the refusal that it would get.
func (w world) consults(t *testing.T) {
	for _, c := range []struct {
		order sandbox.ConsultOrder
		code  string
		names string
	}{
		{sandbox.ConsultOrder{Amount: "0", Currency: "JPY"}, "SUCCESS", "CN-DRAGON HK-HARBOUR KR-HANGANG PH-LUZON"},
		{sandbox.ConsultOrder{Amount: "1500", Currency: "JPY", AllowedRegions: []string{"PH", "TH"}}, "SUCCESS", "PH-LUZON"},
		{sandbox.ConsultOrder{Amount: "1500", Currency: "JPY", AllowedRegions: []string{"TH"}}, "UNAVAILABLE_PAYMENT_METHOD", ""},
		{sandbox.ConsultOrder{Amount: "999999999999", Currency: "JPY"}, "PAYMENT_AMOUNT_EXCEED_LIMIT", ""},
		{sandbox.ConsultOrder{Amount: "1500", Currency: "EUR"}, "CURRENCY_NOT_SUPPORT", ""},
		{sandbox.ConsultOrder{Amount: "15.00", Currency: "JPY"}, "PARAM_ILLEGAL", ""},
	} {
		got := stagetest.Must[sandbox.ConsultOutcome](t)(w.Control(sakura).Consult(t.Context(), c.order)).Answer
		var names []string
		for _, option := range got.Options {
			for _, wallet := range option.Detail.ConnectWallet.Wallets {
				names = append(names, wallet.Name)
			}
		}
		if got.Result.Code != c.code || strings.Join(names, " ") != c.names {
			t.Errorf("%+v: %+v, %v", c.order, got.Result, names)
		}
	}
}

// regions: a wallet from elsewhere can neither pay nor take the order away from
// those who may.
func (w world) regions(t *testing.T) {
	codes := stagetest.Must[sandbox.Codes](t)(w.Control(harbour).Codes(t.Context(), sandbox.CodeOrder{Customer: payer}))
	refused := w.Pay(t, sakura, sandbox.PayOrder{
		Code: codes.Codes[0].PaymentCode, Amount: "1500", Currency: "JPY", AllowedRegions: []string{"PH"},
	})
	if refused.Answer.Result.Code != "UNAVAILABLE_PAYMENT_METHOD" || refused.Answer.Result.Status != "F" {
		t.Errorf("by code: %+v", refused.Answer.Result)
	}
	shown := w.Pay(t, sakura, sandbox.PayOrder{Amount: "1500", Currency: "JPY", AllowedRegions: []string{"PH"}})
	code := orderCode(t, shown)
	scan := stagetest.Must[sandbox.Scan](t)(w.Control(harbour).Scan(t.Context(), sandbox.ScanOrder{CodeValue: code, Customer: payer}))
	if scan.Shown.Result.Code != "UNAVAILABLE_PAYMENT_METHOD" {
		t.Errorf("by scan: %+v", scan.Shown.Result)
	}
	scan = stagetest.Must[sandbox.Scan](t)(
		w.Control(luzon).Scan(t.Context(), sandbox.ScanOrder{CodeValue: code, Customer: payer, Confirm: true}))
	if scan.Shown.Result.Code != "SUCCESS" {
		t.Errorf("from the allowed region: %+v", scan.Shown.Result)
	}
	w.Ends(t, sakura, shown.RequestID, "SUCCESS")
}
