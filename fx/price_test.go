package fx_test

import (
	"math/big"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// Worked by hand: 1 HKD = 186.75/9.1507 JPY = 20.40827477679303222... JPY.
func TestPrice(t *testing.T) {
	b := sampleBoard(t)
	tests := []struct {
		name                    string
		ask                     fx.Ask
		rate, mid               string
		to                      int64
		atMid, markup, residual int64
	}{
		{"wallet pays a merchant in Japan, at mid",
			fx.Ask{Amount: money.New(150000, "JPY"), Into: "HKD", Side: fx.PayIn, Rounding: money.HalfEven},
			"HKD/JPY 20.408274777", "HKD/JPY 20.408274776793032", 734996, 734996, 0, 0},
		{"the same with one percent: 7349.959... times 1.01 is 7423.459...",
			fx.Ask{Amount: money.New(150000, "JPY"), Into: "HKD", Side: fx.PayIn, MarkupBasisPoints: 100,
				Rounding: money.HalfEven},
			"HKD/JPY 20.20621265", "HKD/JPY 20.408274776793032", 742346, 734996, 7350, 0},
		{"acquirer is paid one percent less",
			fx.Ask{Amount: money.New(150000, "JPY"), Into: "HKD", Side: fx.PayOut, MarkupBasisPoints: 100,
				Rounding: money.HalfEven},
			"HKD/JPY 20.614418966", "HKD/JPY 20.408274776793032", 727646, 734996, 7350, 0},
		{"multiplication",
			fx.Ask{Amount: money.New(734996, "HKD"), Into: "JPY", Side: fx.PayIn, Rounding: money.HalfUp},
			"HKD/JPY 20.408274777", "HKD/JPY 20.408274776793032", 150000, 150000, 0, 0},
		{"out of the euro",
			fx.Ask{Amount: money.New(10000, "EUR"), Into: "IDR", Side: fx.PayOut, MarkupBasisPoints: 50,
				Rounding: money.Down},
			"EUR/IDR 19981.63975", "EUR/IDR 20082.05", 199816397, 200820500, 1004102, -1},
		{"into the euro",
			fx.Ask{Amount: money.New(200000000, "IDR"), Into: "EUR", Side: fx.PayIn, MarkupBasisPoints: 50, Rounding: money.Up},
			"EUR/IDR 19982.139303", "EUR/IDR 20082.05", 10009, 9960, 50, -1},
	}
	for _, tt := range tests {
		tt.ask.At = noon
		got, err := b.Price(tt.ask)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		amount := func(minor int64) money.Amount { return money.New(minor, tt.ask.Into) }
		mid, err := got.Mid.Round(17, 18, money.HalfEven)
		if err != nil || mid.String() != tt.mid || got.Rate.String() != tt.rate {
			t.Errorf("%s: rate %s, mid %s, %v", tt.name, got.Rate, mid, err)
		}
		want := fx.Price{From: tt.ask.Amount, To: amount(tt.to), Rate: got.Rate, Mid: got.Mid,
			AtMid: amount(tt.atMid), Spread: amount(0), Markup: amount(tt.markup), Fee: amount(0),
			Promotion: amount(0), Residue: amount(tt.residual), Via: got.Via, Sources: got.Sources}
		if difference := cmp.Diff(want, got); difference != "" {
			t.Errorf("%s:\n%s", tt.name, difference)
		}
	}
}

// Where the markup takes a rate across 1, both rates are turned together.
func TestRateStaysAboveOne(t *testing.T) {
	b := board(t, reference(t, "EUR", "USD", "1.005"))
	price, err := b.Price(fx.Ask{Amount: money.New(1_000_000, "EUR"), Into: "USD", Side: fx.PayOut,
		MarkupBasisPoints: 100, Rounding: money.HalfEven, At: noon})
	if err != nil {
		t.Fatal(err)
	}
	if price.Rate.String() != "USD/EUR 1.0050756319" || price.Mid.String() != "USD/EUR 0.995024875621890547" {
		t.Errorf("rate %s, mid %s", price.Rate, price.Mid)
	}
	if price.To.Minor != 994950 || price.AtMid.Minor != 1005000 || price.Markup.Minor != 10050 {
		t.Errorf("%+v", price)
	}
}

func TestSameCurrencyNeedsNoRate(t *testing.T) {
	nothing := money.New(0, "KWD")
	for _, side := range []fx.Side{fx.PayIn, fx.PayOut} {
		ask := fx.Ask{Amount: money.New(1234, "KWD"), Into: "KWD", Side: side, MarkupBasisPoints: 100,
			Rounding: money.HalfEven, At: noon}
		got, err := board(t).Price(ask)
		want := fx.Price{From: ask.Amount, To: ask.Amount, AtMid: ask.Amount, Spread: nothing, Markup: nothing,
			Fee: nothing, Promotion: nothing, Residue: nothing}
		if err != nil || got != want {
			t.Errorf("%+v, %v", got, err)
		}
	}
}

func TestPriceRefuses(t *testing.T) {
	b := board(t, reference(t, "EUR", "USD", "1.1684"), reference(t, "EUR", "IDR", "20082.05"),
		reference(t, "EUR", "KWD", "0.0000000001"), reference(t, "EUR", "LBP", "10000000000"))
	good := fx.Ask{Amount: money.New(1000, "USD"), Into: "IDR", Side: fx.PayIn, Rounding: money.HalfEven, At: noon}
	tests := []struct {
		name   string
		change func(a *fx.Ask)
		want   reason.Kind
	}{
		{"nothing wrong", func(*fx.Ask) {}, reason.None},
		{"unknown currency", func(a *fx.Ask) { a.Amount.Currency = "XXX" }, reason.UnsupportedCurrency},
		{"unknown target", func(a *fx.Ask) { a.Into = "" }, reason.UnsupportedCurrency},
		{"no amount", func(a *fx.Ask) { a.Amount.Minor = 0 }, reason.InvalidRequest},
		{"negative amount", func(a *fx.Ask) { a.Amount.Minor = -5 }, reason.InvalidRequest},
		{"no side", func(a *fx.Ask) { a.Side = 0 }, reason.InvalidRequest},
		{"third side", func(a *fx.Ask) { a.Side = 3 }, reason.InvalidRequest},
		{"negative markup", func(a *fx.Ask) { a.MarkupBasisPoints = -1 }, reason.InvalidRequest},
		{"whole markup", func(a *fx.Ask) { a.MarkupBasisPoints = 10000 }, reason.InvalidRequest},
		{"no rounding", func(a *fx.Ask) { a.Rounding = 0 }, reason.InvalidRequest},
		{"amount of 19 digits", func(a *fx.Ask) { a.Amount.Minor = 1e18 }, reason.AmountLimit},
		{"result of 19 digits", func(a *fx.Ask) { a.Amount.Minor = 1e17 }, reason.AmountLimit},
		{"result beyond 64 bits", func(a *fx.Ask) { a.Amount.Minor = 9e17 }, reason.AmountLimit},
		{"too small", func(a *fx.Ask) { a.Amount, a.Into = money.New(1, "IDR"), "USD" }, reason.AmountTooSmall},
		{"no rate", func(a *fx.Ask) { a.Into = "THB" }, reason.RateUnavailable},
		{"stale", func(a *fx.Ask) { a.At = noon.Add(25 * time.Hour) }, reason.RateUnavailable},
		{"no time", func(a *fx.Ask) { a.At = time.Time{} }, reason.RateUnavailable},
		{"rate out of range", func(a *fx.Ask) { a.Amount.Currency, a.Into = "KWD", "LBP" }, reason.RateUnavailable},
	}
	for _, tt := range tests {
		ask := good
		tt.change(&ask)
		price, err := b.Price(ask)
		if reason.Of(err) != tt.want || err != nil && price != (fx.Price{}) {
			t.Errorf("%s: %v, %v", tt.name, price, err)
		}
	}
	small := good
	small.Amount, small.Into, small.Rounding = money.New(1, "IDR"), "USD", money.Up
	if price, err := b.Price(small); err != nil || price.To.Minor != 1 {
		t.Errorf("rounded up: %v, %v", price, err)
	}
}

var currencies = money.Currencies()

// ask draws a board of two rates between 10^-10 and 10^10 and a question to it.
func ask(t *rapid.T) (*fx.Board, fx.Ask) {
	var references []fx.Reference
	pair := rapid.SliceOfNDistinct(rapid.SampledFrom(currencies), 2, 2, rapid.ID).Draw(t, "currencies")
	for _, currency := range pair {
		if currency == "EUR" {
			continue
		}
		scale := rapid.IntRange(0, 10).Draw(t, "scale")
		rate := money.Rate{Base: "EUR", Quote: currency, Scale: uint8(scale),
			Mantissa: rapid.Int64Range(1, 10_000_000_000).Draw(t, "mantissa")}
		if rapid.Bool().Draw(t, "other direction") {
			rate.Base, rate.Quote = rate.Quote, rate.Base
		}
		references = append(references, sided(t, fx.Reference{Rate: rate, ObservedAt: noon}))
	}
	b, err := fx.NewBoard(references, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	minor := rapid.OneOf(rapid.Int64Range(1, 1_000_000), rapid.Int64Range(1, 1e15)).Draw(t, "minor")
	return b, fx.Ask{
		Amount:            money.New(minor, pair[0]),
		Into:              pair[1],
		Side:              rapid.SampledFrom([]fx.Side{fx.PayIn, fx.PayOut}).Draw(t, "side"),
		MarkupBasisPoints: rapid.OneOf(rapid.Int64Range(0, 500), rapid.Int64Range(0, 9999)).Draw(t, "markup"),
		Fee:               rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(0, 1000)).Draw(t, "fee"),
		Promotion: rapid.OneOf(rapid.Just(fx.Promotion{}), rapid.Custom(func(t *rapid.T) fx.Promotion {
			return fx.Promotion{Sponsor: "SPONSOR", BasisPoints: rapid.Int64Range(0, 9999).Draw(t, "promotion"),
				Most: rapid.Int64Range(0, 10_000).Draw(t, "most")}
		})).Draw(t, "promoted"),
		Rounding: rapid.SampledFrom([]money.Rounding{money.HalfEven, money.HalfUp, money.Down, money.Up}).
			Draw(t, "rounding"),
		At: noon,
	}
}

// sided gives some references a bid and an ask around their middle.
func sided(t *rapid.T, r fx.Reference) fx.Reference {
	if rapid.Bool().Draw(t, "executable") {
		r.Bid, r.Ask = r.Rate, r.Rate
		r.Bid.Mantissa -= rapid.Int64Range(0, r.Rate.Mantissa-1).Draw(t, "below") / 10
		r.Ask.Mantissa += rapid.Int64Range(0, r.Rate.Mantissa).Draw(t, "above") / 10
	}
	return r
}

func TestEveryPriceBalances(t *testing.T) {
	priced := 0
	rapid.Check(t, func(t *rapid.T) {
		b, ask := ask(t)
		price, err := b.Price(ask)
		switch reason.Of(err) {
		case reason.None:
			priced++
		case reason.AmountTooSmall, reason.AmountLimit, reason.RateUnavailable:
			return
		default:
			t.Fatalf("%+v: %v", ask, err)
		}
		checkBalance(t, ask, price)
		checkRate(t, b, ask, price)
		checkParts(t, b, ask, price)
	})
	if priced == 0 {
		t.Error("nothing was priced")
	}
}

// checkBalance holds a price to its equation and to the conversion of its own
// client rate.
func checkBalance(t *rapid.T, ask fx.Ask, price fx.Price) {
	cost := price.Spread.Minor + price.Markup.Minor
	extra := price.Fee.Minor - price.Promotion.Minor
	if ask.Side == fx.PayOut {
		cost, extra = -cost, -extra
	}
	converted := price.AtMid.Minor + cost + price.Residue.Minor
	if price.To.Minor != converted+extra {
		t.Fatalf("%+v does not balance: %+v", ask, price)
	}
	for _, amount := range []money.Amount{
		price.To, price.AtMid, price.Spread, price.Markup, price.Fee, price.Promotion, price.Residue,
	} {
		if amount.Currency != ask.Into {
			t.Fatalf("%s is not in %s", amount, ask.Into)
		}
	}
	again, err := price.Rate.Convert(ask.Amount, ask.Rounding)
	if err != nil || again.Minor != converted || price.From != ask.Amount {
		t.Fatalf("%s at %s is %s, not %d", ask.Amount, price.Rate, again, converted)
	}
	if min(price.Spread.Minor, price.Markup.Minor, price.Promotion.Minor) < 0 || !price.To.IsPositive() ||
		ask.MarkupBasisPoints == 0 && !price.Markup.IsZero() || price.Fee.Minor != ask.Fee {
		t.Fatalf("a part has the wrong sign: %+v", price)
	}
	if most := ask.Promotion.Most; most > 0 && price.Promotion.Minor > most || ask.Promotion.Sponsor != price.Sponsor {
		t.Fatalf("promotion %s by %q, asked %+v", price.Promotion, price.Sponsor, ask.Promotion)
	}
	limit := new(big.Rat).Add(big.NewRat(4, 1), big.NewRat(converted, 10_000_000_000))
	if residue := new(big.Rat).SetInt64(price.Residue.Minor); residue.Abs(residue).Cmp(limit) > 0 {
		t.Fatalf("residue %s of %s", price.Residue, price.To)
	}
}

// checkRate holds the client rate to its digits, to its direction and to the
// exact cross rate of the side with the markup.
func checkRate(t *rapid.T, b *fx.Board, ask fx.Ask, price fx.Price) {
	client := value(price.Rate)
	if price.Rate.Scale > 10 || price.Rate.Mantissa >= 1e11 || client.Cmp(big.NewRat(1, 1)) < 0 {
		t.Fatalf("client rate %s", price.Rate)
	}
	exact := marked(exactSide(b, ask), ask)
	if price.Rate.Base != ask.Amount.Currency {
		exact.Inv(exact)
	}
	difference := new(big.Rat).Sub(client, exact)
	if difference.Abs(difference).Cmp(new(big.Rat).Mul(exact, big.NewRat(6, 100_000_000_000))) > 0 {
		t.Fatalf("client rate %s, exactly %s", price.Rate, exact.FloatString(20))
	}
	if price.Mid.Pair() != price.Rate.Pair() {
		t.Fatalf("mid %s beside %s", price.Mid, price.Rate)
	}
	if ask.MarkupBasisPoints == 0 {
		return
	}
	// The client never does better than the market.
	worse := value(price.Mid).Cmp(client)
	if (price.Rate.Base == ask.Amount.Currency) == (ask.Side == fx.PayIn) {
		worse = -worse
	}
	if worse < 0 {
		t.Fatalf("%+v: client rate %s beats %s", ask, price.Rate, price.Mid)
	}
}

// checkParts compares the amounts with exact arithmetic.
func checkParts(t *rapid.T, b *fx.Board, ask fx.Ask, price fx.Price) {
	mid := exactMid(b, ask)
	atMid := new(big.Rat).Mul(mid, minorUnits(ask))
	// Beside the rounding, the 18 digits of the mid rate show in large amounts.
	digits := new(big.Rat).Quo(atMid, new(big.Rat).SetInt64(1e17))
	near(t, "at mid", price.AtMid.Minor, atMid, new(big.Rat).Add(digits, big.NewRat(1, 1)))
	side := new(big.Rat).Mul(exactSide(b, ask), minorUnits(ask))
	digits.Add(digits, new(big.Rat).Quo(side, new(big.Rat).SetInt64(1e17)))
	markup := new(big.Rat).Mul(side, big.NewRat(ask.MarkupBasisPoints, 10_000))
	near(t, "markup", price.Markup.Minor, markup, new(big.Rat).Add(digits, big.NewRat(2, 1)))
	spread := new(big.Rat).Sub(side, atMid)
	near(t, "spread", price.Spread.Minor, spread.Abs(spread), new(big.Rat).Add(digits, big.NewRat(2, 1)))
}

func near(t *rapid.T, name string, got int64, want, tolerance *big.Rat) {
	difference := new(big.Rat).Sub(new(big.Rat).SetInt64(got), want)
	if difference.Abs(difference).Cmp(tolerance) > 0 {
		t.Fatalf("%s is %d, exactly %s", name, got, want.FloatString(6))
	}
}

// exactMid computes how much of the target one unit of the source is, from the
// references alone.
func exactMid(b *fx.Board, ask fx.Ask) *big.Rat {
	return crossed(b, ask, func(r fx.Reference, _ bool) money.Rate { return r.Rate })
}

// exactSide is exactMid at the sides that the hub deals at: it buys the source
// currency dear, or sells it cheap.
func exactSide(b *fx.Board, ask fx.Ask) *big.Rat {
	return crossed(b, ask, func(r fx.Reference, isSource bool) money.Rate {
		// The source currency is bought at its ask, and the euro that is paid for
		// it bought for the target; where the currency is the quote the sides turn.
		dear := (ask.Side == fx.PayIn) == (isSource == (r.Rate.Base != "EUR"))
		switch {
		case !r.Executable():
			return r.Rate
		case dear:
			return r.Ask
		default:
			return r.Bid
		}
	})
}

func crossed(b *fx.Board, ask fx.Ask, side func(r fx.Reference, isSource bool) money.Rate) *big.Rat {
	euroIn := func(currency money.Currency) *big.Rat {
		reference, found := against(b, currency)
		if !found {
			return big.NewRat(1, 1)
		}
		exact := value(side(reference, currency == ask.Amount.Currency))
		if reference.Rate.Base != "EUR" {
			return exact.Inv(exact)
		}
		return exact
	}
	return new(big.Rat).Quo(euroIn(ask.Into), euroIn(ask.Amount.Currency))
}

func marked(exact *big.Rat, ask fx.Ask) *big.Rat {
	points := ask.MarkupBasisPoints
	if ask.Side == fx.PayOut {
		points = -points
	}
	return exact.Mul(exact, big.NewRat(10_000+points, 10_000))
}

// minorUnits returns the amount in major units of the source times the minor
// units of one major unit of the target.
func minorUnits(ask fx.Ask) *big.Rat {
	units := new(big.Rat).SetInt64(ask.Amount.Minor)
	power := func(n int) *big.Rat {
		return new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil))
	}
	units.Mul(units, power(ask.Into.Exponent()))
	return units.Quo(units, power(ask.Amount.Currency.Exponent()))
}

