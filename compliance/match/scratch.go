package match

// scratch is the working memory of one search, small enough for a processor's nearest
// memories.
type scratch struct {
	query query
	// tallies are those of all names, seen the names that have any.
	tallies []tally
	seen    []int32
	// isNear has the listed words that are near a word of the query, nearest where
	// in nears the last of these is.
	isNear  []uint64
	nearest []int32
	nears   []nearTo
	steps   []step
}

// tally is what of a name agrees with the query: which steps of the search met it, and
// the weight that does, tallyMost at most.
type tally struct {
	hits    hits
	matched uint16
}

const tallyMost = 1<<16 - 1

// hits has a bit for each of the first steps of a search, one for all that follow, and
// these.
type hits uint16

const (
	stepsMost      = 12
	stepBits  hits = 1<<stepsMost - 1
	// isJoined names have a word that is joined or split.
	isJoined hits = 1 << 15
	// isLettered names have an initial that a word of the query begins with.
	isLettered hits = 1 << 14
	// isCrowded names have more than initialsFew initials.
	isCrowded hits = 1 << 13
	// isOpen names may reach the threshold without any word that is near.
	isOpen hits = 1 << 12
)

func (t *tally) add(hit hits, value int32) {
	t.hits |= hit
	t.matched = uint16(min(int32(t.matched)+value, tallyMost))
}

// nearTo is a word of the query that a listed word is near, and where in the nears of
// the scratch one more of that listed word is, or -1.
type nearTo struct{ token, similarity, next int32 }

func newScratch(names, words int) *scratch {
	return &scratch{tallies: make([]tally, names), isNear: make([]uint64, words/64+1), nearest: make([]int32, words)}
}

// next starts a new search.
func (s *scratch) next() {
	for _, n := range s.seen {
		s.tallies[n] = tally{}
	}
	clear(s.isNear)
	s.nears, s.seen = s.nears[:0], s.seen[:0]
}

// near says whether a listed word is near any of the query.
func (s *scratch) near(word int32) bool { return s.isNear[word>>6]>>(word&63)&1 == 1 }

// reach says that a listed word is near a word of the query.
func (s *scratch) reach(c cell, token int) {
	next := int32(-1)
	if s.near(c.word) {
		next = s.nearest[c.word]
	}
	s.isNear[c.word>>6] |= 1 << (c.word & 63)
	s.nearest[c.word] = int32(len(s.nears))
	s.nears = append(s.nears, nearTo{int32(token), c.similarity, next})
}

// similarity is that of a listed word and a word of the query, 0 when they are not near.
func (s *scratch) similarity(word int32, token int) int32 {
	if !s.near(word) {
		return 0
	}
	for at := s.nearest[word]; at >= 0; at = s.nears[at].next {
		if s.nears[at].token == int32(token) {
			return s.nears[at].similarity
		}
	}
	return 0
}

// see tallies names.
func (s *scratch) see(names []int32, hit hits, value int32) {
	for _, n := range names {
		t := &s.tallies[n]
		if t.hits == 0 {
			s.seen = append(s.seen, n)
		}
		t.add(hit, value)
	}
}

// again tallies names that were seen before.
func (s *scratch) again(names []int32, hit hits, value int32) {
	for _, n := range names {
		if t := &s.tallies[n]; t.hits != 0 {
			t.add(hit, value)
		}
	}
}
