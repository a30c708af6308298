package alipayplus_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/connectortest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
)

// TestAcceptanceOfNetworks: a network is a participant like any other, in other words.
func TestAcceptanceOfNetworks(t *testing.T) {
	connectortest.Run(t, connectortest.Protocol{
		Acquirer: merchantNetwork, Stranger: strangeNetwork, Wallet: payerNetwork,
		Serve: func(t *testing.T, hub connectors.Hub) string {
			server := serve(t, alipayplus.ServerConfig{
				Gate: gateConfig(t), Hub: hub, Agreements: hub.(connectors.Agreements),
				Customs: hub.(connectors.Customs),
			})
			return server.Listener.Addr().String()
		},
		Request: func(
			t *testing.T, from connectors.Participant, verb connectortest.Verb, about connectortest.Subject,
		) connectortest.Request {
			path, body := networkMessage(verb, about)
			return signRequest(t, from, connectortest.Request{Method: http.MethodPost, Target: path, Body: body})
		},
		Sign: signRequest, Forge: forge, Equivalent: equivalent, Read: readOutcome,
		Connect: func(t *testing.T, within time.Duration) (connectors.Wallet, connectors.Acquirer) {
			member := newClient(t, within).Member()
			return member, member
		},
		ConnectCustoms: func(t *testing.T, within time.Duration) connectors.CustomsWallet {
			return newClient(t, within).Member().Customs()
		},
		Script: networkScript, BodyMost: alipayplus.BodyMost,
		Closed: []connectortest.Verb{
			connectortest.IssueCodes, connectortest.Price, connectortest.Identify, connectortest.Consult,
			connectortest.ConfirmPush, connectortest.Push, connectortest.InquirePush, connectortest.Prepare,
			connectortest.Apply, connectortest.Revoke, connectortest.Told,
		},
	})
}

// memberPay is a pay as a network sends it to a wallet.
func memberPay(key string, minor int64) []byte {
	return bytes.Replace(payBody(key, minor), []byte(`"paymentMethodId":"251001020123456789012345"`),
		fmt.Appendf(nil, `"customerId":"customer-1"},"acquirerId":"A","payToAmount":{"currency":"USD","value":"%d"},
			"unknown":{"x":"y"`, minor), 1)
}

func networkMessage(verb connectortest.Verb, about connectortest.Subject) (path string, body []byte) {
	switch verb {
	case connectortest.Pay:
		return alipayplus.PathPay, memberPay(about.Key, about.Minor)
	case connectortest.Return:
		return alipayplus.PathRefund, fmt.Appendf(nil, `{"refundRequestId":%q,"paymentRequestId":%q,
			"refundAmount":{"currency":"JPY","value":"%d"},"refundFromAmount":{"currency":"USD","value":"%d"}}`,
			about.Key, about.Payment, about.Minor, about.Minor)
	case connectortest.Confirm:
		return alipayplus.PathNotifyPayment, fmt.Appendf(nil, `{"paymentRequestId":%q,
			"paymentResult":{"resultCode":"SUCCESS","resultStatus":"S"},"settlementAmount":{"currency":"USD","value":"%d"}}`,
			about.Key, about.Minor)
	default:
		return message(verb, about)
	}
}

// networkScript answers as a network: like anybody, but that an order says what it
// wants to be paid.
func networkScript(t *testing.T, as connectors.Participant, verdict connectortest.Verdict) http.HandlerFunc {
	answer := script(t, as, verdict)
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != alipayplus.PathUserInitiatedPay || verdict != connectortest.Yes {
			answer(w, r)
			return
		}
		reply(t, w, r, as, `{"result":`+saidYes+`,`+ownOrder+`,"payToAmount":{"currency":"USD","value":"958"}}`)
	}
}

// reply writes a genuine answer.
func reply(t *testing.T, w http.ResponseWriter, r *http.Request, as connectors.Participant, body string) {
	t.Helper()
	if _, err := io.Copy(io.Discard, r.Body); err != nil {
		t.Error(err)
	}
	at, client := now.Format(time.RFC3339), r.Header.Get("Client-Id")
	w.Header().Set("Client-Id", client)
	w.Header().Set("Response-Time", at)
	w.Header().Set("Signature", sign(t, as.ID, r.Method, r.URL.Path, client, at, []byte(body)))
	_, _ = io.WriteString(w, body)
}

// asked serves one answer of a network and keeps what it was asked.
func asked(t *testing.T, as connectors.Participant, body string) (connectors.Participant, *map[string]any) {
	t.Helper()
	heard := map[string]any{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent, err := io.ReadAll(r.Body)
		if err == nil {
			err = json.Unmarshal(sent, &heard)
		}
		if err != nil {
			t.Error(err)
		}
		reply(t, w, r, as, body)
	}))
	t.Cleanup(server.Close)
	as.Endpoint = server.URL
	return as, &heard
}

