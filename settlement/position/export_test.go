package position

// Gift is what a region gives by the rows of a position, for tests of the rule.
func Gift(rows []Allotment, own int) (to string, amount int64) {
	t, wanted := gift(rows, own)
	if !wanted {
		return "", 0
	}
	return t.to, t.amount
}

// Reached is the highest threshold that is reached, for tests of its arithmetic.
func Reached(used, limit int64, thresholds []int16) int16 { return reached(used, limit, thresholds) }
