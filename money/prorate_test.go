package money_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/money"
)

func TestProrate(t *testing.T) {
	cases := []struct {
		total       int64
		part, whole int64
		want        int64
	}{
		{7543, 1500, 1500, 7543},
		{7543, 0, 1500, 0},
		{7543, 500, 1500, 2514},
		{-3, 500, 1500, -1},
		{1, 1, 2, 0}, // tie to even
		{3, 1, 2, 2}, // tie to even
	}
	for _, c := range cases {
		got, err := money.Prorate(money.New(c.total, "HKD"), c.part, c.whole, money.HalfEven)
		if err != nil || got.Minor != c.want {
			t.Errorf("Prorate(%d, %d/%d) = %v, %v; want %d", c.total, c.part, c.whole, got, err, c.want)
		}
	}
	for _, c := range [][2]int64{{-1, 5}, {6, 5}, {0, 0}} {
		if got, err := money.Prorate(money.New(10, "HKD"), c[0], c[1], money.HalfEven); err == nil {
			t.Errorf("Prorate(10, %d/%d) = %v, want an error", c[0], c[1], got)
		}
	}
}

// TestProrateAddsUp splits a total by a random sequence of parts: the shares,
// taken as differences, are the total to the unit.
func TestProrateAddsUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := money.New(rapid.Int64Range(-1e15, 1e15).Draw(t, "total"), "HKD")
		parts := rapid.SliceOfN(rapid.Int64Range(1, 1e12), 1, 12).Draw(t, "parts")
		var whole int64
		for _, part := range parts {
			whole += part
		}
		var before, sum int64
		for _, part := range parts {
			from, _ := money.Prorate(total, before, whole, money.HalfEven)
			to, err := money.Prorate(total, before+part, whole, money.HalfEven)
			if err != nil {
				t.Fatal(err)
			}
			sum += to.Minor - from.Minor
			before += part
		}
		if sum != total.Minor {
			t.Fatalf("shares of %s by %v add up to %d", total, parts, sum)
		}
	})
}
