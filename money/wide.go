package money

import "math/bits"

// wideBits bounds what a wide holds: the product of four rates of 18 digits,
// marked up and widened by 18 more digits, has at most 314 bits. One word stays
// free for the shift of a division.
const wideBits = 320

// wide is an unsigned number of up to wideBits bits, lowest word first. It lives
// on the stack, so that prices cost no garbage.
type wide [6]uint64

func wideOf(v uint64) wide { return wide{v} }

// words counts the words up to the highest that is not zero.
func (w *wide) words() int {
	for i := len(w) - 1; i >= 0; i-- {
		if w[i] != 0 {
			return i + 1
		}
	}
	return 0
}

// bits counts the bits up to the highest that is not zero.
func (w *wide) bits() int {
	n := w.words()
	if n == 0 {
		return 0
	}
	return 64*n - bits.LeadingZeros64(w[n-1])
}

// times multiplies by one word and reports whether the product fits.
func (w *wide) times(factor uint64) (product wide, fits bool) {
	product = w.product(factor)
	return product, product.words() <= wideBits/64
}

// product multiplies by one word; the spare word takes what goes beyond
// wideBits.
func (w *wide) product(factor uint64) (product wide) {
	var carry uint64
	for i := range w {
		hi, lo := bits.Mul64(w[i], factor)
		sum, over := bits.Add64(lo, carry, 0)
		product[i], carry = sum, hi+over
	}
	return product
}

// multiply multiplies two numbers and reports whether the product fits.
func (w *wide) multiply(v *wide) (product wide, fits bool) {
	for i := range v.words() {
		part, fits := w.times(v[i])
		if !fits || part.words()+i > wideBits/64 {
			return wide{}, false
		}
		var over uint64
		for j := 0; j+i < len(product); j++ {
			product[j+i], over = bits.Add64(product[j+i], part[j], over)
		}
		if product.words() > wideBits/64 {
			return wide{}, false
		}
	}
	return product, true
}

// power10 multiplies by 10^n and reports whether the product fits.
func (w *wide) power10(n int) (product wide, fits bool) {
	product, fits = *w, true
	for n > 0 && fits {
		step := min(n, len(powers)-1)
		product, fits = product.times(powers[step])
		n -= step
	}
	return product, fits
}

// powers are the powers of ten that fit one word.
var powers = func() (list [20]uint64) {
	list[0] = 1
	for i := 1; i < len(list); i++ {
		list[i] = 10 * list[i-1]
	}
	return list
}()

func (w *wide) cmp(v *wide) int {
	for i := len(w) - 1; i >= 0; i-- {
		switch {
		case w[i] > v[i]:
			return 1
		case w[i] < v[i]:
			return -1
		}
	}
	return 0
}

// sub subtracts a number that is not larger.
func (w *wide) sub(v *wide) (difference wide) {
	var borrow uint64
	for i := range w {
		difference[i], borrow = bits.Sub64(w[i], v[i], borrow)
	}
	return difference
}

// shift multiplies by 2^n, n below 64; what leaves the top word was zero.
func (w *wide) shift(n int) (shifted wide) {
	for i := range w {
		shifted[i] = w[i] << n
		if i > 0 && n > 0 {
			shifted[i] |= w[i-1] >> (64 - n)
		}
	}
	return shifted
}

// unshift divides by 2^n, n below 64.
func (w *wide) unshift(n int) (shifted wide) {
	for i := range w {
		shifted[i] = w[i] >> n
		if i+1 < len(w) && n > 0 {
			shifted[i] |= w[i+1] << (64 - n)
		}
	}
	return shifted
}

// divide divides by a number above zero, and reports whether the quotient fits
// one word. It is one step of the schoolbook division (Knuth, algorithm D): the
// estimate from the highest words is at most two too large.
func (w *wide) divide(v *wide) (quotient uint64, remainder wide, fits bool) {
	k := v.words()
	if w.words() > k+1 {
		return 0, wide{}, false
	}
	norm := bits.LeadingZeros64(v[k-1])
	divisor, rest := v.shift(norm), w.shift(norm)
	switch {
	case rest.words() > k+1, rest[k] > divisor[k-1], rest[k] == divisor[k-1] && !below(&rest, &divisor, k):
		return 0, wide{}, false
	case rest[k] == divisor[k-1]:
		quotient = 1<<64 - 1
	default:
		quotient, _ = bits.Div64(rest[k], rest[k-1], divisor[k-1])
	}
	product := divisor.product(quotient)
	for product.cmp(&rest) > 0 {
		quotient--
		product = product.sub(&divisor)
	}
	rest = rest.sub(&product)
	return quotient, rest.unshift(norm), true
}

// below reports whether the k words of rest above its lowest are less than the
// divisor.
func below(rest, divisor *wide, k int) bool {
	for i := k - 1; i >= 0; i-- {
		if rest[i+1] != divisor[i] {
			return rest[i+1] < divisor[i]
		}
	}
	return false
}

// round divides and rounds once; it reports whether the result fits an int64.
func (w *wide) round(v *wide, rounding Rounding) (int64, bool) {
	quotient, remainder, fits := w.divide(v)
	if !fits || quotient > maxMinor {
		return 0, false
	}
	if wideRoundsUp(quotient, &remainder, v, rounding) {
		quotient++
	}
	return int64(quotient), quotient <= maxMinor
}

func wideRoundsUp(quotient uint64, remainder, divisor *wide, rounding Rounding) bool {
	if remainder.words() == 0 || rounding == Down {
		return false
	}
	if rounding == Up {
		return true
	}
	left := divisor.sub(remainder)
	switch remainder.cmp(&left) {
	case -1:
		return false
	case 1:
		return true
	default:
		return rounding == HalfUp || quotient&1 == 1
	}
}

// wideMulPow10 is mulPow10 for the rare operands that leave 128 bits, such as a
// large amount divided by a rate of 18 fraction digits.
func wideMulPow10(a, b, divisor uint64, shift int, rounding Rounding) (int64, error) {
	numerator, denominator := wideOf(a), wideOf(divisor)
	numerator, _ = numerator.times(b)
	var up, down bool
	numerator, up = numerator.power10(max(shift, 0))
	denominator, down = denominator.power10(max(-shift, 0))
	if !up || !down {
		return 0, ErrOverflow
	}
	minor, fits := numerator.round(&denominator, rounding)
	if !fits {
		return 0, ErrOverflow
	}
	return minor, nil
}
