package match

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
)

// How much of a name that found no partner counts against a match, in
// hundredths of its weight. What both names have beyond the other is a
// contradiction, less so when it is at least alike; what only the query or only
// the list has is an omission, and lists are richer than payments.
// contradiction >= surplus + omission, so that the two alone bound the score
// from above.
const (
	contradiction = 120
	surplus       = 50
	omission      = 30
)

// Evidence outweighs differences: once words of more weight than evidenceFrom
// agree, as two rare words do or three common ones, what stands against the match
// counts by the square of their share, easeLeast hundredths at least, and a
// contradiction that is at least alike by alikeEases less. What was eased scores
// easedMost at most, so that names that agree in all they have come before.
const (
	evidenceFrom = 1_450
	easeLeast    = 40
	alikeEases   = 60
	easedFrom    = 7_000
	easedMost    = 8_200
)

// unanchored is taken off the score when no word that tells something agrees at
// least to anchorFrom: everything a little alike is not the same.
const (
	unanchored = 600
	anchorFrom = 9_200
)

// alikeFrom is the agreement from which words that are not near are alike.
const alikeFrom = 4_500

// The similarities that letters do not tell.
const (
	byInitial = 7_500
	byJoin    = 9_800
	// loneWord is the highest score of names of several words of which only
	// one agrees.
	loneWord = 7_000
	// strongEnough is more than one word that tells something (2 each, a stop
	// word 1, the legal form of a company whose whole name agrees 1).
	strongEnough = 3
)

// side is a name that is aligned.
type side struct {
	tokens  []token
	weights []int32
}

func (s side) significant() int {
	count := 0
	for _, t := range s.tokens {
		if tells(t.class) {
			count++
		}
	}
	return count
}

// tells says whether a word of the class tells who it is.
func tells(c class) bool {
	return c != particle && c != legalForm && c != stopWord && c != formWord && c != initial
}

// relation says how two words agree.
type relation uint8

const (
	byWord relation = iota
	byLetter
	byQueryJoin
	byListJoin
	byCut
)

// edge is a possible pair of words, or of a word with two that make it.
type edge struct {
	query, listed uint64
	weight        int32
	similarity    int32
	relation      relation
}

func (e edge) value() int32 { return e.weight * e.similarity / full }

