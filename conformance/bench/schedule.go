package bench

import (
	"math"
	"math/rand/v2"
	"time"
)

// poisson returns the arrivals of independent customers: the given number of times
// from the start, on average rate a second. The same seed gives the same arrivals.
func poisson(count int, rate float64, seed uint64) []time.Duration {
	random := rand.New(rand.NewPCG(seed, 1))
	arrivals := make([]time.Duration, count)
	at := 0.0
	for i := range arrivals {
		at -= math.Log(1-random.Float64()) / rate
		arrivals[i] = time.Duration(at * float64(time.Second))
	}
	return arrivals
}

// Mix says what kinds of payments there are, as shares of all.
type Mix struct {
	// Hot is the share of the first wallet; 0 spreads evenly.
	Hot float64 `json:"hot"`
	// Decline is the share that wallets refuse, Timeout the share that they never
	// answer.
	Decline float64 `json:"decline"`
	Timeout float64 `json:"timeout"`
}

// pick is one payment of a mix.
type pick struct {
	acquirer, wallet int
	behaviour        behaviour
}

// behaviour is what a wallet does about a payment.
type behaviour byte

const (
	approve behaviour = 'a'
	decline behaviour = 'd'
	silent  behaviour = 's'
)

// mixed draws payments. The same seed gives the same ones.
func mixed(count, acquirers, wallets int, mix Mix, seed uint64) []pick {
	random := rand.New(rand.NewPCG(seed, 2))
	picks := make([]pick, count)
	for i := range picks {
		p := pick{acquirer: i % acquirers, wallet: random.IntN(wallets), behaviour: approve}
		if random.Float64() < mix.Hot {
			p.wallet = 0
		} else if mix.Hot > 0 && wallets > 1 {
			p.wallet = 1 + random.IntN(wallets-1)
		}
		switch chance := random.Float64(); {
		case chance < mix.Decline:
			p.behaviour = decline
		case chance < mix.Decline+mix.Timeout:
			p.behaviour = silent
		}
		picks[i] = p
	}
	return picks
}
