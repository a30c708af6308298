package fx_test

import (
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// dealer is a source with a price to deal at: middle, bid and ask.
func dealer(t testing.TB, source, pair, mid, bid, ask string) fx.Reference {
	t.Helper()
	currencies, err := fx.ParsePair(pair)
	if err != nil {
		t.Fatal(err)
	}
	side := func(text string) money.Rate {
		if text == "" {
			return money.Rate{}
		}
		return rate(t, currencies[0], currencies[1], text)
	}
	return fx.Reference{Rate: side(mid), Bid: side(bid), Ask: side(ask), ObservedAt: noon, Source: source}
}

func ruled(t testing.TB, rules fx.Rules, stops []fx.Stop, references ...fx.Reference) *fx.Board {
	t.Helper()
	if rules.Default.FreshFor == 0 {
		rules.Default.FreshFor = time.Hour
	}
	b, err := rules.Board(references, stops)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func payIn(amount money.Amount, into money.Currency) fx.Ask {
	return fx.Ask{Amount: amount, Into: into, Side: fx.PayIn, Rounding: money.HalfEven, At: noon}
}

func payOut(amount money.Amount, into money.Currency) fx.Ask {
	ask := payIn(amount, into)
	ask.Side = fx.PayOut
	return ask
}

// Of several sources the one with the best price for the very side wins: who
// sells cheapest need not be who buys dearest.
func TestTheBestExecutablePriceWins(t *testing.T) {
	b := ruled(t, fx.Rules{}, nil,
		dealer(t, "WIDE", "USD/JPY", "150", "149", "151"),
		dealer(t, "SELLS", "USD/JPY", "150", "149.4", "150.2"),
		dealer(t, "BUYS", "JPY/USD", "0.0066666", "0.0066600", "0.0066700"))
	tests := []struct {
		name   string
		ask    fx.Ask
		source string
		to     int64
		spread int64
	}{
		// 100 dollars cost 150.2 yen each at SELLS, 151 at WIDE, and 1/0.00666 = 150.15 at BUYS.
		{"buy dollars", payIn(money.New(10000, "USD"), "JPY"), "BUYS", 15015, 15},
		// They bring 149.4 at SELLS, 149 at WIDE and 1/0.00667 = 149.925 at BUYS.
		{"sell dollars", payOut(money.New(10000, "USD"), "JPY"), "BUYS", 14993, 7},
		// 15020 yen bring 1/150.2 at SELLS, 0.00666 at BUYS.
		{"sell yen", payOut(money.New(1502000, "JPY"), "USD"), "BUYS", 1000332, 991},
		{"buy yen", payIn(money.New(1494000, "JPY"), "USD"), "BUYS", 996498, 508},
	}
	for _, tt := range tests {
		price, err := b.Price(tt.ask)
		if err != nil || price.Sources[0] != tt.source || price.To.Minor != tt.to || price.Spread.Minor != tt.spread {
			t.Errorf("%s: %+v, %v", tt.name, price, err)
		}
	}
	referenced := ruled(t, fx.Rules{}, nil, dealer(t, "WIDE", "USD/JPY", "150", "149", "151"), reference(t, "USD", "JPY", "150"))
	for _, ask := range []fx.Ask{tests[0].ask, tests[1].ask} {
		if price, err := referenced.Price(ask); err != nil || price.Sources[0] != "WIDE" {
			t.Errorf("a middle that nobody deals at won: %+v, %v", price, err)
		}
	}
	suspended := ruled(t, fx.Rules{}, []fx.Stop{{Source: "BUYS", Why: "no answer"}},
		dealer(t, "WIDE", "USD/JPY", "150", "149", "151"),
		dealer(t, "SELLS", "USD/JPY", "150", "149.4", "150.2"),
		dealer(t, "BUYS", "JPY/USD", "0.0066666", "0.0066600", "0.0066700"))
	if price, err := suspended.Price(tests[0].ask); err != nil || price.Sources[0] != "SELLS" || price.To.Minor != 15020 {
		t.Errorf("without BUYS: %+v, %v", price, err)
	}
}

// Fewest hops win, however wide; of equally many the tightest; of equally tight
// the earlier pivot.
func TestTheWayOfAPrice(t *testing.T) {
	pivots := fx.Rules{Pivots: []money.Currency{"EUR", "USD"}}
	direct := dealer(t, "A", "THB/KRW", "40", "36", "44")
	byEuro := []fx.Reference{dealer(t, "B", "EUR/THB", "37.7", "37.6", "37.8"), dealer(t, "B", "EUR/KRW", "1740", "1735", "1745")}
	byDollar := []fx.Reference{dealer(t, "C", "USD/THB", "32.3", "32.29", "32.31"), dealer(t, "C", "USD/KRW", "1490", "1489", "1491")}
	long := []fx.Reference{byEuro[0], byDollar[1], dealer(t, "D", "EUR/USD", "1.168", "1.167", "1.169")}
	plain := []fx.Reference{reference(t, "EUR", "THB", "37.7"), reference(t, "EUR", "KRW", "1740"),
		reference(t, "USD", "THB", "32.3"), reference(t, "USD", "KRW", "1490")}
	tests := []struct {
		name       string
		references []fx.Reference
		via        [2]money.Currency
		sources    [3]string
	}{
		{"direct", append(append([]fx.Reference{direct}, byEuro...), byDollar...), [2]money.Currency{}, [3]string{"A"}},
		{"tightest", append(append([]fx.Reference{}, byEuro...), byDollar...), [2]money.Currency{"USD"}, [3]string{"C", "C"}},
		{"only one", byEuro, [2]money.Currency{"EUR"}, [3]string{"B", "B"}},
		{"middles are not tight", append([]fx.Reference{reference(t, "EUR", "THB", "37.7"), reference(t, "EUR", "KRW", "1740")},
			byDollar...), [2]money.Currency{"USD"}, [3]string{"C", "C"}},
		{"half a middle is better than none", []fx.Reference{reference(t, "EUR", "THB", "37.7"), byEuro[1],
			reference(t, "USD", "THB", "32.3"), reference(t, "USD", "KRW", "1490")}, [2]money.Currency{"EUR"}, [3]string{"test", "B"}},
		{"three hops", long, [2]money.Currency{"EUR", "USD"}, [3]string{"B", "D", "C"}},
		{"equals", plain, [2]money.Currency{"EUR"}, [3]string{"test", "test"}},
	}
	for _, tt := range tests {
		price, err := ruled(t, pivots, nil, tt.references...).Price(payIn(money.New(100000, "THB"), "KRW"))
		if err != nil || price.Via != tt.via || price.Sources != tt.sources {
			t.Errorf("%s: via %v by %v, %v", tt.name, price.Via, price.Sources, err)
		}
	}
	if _, err := ruled(t, fx.Rules{}, nil, long...).Price(payIn(money.New(1, "THB"), "KRW")); reason.Of(err) != reason.RateUnavailable {
		t.Errorf("three hops with one pivot: %v", err)
	}
}

// A cross takes the opposing sides of each hop: bid of the cross is bid by ask.
func TestACrossTakesTheOpposingSides(t *testing.T) {
	b := ruled(t, fx.Rules{}, nil, dealer(t, "B", "EUR/THB", "37.7", "37.6", "37.8"),
		dealer(t, "B", "EUR/KRW", "1740", "1735", "1745"))
	// 1,000 baht cost 1745/37.6 won each, and bring 1735/37.8.
	for _, tt := range []struct {
		ask  fx.Ask
		want int64
	}{{payIn(money.New(100000, "THB"), "KRW"), 46410}, {payOut(money.New(100000, "THB"), "KRW"), 45899}} {
		price, err := b.Price(tt.ask)
		if err != nil || price.To.Minor != tt.want || price.AtMid.Minor != 46154 {
			t.Errorf("%+v, %v", price, err)
		}
	}
}

// What is stopped or stale says so, and nothing else is touched.
func TestStopsTouchTheirPairAlone(t *testing.T) {
	dollar, yen, baht := reference(t, "EUR", "USD", "1.1684"), reference(t, "EUR", "JPY", "186.75"), reference(t, "EUR", "THB", "37.7")
	direct := reference(t, "USD", "THB", "32.3")
	old := baht
	old.ObservedAt = noon.Add(-3 * time.Hour)
	tests := []struct {
		name       string
		stops      []fx.Stop
		references []fx.Reference
		from, into money.Currency
		says       string
	}{
		{"stopped", []fx.Stop{{Base: "USD", Quote: "EUR", Why: "move of 1700 basis points, 1500 allowed"}},
			[]fx.Reference{dollar, yen}, "EUR", "USD", "EUR/USD: stopped: move of 1700 basis points, 1500 allowed"},
		{"crossed through what is stopped", []fx.Stop{{Base: "EUR", Quote: "USD", Why: "halt"}},
			[]fx.Reference{dollar, yen}, "JPY", "USD", "EUR/USD: stopped: halt"},
		{"stopped pairs are not got round", []fx.Stop{{Base: "USD", Quote: "THB", Why: "halt"}},
			[]fx.Reference{dollar, baht, direct}, "USD", "THB", "THB/USD: stopped: halt"},
		{"stale", nil, []fx.Reference{dollar, old}, "USD", "THB", "EUR/THB: the rate is 3h0m0s old, 1h0m0s allowed"},
		{"suspended", []fx.Stop{{Source: "test", Why: "no answer"}}, []fx.Reference{dollar}, "EUR", "USD",
			"EUR/USD: source test is suspended"},
		{"unknown", nil, []fx.Reference{dollar}, "USD", "KWD", "no rate for USD/KWD"},
	}
	for _, tt := range tests {
		b := ruled(t, fx.Rules{}, tt.stops, tt.references...)
		_, err := b.Price(payIn(money.New(100, tt.from), tt.into))
		if reason.Of(err) != reason.RateUnavailable || !strings.Contains(fmt.Sprint(err), tt.says) {
			t.Errorf("%s: %v", tt.name, err)
		}
		if tt.name == "suspended" || tt.name == "unknown" {
			continue
		}
		other := money.Currency("JPY")
		if tt.from == "USD" {
			other = "USD"
		}
		if _, err := b.Price(payIn(money.New(100, "EUR"), other)); err != nil {
			t.Errorf("%s: also %v", tt.name, err)
		}
	}
}

// Old and stopped rates still say what a book is worth.
func TestMarkKnowsNoFreshness(t *testing.T) {
	old := reference(t, "EUR", "USD", "1.25")
	old.ObservedAt = noon.Add(-1000 * time.Hour)
	young := reference(t, "EUR", "USD", "1.30")
	young.ObservedAt, young.Source = noon.Add(-900*time.Hour), "other"
	b := ruled(t, fx.Rules{}, []fx.Stop{{Base: "EUR", Quote: "USD", Why: "halt"}}, old, young, reference(t, "EUR", "JPY", "200"))
	for _, tt := range []struct {
		amount money.Amount
		in     money.Currency
		want   int64
	}{
		{money.New(1300, "USD"), "EUR", 1000}, {money.New(-1300, "USD"), "EUR", -1000}, {money.New(1300, "USD"), "JPY", 2000},
		{money.New(0, "USD"), "KWD", 0}, {money.New(77, "KWD"), "KWD", 77},
	} {
		if got, err := fx.Worth(b, tt.amount, tt.in); err != nil || got != money.New(tt.want, tt.in) {
			t.Errorf("%s in %s: %s, %v", tt.amount, tt.in, got, err)
		}
	}
	if _, err := fx.Worth(b, money.New(1, "KWD"), "EUR"); reason.Of(err) != reason.RateUnavailable {
		t.Errorf("never heard of: %v", err)
	}
	if _, err := fx.Worth(b, money.New(9e18, "USD"), "JPY"); reason.Of(err) != reason.AmountLimit {
		t.Errorf("beyond 64 bits: %v", err)
	}
}

func TestReferencesInOrder(t *testing.T) {
	good := dealer(t, "BANK", "USD/JPY", "150", "149", "151")
	tests := map[string]func(r *fx.Reference){
		"bid above the middle": func(r *fx.Reference) { r.Bid = rate(t, "USD", "JPY", "150.1") },
		"ask below the middle": func(r *fx.Reference) { r.Ask = rate(t, "USD", "JPY", "149.9") },
		"bid alone":            func(r *fx.Reference) { r.Ask = money.Rate{} },
		"ask of another pair":  func(r *fx.Reference) { r.Ask = rate(t, "USD", "KRW", "1500") },
		"no middle":            func(r *fx.Reference) { r.Rate.Mantissa = 0 },
		"long name":            func(r *fx.Reference) { r.Source = strings.Repeat("A", 36) },
		"comma in the name":    func(r *fx.Reference) { r.Source = "A,B" },
	}
	if err := good.Check(); err != nil {
		t.Error(err)
	}
	for name, change := range tests {
		bad := good
		change(&bad)
		if bad.Check() == nil {
			t.Errorf("%s: accepted", name)
		}
		if _, err := (fx.Rules{Default: fx.Guard{FreshFor: 1}}).Board([]fx.Reference{good, bad}, nil); err == nil {
			t.Errorf("%s: on a board", name)
		}
	}
}

func TestGuards(t *testing.T) {
	guard := fx.Guard{FreshFor: time.Hour, MoveMax: 500, SpreadMax: 100}
	before := rate(t, "USD", "JPY", "150")
	tests := []struct {
		name string
		next fx.Reference
		want string
	}{
		{"calm", dealer(t, "A", "USD/JPY", "151", "150.5", "151.5"), ""},
		{"five percent up", dealer(t, "A", "USD/JPY", "157.5", "", ""), ""},
		{"more than that", dealer(t, "A", "USD/JPY", "157.51", "", ""), "move of 500 basis points, 500 allowed"},
		{"five percent down, as growth back", dealer(t, "A", "USD/JPY", "142.9", "", ""), ""},
		{"more than that down", dealer(t, "A", "USD/JPY", "142.8", "", ""), "move of 504 basis points, 500 allowed"},
		{"turned round", dealer(t, "A", "JPY/USD", "0.0066", "", ""), ""},
		{"turned round and moved", dealer(t, "A", "JPY/USD", "0.0061", "", ""), "move of 928 basis points, 500 allowed"},
		{"wide", dealer(t, "A", "USD/JPY", "150", "149", "151"), "spread of 134 basis points, 100 allowed"},
		{"absurd", dealer(t, "A", "USD/JPY", "150000000000", "", ""), "move of 10000000 basis points, 500 allowed"},
	}
	for _, tt := range tests {
		if got := guard.Breach(tt.next, before); got != tt.want {
			t.Errorf("%s: %q", tt.name, got)
		}
	}
	if got := guard.Breach(tests[8].next, money.Rate{}); got != "" {
		t.Errorf("the first rate of a pair: %q", got)
	}
	if got := (fx.Guard{FreshFor: 1}).Breach(tests[8].next, before); got != "" {
		t.Errorf("without limits: %q", got)
	}
}

func TestRulesAreChecked(t *testing.T) {
	good := fx.Guard{FreshFor: time.Hour}
	tests := map[string]fx.Rules{
		"no freshness":   {},
		"negative move":  {Default: fx.Guard{FreshFor: 1, MoveMax: -1}},
		"unknown pivot":  {Default: good, Pivots: []money.Currency{"XXX"}},
		"nine pivots":    {Default: good, Pivots: []money.Currency{"EUR", "USD", "GBP", "JPY", "CHF", "CNY", "SGD", "HKD", "AUD"}},
		"no pair":        {Default: good, Pairs: map[string]fx.Guard{"EURUSD": good}},
		"same currency":  {Default: good, Pairs: map[string]fx.Guard{"EUR/EUR": good}},
		"no freshness 2": {Default: good, Pairs: map[string]fx.Guard{"EUR/USD": {}}},
	}
	for name, rules := range tests {
		if rules.Check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	rules := fx.Rules{Default: good, Pairs: map[string]fx.Guard{"USD/EUR": {FreshFor: time.Minute}}}
	if rules.Guard("EUR", "USD").FreshFor != time.Minute || rules.Guard("EUR", "JPY") != good {
		t.Error("a guard does not find its pair")
	}
}

// A board with one more rate is the board that all rates would have made.
func TestBoardsGrow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := fx.Rules{Default: fx.Guard{FreshFor: time.Hour}, Pivots: []money.Currency{"EUR", "USD"}}
		var references []fx.Reference
		for range rapid.IntRange(1, 30).Draw(t, "rates") {
			pair := rapid.SliceOfNDistinct(rapid.SampledFrom(currencies[:6]), 2, 2, rapid.ID).Draw(t, "pair")
			references = append(references, fx.Reference{
				Rate: money.Rate{Base: pair[0], Quote: pair[1], Mantissa: rapid.Int64Range(1, 1e6).Draw(t, "rate"), Scale: 3},
				// Each its own time, so that it is clear which is the latest.
				ObservedAt: noon.Add(-time.Duration(len(references)) * time.Second),
				Source:     rapid.SampledFrom([]string{"A", "B"}).Draw(t, "source"),
			})
		}
		whole, err := rules.Board(references, nil)
		if err != nil {
			t.Fatal(err)
		}
		grown, err := rules.Board(nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range references {
			if grown, err = grown.With([]fx.Reference{r}); err != nil {
				t.Fatal(err)
			}
		}
		if a, b := fmt.Sprint(whole.Rows(noon)), fmt.Sprint(grown.Rows(noon)); a != b {
			t.Fatalf("%s\n%s", a, b)
		}
	})
}

func TestBetween(t *testing.T) {
	tests := []struct{ bid, ask, want string }{
		{"149.9", "150.1", "150"}, {"1.1683", "1.1684", "1.16835"}, {"1", "1.5", "1.25"}, {"0.5", "1", "0.75"},
		{"7", "7", "7"}, {"0.000000000000000001", "0.000000000000000002", ""},
		{"100000000000000000", "100000000000000001", ""},
		{"999999999999999999", "999999999999999999", ""}, {"1", "0.000000000000000001", ""},
	}
	for _, tt := range tests {
		got, err := fx.Between(rate(t, "USD", "JPY", tt.bid), rate(t, "USD", "JPY", tt.ask))
		if (err != nil) != (tt.want == "") || err == nil && got.Decimal() != tt.want {
			t.Errorf("between %s and %s: %s, %v", tt.bid, tt.ask, got, err)
		}
	}
	if _, err := fx.Between(rate(t, "USD", "JPY", "1"), rate(t, "USD", "KRW", "1")); err == nil {
		t.Error("between two pairs")
	}
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) money.Rate {
			return money.Rate{Base: "USD", Quote: "JPY", Mantissa: rapid.Int64Range(1, 1e12).Draw(t, name),
				Scale: uint8(rapid.IntRange(0, 5).Draw(t, name+" scale"))}
		}
		bid, ask := draw("bid"), draw("ask")
		middle, err := fx.Between(bid, ask)
		if err != nil {
			t.Skip("too many digits")
		}
		sum := value(bid)
		if sum.Add(sum, value(ask)).Cmp(new(big.Rat).Mul(big.NewRat(2, 1), value(middle))) != 0 {
			t.Fatalf("between %s and %s is not %s", bid, ask, middle)
		}
	})
}
