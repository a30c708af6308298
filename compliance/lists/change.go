package lists

import (
	"fmt"

	"github.com/causeway-pay/causeway/compliance/match"
)

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
// before. A list that lost more entries, or names, births or identifiers of those that stay,
// was cut off, or one of its files was, or its columns are others and every entry goes by
// what is no name; one that gained more entries is another.
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
	for _, part := range c.losses(before, after) {
		if beyond(part.lost, part.all, g.ShrinkMax) {
			return fmt.Errorf("%w: %s lost %d of %d %s of entries that stay", ErrBeyond, after.Name, part.lost, part.all, part.name)
		}
	}
	return nil
}

// beyond says that a part is more than few, and more than so many hundredths of all.
func beyond(part, all, most int) bool { return part > few && part*100 > all*most }

// loss is how many there were of what parties are found by, and how many of them the entries
// that stay have no more.
type loss struct {
	name      string
	lost, all int
}

// losses counts what was lost of what decides whether somebody is found: names, and births
// and identifiers, which clear a match if they are others.
func (c Change) losses(before, after List) []loss {
	names, births, identifiers := loss{name: "names"}, loss{name: "births"}, loss{name: "identifiers"}
	for _, e := range before.Entries.All() {
		names.all += len(e.Names)
		births.all += len(e.Born)
		identifiers.all += len(e.numbers())
	}
	for _, id := range c.Changed {
		was, _ := before.Entries.Find(id)
		is, _ := after.Entries.Find(id)
		names.lost += lostNames(was.Names, is.Names)
		births.lost += lost(was.Born, is.Born)
		identifiers.lost += lost(was.numbers(), is.numbers())
	}
	return []loss{names, births, identifiers}
}

// numbers are the identifiers by which parties are found.
func (e *Entry) numbers() []string {
	var keys []string
	for _, i := range e.Identifiers {
		if key := match.IdentifierKey(i.Value); key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

// lostNames counts the names that an entry has no more, or only as weak ones, which count
// for less.
func lostNames(was, is []Name) int {
	left := map[string]Quality{}
	for _, n := range is {
		left[n.Text] = n.Quality
	}
	count := 0
	for _, n := range was {
		if quality, stays := left[n.Text]; !stays || quality == Weak && n.Quality != Weak {
			count++
		}
	}
	return count
}

// lost counts what is in one and not in the other.
func lost[T comparable](was, is []T) int {
	left := map[T]bool{}
	for _, one := range is {
		left[one] = true
	}
	count := 0
	for _, one := range was {
		if !left[one] {
			count++
		}
	}
	return count
}
