package position

// hold works out a pay-out from the rows of a position that no region alone has room
// for: as much of the amount as all of them together have, held in the row at index.
// The others give what they do not use, in their order, until the row has room. It
// returns what is held and the rows after it; their allotments sum to what they did.
func hold(rows []Allotment, at int, amount int64) (held int64, after []Allotment) {
	total := int64(0)
	for _, row := range rows {
		total += row.Free()
	}
	held = min(amount, max(0, total))
	after = append(after, rows...)
	if held == 0 {
		return 0, after
	}
	own := &after[at]
	for i := range after {
		short := held - own.Free()
		if i == at || short <= 0 {
			continue
		}
		given := min(short, max(0, after[i].Free()))
		after[i].Allotted -= given
		own.Allotted += given
	}
	own.Paying += held
	return held, after
}
