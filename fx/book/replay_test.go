package book_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"maps"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/fx/book"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/db/dbtest"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
)

// quotes are the rates of one day: units of each currency for one euro, as text.
type quotes struct {
	day   time.Time
	rates map[money.Currency]string
}

var traded = []money.Currency{"USD", "JPY", "GBP", "HKD", "KRW", "SGD", "THB", "IDR", "CNY", "PHP"}

// published reads a file of the ECB, oldest day first.
func published(t *testing.T, path string) []quotes {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer func() { _ = file.Close() }()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var days []quotes
	for _, row := range rows[1:] {
		at, err := time.Parse(time.DateOnly, row[0])
		if err != nil {
			t.Fatal(err)
		}
		q := quotes{at, map[money.Currency]string{}}
		for i, name := range rows[0] {
			if slices.Contains(traded, money.Currency(name)) {
				q.rates[money.Currency(name)] = row[i]
			}
		}
		days = append(days, q)
	}
	slices.Reverse(days)
	return days
}

// walked makes up days: every rate moves by up to two percent a day.
func walked(random *rand.Rand, count int) []quotes {
	at, levels := time.Date(2019, 1, 2, 0, 0, 0, 0, time.UTC), map[money.Currency]int64{}
	var days []quotes
	for range count {
		q := quotes{at, map[money.Currency]string{}}
		for i, currency := range traded {
			if levels[currency] == 0 {
				levels[currency] = 10_000 + 7_777_777*int64(i)
			}
			levels[currency] += levels[currency] * (random.Int64N(401) - 200) / 10_000
			q.rates[currency] = fmt.Sprintf("%d.%04d", levels[currency]/10_000, levels[currency]%10_000)
		}
		days = append(days, q)
		at = at.AddDate(0, 0, 1)
	}
	return days
}