// More costs more and a higher markup is never to the client's advantage.
func TestPricesAreMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, ask := ask(t)
		price, err := b.Price(ask)
		if err != nil {
			return
		}
		dearer := ask
		dearer.MarkupBasisPoints = min(9999, ask.MarkupBasisPoints+rapid.Int64Range(1, 100).Draw(t, "more markup"))
		if other, err := b.Price(dearer); err == nil {
			gain := other.To.Minor - price.To.Minor
			if ask.Side == fx.PayIn && gain < 0 || ask.Side == fx.PayOut && gain > 0 {
				t.Fatalf("%+v: %s, with more markup %s", ask, price.To, other.To)
			}
		}
		larger := ask
		larger.Amount.Minor += rapid.Int64Range(1, 1000).Draw(t, "more")
		if other, err := b.Price(larger); err == nil && other.To.Minor < price.To.Minor {
			t.Fatalf("%s gives %s, but %s gives %s", ask.Amount, price.To, larger.Amount, other.To)
		}
	})
}

// against returns the board's rate of a currency against the euro.
func against(b *fx.Board, currency money.Currency) (fx.Reference, bool) {
	for _, row := range b.Rows(noon) {
		if row.Rate.Base == "EUR" && row.Rate.Quote == currency || row.Rate.Quote == "EUR" && row.Rate.Base == currency {
			return row.Reference, true
		}
	}
	return fx.Reference{}, false
}

