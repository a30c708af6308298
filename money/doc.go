// Package money holds exact amounts, currencies, exchange rates and rounding.
//
// An [Amount] is an int64 count of minor units together with its ISO 4217
// currency; a [Rate] is an integer mantissa with a decimal scale. There is no
// floating point anywhere, every operation that could leave the int64 range
// returns [ErrOverflow], and every conversion names its [Rounding] and rounds
// exactly once, through a 128-bit product.
//
// The package depends on the standard library only.
package money