func (q quotes) board(t *testing.T) *fx.Board {
	t.Helper()
	var references []fx.Reference
	for currency, text := range q.rates {
		rate, err := money.ParseRate("EUR", currency, text)
		if err != nil {
			t.Fatal(err)
		}
		references = append(references, fx.Reference{Rate: rate, ObservedAt: q.day, Source: "ECB"})
	}
	b, err := fx.NewBoard(references, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// euro is what an amount is worth in cents, rounded half to even, by arithmetic
// that shares nothing with the product.
func (q quotes) euro(minor int64, currency money.Currency) int64 {
	rate, _ := new(big.Rat).SetString(q.rates[currency])
	exponents := map[money.Currency]int64{"JPY": 1, "KRW": 1}
	units := int64(100)
	if e, found := exponents[currency]; found {
		units = e
	}
	cents := new(big.Rat).SetFrac64(minor, units)
	return nearest(cents.Quo(cents, rate).Mul(cents, big.NewRat(100, 1)))
}

func nearest(exact *big.Rat) int64 {
	doubled := new(big.Int).Mul(exact.Num(), big.NewInt(2))
	doubled.Add(doubled, exact.Denom())
	whole, rest := new(big.Int).DivMod(doubled, new(big.Int).Mul(exact.Denom(), big.NewInt(2)), new(big.Int))
	if rest.Sign() == 0 && whole.Bit(0) == 1 {
		whole.Sub(whole, big.NewInt(1)) // a tie goes to the even neighbour
	}
	return whole.Int64()
}

// trade makes the flows of one day: payments and returns of three corridors, and
// now and then a deal of the treasury.
func trade(t *testing.T, random *rand.Rand, q quotes, marker fx.Marker) []book.Flow {
	t.Helper()
	var flows []book.Flow
	parties := []struct{ corridor, wallet, acquirer, payer, merchant string }{
		{"HK-JP", "HK-WALLET", "JP-ACQUIRER", "HKD", "JPY"}, {"KR-TH", "KR-WALLET", "TH-ACQUIRER", "KRW", "THB"},
		{"GB-SG", "GB-WALLET", "SG-ACQUIRER", "GBP", "SGD"},
	}
	for range 1 + random.IntN(4) {
		p := parties[random.IntN(len(parties))]
		merchant := money.Currency(p.merchant)
		amount := 1 + random.Int64N(10_000_000)
		cost := q.euro(amount, merchant)
		rate, _ := new(big.Rat).SetString(q.rates[money.Currency(p.payer)])
		payerMinor := nearest(rate.Mul(rate, big.NewRat(cost, 1)))
		if p.payer == "KRW" {
			payerMinor /= 100
		}
		sign := int64(1)
		if random.IntN(5) == 0 {
			sign = -1
		}
		due := q.day.AddDate(0, 0, 1+random.IntN(4))
		for i, leg := range []book.Flow{
			{Key: book.Key{Corridor: p.corridor, PartnerID: p.wallet, Currency: money.Currency(p.payer), ValueDate: due},
				Minor: sign * payerMinor, Cost: sign * cost, Income: sign * (payerMinor / 200), IncomeWorth: sign * cost / 200},
			{Key: book.Key{Corridor: p.corridor, PartnerID: p.acquirer, Currency: merchant, ValueDate: due},
				Minor: -sign * amount, Cost: -sign * cost},
		} {
			leg.ID, leg.SubjectID, leg.Region, leg.At = ids.New(), ids.New(), "asia-1", q.day.Add(time.Duration(i)*time.Hour)
			flows = append(flows, leg)
		}
	}
	if random.IntN(3) == 0 {
		deal := book.Deal{ID: ids.New(), Region: "asia-1", Counterparty: "BANK", Reference: ids.New().String()[:30],
			Buy: money.New(1+random.Int64N(20_000_000), "JPY"), Sell: money.New(1+random.Int64N(1_000_000), "HKD"),
			ValueDate: q.day.AddDate(0, 0, 2), At: q.day}
		some, err := deal.Flows(marker, "EUR")
		if err != nil {
			t.Fatal(err)
		}
		if want := q.euro(deal.Sell.Minor, "HKD"); some[0].Cost != want || some[1].Cost != -want {
			t.Fatalf("the deal costs %d, want %d", some[0].Cost, want)
		}
		flows = append(flows, some...)
	}
	return flows
}

// reckoning is the book by hand: what each position is, from the flows and the
// published texts alone.
type reckoning struct {
	open map[string]*entry
	// spent sums the costs of all flows, realised what has become final.
	spent, realised int64
}

// entry is one position by hand.
type entry struct {
	corridor, partner string
	currency          money.Currency
	due               string
	minor, cost       int64
	unrealised        int64
}

func (r *reckoning) at(corridor, partner string, currency money.Currency, due string) *entry {
	key := corridor + "\t" + partner + "\t" + string(currency) + "\t" + due
	if r.open[key] == nil {
		r.open[key] = &entry{corridor: corridor, partner: partner, currency: currency, due: due}
	}
	return r.open[key]
}

func (r *reckoning) enter(flows []book.Flow) {
	for _, f := range flows {
		e := r.at(f.Corridor, f.PartnerID, f.Currency, f.ValueDate.Format(time.DateOnly))
		e.minor, e.cost, r.spent = e.minor+f.Minor, e.cost+f.Cost, r.spent+f.Cost
	}
}

// close values everything on a day and returns what was gained and realised on
// it, and what everything was worth.
func (r *reckoning) close(q quotes) (gain, realised, worth int64) {
	before, realisedBefore := r.profit(), r.realised
	for _, e := range r.open {
		e.unrealised = q.euro(e.minor, e.currency) - e.cost
		worth += q.euro(e.minor, e.currency)
	}
	today := q.day.Format(time.DateOnly)
	for _, key := range slices.Sorted(maps.Keys(r.open)) {
		if e := r.open[key]; e.due <= today && e.due != "" {
			r.at("", book.Treasury, e.currency, "").close(r, e.minor, q.euro(e.minor, e.currency))
			r.realised += e.unrealised
			delete(r.open, key)
		}
	}
	for _, e := range r.open {
		if e.minor == 0 {
			r.realised, e.cost, e.unrealised = r.realised-e.cost, 0, 0
		}
	}
	return r.profit() - before, r.realised - realisedBefore, worth
}

func (e *entry) close(r *reckoning, minor, worth int64) {
	if e.minor > 0 && minor < 0 || e.minor < 0 && minor > 0 {
		part := new(big.Rat).SetFrac64(min(abs(minor), abs(e.minor)), abs(e.minor))
		profit := nearest(part.Mul(part, new(big.Rat).SetInt64(e.unrealised)))
		r.realised, e.unrealised, e.cost = r.realised+profit, e.unrealised-profit, e.cost+profit
	}
	e.minor, e.cost = e.minor+minor, e.cost+worth
}

func abs(n int64) int64 { return max(n, -n) }

func (r *reckoning) profit() int64 {
	sum := r.realised
	for _, e := range r.open {
		sum += e.unrealised
	}
	return sum
}

// replay enters the trade of every day and closes the book every evening, on a
// real database, and compares each day with the reckoning by hand.
func replay(t *testing.T, pool *db.Pool, days []quotes) {
	t.Helper()
	random := rand.New(rand.NewPCG(1900, 5))
	hand := &reckoning{open: map[string]*entry{}}
	payments := 0
	for i, q := range days {
		board := q.board(t)
		flows := trade(t, random, q, board)
		payments += len(flows)
		v := book.Valuation{ID: ids.New(), Region: "asia-1", Day: q.day.Add(23 * time.Hour), Currency: "EUR", At: q.day}
		err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			if err := book.Enter(ctx, tx, flows); err != nil {
				return err
			}
			return book.Close(ctx, tx, board, &v)
		})
		if err != nil {
			t.Fatal(err)
		}
		hand.enter(flows)
		gain, realised, worth := hand.close(q)
		if v.Gain != gain || v.Realised != realised {
			t.Fatalf("%s: gained %d and realised %d, by hand %d and %d", q.day, v.Gain, v.Realised, gain, realised)
		}
		// However it was handed over and closed: the profit of all time is what
		// everything was worth today less what it has cost.
		if hand.profit() != worth-hand.spent {
			t.Fatalf("%s: profit %d is not worth %d less cost %d", q.day, hand.profit(), worth, hand.spent)
		}
		if i%97 == 0 || i == len(days)-1 {
			comparePositions(t, pool, hand)
		}
	}
	t.Logf("%d flows on %d days from %s to %s", payments, len(days), days[0].day.Format(time.DateOnly),
		days[len(days)-1].day.Format(time.DateOnly))
}