// There and back at the middle rate ends where it began, but for half a minor
// unit of each side, in the units of the first, and the digits of the two rates.
func TestThereAndBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, there := ask(t)
		there.MarkupBasisPoints, there.Fee, there.Promotion, there.Rounding = 0, 0, fx.Promotion{}, money.HalfEven
		mid := exactMid(b, there)
		out, err := b.Price(there)
		if err != nil {
			return
		}
		out.To = out.AtMid
		if !out.To.IsPositive() {
			return
		}
		back, err := b.Price(fx.Ask{Amount: out.To, Into: there.Amount.Currency, Side: fx.PayOut, Rounding: money.HalfEven,
			At: noon})
		if err != nil {
			return
		}
		// What half a minor unit of the target is in minor units of the source.
		unit := new(big.Rat).Inv(new(big.Rat).Quo(new(big.Rat).Mul(mid, minorUnits(there)),
			new(big.Rat).SetInt64(there.Amount.Minor)))
		tolerance := new(big.Rat).Add(big.NewRat(1, 2), unit.Quo(unit, big.NewRat(2, 1)))
		tolerance.Add(tolerance, big.NewRat(there.Amount.Minor, 10_000_000_000_000_000))
		near(t, "there and back", back.AtMid.Minor, new(big.Rat).SetInt64(there.Amount.Minor), tolerance)
	})
}
