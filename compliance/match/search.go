package match

import (
	"cmp"
	"math/bits"
	"slices"
	"unicode/utf8"
)

// Match is a listed name with its score in basis points.
type Match struct {
	Name  Name
	Score int
	// Pairs explain the score word by word.
	Pairs []Pair
	// Evidence is what the score was lowered by.
	Evidence Evidence
}

// scratch is the working memory of one search.
type scratch struct {
	epoch uint32
	// tallies are those of all names, together because they are asked for together.
	tallies []tally
	// opened are the names that are followed; the first of them, so many as joined
	// says, have words that are joined or split.
	opened []int32
	joined int
	// near has a bit for each listed word that is near a word of the query, and nearTo
	// which of those, a bit each. The bits fit a processor's nearest memory.
	near, nearTo []uint64
}

// markNear says that a listed word is near word i of the query.
func (s *scratch) markNear(word int32, i int) {
	bit := uint64(1) << (word & 63)
	if s.near[word>>6]&bit == 0 {
		s.near[word>>6] |= bit
		s.nearTo[word] = 0
	}
	s.nearTo[word] |= 1 << i
}

// tokensNear returns which words of the query a listed word is near.
func (s *scratch) tokensNear(word int32) uint64 {
	if s.near[word>>6]>>(word&63)&1 == 0 {
		return 0
	}
	return s.nearTo[word]
}

// tally is what of a name agrees, in the search that seen is the epoch of: the weight
// that does, and that of the words of the query that do.
type tally struct {
	seen             uint32
	matched, covered int32
}

func (t *tally) add(matched, covered int32) {
	t.matched += matched
	t.covered += covered
}

func newScratch(names, words int) *scratch {
	return &scratch{tallies: make([]tally, names), near: make([]uint64, words/64+1), nearTo: make([]uint64, words)}
}

// next starts a new search.
func (s *scratch) next() {
	s.opened = s.opened[:0]
	clear(s.near)
	if s.epoch++; s.epoch == 0 {
		clear(s.tallies)
		s.epoch = 1
	}
}

// query is a name that is looked for, with what its words reach.
type query struct {
	side
	// words and joins are the near words and the near joins of each word,
	// joined the near words of each word with the next one.
	words, joins, joined [][]cell
	total                int32
	cut                  bool
	// loose is the weight of words that may agree without any cell: initials
	// and the last word of a name that was cut.
	loose      int32
	looseWords int32
}

// lines of old formats: a name of such a length may have been cut.
var cutAt = []int{34, 35, 69, 70, 139, 140}

func isCut(name string) bool { return slices.Contains(cutAt, utf8.RuneCountInString(name)) }

func (x *Index) query(name string, tokens []token) *query {
	count := len(tokens)
	cells := make([][]cell, 3*count)
	q := &query{
		side: side{tokens: tokens, weights: make([]int32, count)}, cut: isCut(name),
		words: cells[:count], joins: cells[count : 2*count], joined: cells[2*count:],
	}
	for i, t := range tokens {
		r := x.reached(t)
		q.weights[i] = x.weight(r.names, t.class)
		q.words[i], q.joins[i] = r.words, r.joins
		if text, ok := join(tokens, i); ok {
			q.joined[i] = x.reachedJoin(text, t.abjad || tokens[i+1].abjad)
		}
		q.total += q.weights[i]
		if t.class == initial || q.cut && i == len(tokens)-1 {
			q.loose += q.weights[i]
			q.looseWords++
		}
	}
	return q
}

// side weighs the words of a name that is not in the index.
func (x *Index) side(tokens []token) side {
	s := side{tokens: tokens, weights: make([]int32, len(tokens))}
	for i, t := range tokens {
		s.weights[i] = x.weight(x.withSound(soundOf(t.text)), t.class)
	}
	return s
}

const (
	keyPlain = iota
	keyAbjad
	keyExact
	keySyllable
	keyJoin
	keyAbjadJoin
)

// syllableNear is how similar a word must be to one that was written in Chinese
// or Korean: there are no typing errors in its letters.
const syllableNear = 9_500

func (x *Index) reached(t token) reached {
	key := memoryKey{t.text, keyPlain}
	switch {
	case !fuzzy(t.class):
		key.kind = keyExact
	case t.abjad:
		key.kind = keyAbjad
	case t.syllable:
		key.kind = keySyllable
	}
	if r, ok := x.memory.get(key); ok {
		return r
	}
	heard := hear(t.text)
	r := reached{names: x.withSound(heard.sound)}
	if fuzzy(t.class) {
		r.words, r.joins = x.words.reach(&heard, t.abjad), x.joins.reachFrame(&heard, t.abjad)
	} else if id, ok := x.words.words.find(t.text); ok {
		r.words = []cell{{id, full}}
	}
	if t.syllable {
		r.words = slices.DeleteFunc(r.words, func(c cell) bool {
			return c.similarity < syllableNear && c.similarity != variant
		})
	}
	x.memory.put(key, r)
	return r
}