func forwarded() connectors.Payment {
	id := ids.New()
	return connectors.Payment{
		ID: id, RequestID: "PR-1", Mode: connectors.PaymentCode, Status: iso20022.Pending,
		PaymentCode:    "281001020123456789012345",
		PayerReference: "payer", RedirectURL: "https://shop.example/back",
		Transfer: iso20022.CreditTransfer{
			UETR: iso20022.UETR(id), InstructedAmount: money.New(1500, "JPY"), SettlementAmount: money.New(958, "USD"),
			ExpiresAt: now.Add(time.Minute), Creditor: iso20022.Party{Name: "Test Shop", Country: "JP", OtherID: "M-77"},
		},
	}
}

// TestMemberPays: a network is asked as an acquirer asks, in the currency of the
// agreement, and the code is sent but not kept.
func TestMemberPays(t *testing.T) {
	payment := forwarded()
	to, heard := asked(t, payerNetwork, `{"result":`+saidYes+`,"paymentId":"N-1","customerId":"U-1",
		"settlementAmount":{"currency":"USD","value":"958"}}`)
	answer := newClient(t, time.Second).Member().Pay(t.Context(), to, payment)
	if answer.Decision != connectors.Accepted || answer.WalletPaymentID != "N-1" {
		t.Errorf("%+v", answer)
	}
	method, _ := (*heard)["paymentMethod"].(map[string]any)
	amount, _ := (*heard)["paymentAmount"].(map[string]any)
	settled, _ := (*heard)["settlementStrategy"].(map[string]any)
	if method["paymentMethodId"] != payment.PaymentCode || amount["value"] != "958" || amount["currency"] != "USD" ||
		settled["settlementCurrency"] != "USD" || (*heard)["paymentRequestId"] != payment.ID.String() ||
		(*heard)["paymentNotifyUrl"] != "https://switch.example"+alipayplus.PathNotifyPayment {
		t.Errorf("asked %v", *heard)
	}
	for _, foreign := range []string{"acquirerId", "pspId", "payToAmount", "paymentQuote"} {
		if _, said := (*heard)[foreign]; said {
			t.Errorf("%s is not an acquirer's to say", foreign)
		}
	}
	if bytes.Contains(answer.Sent, []byte(payment.PaymentCode)) || !bytes.Contains(answer.Sent, []byte("Test Shop")) {
		t.Errorf("on record: %s", answer.Sent)
	}
}

// TestMemberBelievesItsAmountAlone: a yes about another amount is no yes.
func TestMemberBelievesItsAmountAlone(t *testing.T) {
	payment, other := forwarded(), `{"currency":"USD","value":"957"}`
	refund := iso20022.PaymentReturn{
		ReturnID: "R-1", OriginalUETR: payment.Transfer.UETR, ReturnedAmount: money.New(958, "USD"),
		InstructedAmount: money.New(1500, "JPY"),
	}
	for _, field := range []string{"paymentAmount", "settlementAmount", "refundAmount"} {
		to, _ := asked(t, payerNetwork, `{"result":`+saidYes+`,"paymentResult":`+saidYes+`,"`+field+`":`+other+`}`)
		member := newClient(t, time.Second).Member()
		answers := map[string]connectors.Answer{}
		if field != "refundAmount" {
			answers["pay"] = member.Pay(t.Context(), to, payment)
		}
		if field != "paymentAmount" {
			answers["refund"] = member.Return(t.Context(), to, payment, refund)
		}
		for verb, answer := range answers {
			if answer.Decision != connectors.Undecided || answer.Err == nil {
				t.Errorf("%s with another %s: %+v", verb, field, answer)
			}
		}
		inquired := member.Inquire(t.Context(), to, iso20022.StatusRequest{OriginalUETR: payment.Transfer.UETR})
		if field != "refundAmount" && inquired.Owed != money.New(957, "USD") {
			t.Errorf("inquiry with another %s: %+v", field, inquired)
		}
	}
}

