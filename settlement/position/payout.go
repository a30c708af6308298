package position

import "slices"

// hold works out a pay-out from the rows of a position that no region alone has room
// for: as much of the amount as all of them together have, held in the row at index,
// which the others give what they do not use. It returns what is held and the rows after
// it; their allotments sum to what they did.
func hold(rows []Allotment, at int, amount int64) (held int64, after []Allotment) {
	held = min(amount, max(0, freeOf(rows)))
	if held == 0 {
		return 0, slices.Clone(rows)
	}
	after = gather(rows, at, held)
	after[at].Paying += held
	return held, after
}

// gather gives the row at index what others do not use, in their order, until it has
// room for an amount. The allotments sum to what they did.
func gather(rows []Allotment, at int, room int64) []Allotment {
	after := slices.Clone(rows)
	own := &after[at]
	for i := range after {
		short := room - own.Free()
		if i == at || short <= 0 {
			continue
		}
		given := min(short, max(0, after[i].Free()))
		after[i].Allotted -= given
		own.Allotted += given
	}
	return after
}
