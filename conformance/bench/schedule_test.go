package bench

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestPoisson: arrivals ascend, come at the rate, and are as irregular as those of
// independent customers, whose gaps deviate by their mean.
func TestPoisson(t *testing.T) {
	arrivals := poisson(100_000, 500, 7)
	if !slices.IsSorted(arrivals) {
		t.Fatal("arrivals do not ascend")
	}
	if last := arrivals[len(arrivals)-1].Seconds(); math.Abs(last-200) > 3 {
		t.Errorf("100,000 arrivals at 500 a second took %.1f s", last)
	}
	mean, square := 0.0, 0.0
	for i := 1; i < len(arrivals); i++ {
		gap := (arrivals[i] - arrivals[i-1]).Seconds()
		mean, square = mean+gap, square+gap*gap
	}
	mean /= float64(len(arrivals) - 1)
	deviation := math.Sqrt(square/float64(len(arrivals)-1) - mean*mean)
	if math.Abs(deviation/mean-1) > 0.03 {
		t.Errorf("gaps of %.5f s deviate by %.5f s", mean, deviation)
	}
}

func TestScheduleIsFixedBySeed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		count, seed := rapid.IntRange(1, 200).Draw(t, "count"), rapid.Uint64().Draw(t, "seed")
		rate := rapid.Float64Range(1, 20_000).Draw(t, "rate")
		first := poisson(count, rate, seed)
		if !slices.Equal(first, poisson(count, rate, seed)) {
			t.Fatal("the same seed, other arrivals")
		}
		if len(first) != count || first[0] < 0 || !slices.IsSorted(first) {
			t.Fatalf("%v", first)
		}
	})
}

func TestMixed(t *testing.T) {
	const count = 200_000
	for _, test := range []struct {
		name               string
		acquirers, wallets int
		mix                Mix
		first              float64 // share of the first wallet
	}{
		{"even", 10, 10, Mix{}, 0.1},
		{"hot", 10, 10, Mix{Hot: 0.7}, 0.7},
		{"hot with nobody else", 1, 1, Mix{Hot: 0.7}, 1},
		{"declined and silent", 1, 4, Mix{Decline: 0.05, Timeout: 0.01}, 0.25},
		{"all silent", 1, 2, Mix{Timeout: 1}, 0.5},
	} {
		t.Run(test.name, func(t *testing.T) {
			first, declined, timeout := 0, 0, 0
			for i, p := range mixed(count, test.acquirers, test.wallets, test.mix, 3) {
				if p.wallet >= test.wallets || p.acquirer != i%test.acquirers {
					t.Fatalf("payment %d: %+v", i, p)
				}
				if p.wallet == 0 {
					first++
				}
				switch p.behaviour {
				case decline:
					declined++
				case silent:
					timeout++
				}
			}
			for what, pair := range map[string][2]float64{
				"first": {float64(first), test.first}, "decline": {float64(declined), test.mix.Decline},
				"timeout": {float64(timeout), test.mix.Timeout},
			} {
				if share := pair[0] / count; math.Abs(share-pair[1]) > 0.005 {
					t.Errorf("%s: %.4f, want %.4f", what, share, pair[1])
				}
			}
		})
	}
}

// TestArrivalsEase: twice the capacity until the end of the load, then half of it.
func TestArrivalsEase(t *testing.T) {
	plan := Plan{
		Rate: 1000, Duration: 2 * time.Second, EaseRate: 100, Ease: time.Second, Seed: 1,
		Payments: make([]PlanPayment, 5000),
	}
	arrivals, end := plan.arrivals()
	before, _ := slices.BinarySearch(arrivals, plan.Duration)
	if end != 3*time.Second || !slices.IsSorted(arrivals) || arrivals[len(arrivals)-1] >= end {
		t.Fatalf("%d arrivals until %s, the last %s", len(arrivals), end, arrivals[len(arrivals)-1])
	}
	if after := len(arrivals) - before; before < 1850 || before > 2150 || after < 60 || after > 140 {
		t.Errorf("%d before and %d after", before, after)
	}
	plan.Ease = 0
	if only, end := plan.arrivals(); len(only) != before || end != plan.Duration {
		t.Errorf("%d arrivals until %s without ease", len(only), end)
	}
}

func TestArrivalsMostIsEnough(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate := rapid.Float64Range(1, 5000).Draw(t, "rate")
		duration := time.Duration(rapid.Int64Range(int64(time.Second), int64(5*time.Second)).Draw(t, "duration"))
		arrivals := poisson(arrivalsMost(rate, duration), rate, rapid.Uint64().Draw(t, "seed"))
		if last := arrivals[len(arrivals)-1]; last < duration {
			t.Fatalf("%d arrivals at %.0f a second end after %s of %s", len(arrivals), rate, last, duration)
		}
	})
}
