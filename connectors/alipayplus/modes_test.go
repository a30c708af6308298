package alipayplus_test

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/connectortest"
	"github.com/causeway-pay/causeway/internal/reason"
)

// payIn is a pay with another factor, and more fields.
func payIn(t *testing.T, factor, method, more string) string {
	t.Helper()
	body := string(payBody("PR-1", 1500))
	start := strings.Index(body, `"paymentFactor":`)
	if start < 0 {
		t.Fatal("no paymentFactor")
	}
	end := start + strings.Index(body[start:], "}") + 1
	body = body[:start] + `"paymentFactor":` + factor + body[end:]
	body = strings.Replace(body, `"paymentMethodId":"251001020123456789012345"`, method, 1)
	return strings.Replace(body, `{"paymentRequestId"`, `{`+more+`"paymentRequestId"`, 1)
}

const (
	noMethod  = `"customerId":""`
	redirect  = `"paymentRedirectUrl":"https://shop.example/done",`
	entryFlag = `{"isInStorePayment":"true","isCashierPayment":"true","inStorePaymentScenario":"EntryCode"}`
	cashFlag  = `{"isInStorePayment":false,"isCashierPayment":true,"presentmentMode":"TILE"}`
	debitFlag = `{"isInStorePayment":"false","isCashierPayment":"false","isAgreementPayment":"true"}`
	tokenOf   = `"paymentMethodId":"TOKEN/1","paymentMethodMetaData":{"authClientId":"M-1"}`
)

func TestPayInEveryMode(t *testing.T) {
	b := newBench(t)
	entry := strings.Replace(payIn(t, entryFlag, noMethod, redirect), `"env":{`, `"env":{"userAgent":"AlipayConnect",`, 1)
	for name, c := range map[string]struct {
		body, code string
		mode       connectors.Mode
	}{
		"entry code":            {entry, "PAYMENT_IN_PROCESS", connectors.EntryCode},
		"cashier":               {payIn(t, cashFlag, noMethod, redirect), "PAYMENT_IN_PROCESS", connectors.Cashier},
		"auto debit":            {payIn(t, debitFlag, tokenOf, ""), "SUCCESS", connectors.AutoDebit},
		"no redirect":           {payIn(t, cashFlag, noMethod, ""), "PARAM_ILLEGAL", ""},
		"redirect without TLS":  {payIn(t, cashFlag, noMethod, `"paymentRedirectUrl":"http://x.example/",`), "PARAM_ILLEGAL", ""},
		"redirect to a script":  {payIn(t, cashFlag, noMethod, `"paymentRedirectUrl":"javascript:x",`), "PARAM_ILLEGAL", ""},
		"no user agent":         {payIn(t, entryFlag, noMethod, redirect), "PARAM_ILLEGAL", ""},
		"no token":              {payIn(t, debitFlag, noMethod, ""), "PARAM_ILLEGAL", ""},
		"agreement in a store":  {payIn(t, strings.Replace(debitFlag, "false", "true", 1), tokenOf, ""), "BUSINESS_NOT_SUPPORT", ""},
		"agreement and cashier": {payIn(t, strings.Replace(cashFlag, `"presentmentMode":"TILE"`, `"isAgreementPayment":true`, 1), tokenOf, redirect), "BUSINESS_NOT_SUPPORT", ""},
		"cashier with scenario": {payIn(t, strings.Replace(cashFlag, "presentmentMode", "inStorePaymentScenario", 1), noMethod, redirect), "BUSINESS_NOT_SUPPORT", ""},
	} {
		b.hub.Reset()
		answer := b.post(t, acquirer, alipayplus.PathPay, c.body)
		if got := at(answer, "result", "resultCode"); got != c.code {
			t.Errorf("%s: %v, want %s", name, answer["result"], c.code)
			continue
		}
		if c.mode == "" {
			continue
		}
		order := b.last(t).(connectors.Order)
		if order.Mode != c.mode || order.Transfer.LocalInstrument != string(c.mode) {
			t.Errorf("%s: mode %s", name, order.Mode)
		}
		address, _ := answer["normalUrl"].(string)
		if c.mode.Redirects() != (address != "" && address == answer["paymentUrl"]) || answer["orderCodeForm"] != nil {
			t.Errorf("%s: %v", name, answer)
		}
		if c.mode == connectors.AutoDebit {
			checkMasked(t, order)
		}
	}
}

// checkMasked: the token is passed on, and is not on record.
func checkMasked(t *testing.T, order connectors.Order) {
	t.Helper()
	record := string(order.Words.Received)
	if order.Grant != (connectors.Grant{Token: "TOKEN/1", ClientID: "M-1"}) {
		t.Errorf("grant %+v", order.Grant)
	}
	if strings.Contains(record, "TOKEN/1") || !strings.Contains(record, `"paymentMethodId":"sha256:`) ||
		!strings.Contains(record, `"paymentRequestId":"PR-1"`) {
		t.Errorf("on record: %s", record)
	}
}

