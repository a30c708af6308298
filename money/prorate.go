package money

import "fmt"

// Prorate returns the share part/whole of a total, rounded once. Shares of a
// growing part are taken as differences, so that they add up to the total:
//
//	share = Prorate(total, before+part) - Prorate(total, before)
//
// A negative total gives a negative share; part must be within 0 and whole.
func Prorate(total Amount, part, whole int64, rounding Rounding) (Amount, error) {
	if part < 0 || whole <= 0 || part > whole || rounding < HalfEven || rounding > Up {
		return Amount{}, fmt.Errorf("money: no share %d of %d", part, whole)
	}
	magnitude := uint64(max(total.Minor, -total.Minor))
	minor, err := mulPow10(magnitude, uint64(part), uint64(whole), 0, rounding)
	if err != nil {
		return Amount{}, err
	}
	if total.Minor < 0 {
		minor = -minor
	}
	return Amount{Minor: minor, Currency: total.Currency}, nil
}
