package recon

import (
	"cmp"
	"slices"
	"time"
)

// Result is what became of all lines.
type Result struct {
	Matches []Match
	Breaks  []Break
}

// Compare matches the lines of an account in one currency and returns what is the
// same and what differs. Every line is in exactly one match or break; in which
// does not depend on the order in which they are given. Lines that were matched
// before tell what is there twice.
func Compare(ours, theirs []Line, rules Rules, before ...Line) Result {
	c := &comparison{ours: pool(ours), theirs: pool(theirs)}
	c.common = common(&c.ours, &c.theirs)
	for _, line := range before {
		c.of(line.Side).remember(line)
	}
	if len(ours)+len(theirs) == 0 {
		return Result{}
	}
	c.tolerance = rules.of(append(slices.Clone(c.ours.lines), c.theirs.lines...)[0].Amount.Currency)
	for _, group := range c.groups() {
		c.byReference(group)
	}
	c.byAmount()
	c.bySum(&c.ours, &c.theirs)
	c.bySum(&c.theirs, &c.ours)
	c.rest()
	return c.result
}

// comparison is the state of matching.
type comparison struct {
	ours, theirs side
	tolerance    Tolerance
	// common are references that name nothing.
	common map[string]bool
	result Result
}

func (c *comparison) of(s Side) *side {
	if s == Ours {
		return &c.ours
	}
	return &c.theirs
}

// side is the lines of one side in a fixed order, and which are done.
type side struct {
	lines []Line
	done  []bool
	// matched are lines that were matched, by what tells a second one of them.
	matched map[likeness]bool
}

// likeness is what two lines of one side have in common if one is there twice.
type likeness struct {
	reference string
	minor     int64
}

func pool(lines []Line) side {
	sorted := slices.Clone(lines)
	slices.SortFunc(sorted, func(a, b Line) int {
		return cmp.Or(a.ValueDate.Compare(b.ValueDate), cmp.Compare(a.Amount.Minor, b.Amount.Minor),
			cmp.Compare(a.ID.String(), b.ID.String()))
	})
	return side{lines: sorted, done: make([]bool, len(sorted)), matched: map[likeness]bool{}}
}

// left are the places of the lines of a list that are not done.
func (s *side) left(places []int) []int {
	return slices.DeleteFunc(slices.Clone(places), func(i int) bool { return s.done[i] })
}

// all are the places of all lines.
func (s *side) all() []int {
	places := make([]int, len(s.lines))
	for i := range places {
		places[i] = i
	}
	return places
}

// take returns the lines at some places, which are done then.
func (s *side) take(places []int) []Line {
	lines := make([]Line, len(places))
	for i, place := range places {
		lines[i], s.done[place] = s.lines[place], true
	}
	return lines
}

// remember keeps a line that is matched.
func (s *side) remember(line Line) {
	for _, key := range line.keys() {
		s.matched[likeness{key, line.Amount.Minor}] = true
	}
}

// keys are everything that a line may be known by.
func (l Line) keys() []string {
	if l.Own == "" {
		return l.References
	}
	return append(slices.Clone(l.References), l.Own)
}

// byReference settles the lines of a group: what agrees one to one, then one that
// is the sum of others, then what differs. Several against several are not summed
// up: differences would hide in each other.
func (c *comparison) byReference(g group) {
	exact := func(a, b Line) bool { return a.Amount == b.Amount && c.near(a, b) }
	close := func(a, b Line) bool { return c.within(a, b) && c.near(a, b) }
	for _, agree := range []func(a, b Line) bool{exact, close} {
		c.pairs(g, agree, func(i, j int) { c.match(ByReference, []int{i}, []int{j}) })
	}
	ours, theirs := c.ours.left(g.ours), c.theirs.left(g.theirs)
	if min(len(ours), len(theirs)) == 1 && max(len(ours), len(theirs)) > 1 && c.agree(ours, theirs) {
		c.match(ByReferences, ours, theirs)
		return
	}
	c.duplicates(&c.ours, g.ours)
	c.duplicates(&c.theirs, g.theirs)
	c.pairs(g, c.within, func(i, j int) { c.broken(DateDiffers, i, j) })
	alike := func(a, b Line) bool { return (a.Amount.Minor < 0) == (b.Amount.Minor < 0) }
	c.pairs(g, alike, func(i, j int) { c.broken(AmountDiffers, i, j) })
}

