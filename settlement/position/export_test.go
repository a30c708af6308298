package position

// Gift is what a region gives by the rows of a position, for tests of the rule.
func Gift(rows []Allotment, own int) (to string, amount int64) {
	t, wanted := gift(rows, own)
	if !wanted {
		return "", 0
	}
	return t.to, t.amount
}