func comparePositions(t *testing.T, pool *db.Pool, hand *reckoning) {
	t.Helper()
	positions, err := book.Open(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	profits, err := book.Profits(t.Context(), pool)
	if err != nil {
		t.Fatal(err)
	}
	var realised int64
	for _, p := range profits {
		realised += p.Realised
	}
	type figures struct{ Minor, Cost, Unrealised int64 }
	got, want := map[string]figures{}, map[string]figures{}
	for _, p := range positions {
		due := p.ValueDate.Format(time.DateOnly)
		if p.ValueDate.IsZero() {
			due = ""
		}
		if f := (figures{p.Minor, p.Cost, p.Unrealised}); f != (figures{}) {
			got[p.Corridor+"\t"+p.PartnerID+"\t"+string(p.Currency)+"\t"+due] = f
		}
	}
	for key, e := range hand.open {
		if f := (figures{e.minor, e.cost, e.unrealised}); f != (figures{}) {
			want[key] = f
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || realised != hand.realised {
		t.Fatalf("realised %d, by hand %d\n%s", realised, hand.realised, diff)
	}
}

func each(t *testing.T, body func(t *testing.T, pool *db.Pool)) {
	t.Helper()
	migrations, err := book.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, body, migrations)
}

// Sixty days of the ECB's rates with random payments, returns and deals give the
// book that they give by hand, to the unit.
func TestReplayOfPublishedRates(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		days := published(t, filepath.Join("testdata", "eurofxref-sample.csv"))
		if len(days) != 60 {
			t.Fatalf("%d days", len(days))
		}
		replay(t, pool, days)
	})
}

// The same over 1,900 days: the published history where it lies beside the
// repository, and a walk of the same length where not.
func TestReplayOf1900Days(t *testing.T) {
	if testing.Short() {
		t.Skip("long")
	}
	each(t, func(t *testing.T, pool *db.Pool) {
		days := published(t, filepath.Join("..", "..", "..", "shared", "data", "fx", "eurofxref-2019-2026.csv"))
		if days == nil {
			days = walked(rand.New(rand.NewPCG(19, 0)), 1900)
		}
		replay(t, pool, days)
	})
}

func TestTheWalkIsAHistory(t *testing.T) {
	days := walked(rand.New(rand.NewPCG(19, 0)), 1900)
	if len(days) != 1900 || len(days[1899].rates) != len(traded) {
		t.Fatalf("%d days", len(days))
	}
	for _, q := range days {
		q.board(t)
		for currency, text := range q.rates {
			if units, err := strconv.ParseFloat(text, 64); err != nil || units <= 0 {
				t.Fatalf("%s is %q on %s", currency, text, q.day)
			}
		}
	}
}
