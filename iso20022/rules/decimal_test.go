package rules

import (
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// rational is the number by another arithmetic.
func rational(d decimal) *big.Rat {
	fraction := new(big.Rat).SetFrac(new(big.Int).SetUint64(d.fraction), big.NewInt(fractionOne))
	return fraction.Add(fraction, new(big.Rat).SetInt(new(big.Int).SetUint64(d.whole)))
}

func TestParseDecimal(t *testing.T) {
	for text, want := range map[string]string{
		"0": "0", "1": "1", "10.50": "21/2", "+5": "5", "5.": "5", ".5": "1/2", "007": "7",
		"0.000000000000000001": "1/1000000000000000000",
		"999999999999999999":   "999999999999999999", "0.30": "3/10", "1.100000000000000000000000": "11/10",
	} {
		d, ok := parseDecimal([]byte(text))
		if expected, _ := new(big.Rat).SetString(want); !ok || rational(d).Cmp(expected) != 0 {
			t.Errorf("%q = %v, %v; want %s", text, rational(d), ok, want)
		}
	}
	for _, text := range []string{"", ".", "+", "-1", "-0", "1e3", "1.2.3", "1,5", "NaN", "INF", "0x1", " 1", "1 ", "1.a",
		"0.0000000000000000001", "99999999999999999999"} {
		if d, ok := parseDecimal([]byte(text)); ok {
			t.Errorf("%q was read as %v", text, rational(d))
		}
	}
}

// amountText draws a number as the standard's widest type allows it.
func amountText(t *rapid.T) string {
	digits := rapid.StringMatching(`[0-9]{1,18}`).Draw(t, "digits")
	point := rapid.IntRange(0, len(digits)).Draw(t, "point")
	text := digits[:point] + "." + digits[point:]
	return rapid.SampledFrom([]string{text, strings.TrimRight(text, "."), text + "00"}).Draw(t, "text")
}

func TestParseDecimalIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := amountText(t)
		d, ok := parseDecimal([]byte(text))
		want, understood := new(big.Rat).SetString(text)
		if !ok || !understood || rational(d).Cmp(want) != 0 {
			t.Fatalf("%q = %v, %v; want %v", text, rational(d), ok, want)
		}
	})
}

// TestTotals: a total differs from every number but its sum, to the last digit.
func TestTotals(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.Custom(amountText), 0, 8).Draw(t, "amounts")
		var sum total
		exact := new(big.Rat)
		for _, text := range texts {
			sum.add([]byte(text))
			amount, _ := new(big.Rat).SetString(text)
			exact.Add(exact, amount)
		}
		if sum.unknown || sum.over || rational(sum.sum).Cmp(exact) != 0 {
			t.Fatalf("sum of %q = %v, want %v", texts, sum, exact)
		}
		if sum.differs([]byte(exact.FloatString(18))) {
			t.Fatalf("%v differs from itself", exact)
		}
		more := new(big.Rat).Add(exact, big.NewRat(1, fractionOne))
		if !sum.differs([]byte(more.FloatString(18))) {
			t.Fatalf("%v does not differ from %v", exact, more)
		}
	})
}

func TestTotalsThatProveNothing(t *testing.T) {
	var unknown total
	unknown.add([]byte("1"))
	unknown.add([]byte("one"))
	if unknown.differs([]byte("5")) {
		t.Error("a sum of what is no number proves something")
	}
	var over total
	for range 10 {
		over.add([]byte("9000000000000000000"))
	}
	if !over.over || !over.differs([]byte(over.sum.text())) {
		t.Error("an overflow was taken for a sum")
	}
}

// text writes the digits before the point.
func (d decimal) text() string { return new(big.Int).SetUint64(d.whole).String() }

func TestCount(t *testing.T) {
	for text, want := range map[string]uint64{"0": 0, "2": 2, "000000000000007": 7, "999999999999999": 999999999999999} {
		if n, ok := count([]byte(text)); !ok || n != want {
			t.Errorf("%q counts %d, %v", text, n, ok)
		}
	}
	for _, text := range []string{"", "-1", "1.5", "x"} {
		if n, ok := count([]byte(text)); ok {
			t.Errorf("%q counts %d", text, n)
		}
	}
}

// TestOverflow: a total is over exactly if its sum needs more than 64 bits before
// the point, and one that is over is no number.
func TestOverflow(t *testing.T) {
	limit := new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1), 64))
	rapid.Check(t, func(t *rapid.T) {
		var sum total
		exact, over := new(big.Rat), false
		for range rapid.IntRange(1, 40).Draw(t, "amounts") {
			text := rapid.StringMatching(`[89][0-9]{17}(\.[0-9]{0,3})?`).Draw(t, "amount")
			sum.add([]byte(text))
			amount, _ := new(big.Rat).SetString(strings.TrimSuffix(text, "."))
			exact.Add(exact, amount)
			over = over || exact.Cmp(limit) >= 0
		}
		if sum.over != over {
			t.Fatalf("%v is over: %v", exact, sum.over)
		}
		if !over && sum.differs([]byte(exact.FloatString(18))) == readable(exact) {
			t.Fatalf("%v differs from itself", exact)
		}
		if over && !sum.differs([]byte(rational(sum.sum).FloatString(18))) {
			t.Fatalf("%v was taken for a sum", exact)
		}
	})
}

// readable reports whether a number can be stated at all.
func readable(n *big.Rat) bool {
	_, ok := parseDecimal([]byte(n.FloatString(18)))
	return ok
}

// TestLedgers: debits and credits of many currencies are balanced exactly if they
// are in each of them.
func TestLedgers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		currencies := rapid.SampledFrom([]string{"EUR", "USD", "HKD", "JPY"})
		var l ledger
		nets := map[string]int64{}
		put := func(currency string, credit bool, amount int64) {
			a := l.account([]byte(currency))
			if credit {
				a.credit.add([]byte(big.NewInt(amount).String()))
				nets[currency] += amount
			} else {
				a.debits.add([]byte(big.NewInt(amount).String()))
				nets[currency] -= amount
			}
		}
		for range rapid.IntRange(0, 10).Draw(t, "entries") {
			put(currencies.Draw(t, "currency"), rapid.Bool().Draw(t, "credit"), rapid.Int64Range(0, 3).Draw(t, "amount"))
		}
		if rapid.Bool().Draw(t, "settled") {
			for currency, net := range nets {
				put(currency, net < 0, max(net, -net))
			}
		}
		balanced := true
		for _, net := range nets {
			balanced = balanced && net == 0
		}
		if l.balanced() != balanced {
			t.Fatalf("balanced: %v, want %v of %v", l.balanced(), balanced, nets)
		}
	})
}

func TestLedgersAreBounded(t *testing.T) {
	var l ledger
	for first := byte('A'); first <= 'Z'; first++ {
		for second := byte('A'); second <= 'Z'; second++ {
			l.account([]byte{first, second, 'X'})
		}
	}
	if len(l.accounts) != currenciesMax {
		t.Errorf("%d currencies", len(l.accounts))
	}
	if l.account([]byte("AAX")) == nil || l.account([]byte("ZZX")) != nil || l.account([]byte("EU")) != nil {
		t.Error("the first currency was forgotten, or one too many known")
	}
}
