package position

// Gift is what a region gives by the rows of a position, for tests of the rule.
func Gift(rows []Allotment, own int) (to string, amount int64) {
	t, wanted := gift(rows, own)
	if !wanted {
		return "", 0
	}
	return t.to, t.amount
}

// Hold is how a pay-out is held in the rows of a position, for tests of the rule.
func Hold(rows []Allotment, at int, amount int64) (held int64, after []Allotment) {
	return hold(rows, at, amount)
}

// Reached is the highest threshold that is reached, for tests of its arithmetic.
func Reached(used, limit int64, thresholds []int16) int16 { return reached(used, limit, thresholds) }

// Gather is how a row gets what others do not use, for tests of the rule.
func Gather(rows []Allotment, at int, room int64) []Allotment { return gather(rows, at, room) }

// Statements that end reservations, for tests of how they are carried out.
const (
	ResolveReservations = resolveReservations
	PostReservations    = postReservations
)
