package lists

import (
	"fmt"
	"reflect"
)

// Change is how a list differs from the one before: the ids of entries.
type Change struct {
	Added, Changed, Removed []string
}

// Empty says whether nothing differs.
func (c Change) Empty() bool { return len(c.Added)+len(c.Changed)+len(c.Removed) == 0 }

// Compare tells what became of a list, in the order of the new one, and of the
// old one for what was removed.
func Compare(before, after List) Change {
	old := make(map[string]*Entry, len(before.Entries))
	for i := range before.Entries {
		old[before.Entries[i].ID] = &before.Entries[i]
	}
	var c Change
	for i := range after.Entries {
		entry := &after.Entries[i]
		switch was, known := old[entry.ID]; {
		case !known:
			c.Added = append(c.Added, entry.ID)
		case !reflect.DeepEqual(was, entry):
			c.Changed = append(c.Changed, entry.ID)
		}
		delete(old, entry.ID)
	}
	for i := range before.Entries {
		if _, left := old[before.Entries[i].ID]; left {
			c.Removed = append(c.Removed, before.Entries[i].ID)
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
	was := len(before.Entries)
	switch {
	case was == 0:
		return nil
	case len(after.Entries) == 0, len(c.Removed) > few && len(c.Removed)*100 > was*g.ShrinkMax:
		return fmt.Errorf("%w: %s lost %d of %d entries", ErrList, after.Name, len(c.Removed), was)
	case len(c.Added) > few && len(c.Added)*100 > was*g.GrowMax:
		return fmt.Errorf("%w: %s gained %d entries over %d", ErrList, after.Name, len(c.Added), was)
	}
	return nil
}
