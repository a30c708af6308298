package fees_test

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/settlement/fees"
)

// exactly is what a line charges for what was paid, returned and counted, by numbers
// without bounds.
func exactly(l fees.Line, payments, paid, returned int64) int64 {
	points := new(big.Int).Mul(new(big.Int).Sub(big.NewInt(paid), big.NewInt(returned)), big.NewInt(l.Points))
	share := halfEven(points, 10_000)
	share.Add(share, new(big.Int).Mul(big.NewInt(l.Fixed), big.NewInt(payments)))
	if paid >= returned {
		if share.Cmp(big.NewInt(l.Least)) < 0 {
			share.SetInt64(l.Least)
		}
		if l.Most > 0 && share.Cmp(big.NewInt(l.Most)) > 0 {
			share.SetInt64(l.Most)
		}
	}
	if l.Paid {
		share.Neg(share)
	}
	return share.Int64()
}

// halfEven divides with the rounding that banks use, on either side of zero.
func halfEven(n *big.Int, by int64) *big.Int {
	quotient, rest := new(big.Int).QuoRem(new(big.Int).Abs(n), big.NewInt(by), new(big.Int))
	switch twice := rest.Lsh(rest, 1); twice.Cmp(big.NewInt(by)) {
	case 1:
		quotient.Add(quotient, big.NewInt(1))
	case 0:
		quotient.Add(quotient, new(big.Int).And(quotient, big.NewInt(1)))
	}
	if n.Sign() < 0 {
		quotient.Neg(quotient)
	}
	return quotient
}

// TestChargesAtTheLimits: up to the limits of lines and windows a charge is exact to the
// unit; nothing wraps round.
func TestChargesAtTheLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := line(fees.Scheme, "A", rapid.Int64Range(0, 10_000).Draw(t, "points"), rapid.Int64Range(0, 1e9).Draw(t, "fixed"))
		l.Least = rapid.Int64Range(0, 1e15-1).Draw(t, "least")
		l.Most = rapid.SampledFrom([]int64{0, 1e15 - 1}).Draw(t, "most")
		l.Paid = rapid.Bool().Draw(t, "paid to the participant")
		if err := l.Check(); err != nil {
			t.Fatal(err)
		}
		const most = int64(4e18)
		payments := rapid.Int64Range(0, 1e9).Draw(t, "payments")
		paid, returned := rapid.Int64Range(0, most).Draw(t, "paid"), rapid.Int64Range(0, most).Draw(t, "returned")
		v := volume("A", "HK-JP", payments, paid, returned)
		charges, err := fees.Charges([]fees.Line{l}, []fees.Volume{v}, summer)
		if err != nil {
			t.Fatal(err)
		}
		got := int64(0)
		for _, c := range charges {
			got += c.Amount.Minor
		}
		if want := exactly(l, payments, paid, returned); got != want || len(charges) > 1 || (got == 0) != (len(charges) == 0) {
			t.Fatalf("%d by %d charges, want %d", got, len(charges), want)
		}
	})
}

// TestNarrowestLineCounts: of all lines that are about a volume the one that names most
// counts, the participant before the corridor before the product, then the newest; what
// is not yet effective does not, and the order of lines never matters.
func TestNarrowestLineCounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := func(of, label string) string {
			return rapid.SampledFrom([]string{"", of, "OTHER"}).Draw(t, label)
		}
		var lines []fees.Line
		rank := func(l fees.Line) (rank int64) {
			for _, named := range []string{l.ParticipantID, l.Corridor, l.Product} {
				if rank *= 2; named != "" {
					rank++
				}
			}
			return rank*1_000 + int64(l.EffectiveAt.Sub(spring)/time.Hour)
		}
		best, want := int64(-1), int64(0)
		for i := range rapid.IntRange(0, 12).Draw(t, "lines") {
			l := line(fees.Scheme, name("A", "participant"), 0, int64(i+1)) // the charge tells which line it was
			l.Corridor, l.Product = name("HK-JP", "corridor"), name("PaymentCode", "product")
			l.EffectiveAt = spring.Add(time.Duration(rapid.IntRange(0, 999).Draw(t, "hours")) * time.Hour)
			same := func(o fees.Line) bool {
				return rank(o) == rank(l) && o.ParticipantID == l.ParticipantID && o.Corridor == l.Corridor
			}
			if slices.ContainsFunc(lines, same) {
				continue // no two lines are about the same from the same moment on
			}
			lines = append(lines, l)
			about := l.ParticipantID != "OTHER" && l.Corridor != "OTHER" && l.Product != "OTHER"
			if about && !l.EffectiveAt.After(spring.Add(500*time.Hour)) && rank(l) > best {
				best, want = rank(l), l.Fixed
			}
		}
		rand.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		charges, err := fees.Charges(lines, []fees.Volume{volume("A", "HK-JP", 1, 100, 0)}, spring.Add(500*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		got := int64(0)
		for _, c := range charges {
			got += c.Amount.Minor
		}
		if got != want || len(charges) > 1 {
			t.Fatalf("line %d counts, want %d of %+v", got, want, lines)
		}
	})
}
