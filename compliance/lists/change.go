package lists

import "fmt"

// Change is how a list differs from the one before: the ids of entries.
type Change struct {
	Added, Changed, Removed []string
}

// Empty says whether nothing differs.
func (c Change) Empty() bool { return len(c.Added)+len(c.Changed)+len(c.Removed) == 0 }

// Compare tells what became of a list, in the order of the new one, and of the
// old one for what was removed.
func Compare(before, after List) Change {
	var c Change
	for i := range after.Entries.Len() {
		id := after.Entries.id(i)
		switch was, known := before.Entries.place(id); {
		case !known:
			c.Added = append(c.Added, id)
		case before.Entries.raw(was) != after.Entries.raw(i):
			c.Changed = append(c.Changed, id)
		}
	}
	for i := range before.Entries.Len() {
		id := before.Entries.id(i)
		if _, left := after.Entries.place(id); !left {
			c.Removed = append(c.Removed, id)
		}
	}
	return c
}

// Guard bounds how much a list may change at once, in hundredths of the entries
// before. A list that lost more was cut off; one that gained more is another.
type Guard struct {
	ShrinkMax, GrowMax int
}

// DefaultGuard allows what authorities do on a big day: OFAC added 4 % on
// 2024-02-23 and never removed 5 %.
var DefaultGuard = Guard{ShrinkMax: 5, GrowMax: 25}

// few entries may always come or go, so that short lists can change.
const few = 10

// Check refuses a change beyond the limits with [ErrList].
func (g Guard) Check(before, after List) error {
	c := Compare(before, after)
	was := before.Entries.Len()
	switch {
	case was == 0:
		return nil
	case after.Entries.Len() == 0, len(c.Removed) > few && len(c.Removed)*100 > was*g.ShrinkMax:
		return fmt.Errorf("%w: %s lost %d of %d entries", ErrList, after.Name, len(c.Removed), was)
	case len(c.Added) > few && len(c.Added)*100 > was*g.GrowMax:
		return fmt.Errorf("%w: %s gained %d entries over %d", ErrList, after.Name, len(c.Added), was)
	}
	return nil
}