// pairs pairs lines of a group that share a reference and agree.
func (c *comparison) pairs(g group, agree func(a, b Line) bool, pair func(i, j int)) {
	byKey := map[string][]int{}
	for _, j := range c.theirs.left(g.theirs) {
		for _, key := range c.theirs.lines[j].keys() {
			if c.common[key] {
				continue
			}
			byKey[key] = append(byKey[key], j)
		}
	}
	for _, i := range c.ours.left(g.ours) {
		best := -1
		for _, key := range c.ours.lines[i].keys() {
			for _, j := range byKey[key] {
				if c.theirs.done[j] || !agree(c.ours.lines[i], c.theirs.lines[j]) {
					continue
				}
				if best < 0 || j < best {
					best = j
				}
				break
			}
		}
		if best >= 0 {
			pair(i, best)
		}
	}
}

// near says that value dates are within the tolerance.
func (c *comparison) near(a, b Line) bool { return apart(a.ValueDate, b.ValueDate) <= c.tolerance.Days }

// apart is how many days are between two dates.
func apart(a, b time.Time) int { return int(a.Sub(b).Abs() / (24 * time.Hour)) }

// within says that amounts are within the tolerance, and of the same direction.
func (c *comparison) within(a, b Line) bool {
	return c.close(a.Amount.Minor, b.Amount.Minor)
}

func (c *comparison) close(a, b int64) bool {
	return a == b || (a < 0) == (b < 0) && max(a-b, b-a) <= c.tolerance.Minor
}

// agree says that lines of the two sides come to the same sum, and have the same
// direction and value dates within the tolerance.
func (c *comparison) agree(ours, theirs []int) bool {
	first := c.ours.lines[ours[0]]
	for s, places := range map[*side][]int{&c.ours: ours, &c.theirs: theirs} {
		for _, place := range places {
			line := s.lines[place]
			if (line.Amount.Minor < 0) != (first.Amount.Minor < 0) || !c.near(line, first) {
				return false
			}
		}
	}
	return c.close(total(&c.ours, ours), total(&c.theirs, theirs))
}

func (c *comparison) match(rule Rule, ours, theirs []int) {
	m := Match{Rule: rule, Ours: c.ours.take(ours), Theirs: c.theirs.take(theirs)}
	m.ID = identify("match", append(slices.Clone(m.Ours), m.Theirs...)...)
	c.result.Matches = append(c.result.Matches, m)
	for _, line := range m.Ours {
		c.ours.remember(line)
	}
	for _, line := range m.Theirs {
		c.theirs.remember(line)
	}
}

// broken makes a break of a line of each side.
func (c *comparison) broken(kind Kind, i, j int) {
	ours, theirs := c.ours.take([]int{i})[0], c.theirs.take([]int{j})[0]
	c.add(Break{Kind: kind, Ours: &ours, Theirs: &theirs})
}

func (c *comparison) add(b Break) {
	b.ID = identify(string(b.Kind), b.lines()...)
	c.result.Breaks = append(c.result.Breaks, b)
}

// alone makes a break of a line that has no counterpart.
func (c *comparison) alone(s *side, kind Kind, place int) {
	line := s.take([]int{place})[0]
	b := Break{Kind: kind, Ours: &line}
	if s == &c.theirs {
		b = Break{Kind: kind, Theirs: &line}
	}
	c.add(b)
}

// duplicates finds lines that their side has again.
func (c *comparison) duplicates(s *side, places []int) {
	for _, i := range s.left(places) {
		line := s.lines[i]
		if slices.ContainsFunc(line.keys(), func(key string) bool {
			return s.matched[likeness{key, line.Amount.Minor}]
		}) {
			c.alone(s, Duplicate, i)
		}
	}
}

