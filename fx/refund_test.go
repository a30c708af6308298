package fx_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// However a payment is refunded in parts, at one rate the parts give back exactly
// what the whole would: not a minor unit is lost or made. Where the rate moves
// between the parts, no part is off by a minor unit or more from what it is worth
// at its own rate, and the residue says by how much.
func TestRefundsLoseAndMakeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, question := ask(t)
		whole, into := question.Amount, question.Into
		constant, err := b.Back(whole.Currency, into, noon)
		if err != nil {
			t.Skip("no rate")
		}
		moving := rapid.Bool().Draw(t, "moving")
		before, sum := money.New(0, whole.Currency), int64(0)
		for before.Minor < whole.Minor {
			after := before
			after.Minor += rapid.Int64Range(1, whole.Minor-before.Minor).Draw(t, "part")
			if rapid.IntRange(0, 3).Draw(t, "last") == 0 {
				after.Minor = whole.Minor
			}
			back := constant
			if moving {
				back.Rate.Mantissa = max(1, back.Rate.Mantissa+rapid.Int64Range(-5, 5).Draw(t, "move"))
				back.Mid = back.Rate
			}
			price, err := back.Price(before, after, into, question.Rounding)
			switch reason.Of(err) {
			case reason.None:
				checkPart(t, price, before, after)
				sum += price.To.Minor
				before = after
			case reason.AmountTooSmall:
				// Refused, so it is asked for again with more; the last part alone may
				// be worth nothing, and then nothing is what is missing.
				if after.Minor == whole.Minor {
					before = after
				}
			case reason.AmountLimit:
				t.Skip("out of range")
			default:
				t.Fatal(err)
			}
		}
		if moving {
			return
		}
		want, err := constant.Rate.Convert(whole, question.Rounding)
		if err != nil {
			t.Skip("out of range")
		}
		if sum != want.Minor {
			t.Fatalf("the parts of %s give back %d, the whole %s", whole, sum, want)
		}
	})
}

func checkPart(t *rapid.T, price fx.Price, before, after money.Amount) {
	if price.From.Minor != after.Minor-before.Minor || !price.To.IsPositive() {
		t.Fatalf("%+v for %s to %s", price, before, after)
	}
	if price.To.Minor != price.AtMid.Minor+price.Residue.Minor || price.Markup.Minor != 0 || price.Spread.Minor != 0 {
		t.Fatalf("%+v does not balance", price)
	}
}

func TestRefundRates(t *testing.T) {
	b := board(t, reference(t, "EUR", "HKD", "9.1507"), reference(t, "EUR", "JPY", "186.75"))
	back, err := b.Back("JPY", "HKD", noon)
	if err != nil || back.Rate.String() != "HKD/JPY 20.408274777" || back.Via[0] != "EUR" || back.Sources[1] != "test" {
		t.Errorf("%+v, %v", back, err)
	}
	price, err := back.Price(money.New(0, "JPY"), money.New(150000, "JPY"), "HKD", money.HalfEven)
	if err != nil || price.To.Minor != 734996 || price.AtMid.Minor != 734996 || price.Mid.Scale == 0 {
		t.Errorf("%+v, %v", price, err)
	}
	small := money.New(1, "KRW")
	if price, err := (fx.Back{Rate: rate(t, "HKD", "KRW", "190"), Mid: rate(t, "HKD", "KRW", "190")}).Price(money.New(0, "KRW"), small,
		"HKD", money.Down); reason.Of(err) != reason.AmountTooSmall {
		t.Errorf("%+v, %v", price, err)
	}
	for _, tt := range []struct {
		into money.Currency
		at   time.Time
	}{{"THB", noon}, {"HKD", noon.Add(25 * time.Hour)}} {
		if _, err := b.Back("JPY", tt.into, tt.at); reason.Of(err) != reason.RateUnavailable {
			t.Errorf("%+v: %v", tt, err)
		}
	}
}
