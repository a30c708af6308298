package sandbox

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	qr "github.com/piglig/go-qr"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/connectors/alipayplus"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// Whatever is refunded and however often the switch is heard, what is left is the amount
// less the refunds that were not refused, each counted once with what was said last.
func TestWhatIsLeftOfASale(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all sales
		all.add(sale{requestID: "S", amount: hkd(1000)})
		said := map[string]int64{}
		for range rapid.IntRange(0, 12).Draw(t, "times") {
			id := rapid.SampledFrom([]string{"R1", "R2", "R3"}).Draw(t, "id")
			amount := rapid.Int64Range(1, 300).Draw(t, "amount")
			status := rapid.SampledFrom([]string{"S", "F", "U", ""}).Draw(t, "status")
			all.refund("S", refunded{id, hkd(amount), alipayplus.Result{Status: status}})
			said[id] = amount
			if status == "F" {
				said[id] = 0
			}
		}
		want := int64(1000)
		for _, amount := range said {
			want -= amount
		}
		if got, _ := all.find("S"); got.left() != hkd(want) || len(got.refunds) != len(said) {
			t.Fatalf("left %v, want %d; %+v", got.left(), want, got.refunds)
		}
	})
}

func TestSalesAreEnteredOnceAndTheOldestGo(t *testing.T) {
	var all sales
	for i := range salesMost + 5 {
		for range 2 {
			all.add(sale{requestID: fmt.Sprint(i), amount: hkd(int64(i))})
		}
	}
	if _, known := all.find("4"); known || len(all.all) != salesMost {
		t.Errorf("%d sales", len(all.all))
	}
	if first, known := all.find("5"); !known || first.amount != hkd(5) {
		t.Errorf("%+v", first)
	}
	latest := all.latest(3)
	last, third := fmt.Sprint(salesMost+4), fmt.Sprint(salesMost+2)
	if len(latest) != 3 || latest[0].requestID != last || latest[2].requestID != third {
		t.Errorf("%+v", latest)
	}
	all.refund("nobody's", refunded{id: "R"})
	all.hear(alipayplus.NotifyRequest{PaymentRequestID: "nobody's"})
}

func TestAPaidSaleStaysPaid(t *testing.T) {
	result := func(status string) alipayplus.NotifyRequest {
		return alipayplus.NotifyRequest{PaymentRequestID: "S", PaymentResult: &alipayplus.Result{Status: status}}
	}
	nothing := alipayplus.NotifyRequest{PaymentRequestID: "S"}
	for name, c := range map[string]struct {
		heard []alipayplus.NotifyRequest
		want  string
	}{
		"nothing":             {nil, "open"},
		"a notice of nothing": {[]alipayplus.NotifyRequest{nothing}, "open"},
		"in process":          {[]alipayplus.NotifyRequest{result("U")}, "open"},
		"paid":                {[]alipayplus.NotifyRequest{result("S")}, "paid"},
		"failed":              {[]alipayplus.NotifyRequest{result("F")}, "failed"},
		"failed, then paid":   {[]alipayplus.NotifyRequest{result("F"), result("S")}, "paid"},
		"paid, then failed":   {[]alipayplus.NotifyRequest{result("S"), result("F"), nothing}, "paid"},
	} {
		a := &acquirer{partner: &partner{clock: fixed{}}}
		a.sales.add(sale{requestID: "S"})
		for _, notice := range c.heard {
			a.sales.hear(notice)
		}
		if one, _ := a.sales.find("S"); a.saleState(one) != c.want {
			t.Errorf("%s: %s, want %s", name, a.saleState(one), c.want)
		}
	}
}

// fixed is a clock that stands still.
type fixed struct{}

func (fixed) Now() time.Time { return now }

func TestStatesOfSalesAndPayments(t *testing.T) {
	a, w := &acquirer{partner: &partner{clock: fixed{}}}, &wallet{partner: &partner{clock: fixed{}}}
	for until, want := range map[time.Time]string{
		{}: "open", now.Add(1): "open", now: "expired", now.Add(-1): "expired",
	} {
		if got := a.saleState(sale{until: until}); got != want {
			t.Errorf("a sale until %v: %s, want %s", until, got, want)
		}
		if got := w.stateOf(entry{offer: offer{until: until}}); got != want {
			t.Errorf("an offer until %v: %s, want %s", until, got, want)
		}
		for state, want := range map[state]string{statePaid: "paid", stateFailed: "failed", stateClosed: "closed"} {
			if got := w.stateOf(entry{state: state, offer: offer{until: until}}); got != want {
				t.Errorf("%v until %v: %s, want %s", state, until, got, want)
			}
		}
	}
	if got := a.saleState(sale{closed: true, notice: &alipayplus.NotifyRequest{}}); got != "closed" {
		t.Error(got)
	}
}