func (x *Index) reachedJoin(text string, freeVowels bool) []cell {
	key := memoryKey{text, keyJoin}
	if freeVowels {
		key.kind = keyAbjadJoin
	}
	if r, ok := x.memory.get(key); ok {
		return r.words
	}
	heard := hear(text)
	cells := x.words.reachFrame(&heard, freeVowels)
	x.memory.put(key, reached{words: cells})
	return cells
}

// Search returns the entries with a name whose score is at least the threshold,
// best first, at most limit, each with its best name.
func (x *Index) Search(name string, threshold, limit int) []Match {
	var matches []Match
	for _, tokens := range readings(name) {
		if len(tokens) > 0 {
			matches = x.search(x.query(name, tokens), threshold, matches)
		}
	}
	return best(matches, limit)
}

// best sorts matches, keeps the best of each entry, and of these at most limit.
func best(matches []Match, limit int) []Match {
	if len(matches) < 2 {
		return matches[:min(len(matches), limit)]
	}
	slices.SortFunc(matches, func(a, b Match) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Name.List, b.Name.List),
			cmp.Compare(a.Name.Entry, b.Name.Entry), cmp.Compare(a.Name.Text, b.Name.Text))
	})
	type entry struct{ list, entry string }
	seen := map[entry]bool{}
	matches = slices.DeleteFunc(matches, func(m Match) bool {
		key := entry{m.Name.List, m.Name.Entry}
		if seen[key] {
			return true
		}
		seen[key] = true
		return false
	})
	return matches[:min(len(matches), limit)]
}

func (x *Index) search(q *query, threshold int, matches []Match) []Match {
	s := x.scratch.Get().(*scratch)
	defer x.scratch.Put(s)
	s.next()
	x.accumulate(q, s, threshold)
	var c *aligner
	for i, n := range s.opened {
		if !x.mayReach(q, s, n, threshold) || i >= s.joined && !x.mayScore(q, s, n, threshold) {
			continue
		}
		if c == nil {
			c = x.comparison(q)
			c.floor = threshold
		}
		c.aim(x, n)
		if score := c.score(); score >= threshold {
			matches = append(matches, c.match(x.names.at(x.of[n]), score))
		}
	}
	return matches
}

// accumulate adds up, for every name that could still reach the threshold, the
// weight that agrees and the weight of the query it agrees with. Words with few
// names go first; once those left could not carry a match alone, only names
// that were opened before are followed.
func (x *Index) accumulate(q *query, s *scratch, threshold int) {
	for i := range q.tokens {
		for _, c := range q.joined[i] {
			x.open(s, x.words.names.of(c.word), x.value(c, 0), q.weights[i]+q.weights[i+1])
		}
		for _, c := range q.joins[i] {
			// A join weighs at most two whole words.
			x.open(s, x.joins.names.of(c.word), 2*weightMax, q.weights[i])
		}
		for _, c := range q.words[i] {
			s.markNear(c.word, i)
		}
	}
	s.joined = len(s.opened)
	x.open(s, x.crowded, 0, 0)
	if q.cut {
		// All that agrees may be the last word, which no near word tells.
		for _, word := range x.words.goingOn(q.tokens[len(q.tokens)-1].text) {
			x.open(s, x.words.names.of(word), 0, 0)
		}
	}
	steps, rest := x.steps(q)
	missed := int64(0)
	for _, st := range steps {
		left := max(0, missed-int64(q.loose))
		open := reaches(rest, left, 0, threshold)
		openInitials := reaches(rest+initialsFew*initialAdds, max(0, left-initialsFew*weightMax), 0, threshold)
		x.step(q, s, st, open, openInitials)
		rest -= int64(st.best)
		missed += int64(q.weights[st.word])
	}
}

// step adds up what one word agrees with: in every name, or in those that were
// opened before and, if they may be opened, those with initials.
func (x *Index) step(q *query, s *scratch, st step, open, openInitials bool) {
	cells, weight := q.words[st.word], q.weights[st.word]
	opened := len(s.opened)
	follow := !open && opened*followCost < st.cost
	for _, c := range cells {
		switch value := x.value(c, weight); {
		case open:
			x.open(s, x.words.names.of(c.word), value, weight)
		case !follow:
			x.touch(s, x.words.names.of(c.word), value, weight, openInitials)
		case openInitials:
			x.open(s, x.words.withInitials(c.word), value, weight)
		}
	}
	if !follow {
		return
	}
	for _, n := range s.opened[:opened] {
		if openInitials && x.initials[n] > 0 {
			continue
		}
		for _, m := range x.members[x.starts[n]:x.starts[n+1]] {
			if s.tokensNear(m.word)>>st.word&1 == 1 {
				similarity := find(cells, m.word)
				s.tallies[n].add(x.value(cell{m.word, int32(similarity)}, weight), weight)
			}
		}
	}
}

// followCost is how many names of a posting are passed in the time that it takes
// to look at the words of one name.
const followCost = 6

// step is a word of a query: how many names its near words have, and the most
// that it adds to a match.
type step struct {
	word, cost int
	best       int32
}

