package match

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
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
	// telling is how many words tell who it is.
	telling int
	// letters are those that the words begin with that are no initials.
	letters letters
}

// lines of old formats: a name of such a length may have been cut.
var cutAt = []int{34, 35, 69, 70, 139, 140}

// isCut says whether a name may have been cut: to such a length, or within a letter. One
// that was filled up with blanks was not.
func isCut(name string) bool {
	name = strings.TrimSpace(name)
	last, size := utf8.DecodeLastRuneInString(name)
	return size > 0 && last == utf8.RuneError || slices.Contains(cutAt, utf8.RuneCountInString(name))
}

// query asks for a name by its words, of which there is one at least.
func (x *Index) query(name string, tokens []token) *query {
	q := &query{}
	x.ask(q, name, tokens)
	return q
}

// ask makes the query that for a name, in the memory that it has.
func (x *Index) ask(q *query, name string, tokens []token) {
	*q = query{
		side: side{tokens: tokens, weights: q.weights[:0]}, cut: isCut(name),
		words: q.words[:0], joins: q.joins[:0], joined: q.joined[:0],
	}
	for i, t := range tokens {
		r := x.reached(t)
		weight := x.weight(r.names, t.class)
		q.weights = append(q.weights, weight)
		q.words, q.joins = append(q.words, r.words), append(q.joins, r.joins)
		var joined []cell
		if text, ok := join(tokens, i); ok {
			joined = x.reachedJoin(text, abjadAt(tokens, i))
		}
		q.joined = append(q.joined, joined)
		q.total += weight
		if tells(t.class) {
			q.telling++
		}
		if t.class != initial {
			q.letters.add(t.text[0])
		}
		if t.class == initial || q.cut && i == len(tokens)-1 {
			q.loose += weight
			q.looseWords++
		}
	}
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

// Search returns the entries with a name whose score is at least the threshold, best
// first, each with its best name, and with its best strong name where that is a weak one:
// a policy may ask more of a weak alias than it has. At most limit names.
func (x *Index) Search(name string, threshold, limit int) []Match {
	var matches []Match
	if !hasHan(name) {
		tokens := x.lexicon.fold(name)
		matches = x.search(name, tokens, threshold, nil)
		if tokens = spelledOut(tokens); tokens != nil {
			matches = x.search(name, tokens, threshold, matches)
		}
		return best(matches, limit)
	}
	for _, tokens := range readings(name, isCut(name)) {
		matches = x.search(name, tokens, threshold, matches)
	}
	return best(matches, limit)
}

// best sorts matches, keeps the best of each entry and its best that is not weak, and of
// these at most limit.
func best(matches []Match, limit int) []Match {
	if len(matches) < 2 {
		return matches[:min(len(matches), limit)]
	}
	slices.SortFunc(matches, func(a, b Match) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Name.List, b.Name.List),
			cmp.Compare(a.Name.Entry, b.Name.Entry), strongFirst(a.Name, b.Name), cmp.Compare(a.Name.Text, b.Name.Text))
	})
	type entry struct{ list, entry string }
	const named, strong = 1, 2
	seen := map[entry]int{}
	matches = slices.DeleteFunc(matches, func(m Match) bool {
		key := entry{m.Name.List, m.Name.Entry}
		before := seen[key]
		if m.Name.Weak {
			seen[key] = max(before, named)
			return before > 0
		}
		seen[key] = strong
		return before == strong
	})
	return matches[:min(len(matches), limit)]
}

// strongFirst orders a name before a weak one.
func strongFirst(a, b Name) int {
	switch {
	case a.Weak == b.Weak:
		return 0
	case b.Weak:
		return -1
	}
	return 1
}

