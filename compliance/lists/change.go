package lists

import "fmt"

// ErrBeyond means that a list changed by more than a [Guard] lets it at once. It is an
// [ErrList] too.
var ErrBeyond = fmt.Errorf("%w: it changed by more than it may at once", ErrList)

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

// Guard bounds how much a list may change at once, in hundredths of what was there
// before. A list that lost more entries, or names of those that stay, was cut off, or
// one of its files was; one that gained more entries is another.
type Guard struct {
	ShrinkMax, GrowMax int
}

// DefaultGuard allows what authorities do on a big day: OFAC added 4 % on
// 2024-02-23 and never removed 5 %.
var DefaultGuard = Guard{ShrinkMax: 5, GrowMax: 25}

// few entries or names may always come or go, so that short lists can change.
const few = 10

// Check refuses a change beyond the limits with [ErrBeyond], and a list that holds
// nobody any more with [ErrList] alone.
func (g Guard) Check(before, after List) error {
	c := Compare(before, after)
	was := before.Entries.Len()
	switch {
	case was == 0:
		return nil
	case after.Entries.Len() == 0:
		return fmt.Errorf("%w: %s lost all of its %d entries", ErrList, after.Name, was)
	case beyond(len(c.Removed), was, g.ShrinkMax):
		return fmt.Errorf("%w: %s lost %d of %d entries", ErrBeyond, after.Name, len(c.Removed), was)
	case beyond(len(c.Added), was, g.GrowMax):
		return fmt.Errorf("%w: %s gained %d entries over %d", ErrBeyond, after.Name, len(c.Added), was)
	}
	lost, names := c.names(before, after)
	if beyond(lost, names, g.ShrinkMax) {
		return fmt.Errorf("%w: %s lost %d of %d names of entries that stay", ErrBeyond, after.Name, lost, names)
	}
	return nil
}

// beyond says that a part is more than few, and more than so many hundredths of all.
func beyond(part, all, most int) bool { return part > few && part*100 > all*most }

// names counts the names before, and how many of them the entries that changed have less.
func (c Change) names(before, after List) (lost, all int) {
	for _, e := range before.Entries.All() {
		all += len(e.Names)
	}
	for _, id := range c.Changed {
		was, _ := before.Entries.Find(id)
		is, _ := after.Entries.Find(id)
		lost += max(0, len(was.Names)-len(is.Names))
	}
	return lost, all
}