func TestRatesOnTheWire(t *testing.T) {
	b := newBench(t)
	for body, want := range map[string]map[string]any{
		`{"sellCurrency":"USD","buyCurrency":"JPY"}`: {
			"result.resultCode": "SUCCESS", "foreignExchangeQuote.quoteCurrencyPair": "JPY/USD",
			"foreignExchangeQuote.quotePrice": "0.05", "foreignExchangeQuote.quoteId": nil,
		},
		`{"sellCurrency":"JPY","buyCurrency":"USD"}`: {"foreignExchangeQuote.quoteCurrencyPair": "JPY/USD"},
		`{"sellCurrency":"USD","buyCurrency":"JPY","acquirerId":"JP-ACQ","paymentAmount":{"currency":"JPY","value":"1"}}`: {
			"result.resultCode": "SUCCESS", "foreignExchangeQuote.quoteExpiryTime": "2026-01-02T04:04:05Z",
		},
		`{"sellCurrency":"USD"}`:                      {"result.resultCode": "PARAM_ILLEGAL"},
		`{"sellCurrency":"USD","buyCurrency":"XXX"}`:  {"result.resultCode": "CURRENCY_NOT_SUPPORT"},
		`{"sellCurrency":"USD","buyCurrency":"EURO"}`: {"result.resultCode": "PARAM_ILLEGAL"},
		`{"sellCurrency":"USD","buyCurrency":"JPY","paymentFactor":{"needSurcharge":true}}`: {
			"result.resultCode": "BUSINESS_NOT_SUPPORT",
		},
	} {
		expect(t, b.post(t, wallet, alipayplus.PathExchangeRate, body), want)
	}
	short := b.post(t, wallet, alipayplus.PathExchangeRateShort, `{"sellCurrency":"USD","buyCurrency":"JPY"}`)
	expect(t, short, map[string]any{"result.resultCode": "SUCCESS"})
}

func TestConsultOnTheWire(t *testing.T) {
	b := newBench(t)
	for body, code := range map[string]string{
		`{"paymentAmount":{"currency":"JPY","value":"0"}}`:                                                                "SUCCESS",
		`{"paymentAmount":{"currency":"JPY","value":0},"allowedPspRegions":["HK"]}`:                                       "SUCCESS",
		`{"paymentAmount":{"currency":"JPY","value":"-1"}}`:                                                               "PARAM_ILLEGAL",
		`{"paymentAmount":{"currency":"JPY","value":"1"},"allowedPspRegions":["KR"]}`:                                     "UNAVAILABLE_PAYMENT_METHOD",
		`{"paymentAmount":{"currency":"JPY","value":"1"},"allowedPspRegions":["Hongkong"]}`:                               "PARAM_ILLEGAL",
		`{"paymentAmount":{"currency":"JPY","value":"1"},"settlementStrategy":{"settlementCurrency":"EUR"}}`:              "CURRENCY_NOT_SUPPORT",
		`{"paymentAmount":{"currency":"JPY","value":"1"},"paymentFactor":{"isPaymentEvaluation":"true"}}`:                 "BUSINESS_NOT_SUPPORT",
		`{"paymentAmount":{"currency":"JPY","value":"1"},"allowedPspRegions":[` + strings.Repeat(`"HK",`, 249) + `"HK"]}`: "PARAM_ILLEGAL",
		`{}`: "PARAM_ILLEGAL",
	} {
		answer := b.post(t, acquirer, alipayplus.PathConsultPayment, body)
		if got := at(answer, "result", "resultCode"); got != code {
			t.Errorf("%.100s: %v, want %s", body, got, code)
		}
		if options, _ := answer["paymentOptions"].([]any); (len(options) == 1) != (code == "SUCCESS") {
			t.Errorf("%.100s: %v", body, answer)
		}
	}
}

func TestIdentifyOnTheWire(t *testing.T) {
	b := newBench(t)
	ask := func(code string) map[string]any {
		return b.post(t, wallet, alipayplus.PathIdentifyCode, fmt.Sprintf(`{"codeValue":%q}`, code))
	}
	expect(t, ask("HTTPS://CODES.EXAMPLE/1"), map[string]any{
		"isSupported": "true", "postCodeMatchActionType": "DECODE", "redirectUrl": nil,
	})
	expect(t, ask("https://shop.example/7"), map[string]any{
		"isSupported": "true", "postCodeMatchActionType": "OPEN_URL", "redirectUrl": "https://shop.example/7",
		"userAgent": "AlipayConnect",
	})
	expect(t, ask("nobody's"), map[string]any{
		"result.resultCode": "SUCCESS", "isSupported": "false", "postCodeMatchActionType": nil,
	})
	expect(t, ask(strings.Repeat("c", 513)), map[string]any{"result.resultCode": "PARAM_ILLEGAL"})
}