// search adds the names that one reading of a name is like.
func (x *Index) search(name string, tokens []token, threshold int, matches []Match) []Match {
	if len(tokens) == 0 {
		return matches
	}
	s := x.scratch.Get().(*scratch)
	defer x.scratch.Put(s)
	q := &s.query
	s.next()
	x.ask(q, name, tokens)
	x.accumulate(q, s, threshold)
	var c *aligner
	for _, n := range s.seen {
		if !x.mayReach(q, s, n, threshold) {
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

// accumulate notes, for every name that could still reach the threshold, which words of
// the query it has one near. Words with few names go first; once those left could not
// carry a match alone, only names that were seen before are followed.
func (x *Index) accumulate(q *query, s *scratch, threshold int) {
	for i := range q.tokens {
		for _, c := range q.joined[i] {
			s.see(x.words.names.of(c.word), isJoined, 0)
		}
		for _, c := range q.joins[i] {
			s.see(x.joins.names.of(c.word), isJoined, 0)
		}
		for _, c := range q.words[i] {
			s.reach(c, i)
		}
	}
	s.see(x.crowded, isCrowded, 0)
	if q.cut {
		// All that agrees may be the last word, which no near word tells.
		for _, word := range x.words.goingOn(q.tokens[len(q.tokens)-1].text) {
			s.see(x.words.names.of(word), isOpen, 0)
		}
	}
	if threshold <= loneWord || q.cut {
		s.see(x.crowded, isOpen, 0)
	}
	rest, missed := x.order(q, s), int64(0)
	for i, st := range s.steps {
		left := max(0, missed-int64(q.loose))
		open := reaches(rest, left, 0, threshold)
		lettered := open || reaches(rest+initialsFew*initialAdds, max(0, left-initialsFew*weightMax), 0, threshold)
		x.step(q, s, st, 1<<min(i, stepsMost-1), open, lettered)
		rest -= int64(st.best)
		missed += int64(q.weights[st.word])
	}
}

// step notes the names that have a word near one of the query: all where open says so,
// those with an initial of the query where lettered does, and those seen before.
func (x *Index) step(q *query, s *scratch, st step, hit hits, open, lettered bool) {
	follow := !open && len(s.seen)*followCost < st.cost
	for _, c := range q.words[st.word] {
		with, without := x.words.byInitials(c.word)
		if lettered {
			for i, n := range with {
				if x.folded[n].initials&q.letters != 0 {
					s.see(with[i:i+1], isLettered, 0)
				}
			}
		}
		switch value := x.value(c, q.weights[st.word]); {
		case open:
			s.see(with, hit, value)
			s.see(without, hit, value)
		case !follow:
			s.again(with, hit, value)
			s.again(without, hit, value)
		}
	}
	if !follow {
		return
	}
	for _, n := range s.seen {
		for _, m := range x.membersOf(n) {
			if similarity := s.similarity(m.word, st.word); similarity > 0 {
				s.tallies[n].add(hit, x.value(cell{m.word, similarity}, q.weights[st.word]))
			}
		}
	}
}

// followCost is how many names of a posting are passed in the time that it takes
// to look at the words of one name.
const followCost = 12

// step is a word of a query: how many names its near words have, and the most
// that it adds to a match.
type step struct {
	word, cost int
	best       int32
}

// order makes the steps of a search, those of few names first, and returns what all
// of them may add.
func (x *Index) order(q *query, s *scratch) (rest int64) {
	rest = int64(q.loose)
	s.steps = s.steps[:0]
	for i, cells := range q.words {
		st := step{word: i}
		for _, c := range cells {
			st.cost += len(x.words.names.of(c.word))
			st.best = max(st.best, x.value(c, q.weights[i]))
		}
		s.steps = append(s.steps, st)
		rest += int64(st.best)
	}
	slices.SortFunc(s.steps, func(a, b step) int {
		return cmp.Or(cmp.Compare(a.cost*int(q.weights[b.word]+1), b.cost*int(q.weights[a.word]+1)),
			cmp.Compare(a.word, b.word))
	})
	return rest
}

// value is the most that a near word adds to a match.
func (x *Index) value(c cell, weight int32) int32 {
	return (max(x.weights[c.word], weight)*c.similarity + full - 1) / full
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
		if least := against * easeLeast / 100; matched*100*int64(full-threshold) < int64(threshold)*least {
			return false
		}
		against = ease(matched, against)
	}
	return matched*100*int64(full-threshold) >= int64(threshold)*against
}

// mayReach says whether a name that was seen can reach the threshold: at once where
// it has joins, for these are left to the comparison.
func (x *Index) mayReach(q *query, s *scratch, n int32, threshold int) bool {
	h := s.tallies[n].hits
	if h&isJoined != 0 {
		return true
	}
	if h&isOpen == 0 {
		pairs := h & (stepBits | isLettered | isCrowded)
		if h&stepBits == 0 || pairs&(pairs-1) == 0 && q.two(threshold) {
			return false
		}
		if h&isCrowded == 0 && !x.mayHit(q, s, n, threshold) {
			return false
		}
	}
	return x.mayScore(q, s, n, threshold)
}

// two says whether it takes two words to reach the threshold: one agreeing word of
// several is not enough above loneWord.
func (q *query) two(threshold int) bool {
	return threshold > loneWord && q.looseWords == 0 && q.telling > 1 && len(q.words) <= stepsMost
}

// mayHit says whether a name can reach the threshold by the words that it has near.
func (x *Index) mayHit(q *query, s *scratch, n int32, threshold int) bool {
	if len(s.steps) > stepsMost || s.tallies[n].matched == tallyMost {
		return true
	}
	matched, query := int64(s.tallies[n].matched)+int64(q.loose), int64(q.total-q.loose)
	for h := s.tallies[n].hits & stepBits; h != 0; h &= h - 1 {
		query -= int64(q.weights[s.steps[bits.TrailingZeros16(uint16(h))].word])
	}
	if s.tallies[n].hits&isLettered != 0 {
		matched += initialsFew * initialAdds
		query -= initialsFew * weightMax
	}
	listed := int64(0)
	if !q.cut {
		listed = max(0, int64(x.folded[n].total)-matched*full/leastNear-int64(q.looseWords)*weightMax)
	}
	return reaches(matched, max(0, query), listed, threshold)
}

// mayScore says whether a name without joins can reach the threshold, as if each of
// its words and of the query had the best that it may pair with.
func (x *Index) mayScore(q *query, s *scratch, n int32, threshold int) bool {
	b := bound{query: int64(q.total), listed: int64(x.folded[n].total)}
	for _, m := range x.membersOf(n) {
		best := int32(0)
		if s.near(m.word) {
			for at := s.nearest[m.word]; at >= 0; at = s.nears[at].next {
				near := s.nears[at]
				best = max(best, b.pair(q, near.token, m.weight*near.similarity))
			}
		}
		if m.class == initial || q.looseWords > 0 {
			for i := range q.tokens {
				best = max(best, b.pair(q, int32(i), x.loosely(q, i, m)))
			}
		}
		if best > 0 {
			b.listed -= int64(m.weight)
			b.byListed += int64(best)
		}
	}
	if q.cut {
		b.listed = 0
	}
	matched := int64(0)
	for _, value := range b.byQuery[:len(q.words)] {
		matched += int64(value)
	}
	return reaches(min(matched, b.byListed), b.query, b.listed, threshold)
}

// bound is the most that the words of a query and those of a listed name add to a
// match, and the weight of those that have no partner.
type bound struct {
	byQuery       [tokensMax]int32
	byListed      int64
	query, listed int64
}

// pair notes that a word of the query may add so much, in parts of full, and returns it
// rounded up.
func (b *bound) pair(q *query, token, value int32) int32 {
	value = (value + full - 1) / full
	if value > 0 && b.byQuery[token] == 0 {
		b.query -= int64(q.weights[token])
	}
	b.byQuery[token] = max(b.byQuery[token], value)
	return value
}

// loosely is what a word of the query and a listed one add to a match as a word and its
// initial, or where the query was cut, in parts of full.
func (x *Index) loosely(q *query, i int, m member) int32 {
	text := x.words.words.at(m.word)
	switch {
	case q.cut && i == len(q.tokens)-1 && strings.HasPrefix(text, q.tokens[i].text):
		return min(m.weight, q.weights[i]) * full
	case (q.tokens[i].class == initial) != (m.class == initial) && q.tokens[i].text[0] == text[0]:
		return min(m.weight, q.weights[i]) * byInitial
	}
	return 0
}
