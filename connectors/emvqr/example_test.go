package emvqr_test

import (
	"fmt"

	"github.com/causeway-pay/causeway/connectors/emvqr"
	"github.com/causeway-pay/causeway/money"
)

// A wallet has scanned a poster.
func ExampleIdentify() {
	code, err := emvqr.Parse("00020101021129370016A0000006770101110113006689123456752046011530376454041.005802TH" +
		"5913TEST MERCHANT6007BANGKOK63047594")
	if err != nil {
		fmt.Println(err)
		return
	}
	identity := emvqr.Identify(code, emvqr.Issuers{})
	for _, payee := range identity.Parties {
		fmt.Println(payee.Scheme, payee.Kind, payee.Value)
	}
	fmt.Println(identity.Name, identity.Amount)
	// Output:
	// promptpay mobile 0066891234567
	// TEST MERCHANT 1.00 THB
}

// A digit was misread: the code is refused, and the reason can be logged.
func ExampleParse() {
	_, err := emvqr.Parse("00020101021129370016A0000006770101110113006689123456852046011530376454041.005802TH" +
		"5913TEST MERCHANT6007BANGKOK63047594")
	fmt.Println(err)
	// Output:
	// emvqr: 63 (at 110): crc: the CRC does not fit the code
}

// An acquirer shows an order.
func ExampleDraft_Build() {
	scheme, _ := emvqr.SchemeOf("paynow")
	account, err := scheme.Account(map[string]string{"uen": "201403121W"})
	if err != nil {
		fmt.Println(err)
		return
	}
	code, err := emvqr.Draft{
		Dynamic: true, Accounts: []emvqr.Object{account}, Currency: "SGD", Amount: money.New(1250, "SGD"),
		Country: "SG", Name: "TEA HOUSE", City: "SINGAPORE",
		Additional: []emvqr.Object{{ID: "05", Value: "ORDER-7"}},
	}.Build()
	fmt.Println(err, code.Text()[76:])
	// Output:
	// <nil> SG5909TEA HOUSE6009SINGAPORE62110507ORDER-76304A26D
}

// A hub knows its own wallets, and the public ranges after them.
func ExampleNewIssuers() {
	issuers, err := emvqr.NewIssuers(emvqr.IssuerRange{Issuer: "HK-HARBOUR", Length: 24, Pattern: "251001"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, text := range []string{"251001020123456789012345", "28123456789012345", "6212345678901234567"} {
		code, _ := emvqr.Parse(text)
		fmt.Println(emvqr.Identify(code, issuers).Parties[0].Scheme)
	}
	// Output:
	// HK-HARBOUR
	// alipay-cn
	// unionpay
}

// A payer's code says who reads it, and nothing of the card.
func ExampleExplain() {
	code, _ := emvqr.Parse("hQVDUFYwMWEaTwegAAAAVVVVVw8SNFZ4kBI0WNGRIgESNF8=")
	for _, line := range emvqr.Explain(code) {
		fmt.Printf("%s %s %q\n", line.Place, line.Meaning, line.Value)
	}
	// Output:
	// 85 payload format "CPV01"
	// 61 application ""
	// 61/4F application id "A0000000555555"
	// 61/57 track 2 "123456******3458"
}
