package rules

import "math/bits"

// decimal is an exact number that is not negative: the digits before the point,
// and 18 behind it. The standard's widest numbers have 18 digits in all, 17 of
// them behind the point, so that each of them fits, and so does every sum that
// the standard can express.
type decimal struct {
	whole, fraction uint64
}

// fractionOne is a fraction's first value that is a whole.
const (
	fractionDigits = 18
	fractionOne    = 1e18
)

// parseDecimal reads digits with at most one point. It takes what the schema
// takes, a plus sign included, and refuses what is negative, too large, or no
// number.
func parseDecimal(text []byte) (decimal, bool) {
	if len(text) > 0 && text[0] == '+' {
		text = text[1:]
	}
	var d decimal
	i, digits := 0, 0
	for ; i < len(text) && text[i] >= '0' && text[i] <= '9'; i++ {
		digits++
		if d.whole > (1<<63)/10-1 {
			return decimal{}, false
		}
		d.whole = d.whole*10 + uint64(text[i]-'0')
	}
	if i == len(text) {
		return d, digits > 0
	}
	if text[i] != '.' {
		return decimal{}, false
	}
	unit := uint64(fractionOne)
	for _, c := range text[i+1:] {
		if unit /= 10; c < '0' || c > '9' || unit == 0 && c != '0' {
			return decimal{}, false
		}
		digits++
		d.fraction += unit * uint64(c-'0')
	}
	return d, digits > 0
}

// plus returns the sum, and false if it is too large for any total: then no
// total is right.
func (d decimal) plus(e decimal) (decimal, bool) {
	sum := decimal{fraction: d.fraction + e.fraction}
	carry := uint64(0)
	if sum.fraction >= fractionOne {
		sum.fraction, carry = sum.fraction-fractionOne, 1
	}
	var over uint64
	sum.whole, over = bits.Add64(d.whole, e.whole, carry)
	return sum, over == 0
}

// total adds up numbers; a number that is none and a sum that is too large spoil
// it.
type total struct {
	sum decimal
	// unknown is set after something that is no number, which is reported as
	// such; then the total proves nothing.
	unknown bool
	// over is set after an overflow.
	over bool
}

func (t *total) add(text []byte) {
	d, ok := parseDecimal(text)
	if !ok {
		t.unknown = true
		return
	}
	sum, ok := t.sum.plus(d)
	if !ok {
		t.over = true
	}
	t.sum = sum
}

// differs reports whether the total is certainly not the number that text is.
func (t *total) differs(text []byte) bool {
	stated, ok := parseDecimal(text)
	if t.unknown {
		return false
	}
	return !ok || t.over || stated != t.sum
}

// count reads a number of things: digits only.
func count(text []byte) (uint64, bool) {
	d, ok := parseDecimal(text)
	return d.whole, ok && d.fraction == 0
}