func TestPushNoticesOnTheWire(t *testing.T) {
	b := newBench(t)
	const paid = `"paymentId":"6b1b36cf-9f0c-4f8e-8a0a-0d8f5c8b7a11"`
	for body, code := range map[string]string{
		`{` + paid + `,"paymentResult":{"resultCode":"SUCCESS","resultStatus":"S"},"paymentRequestId":"PR-1"}`: "SUCCESS",
		`{` + paid + `,"paymentResult":{"resultCode":"RISK_REJECT","resultStatus":"F"}}`:                       "SUCCESS",
		`{` + paid + `,"paymentResult":{"resultCode":"PAYMENT_IN_PROCESS","resultStatus":"U"}}`:                "PARAM_ILLEGAL",
		`{` + paid + `,"paymentResult":{"resultCode":"RISK_REJECT","resultStatus":"S"}}`:                       "PARAM_ILLEGAL",
		`{` + paid + `,"paymentResult":{"resultCode":"SUCCESS","resultStatus":"S"},"paymentTime":"noon"}`:      "PARAM_ILLEGAL",
		`{"paymentId":"x","paymentResult":{"resultCode":"SUCCESS","resultStatus":"S"}}`:                        "ORDER_NOT_EXIST",
		`{` + paid + `}`: "PARAM_ILLEGAL",
	} {
		answer := b.post(t, acquirer, alipayplus.PathNotifyPush, body)
		if got := at(answer, "result", "resultCode"); got != code {
			t.Errorf("%s: %v, want %s", body, got, code)
		}
	}
	if confirmed := b.hub.Executed(); confirmed != 2 {
		t.Errorf("%d confirmations", confirmed)
	}
}

// TestFactorsAreReadAsWritten: what is written for a mode is read as that mode; an
// order that was fetched is an order code to the wallet.
func TestFactorsAreReadAsWritten(t *testing.T) {
	b := newBench(t)
	for i, mode := range connectors.Modes() {
		factor, err := alipayplus.Encode(alipayplus.FactorOf(mode))
		if err != nil {
			t.Fatal(err)
		}
		want := mode
		if mode.Fetched() {
			want = connectors.OrderCode
		}
		b.hub.Reset()
		b.post(t, wallet, alipayplus.PathExchangeRate,
			`{"sellCurrency":"USD","buyCurrency":"JPY","paymentFactor":`+string(factor)+`}`+strings.Repeat(" ", i))
		if got := b.last(t).(connectors.PriceRequest).Mode; got != want {
			t.Errorf("%s: %s is read as %s", mode, factor, got)
		}
	}
}

// TestAgreementsOutbound: only a signed yes about an agreement is a yes, and only a
// signed no is a no.
func TestAgreementsOutbound(t *testing.T) {
	for verdict, want := range map[connectortest.Verdict]connectors.Decision{
		connectortest.Yes: connectors.Accepted, connectortest.No: connectors.Declined,
		connectortest.Open: connectors.Undecided, connectortest.Unsigned: connectors.Undecided,
		connectortest.Forged: connectors.Undecided, connectortest.Stale: connectors.Undecided,
		connectortest.Garbled: connectors.Undecided, connectortest.CutOff: connectors.Undecided,
		connectortest.Huge: connectors.Undecided, connectortest.Contradictory: connectors.Undecided,
		connectortest.Elsewhere: connectors.Undecided, connectortest.Broken: connectors.Undecided,
		connectortest.HungUp: connectors.Undecided,
	} {
		server := httptest.NewServer(script(t, wallet, verdict))
		to := wallet
		to.Endpoint = server.URL
		ways, ctx := newClient(t, time.Second).Agreements(), t.Context()
		address, prepared := ways.Prepare(ctx, to, connectors.PrepareRequest{ClientID: "M-1", ReferenceID: "A-1"})
		tokens, applied := ways.Apply(ctx, to, connectors.TokenRequest{ClientID: "M-1", Code: "C-1"})
		for name, answer := range map[string]connectors.Answer{
			"prepare": prepared, "apply": applied, "revocable": ways.Revocable(ctx, to, connectors.Grant{Token: "T"}),
			"revoke": ways.Revoke(ctx, to, connectors.Grant{Token: "T"}),
			"notify": ways.NotifyAgreement(ctx, to, connectors.AgreementNotice{Event: connectors.TokenCancelled}),
		} {
			if answer.Decision != want || (answer.Reason == reason.None) != (want == connectors.Accepted) {
				t.Errorf("verdict %d, %s: %v, %v, %v", verdict, name, answer.Decision, answer.Reason, answer.Err)
			}
		}
		if (address != "") != (want == connectors.Accepted) || (tokens.Access != "") != (want == connectors.Accepted) {
			t.Errorf("verdict %d: %q, %+v", verdict, address, tokens)
		}
		server.Close()
	}
}