// TestMemberDoesNotAskInVain: what cannot be paid at a network never reaches it, and
// the hub knows that.
func TestMemberDoesNotAskInVain(t *testing.T) {
	to, heard := asked(t, payerNetwork, `{"result":`+saidYes+`}`)
	member := newClient(t, time.Second).Member()
	for name, c := range map[string]struct {
		change func(*connectors.Payment)
		want   reason.Kind
	}{
		"the code is gone":   {func(p *connectors.Payment) { p.PaymentCode = "" }, reason.ExpiredCode},
		"the token is gone":  {func(p *connectors.Payment) { p.Mode = connectors.AutoDebit }, reason.ExpiredToken},
		"private order code": {func(p *connectors.Payment) { p.Mode = connectors.PrivateOrderCode }, reason.Unsupported},
	} {
		payment := forwarded()
		c.change(&payment)
		answer := member.Pay(t.Context(), to, payment)
		if answer.Decision != connectors.Declined || answer.Reason != c.want || len(answer.Sent) == 0 {
			t.Errorf("%s: %+v", name, answer)
		}
	}
	if push := member.Push(t.Context(), to, forwarded()); push.Decision != connectors.Undecided || push.Err == nil {
		t.Errorf("push: %+v", push)
	}
	if push := member.InquirePush(t.Context(), to, forwarded()); push.Decision != connectors.Undecided || push.Err == nil {
		t.Errorf("inquire push: %+v", push)
	}
	order, answer := member.Order(t.Context(), to, connectors.OrderRequest{CodeValue: "x", Mode: connectors.Push})
	if answer.Err == nil || order.RequestID != "" || len(*heard) != 0 {
		t.Errorf("order by push: %+v, %+v, heard %v", order, answer, *heard)
	}
}

// TestMemberSendsPayersOn: where the payer pays in a browser the network's page is
// found in its answer.
func TestMemberSendsPayersOn(t *testing.T) {
	payment := forwarded()
	payment.Mode, payment.PaymentCode = connectors.Cashier, ""
	to, heard := asked(t, payerNetwork, `{"result":`+saidOpen+`,"normalUrl":"https://network.example/cashier/1"}`)
	answer := newClient(t, time.Second).Member().Pay(t.Context(), to, payment)
	if answer.PaymentURL != "https://network.example/cashier/1" || answer.Reason != reason.InProcess {
		t.Errorf("%+v", answer)
	}
	if (*heard)["paymentRedirectUrl"] != payment.RedirectURL {
		t.Errorf("asked %v", *heard)
	}
}

// TestMemberNotifies: a network is told as by its wallet, what it is owed and what the
// merchant asked for.
func TestMemberNotifies(t *testing.T) {
	payment := forwarded()
	payment.Status, payment.CompletedAt, payment.RequestID = iso20022.Completed, now, "N-7"
	payment.Transfer.InstructedAmount = money.New(958, "USD")
	payment.Transfer.Supplementary = json.RawMessage(`{"referenceOrderId":"O","orderDescription":"Coffee",
		"orderAmount":{"currency":"JPY","value":"1500"},"merchant":{"referenceMerchantId":"M","merchantName":"Shop"}}`)
	to, heard := asked(t, merchantNetwork, `{"result":`+saidYes+`}`)
	member := newClient(t, time.Second).Member()
	if told := member.Notify(t.Context(), to, payment); told.Decision != connectors.Accepted {
		t.Errorf("%+v", told)
	}
	body, err := json.Marshal(*heard)
	if err != nil {
		t.Fatal(err)
	}
	for _, said := range []string{
		`"payToAmount":{"currency":"USD","value":"958"}`, `"paymentAmount":{"currency":"JPY","value":"1500"}`,
		`"paymentRequestId":"N-7"`, `"customerId":"payer"`, `"resultStatus":"S"`,
	} {
		if !strings.Contains(string(body), said) {
			t.Errorf("%s does not say %s", body, said)
		}
	}
	payment.Status = iso20022.Pending
	if told := member.Notify(t.Context(), to, payment); told.Err == nil {
		t.Error("an open payment was told")
	}
}

// TestMemberFetchesCodes: only codes that can be shown are taken.
func TestMemberFetchesCodes(t *testing.T) {
	code := func(value, until string) string {
		return fmt.Sprintf(`{"paymentCode":%q,"codeValidityStartTime":"2026-01-02T03:04:05Z","codeExpiryTime":%q}`,
			value, until)
	}
	good := code("281001020123456789012345", "2026-01-02T03:05:05Z")
	for name, c := range map[string]struct {
		body string
		want reason.Kind
	}{
		"one":      {`{"result":` + saidYes + `,"paymentCodeInfoList":[` + good + `]}`, reason.None},
		"none":     {`{"result":` + saidYes + `}`, reason.Unknown},
		"too many": {`{"result":` + saidYes + `,"paymentCodeInfoList":[` + good + `,` + good + `]}`, reason.Unknown},
		"letters": {`{"result":` + saidYes + `,"paymentCodeInfoList":[` + code("28x", "2026-01-02T03:05:05Z") +
			`]}`, reason.Unknown},
		"no time":      {`{"result":` + saidYes + `,"paymentCodeInfoList":[` + code("2810", "soon") + `]}`, reason.Unknown},
		"refused":      {`{"result":` + saidNo + `}`, reason.InsufficientFunds},
		"not a result": {`{"x":1}`, reason.Unknown},
	} {
		to, heard := asked(t, merchantNetwork, c.body)
		codes, err := newClient(t, time.Second).Member().IssueCodes(context.Background(), to, connectors.CodeRequest{
			PayerReference: "customer-1", PayerName: "Mei Example", Region: "JP", Quantity: 1,
		})
		if reason.Of(err) != c.want || (err == nil) != (len(codes) == 1) {
			t.Errorf("%s: %+v, %v", name, codes, err)
		}
		if (*heard)["customerId"] != "customer-1" || (*heard)["region"] != "JP" || (*heard)["codeQuantity"] != "1" {
			t.Errorf("%s: asked %v", name, *heard)
		}
	}
}

