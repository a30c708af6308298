package alipayplus

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
)

var fuzzAcquirer = connectors.Participant{
	ID: "JP-ACQ", Role: connectors.RoleAcquirer, Country: "JP", Endpoint: "https://acqp.example",
}

// Whatever bytes an authenticated acquirer sends, a pay is refused or becomes
// an order that keeps the contract.
func FuzzPay(f *testing.F) {
	f.Add([]byte(`{}`))
	f.Add([]byte(`{"paymentRequestId":"P","order":{"referenceOrderId":"O","orderDescription":"d","orderAmount":
		{"currency":"JPY","value":1},"merchant":{"referenceMerchantId":"M","merchantName":"N"}},"paymentAmount":
		{"currency":"JPY","value":"1"},"paymentMethod":{"paymentMethodType":"CONNECT_WALLET","paymentMethodId":
		"2510010201234567"},"paymentFactor":{"isInStorePayment":true,"inStorePaymentScenario":"PaymentCode"}}`))
	f.Add([]byte(`{"paymentRequestId":"P","order":{"merchant":null},"paymentAmount":[]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var request PayRequest
		if err := Decode(body, &request); err != nil {
			if reason.Of(err) != reason.InvalidRequest {
				t.Errorf("%q: %v", body, err)
			}
			return
		}
		order, err := request.read(Call{From: fuzzAcquirer, Body: body})
		if err != nil {
			return
		}
		transfer := order.Transfer
		if order.RequestID == "" || len([]rune(order.RequestID)) > 64 || !transfer.InstructedAmount.IsPositive() ||
			transfer.Creditor.Name == "" || transfer.Creditor.Country == "" || !json.Valid(transfer.Supplementary) {
			t.Errorf("%q became %+v", body, order)
		}
		if (order.Mode == connectors.PaymentCode) != (transfer.DebtorAccount.ProxyID != "") {
			t.Errorf("%q: mode %s with code %q", body, order.Mode, transfer.DebtorAccount.ProxyID)
		}
	})
}

// drawText draws what a partner may put into a text field.
func drawText(t *rapid.T, name string, most int) string {
	return rapid.StringOfN(rapid.RuneFrom([]rune("aZ09 -_é日😀<&\"\\/")), 1, most, -1).Draw(t, name)
}

// Every order is carried: what an acquirer writes, the switch reads into a
// transfer, and a wallet gets back as the same object.
func TestAnOrderSurvivesTheSwitch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		minor := rapid.Int64Range(1, 1<<50).Draw(t, "minor")
		order := Order{
			ReferenceOrderID: drawText(t, "order", 64), Description: drawText(t, "description", 256),
			Amount: amountOf(money.New(minor, "JPY")),
			Merchant: &Merchant{
				ReferenceMerchantID: drawText(t, "merchant", 64), Name: drawText(t, "name", 140),
				MCC: "5814", Address: &Address{Region: "JP", City: drawText(t, "city", 140)},
			},
		}
		raw, err := Encode(order)
		if err != nil {
			t.Fatal(err)
		}
		read, err := readOrder(raw)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(order, read); diff != "" {
			t.Fatal(diff)
		}
		transfer := read.transfer(raw, fuzzAcquirer)
		if len([]rune(transfer.Remittance)) > remittanceMost || transfer.Creditor.Name != order.Merchant.Name {
			t.Fatalf("%+v", transfer)
		}
		given, err := orderFor(transfer)
		if err != nil || string(given) != string(raw) {
			t.Fatalf("%s became %s, %v", raw, given, err)
		}
	})
}

// What the switch writes to a wallet, a reader of the protocol reads back.
func TestWritersAndReadersAgree(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	quote := &Quote{ID: "Q", Pair: "USD/JPY", Price: "156.6", StartTime: formatTime(at), ExpiryTime: formatTime(at)}
	amount := amountOf(money.New(1500, "JPY"))
	result := ResultOf(reason.None)
	check := func(written, into any) {
		t.Helper()
		data, err := Encode(written)
		if err != nil {
			t.Fatal(err)
		}
		if err := Decode(data, into); err != nil {
			t.Fatalf("%s: %v", data, err)
		}
		if diff := cmp.Diff(written, into); diff != "" {
			t.Error(diff)
		}
	}
	check(&NotifyRequest{
		AcquirerID: "A", PspID: "P", PaymentResult: &result, PaymentRequestID: "R", PaymentID: "I",
		PaymentTime:   formatTime(at),
		PaymentAmount: amount, PayToAmount: amount, CustomerID: "C", WalletBrandName: "W", SettlementAmount: amount,
		SettlementQuote: quote, MppPaymentID: "M",
	}, new(NotifyRequest))
	check(&PayRequest{
		AcquirerID: "A", PspID: "P", Order: json.RawMessage(`{"a":"<>"}`), PaymentRequestID: "R", PaymentAmount: amount,
		PayToAmount: amount, PaymentQuote: quote, PaymentMethod: &PaymentMethod{Type: methodType, CustomerID: "C"},
		PaymentFactor: FactorOf(connectors.OrderCode), SettlementStrategy: &SettlementStrategy{"USD"},
		PaymentExpiryTime: formatTime(at), PaymentNotifyURL: "https://x.example/", AllowedPspRegions: []string{"HK"},
	}, new(PayRequest))
	check(&InquiryAnswer{
		Answer: Answer{result}, PaymentResult: &result, AcquirerID: "A", PaymentRequestID: "R", PaymentAmount: amount,
		PayToAmount: amount, SettlementQuote: quote,
		Transactions: []Transaction{
			{Result: result, ID: "T", Type: "REFUND", Status: "SUCCESS", Amount: amount, RequestID: "X"},
		},
	}, new(InquiryAnswer))
	check(&RefundRequest{
		PaymentRequestID: "R", PaymentID: "I", RefundRequestID: "F", RefundAmount: amount, RefundFromAmount: amount,
		RefundQuote: quote, RefundReason: "cold",
	}, new(RefundRequest))
	codes := []PaymentCodeInfo{{"251001", formatTime(at), formatTime(at)}}
	check(&CodeAnswer{Answer: Answer{result}, Codes: codes}, new(CodeAnswer))
	check(&ScanAnswer{
		Answer: Answer{result}, CodeType: "ORDER_CODE", PaymentRequestID: "R", Order: json.RawMessage(`{"a":1}`),
		PaymentAmount: amount, PayToAmount: amount, PaymentQuote: quote, PaymentFactor: FactorOf(connectors.OrderCode),
	}, new(ScanAnswer))
	check(&PayAnswer{
		Answer: Answer{result}, PaymentAmount: amount, SettlementQuote: quote, OrderCodeForm: orderCodeForm(
			connectors.Payment{OrderCode: "X", Transfer: iso20022.CreditTransfer{ExpiresAt: at}}),
	}, new(PayAnswer))
}

func TestTransactions(t *testing.T) {
	for status, want := range map[iso20022.Status]string{
		iso20022.Completed: "SUCCESS", iso20022.Rejected: "FAIL", iso20022.Pending: "PROCESSING",
	} {
		got := transactionOf(connectors.Return{Status: status, Amount: money.New(5, "JPY"), RequestID: "R"})
		if got.Status != want || got.Type != "REFUND" || got.Amount.Value != "5" || got.RequestID != "R" {
			t.Errorf("%s: %+v", status, got)
		}
	}
}

func TestRefundAnswersByStatus(t *testing.T) {
	refund := connectors.Return{Amount: money.New(500, "JPY"), SettlementAmount: money.New(100, "USD")}
	for status, want := range map[iso20022.Status]string{
		iso20022.Completed: statusSuccess, iso20022.Rejected: statusFailed, iso20022.Pending: statusUnknown,
	} {
		refund.Status = status
		got := refundAnswer(fuzzAcquirer, refund)
		if got.Result.Status != want || (got.SettlementAmount != nil) != (want == statusSuccess) {
			t.Errorf("%s: %+v", status, got)
		}
	}
}

func TestMerchantPlaceAndCategory(t *testing.T) {
	address := func(region, city string) *Address { return &Address{Region: region, City: city} }
	for name, c := range map[string]struct {
		merchant                Merchant
		country, town, category string
	}{
		"own":     {Merchant{MCC: "1111", Address: address("TH", "Phuket")}, "TH", "Phuket", "1111"},
		"store":   {Merchant{Store: &Store{MCC: "2222", Address: address("SG", "Singapore")}}, "SG", "Singapore", "2222"},
		"country": {Merchant{}, "JP", "", ""},
		"mixed":   {Merchant{Address: address("TH", ""), Store: &Store{Address: address("", "Krabi")}}, "TH", "Krabi", ""},
	} {
		got := Order{Merchant: &c.merchant}.transfer(nil, fuzzAcquirer)
		if got.Creditor.Country != c.country || got.Creditor.Town != c.town || got.MerchantCategory != c.category {
			t.Errorf("%s: %+v, %s", name, got.Creditor, got.MerchantCategory)
		}
	}
}

func TestCheckNotifyURL(t *testing.T) {
	for address, good := range map[string]bool{
		"": true, "https://other.example/x?y=z": true, "https://acqp.example": true, "HTTPS://other.example/": true,
		"http://acqp.example/": false, "http://other.example/": false, "ftp://acqp.example/": false,
		"https:///x": false, "//acqp.example/x": false, "https://u@acqp.example/": false, "https://acqp.example/#x": false,
		"https://acqp.example/%zz": false, "javascript:alert(1)": false,
	} {
		if err := checkAddress("paymentNotifyUrl", address, "https://acqp.example"); (err == nil) != good {
			t.Errorf("%q: %v", address, err)
		}
	}
	if err := checkAddress("paymentNotifyUrl", "http://127.0.0.1:9/x", "http://127.0.0.1:9"); err != nil {
		t.Errorf("the contract's own host: %v", err)
	}
}
