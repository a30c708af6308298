package recon

import "slices"

// sharedMost is how many lines of a side may share a reference: one that more
// have, such as the id of a batch, names none of them.
const sharedMost = 1_000

// group is lines of both sides that are tied together by references.
type group struct{ ours, theirs []int }

// ties finds out which lines have references in common: a reference is tied to
// every other that some line has beside it.
type ties struct {
	known   map[string]int
	parents []int
	// common are references that name nothing.
	common map[string]bool
}

// find returns the first of everything that a reference is tied to.
func (t *ties) find(i int) int {
	for t.parents[i] != i {
		t.parents[i] = t.parents[t.parents[i]]
		i = t.parents[i]
	}
	return i
}

// tie ties the references of a line, and returns one of them; -1 if it has none.
func (t *ties) tie(line Line) int {
	first := -1
	for _, key := range line.keys() {
		if t.common[key] {
			continue
		}
		at, found := t.known[key]
		if !found {
			at = len(t.parents)
			t.parents, t.known[key] = append(t.parents, at), at
		}
		if first < 0 {
			first = at
		} else {
			t.parents[t.find(at)] = t.find(first)
		}
	}
	return first
}

// all ties the lines of a side.
func (t *ties) all(s *side) []int {
	list := make([]int, len(s.lines))
	for i, line := range s.lines {
		list[i] = t.tie(line)
	}
	return list
}

// common returns the references that too many lines of a side share.
func common(sides ...*side) map[string]bool {
	found := map[string]bool{}
	for _, s := range sides {
		counts := map[string]int{}
		for _, line := range s.lines {
			for _, key := range line.keys() {
				if counts[key]++; counts[key] > sharedMost {
					found[key] = true
				}
			}
		}
	}
	return found
}

// groups returns the lines that have references in common with some of the other
// side, each line in one group at most, in the order of their first line of ours.
func (c *comparison) groups() []group {
	t := &ties{known: map[string]int{}, common: c.common}
	ours, theirs := t.all(&c.ours), t.all(&c.theirs)
	byRoot := map[int]*group{}
	var order []*group
	for i, node := range ours {
		if node < 0 {
			continue
		}
		root := t.find(node)
		if byRoot[root] == nil {
			byRoot[root] = &group{}
			order = append(order, byRoot[root])
		}
		byRoot[root].ours = append(byRoot[root].ours, i)
	}
	for i, node := range theirs {
		if node < 0 {
			continue
		}
		if g := byRoot[t.find(node)]; g != nil {
			g.theirs = append(g.theirs, i)
		}
	}
	var groups []group
	for _, g := range slices.DeleteFunc(order, func(g *group) bool { return len(g.theirs) == 0 }) {
		groups = append(groups, *g)
	}
	return groups
}
