package book_test

import (
	"math/big"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/fx/book"
	"github.com/causeway-pay/causeway/money"
)

// evening is a board with drawn rates against the euro.
func evening(t *rapid.T) *fx.Board {
	var references []fx.Reference
	for _, currency := range []money.Currency{"USD", "JPY", "KWD"} {
		references = append(references, fx.Reference{ObservedAt: monday, Source: "ECB", Rate: money.Rate{
			Base: "EUR", Quote: currency, Mantissa: rapid.Int64Range(1, 1_000_000).Draw(t, string(currency)), Scale: 3}})
	}
	b, err := fx.NewBoard(references, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Whatever flows come and however the rates go: no currency is made or lost by a
// revaluation, positions are worth their cost and unrealised profit, what is
// closed costs nothing, and the profit of all time is what everything is carried
// at less what it has cost. What it is carried at is what it was worth, but for a
// minor unit of rounding on each position that another one closed.
func TestRevaluationMakesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		positions := map[book.Key]*book.Position{}
		var spent, profit int64
		amounts := map[money.Currency]int64{}
		for number := range rapid.IntRange(1, 8).Draw(t, "days") {
			today := monday.AddDate(0, 0, number)
			for range rapid.IntRange(0, 6).Draw(t, "flows") {
				key := book.Key{
					Corridor: "US-JP", PartnerID: rapid.SampledFrom([]string{"W", "A"}).Draw(t, "partner"),
					Currency:  rapid.SampledFrom([]money.Currency{"USD", "JPY", "KWD", "EUR"}).Draw(t, "currency"),
					ValueDate: today.AddDate(0, 0, rapid.IntRange(-1, 3).Draw(t, "due")),
				}
				if positions[key] == nil {
					positions[key] = &book.Position{Key: key}
				}
				minor, cost := rapid.Int64Range(-1e6, 1e6).Draw(t, "minor"), rapid.Int64Range(-1e6, 1e6).Draw(t, "cost")
				positions[key].Minor += minor
				positions[key].Cost += cost
				amounts[key.Currency] += minor
				spent += cost
			}
			var open []book.Position
			for _, p := range positions {
				open = append(open, *p)
			}
			changed, lines, err := book.Revalue(open, evening(t), "EUR", today.Add(23*time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			worth := new(big.Int)
			for i, line := range lines {
				if line.Key != changed[i].Key || !line.Day.Equal(today) {
					t.Fatalf("line %+v of position %+v", line, changed[i])
				}
				profit += line.Gain
				worth.Add(worth, big.NewInt(line.Worth))
				p := changed[i]
				positions[p.Key] = &p
			}
			carried := new(big.Int)
			for _, p := range positions {
				carried.Add(carried, new(big.Int).Add(big.NewInt(p.Cost), big.NewInt(p.Unrealised)))
			}
			if want := new(big.Int).Sub(carried, big.NewInt(spent)); want.Cmp(big.NewInt(profit)) != 0 {
				t.Fatalf("day %d: profit %d, carried at %s less cost %d", number, profit, carried, spent)
			}
			if rounding := new(big.Int).Sub(worth, carried); rounding.CmpAbs(big.NewInt(int64(len(lines)))) > 0 {
				t.Fatalf("day %d: worth %s, carried at %s", number, worth, carried)
			}
			checkPositions(t, positions, amounts, today, profit)
		}
	})
}

func checkPositions(t *rapid.T, positions map[book.Key]*book.Position, amounts map[money.Currency]int64, today time.Time, profit int64) {
	sums, earned := map[money.Currency]int64{}, int64(0)
	for key, p := range positions {
		sums[key.Currency] += p.Minor
		earned += p.Unrealised + p.Realised
		if p.Minor == 0 && (p.Cost != 0 || p.Unrealised != 0) {
			t.Fatalf("a closed position costs %d and is worth %d more", p.Cost, p.Unrealised)
		}
		if !key.ValueDate.IsZero() && !key.ValueDate.After(today) && p.Minor != 0 {
			t.Fatalf("%+v has matured and is open", p)
		}
	}
	for currency, want := range amounts {
		if sums[currency] != want {
			t.Fatalf("%d %s became %d", want, currency, sums[currency])
		}
	}
	if earned != profit {
		t.Fatalf("unrealised and realised are %d, the gains %d", earned, profit)
	}
}
