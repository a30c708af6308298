package position

import "cmp"

// Allotment is one region's row of a position: its part of the cap, and what was
// posted, reserved and is being paid out there, in minor units. A payment touches its own region's row
// only, so it commits without the others.
type Allotment struct {
	Region string
	Allotted, Posted,
	Reserved, Paying int64
}

// Free is how much more can be reserved in the region; negative if its part was
// lowered below what is in use.
func (a Allotment) Free() int64 { return a.Allotted - a.Posted - a.Reserved - a.Paying }

// freeOf is how much more can be reserved in all regions together.
func freeOf(rows []Allotment) int64 {
	free := int64(0)
	for _, row := range rows {
		free += row.Free()
	}
	return free
}

// transfer is unused allotment that one region gives to another.
type transfer struct {
	to     string
	amount int64
}

// gift returns what the region at index own should give: to the region with the
// least, if that has less than half of an even share, as much as brings neither past
// the even share. Only a region itself lowers its allotment, so one that is cut off
// keeps what it had.
func gift(rows []Allotment, own int) (transfer, bool) {
	least := own
	for i, row := range rows {
		if cmp.Compare(row.Free(), rows[least].Free()) < 0 {
			least = i
		}
	}
	share := freeOf(rows) / int64(len(rows))
	need := share - rows[least].Free()
	amount := min(rows[own].Free()-max(share, 0), need)
	if amount <= 0 || rows[least].Free() >= share/2 && rows[least].Free() >= 0 {
		return transfer{}, false
	}
	return transfer{to: rows[least].Region, amount: amount}, true
}
