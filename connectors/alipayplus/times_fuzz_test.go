package alipayplus

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/reason"
)

// Whatever a partner writes as a time, it is refused or a moment that every message of ours can
// say, and that reads as it was written.
func FuzzBodyTime(f *testing.F) {
	for _, text := range []string{
		"2026-01-02T11:04:07+08:00", "2026-01-02T11:04:07.123Z", "9999-12-31T23:59:59-12:00", "0000-01-01T00:00:00+14:00", "x",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at, readable := parseBodyTime(text)
		if !readable {
			return
		}
		if _, err := json.Marshal(at); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if again, readable := parseBodyTime(formatTime(at)); !readable || !again.Equal(at.Truncate(time.Millisecond)) {
			t.Errorf("%q is %s, and read again %s", text, at, again)
		}
	})
}

// Whatever stands in a header for the time, only a moment near now is taken as fresh.
func FuzzHeaderTime(f *testing.F) {
	for _, text := range []string{"1767323047000", "1767323047000000000", "2026-01-02T11:04:07+08:00", "99999999999999999999", ""} {
		f.Add(text)
	}
	now := time.Date(2026, 1, 2, 3, 4, 7, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text string) {
		at, readable := parseHeaderTime(text)
		if readable && fresh(at, now, time.Minute) && (at.Before(now.Add(-time.Minute)) || at.After(now.Add(time.Minute))) {
			t.Errorf("%q is %s, which is fresh at %s", text, at, now)
		}
	})
}

// Whatever a wallet asks a price for, it is refused or names two currencies, and an amount
// above zero for a firm one.
func FuzzRateRequest(f *testing.F) {
	f.Add([]byte(`{}`))
	f.Add([]byte(`{"sellCurrency":"HKD","buyCurrency":"JPY"}`))
	f.Add([]byte(`{"sellCurrency":"JPY","buyCurrency":"HKD","acquirerId":"A","paymentAmount":{"currency":"JPY","value":"1500"},
		"paymentFactor":{"isInStorePayment":true,"inStorePaymentScenario":"OrderCode"}}`))
	f.Add([]byte(`{"sellCurrency":"HKD","buyCurrency":"HKD","acquirerId":"A","paymentAmount":{}}`))
	wallet := connectors.Participant{ID: "HK-WALLET", Role: connectors.RoleWallet, Currency: "HKD"}
	f.Fuzz(func(t *testing.T, body []byte) {
		var request RateRequest
		if Decode(body, &request) != nil {
			return
		}
		asked, err := request.read(wallet)
		if err != nil {
			if !reason.Of(err).Final() {
				t.Errorf("%q: %v", body, err)
			}
			return
		}
		if !asked.Sell.Known() || !asked.Buy.Known() || (asked.AcquirerID == "") == asked.Amount.IsPositive() {
			t.Errorf("%q became %+v", body, asked)
		}
	})
}

// Whatever a wallet says became of a payment, it is refused, or final and about one.
func FuzzNotifyRequest(f *testing.F) {
	f.Add([]byte(`{}`))
	f.Add([]byte(`{"paymentRequestId":"P","paymentId":"W","paymentTime":"2026-01-02T11:04:07+08:00","paymentResult":
		{"resultStatus":"S","resultCode":"SUCCESS"},"payToAmount":{"currency":"HKD","value":"7379"}}`))
	f.Add([]byte(`{"paymentRequestId":"P","paymentResult":{"resultStatus":"U","resultCode":"PAYMENT_IN_PROCESS"}}`))
	f.Add([]byte(`{"paymentRequestId":"P","paymentResult":{"resultStatus":"F","resultCode":"USER_BALANCE_NOT_ENOUGH"}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		var request NotifyRequest
		if Decode(body, &request) != nil {
			return
		}
		said, err := request.read(Call{Body: body})
		if err != nil {
			return
		}
		final := said.Decision == connectors.Accepted || said.Decision == connectors.Declined && said.Reason != reason.None
		if !final || said.Payment.RequestID == "" || said.SettlementAmount.Minor < 0 {
			t.Errorf("%q became %+v", body, said)
		}
	})
}
