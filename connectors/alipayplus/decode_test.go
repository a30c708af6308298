package alipayplus

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
)

// message has every shape that Decode knows.
type message struct {
	Answer
	Name   string          `json:"name"             aps:"3,required"`
	Flag   string          `json:"flag,omitempty"   aps:"5"`
	Amount *Amount         `json:"amount,omitempty"`
	Raw    json.RawMessage `json:"raw,omitempty"`
	List   []string        `json:"list,omitempty"   aps:"2"`
	Quotes []Quote         `json:"quotes,omitempty"`
}

const saidSuccess = `"result":{"resultCode":"SUCCESS","resultStatus":"S"}`

func TestDecodeTolerates(t *testing.T) {
	var got message
	err := Decode([]byte(`{`+saidSuccess+`,"unknown":{"deep":[1]},"name":"日本語","flag":true,
		"amount":{"currency":"JPY","value":1500},"raw":{ "b":1, "a":[ ] },"list":["a",null,7],
		"quotes":[{"quoteCurrencyPair":"USD/JPY","quotePrice":156.60}]}`), &got)
	if err != nil {
		t.Fatal(err)
	}
	want := message{
		Answer: Answer{Result{Code: "SUCCESS", Status: "S"}}, Name: "日本語", Flag: "true",
		Amount: &Amount{"JPY", "1500"}, Raw: json.RawMessage(`{ "b":1, "a":[ ] }`), List: []string{"a", "", "7"},
		Quotes: []Quote{{Pair: "USD/JPY", Price: "156.60"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestDecodeNullIsAbsent(t *testing.T) {
	var got message
	if err := Decode([]byte(`{`+saidSuccess+`,"name":"x","flag":null,"amount":null,"raw":null,"list":null}`),
		&got); err != nil {
		t.Fatal(err)
	}
	if got.Amount != nil || got.Raw != nil || got.List != nil || got.Flag != "" {
		t.Errorf("null left %+v", got)
	}
}

func TestDecodeNamesTheField(t *testing.T) {
	for text, field := range map[string]string{
		`[]`:                        "not an object",
		`{"name":"x"}`:              "result: missing",
		`{"result":"S","name":"x"}`: "result: not an object",
		`{"result":{"resultCode":"X"},"name":""}`:                                         "result.resultStatus: missing",
		`{` + saidSuccess + `}`:                                                           "name: missing",
		`{` + saidSuccess + `,"name":""}`:                                                 "name: missing",
		`{` + saidSuccess + `,"name":null}`:                                               "name: missing",
		`{` + saidSuccess + `,"NAME":"x"}`:                                                "name: missing",
		`{` + saidSuccess + `,"name":"abcd"}`:                                             "name: longer than 3",
		`{` + saidSuccess + `,"name":{}}`:                                                 "name: not a text",
		`{` + saidSuccess + `,"name":["x"]}`:                                              "name: not a text",
		`{` + saidSuccess + `,"name":"x","amount":{"currency":"JPY"}}`:                    "amount.value: missing",
		`{` + saidSuccess + `,"name":"x","amount":5}`:                                     "amount: not an object",
		`{` + saidSuccess + `,"name":"x","raw":"{}"}`:                                     "raw: not an object",
		`{` + saidSuccess + `,"name":"x","list":"a"}`:                                     "list: not an array",
		`{` + saidSuccess + `,"name":"x","list":["abc"]}`:                                 "list[0]: longer",
		`{` + saidSuccess + `,"name":"x","quotes":[{"quotePrice":"1"}]}`:                  "quotes[0].quoteCurrencyPair: missing",
		`{` + saidSuccess + `,"name":"x","quotes":[{"quoteCurrencyPair":"USD/JPY long"}]`: "byte",
	} {
		err := Decode([]byte(text), new(message))
		if reason.Of(err) != reason.InvalidRequest || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v, want %q", text, err, field)
		}
	}
}

// Every text of a body may be personal: an error must not repeat it.
func TestDecodeErrorsHoldNoContent(t *testing.T) {
	const secret = "Mei Example 251001020123456789"
	for _, text := range []string{
		`{"name":"` + secret + `",` + saidSuccess + `}`,
		`{"name":"x","` + secret + `":1,"` + secret + `":2}`,
		`{"name":"` + secret,
		`{` + saidSuccess + `,"name":"x","amount":"` + secret + `"}`,
	} {
		if err := Decode([]byte(text), new(message)); err == nil || strings.Contains(err.Error(), "Mei") {
			t.Errorf("%v", err)
		}
	}
}

func TestAmounts(t *testing.T) {
	for text, want := range map[string]reason.Kind{
		`{"currency":"JPY","value":"1500"}`:                reason.None,
		`{"currency":"JPY","value":1500}`:                  reason.None,
		`{"currency":"JPY","value":"999999999999999999"}`:  reason.None,
		`{"currency":"JPY","value":"0"}`:                   reason.InvalidRequest,
		`{"currency":"JPY","value":"-1"}`:                  reason.InvalidRequest,
		`{"currency":"JPY","value":-1}`:                    reason.InvalidRequest,
		`{"currency":"JPY","value":"+1"}`:                  reason.InvalidRequest,
		`{"currency":"JPY","value":"01"}`:                  reason.InvalidRequest,
		`{"currency":"JPY","value":"1.5"}`:                 reason.InvalidRequest,
		`{"currency":"JPY","value":1.0}`:                   reason.InvalidRequest,
		`{"currency":"JPY","value":1e3}`:                   reason.InvalidRequest,
		`{"currency":"JPY","value":"1e3"}`:                 reason.InvalidRequest,
		`{"currency":"JPY","value":" 1"}`:                  reason.InvalidRequest,
		`{"currency":"JPY","value":"١"}`:                   reason.InvalidRequest,
		`{"currency":"JPY","value":"1000000000000000000"}`: reason.InvalidRequest,
		`{"currency":"JPY","value":true}`:                  reason.InvalidRequest,
		`{"currency":"jpy","value":"1"}`:                   reason.UnsupportedCurrency,
		`{"currency":"XXX","value":"1"}`:                   reason.UnsupportedCurrency,
		`{"currency":"JPYX","value":"1"}`:                  reason.InvalidRequest,
	} {
		var amount Amount
		err := Decode([]byte(text), &amount)
		if err == nil {
			_, err = amount.read("amount")
		}
		if got := reason.Of(err); got != want {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
}

func TestAmountRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		currency := rapid.SampledFrom([]money.Currency{"JPY", "HKD", "KWD", "IDR", "CLF"}).Draw(t, "currency")
		want := money.New(rapid.Int64Range(1, 999_999_999_999_999_999).Draw(t, "minor"), currency)
		got, err := amountOf(want).read("amount")
		if err != nil || got != want {
			t.Fatalf("%v became %v, %v", want, got, err)
		}
	})
	if optionalAmount(money.Amount{}) != nil {
		t.Error("no amount was written")
	}
}

func TestEncodeWritesTextsOnly(t *testing.T) {
	data, err := Encode(PayRequest{
		Order: json.RawMessage(`{"z":1,"a":"<&>"}`), PaymentRequestID: "P<1>",
		PaymentAmount: amountOf(money.New(1500, "JPY")), PaymentFactor: FactorOf("PaymentCode"),
		PaymentMethod: &PaymentMethod{Type: methodType, CustomerID: "c"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"order":{"z":1,"a":"<&>"},"paymentRequestId":"P<1>","paymentAmount":{"currency":"JPY","value":"1500"},` +
		`"paymentMethod":{"paymentMethodType":"CONNECT_WALLET","customerId":"c"},` +
		`"paymentFactor":{"isInStorePayment":"true","isCashierPayment":"false","inStorePaymentScenario":"PaymentCode"}}`
	if string(data) != want {
		t.Errorf("got  %s\nwant %s", data, want)
	}
	if _, err := Encode(PayRequest{Order: json.RawMessage(`{`)}); reason.Of(err) != reason.Unknown {
		t.Errorf("an order that is not JSON was written: %v", err)
	}
}

func TestResults(t *testing.T) {
	for _, kind := range append(reason.Kinds(), reason.None) {
		result := ResultOf(kind)
		want := statusFailed
		switch kind {
		case reason.None:
			want = statusSuccess
		case reason.InProcess, reason.Busy, reason.Unknown:
			want = statusUnknown
		}
		if result.Status != want || result.Code == "" || len(result.Message) > messageMost {
			t.Errorf("%v: %+v", kind, result)
		}
		if understood := readResult(result); understood.status != want {
			t.Errorf("%v: read back as %+v", kind, understood)
		}
	}
}

func TestReadResultDoubts(t *testing.T) {
	for _, c := range []struct {
		code, status string
		want         said
	}{
		{"SUCCESS", "S", said{"S", reason.None}},
		{"SUCCESS", "F", said{"U", reason.Unknown}},
		{"SUCCESS", "U", said{"U", reason.Unknown}},
		{"SUCCESS", "s", said{"U", reason.Unknown}},
		{"SUCCESS", "A", said{"U", reason.Unknown}},
		{"RISK_REJECT", "S", said{"U", reason.Unknown}},
		{"RISK_REJECT", "F", said{"F", reason.RiskRejected}},
		{"RISK_REJECT", "U", said{"U", reason.Unknown}},
		{"PAYMENT_IN_PROCESS", "F", said{"U", reason.Unknown}},
		{"PAYMENT_IN_PROCESS", "U", said{"U", reason.InProcess}},
		{"UNKNOWN_EXCEPTION", "U", said{"U", reason.Unknown}},
		{"NEVER_SEEN_CODE", "F", said{"F", reason.Failed}},
		{"NEVER_SEEN_CODE", "S", said{"U", reason.Unknown}},
	} {
		if got := readResult(Result{Code: c.code, Status: c.status}); got != c.want {
			t.Errorf("%s %s: %+v, want %+v", c.status, c.code, got, c.want)
		}
	}
}

func TestRefusalTellsFieldsButNotInternals(t *testing.T) {
	own := refusal(illegal("order.orderAmount", "missing"))
	if own.Result.Message != "order.orderAmount: missing" || own.Result.Code != "PARAM_ILLEGAL" {
		t.Errorf("own: %+v", own)
	}
	foreign := refusal(reason.New(reason.InvalidRequest, "engine.Pay", "row 17 of table secrets"))
	if strings.Contains(foreign.Result.Message, "secrets") {
		t.Errorf("foreign: %+v", foreign)
	}
	if long := refusal(illegal(strings.Repeat("é", 300), "x")); len([]rune(long.Result.Message)) != messageMost {
		t.Errorf("%d characters", len([]rune(long.Result.Message)))
	}
}

func TestOutcome(t *testing.T) {
	for _, c := range []struct {
		status iso20022.Status
		why    reason.Kind
		want   reason.Kind
	}{
		{iso20022.Completed, reason.None, reason.None},
		{iso20022.Cancelled, reason.None, reason.Closed},
		{iso20022.Cancelled, reason.RiskRejected, reason.Closed},
		{iso20022.Rejected, reason.RiskRejected, reason.RiskRejected},
		{iso20022.Rejected, reason.None, reason.Failed},
		{iso20022.Rejected, reason.InProcess, reason.Failed},
		{iso20022.Pending, reason.None, reason.InProcess},
		{iso20022.AcceptedSettlement, reason.None, reason.InProcess},
		{"", reason.None, reason.InProcess},
	} {
		if got := outcome(c.status, c.why); got != c.want {
			t.Errorf("%s %v: %v, want %v", c.status, c.why, got, c.want)
		}
	}
}

func TestReference(t *testing.T) {
	id := ids.New()
	for _, c := range []struct {
		paymentID, requestID string
		want                 reason.Kind
	}{
		{id.String(), "", reason.None},
		{strings.ToUpper(id.String()), "R", reason.None},
		{"", "R", reason.None},
		{"", "", reason.InvalidRequest},
		{"20260102194010800100188110200000001", "R", reason.NotFound},
		{"urn:uuid:" + id.String(), "R", reason.NotFound},
		{"{" + id.String() + "}", "R", reason.NotFound},
		{ids.Nil.String(), "R", reason.NotFound},
	} {
		got, err := reference(c.paymentID, c.requestID)
		if reason.Of(err) != c.want {
			t.Errorf("%q %q: %v, want %v", c.paymentID, c.requestID, err, c.want)
		}
		if err == nil && c.paymentID != "" && got.PaymentID != id {
			t.Errorf("%q became %v", c.paymentID, got.PaymentID)
		}
	}
}

func TestCheckedFieldsDoNotCollide(t *testing.T) {
	if checked("ab", "c") == checked("a", "bc") || checked("a") == checked("a", "") || checked() == checked("") {
		t.Error("two lists have one digest")
	}
	if first, second := checked("a", "b"), checked("a", "b"); first != second {
		t.Error("one list has two digests")
	}
}

func TestQuotes(t *testing.T) {
	at := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	id := ids.New()
	got := quoteOf(&iso20022.AgreedRate{
		Rate: money.Rate{Base: "USD", Quote: "JPY", Mantissa: 1566, Scale: 1}, QuotedAt: at, QuoteID: iso20022.UETR(id),
	}, at.Add(time.Hour))
	want := &Quote{id.String(), "USD/JPY", "156.6", "2026-01-02T00:00:00Z", "2026-01-02T01:00:00Z"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if quoteOf(nil, at) != nil {
		t.Error("a leg in one currency has a quote")
	}
}

func TestNames(t *testing.T) {
	for want, name := range map[string]*UserName{
		"": nil, "Mei Example": {Full: "Mei Example", First: "M"},
		"Mei Li Example": {First: "Mei", Middle: "Li", Last: "Example"},
		"Example":        {Last: "Example"}, "Mei Example ": {First: "Mei", Last: "Example "},
	} {
		if got := name.text(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		text string
		most int
		want string
	}{{"abc", 3, "abc"}, {"abcd", 3, "abc"}, {"日本語", 2, "日本"}, {"", 1, ""}, {"a", 0, ""}} {
		if got := cut(c.text, c.most); got != c.want {
			t.Errorf("%q to %d: %q", c.text, c.most, got)
		}
	}
}