// TestNetworkRefusals: each field that a network must say is missed by name, and what
// only partners may ask is not open to networks.
func TestNetworkRefusals(t *testing.T) {
	hub := connectortest.NewHub()
	host := serve(t, alipayplus.ServerConfig{Gate: gateConfig(t), Hub: hub}).Listener.Addr().String()
	pay := string(memberPay("P-1", 1500))
	cut := func(text string) string { return strings.Replace(pay, text, "", 1) }
	for name, c := range map[string]struct {
		from               connectors.Participant
		path, body, result string
	}{
		"no customer": {merchantNetwork, alipayplus.PathPay, cut(`"customerId":"customer-1"`), "PARAM_ILLEGAL"},
		"no amount to pay": {merchantNetwork, alipayplus.PathPay,
			strings.Replace(pay, `"payToAmount"`, `"other"`, 1), "PARAM_ILLEGAL"},
		"an order code": {merchantNetwork, alipayplus.PathPay, strings.Replace(pay, `"PaymentCode"`, `"OrderCode"`, 1),
			"BUSINESS_NOT_SUPPORT"},
		"a card": {merchantNetwork, alipayplus.PathPay, strings.Replace(pay, `"CONNECT_WALLET"`, `"CARD"`, 1),
			"BUSINESS_NOT_SUPPORT"},
		"a surcharge": {merchantNetwork, alipayplus.PathPay,
			strings.Replace(pay, `"isCashierPayment"`, `"needSurcharge":"true","isCashierPayment"`, 1), "BUSINESS_NOT_SUPPORT"},
		"no name": {merchantNetwork, alipayplus.PathInquiryPayment, `{}`, "PARAM_ILLEGAL"},
		"a refund of nothing": {merchantNetwork, alipayplus.PathRefund, `{"refundRequestId":"R","paymentRequestId":"P-1",
			"refundAmount":{"currency":"JPY","value":"1"}}`, "PARAM_ILLEGAL"},
		"a success without amount": {payerNetwork, alipayplus.PathNotifyPayment,
			`{"paymentRequestId":"P","paymentResult":{"resultCode":"SUCCESS","resultStatus":"S"}}`, "PARAM_ILLEGAL"},
		"a word that is not final": {payerNetwork, alipayplus.PathNotifyPayment,
			`{"paymentRequestId":"P","paymentResult":` + saidOpen + `}`, "PARAM_ILLEGAL"},
		"a scan by nobody":  {payerNetwork, alipayplus.PathUserInitiatedPay, `{"codeValue":"x"}`, "PARAM_ILLEGAL"},
		"codes":             {payerNetwork, alipayplus.PathGetPaymentCode, `{"customerId":"c"}`, "NO_INTERFACE_DEF"},
		"registration":      {merchantNetwork, alipayplus.PathRegistration, `{}`, "NO_INTERFACE_DEF"},
		"the other's place": {payerNetwork, alipayplus.PathPay, pay, "ACCESS_DENIED"},
	} {
		request := signRequest(t, c.from, connectortest.Request{Method: "POST", Target: c.path, Body: []byte(c.body)})
		http1, err := http.NewRequest(http.MethodPost, "http://"+host+c.path, strings.NewReader(c.body))
		if err != nil {
			t.Fatal(err)
		}
		for _, header := range request.Headers {
			http1.Header.Set(header.Name, header.Value)
		}
		response, err := http.DefaultClient.Do(http1)
		if err != nil {
			t.Fatal(err)
		}
		var said alipayplus.Answer
		err = json.NewDecoder(response.Body).Decode(&said)
		response.Body.Close()
		if err != nil || said.Result.Code != c.result || said.Result.Status != "F" {
			t.Errorf("%s: %+v, %v", name, said, err)
		}
	}
	if calls := hub.Calls(); len(calls) != 0 {
		t.Errorf("the hub saw %d calls", len(calls))
	}
}