// byAmount matches a line without references to one of the other side with the
// same amount, date and counterparty: two that both have references, and none in
// common, are not the same.
func (c *comparison) byAmount() {
	ours := c.ours.left(c.ours.all())
	slices.SortStableFunc(ours, func(a, b int) int {
		return cmp.Compare(c.ours.lines[a].Amount.Minor, c.ours.lines[b].Amount.Minor)
	})
	for _, j := range c.theirs.left(c.theirs.all()) {
		theirs, best := c.theirs.lines[j], -1
		from, _ := slices.BinarySearchFunc(ours, theirs.Amount.Minor-c.tolerance.Minor, func(i int, minor int64) int {
			return cmp.Compare(c.ours.lines[i].Amount.Minor, minor)
		})
		for _, i := range ours[from:] {
			line := c.ours.lines[i]
			if line.Amount.Minor > theirs.Amount.Minor+c.tolerance.Minor {
				break
			}
			if !c.ours.done[i] && c.candidates(line, theirs) && (best < 0 || c.nearer(theirs, line, c.ours.lines[best])) {
				best = i
			}
		}
		if best >= 0 {
			c.match(ByAmount, []int{best}, []int{j})
		}
	}
}

// candidates says that lines can be the same without a reference in common.
func (c *comparison) candidates(a, b Line) bool {
	return (len(a.References) == 0 || len(b.References) == 0) && c.within(a, b) && c.near(a, b) && acquainted(a, b)
}

// acquainted says that lines may have the same counterparty.
func acquainted(a, b Line) bool {
	return a.Counterparty == "" || b.Counterparty == "" || a.Counterparty == b.Counterparty
}

// nearer says that a line fits better than another: by counterparty, amount, then
// date.
func (c *comparison) nearer(to, line, than Line) bool {
	away := func(l Line) [3]int64 {
		stranger := int64(0)
		if l.Counterparty != to.Counterparty {
			stranger = 1
		}
		difference := l.Amount.Minor - to.Amount.Minor
		return [3]int64{stranger, max(difference, -difference), int64(apart(l.ValueDate, to.ValueDate))}
	}
	a, b := away(line), away(than)
	return slices.Compare(a[:], b[:]) < 0
}

// batch is what a sum is made over.
type batch struct {
	counterparty string
	day          time.Time
	negative     bool
}

// bySum matches a line of one side, without references, to everything that is
// left on the other of a counterparty and day, if that is exactly its sum.
func (c *comparison) bySum(of, many *side) {
	batches := map[batch][]int{}
	var order []batch
	for _, i := range many.left(many.all()) {
		line := many.lines[i]
		b := batch{line.Counterparty, line.ValueDate, line.Amount.Minor < 0}
		if batches[b] == nil {
			order = append(order, b)
		}
		batches[b] = append(batches[b], i)
	}
	for _, one := range of.left(of.all()) {
		line := of.lines[one]
		if len(line.References) > 0 {
			continue
		}
		for _, b := range order {
			places := batches[b]
			if len(places) < 2 || many.done[places[0]] || line.Counterparty != "" && line.Counterparty != b.counterparty ||
				apart(b.day, line.ValueDate) > c.tolerance.Days || total(many, places) != line.Amount.Minor {
				continue
			}
			if of == &c.ours {
				c.match(BySum, []int{one}, places)
			} else {
				c.match(BySum, places, []int{one})
			}
			break
		}
	}
}

func total(s *side, places []int) int64 {
	total := int64(0)
	for _, i := range places {
		total += s.lines[i].Amount.Minor
	}
	return total
}

// rest makes breaks of everything that is left.
func (c *comparison) rest() {
	c.duplicates(&c.ours, c.ours.all())
	c.duplicates(&c.theirs, c.theirs.all())
	for _, i := range c.ours.left(c.ours.all()) {
		c.alone(&c.ours, MissingTheirs, i)
	}
	for _, i := range c.theirs.left(c.theirs.all()) {
		c.alone(&c.theirs, MissingOurs, i)
	}
}
