package sandbox_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/connectors/sandbox"
)

// shown is an acquirer whose merchant shows a code of its own for JPY 1,500.
func shown(t *testing.T, push sandbox.PushBehaviour) *line {
	t.Helper()
	l := newLine(t, sandbox.RoleAcquirer)
	code := must[sandbox.OwnCode](t)(l.Show(ctx, sandbox.OwnOrder{
		Code: "SHOP-1", Push: push, PayOrder: sandbox.PayOrder{
			RequestID: "PR-1", Amount: "1500", Currency: "JPY", NotifyURL: "https://shop.example/told", ExpiresInSeconds: 60,
		},
	}))
	if code.Code != "SHOP-1" || code.RequestID != "PR-1" {
		t.Fatalf("%+v", code)
	}
	return l
}

// pushed is the switch's push of a payment.
func pushed(paymentID, requestID, paid, settled string) string {
	if settled != "" {
		settled = `,"settlementAmount":{"currency":"JPY","value":"` + settled + `"}`
	}
	return fmt.Sprintf(`{"codeValue":"SHOP-1","paymentId":%q,"paymentRequestId":%q,
		"paymentAmount":{"currency":"JPY","value":%q}%s}`, paymentID, requestID, paid, settled)
}

var push1 = pushed("W-1", "PR-1", "1500", "1480")

const inquiry1 = `{"paymentId":"W-1"}`

// What an acquirer does with a payment that is pushed to it, and what it says of that
// when it is asked, is what was scripted for the order.
func TestPushesAsScripted(t *testing.T) {
	for push, want := range map[sandbox.PushBehaviour]struct {
		answer, inquiry string
		taken           bool
		notices         int
	}{
		"":                  {answer: "SUCCESS", inquiry: "SUCCESS", taken: true},
		sandbox.PushAccept:  {answer: "SUCCESS", inquiry: "SUCCESS", taken: true},
		sandbox.PushDecline: {answer: "RISK_REJECT", inquiry: "RISK_REJECT"},
		sandbox.PushNever:   {answer: "PAYMENT_IN_PROCESS", inquiry: "PAYMENT_IN_PROCESS"},
		sandbox.PushLater:   {answer: "PAYMENT_IN_PROCESS", inquiry: "SUCCESS", taken: true, notices: 1},
		sandbox.PushEarly:   {answer: "SUCCESS", inquiry: "SUCCESS", taken: true, notices: 1},
		sandbox.PushSilent:  {answer: "", inquiry: "SUCCESS", taken: true},
	} {
		t.Run(string(push), func(t *testing.T) {
			l := shown(t, push)
			within := time.Minute
			if want.answer == "" {
				within = silence
			}
			answer, err := sending[alipayplus.PushAnswer](l, within, alipayplus.PathPush, push1)
			if (err != nil) != (want.answer == "") || answer.Result.Code != want.answer {
				t.Errorf("pushed: %+v, %v", answer, err)
			}
			if push == sandbox.PushEarly && len(told[alipayplus.PushNotice](l, alipayplus.PathNotifyPush)) != 1 {
				t.Error("answered before it notified")
			}
			asked := send[alipayplus.PushAnswer](l, alipayplus.PathInquiryPush, inquiry1)
			if asked.Result.Code != "SUCCESS" || asked.PaymentResult.Code != want.inquiry || asked.PaymentID != "W-1" {
				t.Errorf("inquired: %+v, %+v", asked, asked.PaymentResult)
			}
			eventually(t, "the switch is notified", func() bool {
				return len(told[alipayplus.PushNotice](l, alipayplus.PathNotifyPush)) == want.notices
			})
			for _, notice := range told[alipayplus.PushNotice](l, alipayplus.PathNotifyPush) {
				if notice.PaymentID != "W-1" || notice.PaymentRequestID != "PR-1" || notice.PaymentResult.Status != "S" {
					t.Errorf("notified %+v", notice)
				}
			}
			all := must[[]sandbox.Pushed](t)(l.Pushed(ctx))
			if len(all) != 1 || all[0].Taken != want.taken || all[0].Times != 1 || all[0].SettlementAmount.Value != "1480" {
				t.Errorf("%+v", all)
			}
		})
	}
}