// compare orders pairs for the alignment: equal words first, so that no join
// takes them apart, then what adds most.
func (e edge) compare(other edge) int {
	equal := func(e edge) int32 {
		if e.relation == byWord && e.similarity == full {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(equal(other), equal(e)), cmp.Compare(other.value(), e.value()),
		cmp.Compare(other.similarity, e.similarity), cmp.Compare(e.query, other.query),
		cmp.Compare(e.listed, other.listed))
}

// compareJoined orders pairs by what they add alone.
func (e edge) compareJoined(other edge) int {
	return cmp.Or(cmp.Compare(other.value(), e.value()), e.compare(other))
}

// comparison is a query's name and a listed one, and the similarities of their
// words: alike of words, queryJoin of two words of the query with a listed one,
// listJoin of a word of the query with two listed ones.
type comparison struct {
	query, listed       side
	alike               func(query, listed int) int
	queryJoin, listJoin func(query, listed int) int
	resemblance         func(query, listed int) int
	cut                 bool
	// floor is the score below which nobody asks how much it is.
	floor               int
	edges               []edge
	usedQuery, usedList uint64
	chosen              []edge
	told                Evidence
}

// score aligns the names and returns how much of them agrees, less what speaks
// against the evidence; what that is, is not asked below the floor.
func (c *comparison) score() int {
	agreement := c.agreement()
	if agreement == 0 || agreement < c.floor {
		return 0
	}
	c.told = c.evidence(agreement)
	return c.told.lower()
}

// agreement aligns the names and returns how much of them agrees.
func (c *comparison) agreement() int {
	c.gather()
	slices.SortFunc(c.edges, edge.compare)
	best := c.align()
	if c.initialsAstray() {
		c.edges = slices.DeleteFunc(c.edges, func(e edge) bool { return e.relation == byLetter })
		best = c.align()
	}
	if !slices.ContainsFunc(c.edges, func(e edge) bool { return e.relation == byQueryJoin || e.relation == byListJoin }) {
		return best
	}
	// Equal words first may take a join apart that explains more.
	equalFirst := slices.Clone(c.chosen)
	usedQuery, usedList := c.usedQuery, c.usedList
	slices.SortFunc(c.edges, edge.compareJoined)
	if joined := c.align(); joined > best {
		return joined
	}
	c.chosen, c.usedQuery, c.usedList = equalFirst, usedQuery, usedList
	return best
}

// align chooses pairs in the order of the edges, and scores them.
func (c *comparison) align() int {
	matched, weight, strong := int64(0), int64(0), 0
	c.chosen, c.usedQuery, c.usedList = c.chosen[:0], 0, 0
	for _, e := range c.edges {
		if e.query&c.usedQuery != 0 || e.listed&c.usedList != 0 {
			continue
		}
		c.usedQuery |= e.query
		c.usedList |= e.listed
		c.chosen = append(c.chosen, e)
		matched += int64(e.weight) * int64(e.similarity)
		weight += int64(e.weight)
		strong += c.strength(e)
	}
	if weight == 0 {
		return 0
	}
	query, listed := c.left()
	if !reaches(matched/full, query, listed, c.floor) {
		return 0
	}
	penalty, relief := c.penalty(query, listed)
	score := int(matched * 100 / (weight*100 + penalty))
	score = max(score, eased(matched, weight, penalty-alikeEases*relief))
	significant := c.query.significant()
	if !c.cut {
		significant = max(significant, c.listed.significant())
	}
	if c.wholeCompany() {
		strong++
	}
	if strong < strongEnough && significant > 1 {
		return min(score, loneWord)
	}
	if !c.anchored(significant > 0) {
		score -= unanchored
	}
	return score
}

// wholeCompany says whether all of a listed company's name agrees with its legal
// form: people's names, which share one word by chance, have none.
func (c *comparison) wholeCompany() bool {
	form := false
	for i, t := range c.listed.tokens {
		if c.usedList>>i&1 == 0 {
			return false
		}
		form = form || t.class == legalForm
	}
	return form
}

// eased is the score by the weight of what agrees.
func eased(matched, weight, penalty int64) int {
	if matched/full <= evidenceFrom {
		return 0
	}
	against := ease(matched/full, penalty)
	score := int(matched * 100 / (weight*100 + against))
	if score <= easedFrom {
		return score
	}
	return easedFrom + (score-easedFrom)*(easedMost-easedFrom)/(full-easedFrom)
}

// ease lowers a penalty by the weight that agrees.
func ease(matched, penalty int64) int64 {
	if matched <= evidenceFrom {
		return penalty
	}
	return max(penalty*evidenceFrom/matched*evidenceFrom/matched, penalty*easeLeast/100)
}

// anchored says whether a word agrees well; one that tells something, where
// there are any.
func (c *comparison) anchored(telling bool) bool {
	for _, e := range c.chosen {
		if e.similarity >= anchorFrom && (c.strength(e) > 0 || !telling) {
			return true
		}
	}
	return false
}

// initialsAstray says whether an initial stands for a word although its own name
// has another word left, or each name has an initial that stands for a word of the other.
func (c *comparison) initialsAstray() bool {
	byQuery, byListed := false, false
	for _, e := range c.chosen {
		if e.relation != byLetter {
			continue
		}
		if c.query.tokens[bits.TrailingZeros64(e.query)].class == initial {
			byQuery = true
			if c.query.leftTelling(c.usedQuery) {
				return true
			}
		} else {
			byListed = true
			if c.listed.leftTelling(c.usedList) {
				return true
			}
		}
	}
	return byQuery && byListed
}

func (s side) leftTelling(used uint64) bool {
	for i, t := range s.tokens {
		if used>>i&1 == 0 && tells(t.class) {
			return true
		}
	}
	return false
}

// syllables says whether a word was written in syllables.
func (s side) syllables() bool {
	return slices.ContainsFunc(s.tokens, func(t token) bool { return t.syllable })
}

// strength is how many words that tell something a pair stands for.
func (c *comparison) strength(e edge) int {
	return max(strength(c.query.tokens, e.query), strength(c.listed.tokens, e.listed))
}

func strength(tokens []token, chosen uint64) int {
	sum := 0
	for i, t := range tokens {
		switch {
		case chosen>>i&1 == 0:
		case tells(t.class):
			sum += 2
		case t.class == stopWord:
			sum++
		}
	}
	return sum
}

// penalty is what stands against the match, in hundredths of weight.
func (c *comparison) penalty(query, listed int64) (penalty, relief int64) {
	both := min(query, listed)
	relief = min(both, c.relief())
	relieved := (contradiction - surplus - omission) * relief
	extra := int64(surplus)
	if c.query.syllables() {
		extra = contradiction
	}
	return contradiction*both - relieved + extra*(query-both) + omission*(listed-both), relief
}

// left is the weight of both names that found no partner.
func (c *comparison) left() (query, listed int64) {
	query = left(c.query.weights, c.usedQuery)
	if !c.cut {
		listed = left(c.listed.weights, c.usedList)
	}
	return query, listed
}

// relief is the weight of what both names have beyond the other that is at
// least alike: a contradiction that may be a spelling.
func (c *comparison) relief() int64 {
	sum, used := int64(0), c.usedList
	for i, q := range c.query.tokens {
		if c.usedQuery>>i&1 == 1 || !fuzzy(q.class) || q.class == particle {
			continue
		}
		best, at := 0, 0
		for j, l := range c.listed.tokens {
			if used>>j&1 == 0 && fuzzy(l.class) && l.class != particle {
				if r := c.resemblance(i, j); r > best {
					best, at = r, j
				}
			}
		}
		if best > 0 {
			used |= 1 << at
			sum += int64(min(c.query.weights[i], c.listed.weights[at])) * int64(best) / full
		}
	}
	return sum
}

// resemblance grades words that are not near: nothing when less than alikeFrom
// of them agrees, full when they are almost near.
func resemblance(a, b *heardWord) int {
	if a.known && b.known && !share(a.groups, b.groups) {
		return 0
	}
	if begins(a.text, b.text) || begins(b.text, a.text) {
		return full
	}
	length := max(len(a.sound), len(b.sound))
	limit := length * (full - alikeFrom) * whole / full
	cost := distance([]byte(a.sound), []byte(b.sound), limit, false)
	if cost >= limit {
		return 0
	}
	return min(full, (limit-cost)*full/(limit-length*whole/4))
}

func left(weights []int32, used uint64) int64 {
	sum := int64(0)
	for i, w := range weights {
		if used>>i&1 == 0 {
			sum += int64(w)
		}
	}
	return sum
}

// gather lists every pair that could be aligned.
func (c *comparison) gather() {
	c.edges, c.usedQuery, c.usedList = c.edges[:0], 0, 0
	for i := range c.query.tokens {
		for j := range c.listed.tokens {
			c.gatherPair(i, j)
		}
	}
}

func (c *comparison) gatherPair(i, j int) {
	q, l := c.query.tokens[i], c.listed.tokens[j]
	weight := c.listed.weights[j]
	switch s := c.alike(i, j); {
	case s == full && q.text == l.text, s > 0 && pairable(q.class, l.class):
		c.edge(1<<i, 1<<j, weight, s, byWord)
	case (q.class == initial) != (l.class == initial) && q.text[0] == l.text[0]:
		c.edge(1<<i, 1<<j, min(weight, c.query.weights[i]), byInitial, byLetter)
	}
	if c.cut && i == len(c.query.tokens)-1 && q.text != l.text && strings.HasPrefix(l.text, q.text) {
		// No more than the cut word itself weighs.
		c.edge(1<<i, 1<<j, min(weight, c.query.weights[i]), full, byCut)
	}
	if s := c.queryJoin(i, j); s > 0 && c.alike(i, j) < full && c.alike(i+1, j) < full {
		c.edge(3<<i, 1<<j, weight, s*byJoin/full, byQueryJoin)
	}
	if s := c.listJoin(i, j); s > 0 && c.alike(i, j) < full && c.alike(i, j+1) < full {
		weight += c.listed.weights[j+1]
		if tables.manyHave(q.text) {
			// A name of many people is no rarer for being written in two words.
			weight = min(weight, c.query.weights[i])
		}
		c.edge(1<<i, 3<<j, weight, s*byJoin/full, byListJoin)
	}
}

// pairable says whether words of two classes may be one: a particle is not a
// misspelt name.
func pairable(a, b class) bool {
	return a == b || fuzzy(a) && fuzzy(b) && a != particle && b != particle
}

func (c *comparison) edge(query, listed uint64, weight int32, similarity int, by relation) {
	c.edges = append(c.edges, edge{query, listed, weight, int32(similarity), by})
}
