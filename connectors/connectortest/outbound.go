package connectortest

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
)

// verdictNames are for the output of tests.
var verdictNames = map[Verdict]string{
	Yes: "yes", No: "no", Open: "open", NeverHeard: "never heard", Unsigned: "unsigned", Forged: "forged",
	Stale: "stale", Garbled: "garbled", CutOff: "cut off", Huge: "huge", Late: "late",
	Contradictory: "contradictory", Elsewhere: "elsewhere", Broken: "broken", HungUp: "hung up",
}

// want is what a verdict must be understood as. Whatever is not in the table is
// Undecided.
func want(verb Verb, verdict Verdict) connectors.Decision {
	switch {
	case verdict == Yes:
		return connectors.Accepted
	case verdict == No && verb == Cancel:
		return connectors.Undecided
	case verdict == No:
		return connectors.Declined
	case verdict == NeverHeard && verb == Push:
		return connectors.Declined // it was the acquirer's own order
	case verdict == NeverHeard && verb != Pay:
		return connectors.Absent
	default:
		return connectors.Undecided
	}
}

func outbound(t *testing.T, protocol Protocol) {
	for verdict, name := range verdictNames {
		t.Run(name, func(t *testing.T) {
			within := answerWithin
			if verdict == Late {
				within = 200 * time.Millisecond
			}
			wallet, acquirer := protocol.Connect(t, within)
			for verb, answer := range ask(t, protocol, wallet, verdict) {
				checkAnswer(t, verb, verdict, answer)
			}
			for verb, answer := range askAcquirer(t, protocol, acquirer, verdict) {
				checkAnswer(t, verb, verdict, answer)
			}
			told := notify(t, protocol, acquirer, verdict)
			if (told.Decision == connectors.Accepted) != (verdict == Yes) || (told.Err == nil) != (verdict == Yes) {
				t.Errorf("notify: %v, %v", told.Decision, told.Err)
			}
			if told.Operation == "" || len(told.Sent) == 0 || verdict == Yes && len(told.Received) == 0 {
				t.Errorf("notify: not on record: %+v", told)
			}
		})
	}
}

func checkAnswer(t *testing.T, verb Verb, verdict Verdict, answer connectors.Answer) {
	t.Helper()
	expected := want(verb, verdict)
	if answer.Decision != expected {
		t.Errorf("%s: %v (%v, %v), want %v", verb, answer.Decision, answer.Reason, answer.Err, expected)
	}
	if len(answer.Sent) == 0 || answer.Operation == "" {
		t.Errorf("%s: nothing on record", verb)
	}
	said := verdict == Yes || verdict == No || verdict == NeverHeard || verdict == Open
	if said && len(answer.Received) == 0 {
		t.Errorf("%s: the answer is not on record", verb)
	}
	if !said && answer.Err == nil {
		t.Errorf("%s: no error says what happened", verb)
	}
	if (answer.Decision == connectors.Accepted) != (answer.Reason == reason.None) {
		t.Errorf("%s: %v with reason %v", verb, answer.Decision, answer.Reason)
	}
}

// ask calls every verb of a wallet that gives the same verdict always.
func ask(
	t *testing.T, protocol Protocol, wallet connectors.Wallet, verdict Verdict,
) map[Verb]connectors.Answer {
	server := httptest.NewServer(protocol.Script(t, protocol.Wallet, verdict))
	t.Cleanup(server.Close)
	to := protocol.Wallet
	to.Endpoint = server.URL
	ctx, payment := context.Background(), samplePayment(protocol)
	uetr := payment.Transfer.UETR
	return map[Verb]connectors.Answer{
		Pay:     wallet.Pay(ctx, to, payment),
		Inquire: wallet.Inquire(ctx, to, iso20022.StatusRequest{OriginalUETR: uetr}),
		Cancel:  wallet.Cancel(ctx, to, iso20022.CancellationRequest{OriginalUETR: uetr}),
		Return: wallet.Return(ctx, to, payment, iso20022.PaymentReturn{
			ReturnID: "R-1", OriginalUETR: uetr, ReturnedAmount: money.New(2500, "HKD"),
			InstructedAmount: money.New(500, "JPY"),
		}),
	}
}

// askAcquirer calls every verb of an acquirer that gives the same verdict always.
func askAcquirer(
	t *testing.T, protocol Protocol, acquirer connectors.Acquirer, verdict Verdict,
) map[Verb]connectors.Answer {
	server := httptest.NewServer(protocol.Script(t, protocol.Acquirer, verdict))
	t.Cleanup(server.Close)
	to := protocol.Acquirer
	to.Endpoint = server.URL
	ctx, payment := context.Background(), samplePayment(protocol)
	payment.Mode, payment.OrderCode = connectors.Push, "https://shop.example/1"
	if !protocol.has(Push) {
		payment.Mode = connectors.PrivateOrderCode
	}
	order, fetched := acquirer.Order(ctx, to, connectors.OrderRequest{
		CodeValue: payment.OrderCode, Mode: payment.Mode, WalletID: payment.WalletID, PayerReference: "payer",
	})
	whole := order.RequestID != "" && order.Mode == payment.Mode && order.Transfer.InstructedAmount.IsPositive()
	if accepted := fetched.Decision == connectors.Accepted; whole != accepted {
		t.Errorf("order: %+v with %+v", order, fetched)
	}
	if !protocol.has(Push) {
		return map[Verb]connectors.Answer{Order: fetched}
	}
	return map[Verb]connectors.Answer{
		Order: fetched,
		Push:  acquirer.Push(ctx, to, payment), InquirePush: acquirer.InquirePush(ctx, to, payment),
	}
}

func notify(
	t *testing.T, protocol Protocol, acquirer connectors.Acquirer, verdict Verdict,
) connectors.Answer {
	server := httptest.NewServer(protocol.Script(t, protocol.Acquirer, verdict))
	t.Cleanup(server.Close)
	to := protocol.Acquirer
	to.Endpoint = server.URL
	return acquirer.Notify(context.Background(), to, samplePayment(protocol))
}

func samplePayment(protocol Protocol) connectors.Payment {
	id := ids.New()
	return connectors.Payment{
		ID: id, RequestID: "P-1", Mode: connectors.PaymentCode, Status: iso20022.Completed,
		AcquirerID: protocol.Acquirer.ID, WalletID: protocol.Wallet.ID, PayerReference: "payer",
		PaymentCode: "281001020123456789012345",
		CompletedAt: at, QuoteExpiresAt: at.Add(time.Hour),
		Transfer: iso20022.CreditTransfer{
			UETR: iso20022.UETR(id), InstructedAmount: money.New(1500, "JPY"),
			SettlementAmount: money.New(7500, "HKD"), Remittance: "Coffee",
			Creditor: iso20022.Party{Name: "Test Shop", Town: "Tokyo", Country: "JP", OtherID: "M-77"},
			Rate: &iso20022.AgreedRate{
				Rate: money.Rate{Base: "JPY", Quote: "HKD", Mantissa: 5, Scale: 2}, QuotedAt: at, QuoteID: iso20022.UETR(id),
			},
		},
	}
}
