package fx_test

import (
	"math/big"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/money"
)

// exactly says how much of the second currency one unit of the first costs (or
// brings) at a source, and what the source takes between bid and ask.
func exactly(r fx.Reference, from money.Currency, side fx.Side) (price, spread *big.Rat) {
	low, high := value(r.Bid), value(r.Ask)
	spread = new(big.Rat).Sub(new(big.Rat).Quo(high, low), big.NewRat(1, 1))
	switch {
	case r.Rate.Base == from && side == fx.PayIn:
		return high, spread
	case r.Rate.Base == from:
		return low, spread
	case side == fx.PayIn:
		return low.Inv(low), spread
	default:
		return high.Inv(high), spread
	}
}

// chain is one way by hand.
type chain struct {
	price, spread *big.Rat
	hops          int
}

// search tries every way of up to three hops through the pivots and returns the
// best: fewest hops, then least spread. It knows nothing of the board's order.
func search(references []fx.Reference, pivots []money.Currency, from, into money.Currency, side fx.Side) (best chain) {
	hop := func(a, b money.Currency) (price, spread *big.Rat) {
		for _, r := range references {
			if r.Rate.Pair() != string(a+"/"+b) && r.Rate.Pair() != string(b+"/"+a) {
				continue
			}
			p, s := exactly(r, a, side)
			if price == nil || side == fx.PayIn && p.Cmp(price) < 0 || side == fx.PayOut && p.Cmp(price) > 0 {
				price, spread = p, s
			}
		}
		return price, spread
	}
	try := func(places ...money.Currency) {
		c := chain{price: big.NewRat(1, 1), spread: new(big.Rat), hops: len(places) - 1}
		for i := range c.hops {
			price, spread := hop(places[i], places[i+1])
			if price == nil {
				return
			}
			c.price.Mul(c.price, price)
			c.spread.Add(c.spread, spread)
		}
		if best.hops == 0 || c.hops < best.hops || c.hops == best.hops && c.spread.Cmp(best.spread) < 0 {
			best = c
		}
	}
	try(from, into)
	for _, p := range pivots {
		if p != from && p != into {
			try(from, p, into)
		}
	}
	for _, p := range pivots {
		for _, q := range pivots {
			if p != q && !slices.Contains([]money.Currency{from, into}, p) && !slices.Contains([]money.Currency{from, into}, q) {
				try(from, p, q, into)
			}
		}
	}
	return best
}

// The board prices by the way that a search over all ways finds. Spreads are far
// enough apart that parts per billion tell them apart.
func TestTheWayIsTheBestOfAll(t *testing.T) {
	places := []money.Currency{"THB", "KRW", "EUR", "USD", "SGD", "KWD"}
	found := map[int]int{}
	rapid.Check(t, func(t *rapid.T) {
		pivots := []money.Currency{"EUR", "USD", "SGD"}
		var references []fx.Reference
		// A way of one to three hops is always there; what comes beside it may be
		// shorter.
		way := append([]money.Currency{"THB"}, pivots[:rapid.IntRange(0, 2).Draw(t, "pivots between")]...)
		way = append(way, "KRW")
		for i := range len(way) - 1 + rapid.IntRange(0, 5).Draw(t, "more rates") {
			pair := rapid.SliceOfNDistinct(rapid.SampledFrom(places), 2, 2, rapid.ID).Draw(t, "pair")
			if i < len(way)-1 {
				pair = way[i : i+2]
			}
			mid := money.Rate{Base: pair[0], Quote: pair[1], Mantissa: rapid.Int64Range(1_000_000, 900_000_000).Draw(t, "rate"), Scale: 6}
			bid, ask := mid, mid
			// Each source its own spread, a multiple of 0.1 percent.
			bid.Mantissa = mid.Mantissa - mid.Mantissa/1000*int64(i+1)
			ask.Mantissa = mid.Mantissa + mid.Mantissa/1000*int64(1<<i)/8
			references = append(references, fx.Reference{Rate: mid, Bid: bid, Ask: ask, ObservedAt: noon, Source: string(rune('A' + i))})
		}
		board, err := fx.Rules{Pivots: pivots, Default: fx.Guard{FreshFor: time.Hour}}.Board(references, nil)
		if err != nil {
			t.Fatal(err)
		}
		side := rapid.SampledFrom([]fx.Side{fx.PayIn, fx.PayOut}).Draw(t, "side")
		question := fx.Ask{Amount: money.New(1_000_000_000, "THB"), Into: "KRW", Side: side, Rounding: money.HalfEven, At: noon}
		price, err := board.Price(question)
		want := search(references, pivots, "THB", "KRW", side)
		if (err == nil) != (want.hops > 0) {
			t.Fatalf("priced: %v; a way of %d hops", err, want.hops)
		}
		if err != nil {
			return
		}
		found[want.hops]++
		exact := new(big.Rat).Mul(want.price, minorUnits(question))
		tolerance := new(big.Rat).Add(big.NewRat(1, 1), new(big.Rat).Quo(exact, new(big.Rat).SetInt64(10_000_000_000)))
		near(t, "price", price.To.Minor, exact, tolerance)
	})
	for hops := 1; hops <= 3; hops++ {
		// A short run is a fifth of a run, which may miss what is rare.
		if found[hops] == 0 && !testing.Short() {
			t.Errorf("no way of %d hops was tried", hops)
		}
	}
	t.Logf("ways by their hops: %v", found)
}

// Many who state rates and many who price at once: no rate is lost, and no price
// mixes two boards.
func TestADeskUnderLoad(t *testing.T) {
	desk := &fx.Desk{}
	desk.Replace(board(t, reference(t, "EUR", "USD", "1")))
	var stating, pricing sync.WaitGroup
	stop := make(chan struct{})
	for i := range 4 {
		currency := []money.Currency{"JPY", "THB", "KRW", "SGD"}[i]
		stating.Go(func() {
			for n := range 200 {
				r := reference(t, "EUR", currency, "2")
				r.ObservedAt, r.Rate.Mantissa = noon.Add(time.Duration(n)), int64(n+1)
				if err := desk.Quote([]fx.Reference{r}); err != nil {
					t.Error(err)
				}
			}
		})
		pricing.Go(func() {
			last := int64(0)
			for {
				select {
				case <-stop:
					return
				default:
				}
				price, err := desk.Price(fx.Ask{Amount: money.New(100, "EUR"), Into: currency, Side: fx.PayIn, Rounding: money.Down, At: noon})
				if err != nil {
					continue
				}
				if price.To.Minor < last {
					t.Errorf("%s went back from %d to %d", currency, last, price.To.Minor)
				}
				last = price.To.Minor
			}
		})
	}
	stating.Wait()
	close(stop)
	pricing.Wait()
	rows := desk.Board().Rows(noon)
	if len(rows) != 5 {
		t.Errorf("%d rates", len(rows))
	}
	for _, row := range rows {
		if row.Rate.Quote != "USD" && row.Rate.Mantissa != 200 {
			t.Errorf("the last rate of %s is lost: %s", row.Rate.Pair(), row.Rate)
		}
	}
	if err := desk.Quote([]fx.Reference{{}}); err == nil || len(desk.Board().Rows(noon)) != 5 {
		t.Error("a rate that is none changed the board")
	}
}