// steps orders the words of a query, those of few names first, and returns what
// all of them may add.
func (x *Index) steps(q *query) (steps []step, rest int64) {
	rest = int64(q.loose)
	steps = make([]step, 0, len(q.words))
	for i, cells := range q.words {
		st := step{word: i}
		for _, c := range cells {
			st.cost += len(x.words.names.of(c.word))
			st.best = max(st.best, x.value(c, q.weights[i]))
		}
		steps = append(steps, st)
		rest += int64(st.best)
	}
	slices.SortFunc(steps, func(a, b step) int {
		return cmp.Or(cmp.Compare(a.cost*int(q.weights[b.word]+1), b.cost*int(q.weights[a.word]+1)),
			cmp.Compare(a.word, b.word))
	})
	return steps, rest
}

// value is the most that a near word adds to a match.
func (x *Index) value(c cell, weight int32) int32 {
	return max(x.weights[c.word], weight) * c.similarity / full
}

// open follows names, and opens those that are not.
func (x *Index) open(s *scratch, names []int32, value, covered int32) {
	for _, n := range names {
		if t := &s.tallies[n]; t.seen == s.epoch {
			t.add(value, covered)
			continue
		}
		s.start(n, value, covered)
	}
}

// touch follows names that were opened, and opens others when they have initials
// and may be.
func (x *Index) touch(s *scratch, names []int32, value, covered int32, openInitials bool) {
	for _, n := range names {
		if t := &s.tallies[n]; t.seen == s.epoch {
			t.add(value, covered)
		} else if openInitials && x.initials[n] > 0 {
			s.start(n, value, covered)
		}
	}
}

func (s *scratch) start(n, value, covered int32) {
	s.tallies[n] = tally{s.epoch, value, covered}
	s.opened = append(s.opened, n)
}

// initialsFew is how many initials a name has at most when what they may add
// is told beforehand; the few names with more are always followed.
const initialsFew = 2

// initialAdds is the most that an initial of a listed name adds to a match.
const initialAdds = weightMax * 45 / 100

// reaches says whether a name can reach the threshold with so much weight that
// agrees, and at least so much of the query and of the list that does not.
func reaches(matched, query, listed int64, threshold int) bool {
	against := surplus*query + omission*listed
	if matched > evidenceFrom {
		// There may be more left of either, all of it alike to that of the other.
		against = min(against, (surplus+omission-alikeEases)*max(query, listed))
		against = ease(matched, against)
	}
	return matched*100*int64(full-threshold) >= int64(threshold)*against
}

// mayReach says whether a name that was opened can reach the threshold. Initials
// alone cannot reach more than one of them is worth.
func (x *Index) mayReach(q *query, s *scratch, n int32, threshold int) bool {
	t := s.tallies[n]
	if t.matched == 0 && threshold > byInitial && !q.cut {
		return false
	}
	initials := int32(x.initials[n])
	matched := int64(t.matched + q.loose + initials*initialAdds)
	query := max(0, int64(q.total-t.covered-q.loose-initials*weightMax))
	listed := max(0, int64(x.totals[n])-matched*full/leastNear-int64(q.looseWords)*weightMax)
	if q.cut {
		listed = 0
	}
	return reaches(matched, query, listed, threshold)
}

// mayScore says the same of a name without joins by the words that it has, as if
// each of them and of the query had the best that it may pair with. Cut words are
// left to the comparison.
func (x *Index) mayScore(q *query, s *scratch, n int32, threshold int) bool {
	if q.cut {
		return true
	}
	var byQuery [tokensMax]int32
	query, listed, byListed := int64(q.total), int64(x.totals[n]), int64(0)
	for _, m := range x.members[x.starts[n]:x.starts[n+1]] {
		tokens := s.tokensNear(m.word)
		if m.class == initial || q.looseWords > 0 {
			tokens = 1<<len(q.words) - 1
		}
		best := int32(0)
		for ; tokens != 0; tokens &= tokens - 1 {
			i := bits.TrailingZeros64(tokens)
			value := x.pairValue(q, i, m)
			if value > 0 && byQuery[i] == 0 {
				query -= int64(q.weights[i])
			}
			best, byQuery[i] = max(best, value), max(byQuery[i], value)
		}
		if best > 0 {
			listed -= int64(m.weight)
			byListed += int64(best)
		}
	}
	matched := int64(0)
	for _, value := range byQuery[:len(q.words)] {
		matched += int64(value)
	}
	return reaches(min(matched, byListed), query, listed, threshold)
}

// pairValue is what a word of the query and one of a listed name add to a match,
// rounded up, when they pair.
func (x *Index) pairValue(q *query, i int, m member) int32 {
	weight, similarity := m.weight, int32(find(q.words[i], m.word))
	if similarity == 0 && (q.tokens[i].class == initial) != (m.class == initial) &&
		q.tokens[i].text[0] == x.words.words.at(m.word)[0] {
		weight, similarity = min(weight, q.weights[i]), byInitial
	}
	return (weight*similarity + full - 1) / full
}