// A push that comes again is the same payment, also at once; what does not fit the
// order, or the push before, is refused and takes nothing.
func TestPushesThatComeAgain(t *testing.T) {
	l := shown(t, sandbox.PushLater)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if got := l.result(alipayplus.PathPush, push1); got != "PAYMENT_IN_PROCESS" {
				t.Errorf("pushed at once: %s", got)
			}
		})
	}
	group.Wait()
	for what, c := range map[string]struct{ message, want string }{
		"other settlement": {pushed("W-1", "PR-1", "1500", "1481"), "REPEAT_REQ_INCONSISTENT"},
		"none":             {pushed("W-1", "PR-1", "1500", ""), "REPEAT_REQ_INCONSISTENT"},
		"none of another":  {pushed("W-2", "PR-1", "1500", ""), "REPEAT_REQ_INCONSISTENT"},
		"a yen less":       {pushed("W-3", "PR-1", "1499", "1480"), "ORDER_NOT_EXIST"},
		"another order":    {pushed("W-4", "PR-9", "1500", "1480"), "ORDER_NOT_EXIST"},
		"no amount":        {`{"codeValue":"SHOP-1","paymentId":"W-5","paymentRequestId":"PR-1"}`, "PARAM_ILLEGAL"},
	} {
		if got := l.result(alipayplus.PathPush, c.message); got != c.want {
			t.Errorf("%s: %s, want %s", what, got, c.want)
		}
	}
	if got := l.result(alipayplus.PathInquiryPush, `{"paymentId":"W-3"}`); got != "ORDER_NOT_EXIST" {
		t.Errorf("asked about what was refused: %s", got)
	}
	eventually(t, "each is notified", func() bool {
		return len(told[alipayplus.PushNotice](l, alipayplus.PathNotifyPush)) == 8
	})
	all := must[[]sandbox.Pushed](t)(l.Pushed(ctx))
	if len(all) != 1 || all[0].Times != 8 || !all[0].Taken {
		t.Errorf("%+v", all)
	}
}

// The switch fetches the order behind a merchant's own code.
func TestOwnOrdersAreFetched(t *testing.T) {
	l := shown(t, "")
	order := send[alipayplus.OrderAnswer](l, alipayplus.PathUserInitiatedPay, `{"codeValue":"SHOP-1"}`)
	if order.Result.Code != "SUCCESS" || order.PaymentRequestID != "PR-1" || order.CodeType != "ORDER_CODE" ||
		*order.PaymentAmount != (alipayplus.Amount{Currency: "JPY", Value: "1500"}) || order.PaymentExpiryTime == "" ||
		order.PaymentNotifyURL != "https://shop.example/told" {
		t.Errorf("%+v", order)
	}
	for message, want := range map[string]string{`{"codeValue":"SHOP-2"}`: "ORDER_NOT_EXIST", `{}`: "PARAM_ILLEGAL"} {
		if got := l.result(alipayplus.PathUserInitiatedPay, message); got != want {
			t.Errorf("%s: %s, want %s", message, got, want)
		}
	}
	if _, err := l.Show(ctx, sandbox.OwnOrder{}); err == nil {
		t.Error("a code of nothing is shown")
	}
	made := must[sandbox.OwnCode](t)(l.Show(ctx, sandbox.OwnOrder{Code: "SHOP-2"}))
	if made.RequestID == "" {
		t.Error("no request id was made up")
	}
	endless := send[alipayplus.OrderAnswer](l, alipayplus.PathUserInitiatedPay, `{"codeValue":"SHOP-2"}`)
	if endless.PaymentExpiryTime != "" {
		t.Errorf("an order without a limit has one: %s", endless.PaymentExpiryTime)
	}
}
