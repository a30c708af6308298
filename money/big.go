package money

import "math/big"

// bigMulPow10 is mulPow10 for the rare operands that leave 128 bits, such as a
// large amount divided by a rate of 18 fraction digits.
func bigMulPow10(a, b, divisor uint64, shift int, rounding Rounding) (int64, error) {
	numerator := new(big.Int).Mul(new(big.Int).SetUint64(a), new(big.Int).SetUint64(b))
	denominator := new(big.Int).SetUint64(divisor)
	power := power10(max(shift, -shift))
	if shift >= 0 {
		numerator.Mul(numerator, power)
	} else {
		denominator.Mul(denominator, power)
	}
	quotient := bigDivide(numerator, denominator, rounding)
	if !quotient.IsInt64() {
		return 0, ErrOverflow
	}
	return quotient.Int64(), nil
}

func power10(n int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}

// bigDivide divides two positive numbers, rounding once.
func bigDivide(numerator, denominator *big.Int, rounding Rounding) *big.Int {
	quotient, remainder := new(big.Int).QuoRem(numerator, denominator, new(big.Int))
	if bigRoundsUp(quotient, remainder, denominator, rounding) {
		quotient.Add(quotient, big.NewInt(1))
	}
	return quotient
}

func bigRoundsUp(quotient, remainder, denominator *big.Int, rounding Rounding) bool {
	if remainder.Sign() == 0 || rounding == Down {
		return false
	}
	if rounding == Up {
		return true
	}
	switch new(big.Int).Lsh(remainder, 1).Cmp(denominator) {
	case -1:
		return false
	case 1:
		return true
	default:
		return rounding == HalfUp || quotient.Bit(0) == 1
	}
}