func TestWrittenAmounts(t *testing.T) {
	for amount, want := range map[money.Amount]string{
		hkd(0): "HKD 0.00", hkd(7): "HKD 0.07", hkd(99999): "HKD 999.99", hkd(100000): "HKD 1,000.00",
		hkd(100000000): "HKD 1,000,000.00", money.New(999, "JPY"): "JPY 999", money.New(1500, "JPY"): "JPY 1,500",
		money.New(1234567, "BHD"): "BHD 1,234.567",
	} {
		if got := written(amount); got != want {
			t.Errorf("%v: %s, want %s", amount, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		amount := money.New(rapid.Int64Min(0).Draw(t, "minor"), rapid.SampledFrom(money.Currencies()).Draw(t, "currency"))
		digits := strings.ReplaceAll(strings.TrimPrefix(written(amount), string(amount.Currency)+" "), ",", "")
		if digits != amount.Decimal() {
			t.Fatalf("%v is written %s", amount, written(amount))
		}
	})
	for want, amount := range map[string]*alipayplus.Amount{
		"": nil, "HKD 75.00": {Currency: "HKD", Value: "7500"}, "HKD x": {Currency: "HKD", Value: "x"},
	} {
		if got := writtenWire(amount); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestOffers(t *testing.T) {
	early, late := now.Format(time.RFC3339), now.Add(time.Hour).Format(time.RFC3339)
	order := json.RawMessage(`{"orderDescription":"Tea",` +
		`"merchant":{"merchantName":"House","merchantAddress":{"city":"Kyoto"}}}`)
	quote := alipayplus.Quote{Pair: "JPY/HKD", Price: "0.05", ExpiryTime: early}
	for name, c := range map[string]struct {
		order   json.RawMessage
		quote   *alipayplus.Quote
		expires string
		want    offer
	}{
		"all":               {order, &quote, late, offer{"House", "Kyoto", "Tea", "JPY/HKD", "0.05", now}},
		"no quote":          {order, nil, late, offer{"House", "Kyoto", "Tea", "", "", now.Add(time.Hour)}},
		"the order is over": {nil, &alipayplus.Quote{Pair: "A/B", ExpiryTime: late}, early, offer{pair: "A/B", until: now}},
		"no merchant":       {json.RawMessage(`{"orderDescription":"Tea"}`), nil, "", offer{}},
		"no address":        {json.RawMessage(`{"merchant":{"merchantName":"House"}}`), nil, "", offer{merchant: "House"}},
		"no order":          {json.RawMessage(`[`), nil, "", offer{}},
		"no time":           {nil, nil, "tomorrow", offer{}},
	} {
		got := offerOf(c.order, c.quote, c.expires)
		if !got.until.Equal(c.want.until) {
			t.Errorf("%s: until %v, want %v", name, got.until, c.want.until)
		}
		if got.until = c.want.until; got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
	for pair, want := range map[string]string{"": "", "HKD": "", "HKD/JPY": "1 HKD = 20 JPY"} {
		if got := rateWritten(pair, "20"); got != want {
			t.Errorf("%q: %q", pair, got)
		}
	}
}

func TestALatePaymentComesFirst(t *testing.T) {
	b := bookOf(1000, 1000)
	for i := range 5 {
		e := entryOf(fmt.Sprint(i), fmt.Sprintf("C-%d", i%2), 10)
		e.begun = now.Add(time.Duration(i) * time.Second)
		if _, _, err := b.begin(e); err != nil {
			t.Fatal(err)
		}
	}
	b.debit("4", now)
	got := b.paymentsOf("C-0", 2)
	if len(got) != 2 || got[0].requestID != "4" || got[1].requestID != "2" {
		t.Fatalf("%+v", got)
	}
	if _, err := b.giveBack("4", "R", hkd(1), now); err != nil || len(got[0].refunds) != 0 {
		t.Errorf("%v: what was shown has changed: %v", err, got[0].refunds)
	}
	if none := b.paymentsOf("C-9", 2); len(none) != 0 {
		t.Errorf("%+v", none)
	}
}

// FuzzCodeIn reads pictures of anything: the answer is a code of at most the size that is
// scanned, or none.
func FuzzCodeIn(f *testing.F) {
	for _, text := range []string{"x", "HTTPS://CODES.EXAMPLE/1", strings.Repeat("long ", 100)} {
		code, err := qr.EncodeText(text, qr.Medium)
		if err != nil {
			f.Fatal(err)
		}
		data, err := code.ToPNGBytes(qr.NewQrCodeImgConfig(2, 4))
		if err != nil {
			f.Fatal(err)
		}
		if got, found := codeIn(data); !found || got != text {
			f.Fatalf("%q is read as %q", text, got)
		}
		f.Add(data)
		f.Add(data[:len(data)/2])
	}
	f.Add([]byte(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		if text, found := codeIn(data); len(text) > 512 || !found && text != "" {
			t.Errorf("%v %q", found, text)
		}
	})
}

func TestProblemsAreForPeople(t *testing.T) {
	refusal, err := alipayplus.Result{Code: "INVALID_CODE", Status: "F"}, reason.New(reason.UnknownPayer, "op", "secret")
	for want, got := range map[string]string{
		"nobody issued this payment code, or it was used (INVALID_CODE)": problem(refusal, nil),
		"the wallet does not know the payer":                             problem(alipayplus.Result{}, err),
		"The switch did not answer.":                                     unsold(PayOutcome{Error: "dial tcp 127.0.0.1:1"}),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
