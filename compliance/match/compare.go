package match

import "sync"

// Pair explains a part of a score: words of the query and of the listed name
// that agree, or one side alone.
type Pair struct {
	Query  string `json:"query,omitempty"`
	Listed string `json:"listed,omitempty"`
	// How says why they agree: equal, spelling, variant, beginning, initial, joined, cut;
	// or only-query, only-listed.
	How string `json:"how"`
	// Similarity is in basis points, Weight what the words count.
	Similarity int `json:"similarity"`
	Weight     int `json:"weight"`
}

// aligner compares a query with names of the index.
type aligner struct {
	comparison
	index   *Index
	members []member
}

func (x *Index) comparison(q *query) *aligner {
	a := &aligner{index: x}
	a.query, a.cut = q.side, q.cut
	a.alike = func(i, j int) int { return find(q.words[i], a.members[j].word) }
	a.queryJoin = func(i, j int) int {
		if len(q.joined[i]) == 0 {
			return 0
		}
		return find(q.joined[i], a.members[j].word)
	}
	a.listJoin = func(i, j int) int {
		if a.members[j].join < 0 || len(q.joins[i]) == 0 {
			return 0
		}
		return find(q.joins[i], a.members[j].join)
	}
	heard := sync.OnceValue(func() []heardWord { return hearAll(q.tokens) })
	a.resemblance = func(i, j int) int {
		other := x.words.word(a.members[j].word)
		return resemblance(&heard()[i], &other)
	}
	return a
}

// aim takes a folded name of the index as the listed side.
func (a *aligner) aim(x *Index, n int32) {
	a.members = x.membersOf(n)
	a.listed = side{tokens: a.listed.tokens[:0], weights: a.listed.weights[:0]}
	for _, m := range a.members {
		a.listed.tokens = append(a.listed.tokens, token{text: x.words.words.at(m.word), class: m.class})
		a.listed.weights = append(a.listed.weights, m.weight)
	}
}

// Compare scores one pair of names with the weights of the index, without its
// candidates: what [Index.Search] finds has this score.
func (x *Index) Compare(name, listed string) Match {
	best := Match{Name: Name{Text: listed}}
	for _, q := range readings(name, isCut(name)) {
		for _, l := range readings(listed, false) {
			if len(q) == 0 || len(l) == 0 {
				continue
			}
			c := x.pairwise(name, q, l)
			if score := c.score(); score > best.Score {
				best = c.match(best.Name, score)
			}
		}
	}
	return best
}

// Exhaustive finds what [Index.Search] finds without choosing candidates: it scores
// every listed name, in tens of milliseconds. It proves the search.
func (x *Index) Exhaustive(name string, threshold int) []Match {
	var matches []Match
	for _, tokens := range readings(name, isCut(name)) {
		if len(tokens) == 0 {
			continue
		}
		c := x.comparison(x.query(name, tokens))
		for n := range x.of {
			c.aim(x, int32(n))
			if score := c.score(); score >= threshold {
				matches = append(matches, c.match(x.names.at(x.of[n]), score))
			}
		}
	}
	return best(matches, len(matches))
}

func (x *Index) pairwise(name string, q, l []token) *comparison {
	c := &comparison{query: x.side(q), listed: x.side(l), cut: isCut(name)}
	heardQuery, heardListed := hearAll(q), hearAll(l)
	c.alike = func(i, j int) int { return alike(q[i], &heardQuery[i], &heardListed[j]) }
	c.resemblance = func(i, j int) int { return resemblance(&heardQuery[i], &heardListed[j]) }
	c.queryJoin = func(i, j int) int { return alikeJoined(q, i, &heardListed[j], abjadAt(q, i)) }
	c.listJoin = func(i, j int) int {
		if !fuzzy(q[i].class) {
			return 0
		}
		return alikeJoined(l, j, &heardQuery[i], q[i].abjad)
	}
	return c
}

// abjadAt says whether a word or the next one is written without its vowels.
func abjadAt(tokens []token, i int) bool {
	return tokens[i].abjad || i+1 < len(tokens) && tokens[i+1].abjad
}

func hearAll(tokens []token) []heardWord {
	heard := make([]heardWord, len(tokens))
	for i, t := range tokens {
		heard[i] = hear(t.text)
	}
	return heard
}

func alike(q token, a, b *heardWord) int {
	if fuzzy(q.class) {
		s := near(a, b, q.abjad)
		if q.syllable && s < syllableNear && s != variant {
			return 0
		}
		return s
	}
	if a.text == b.text {
		return full
	}
	return 0
}

// fuzzy says whether words of the class may be misspelt.
func fuzzy(c class) bool { return c != number && c != initial && c != legalForm }

func alikeJoined(tokens []token, i int, with *heardWord, freeVowels bool) int {
	text, ok := join(tokens, i)
	if !ok {
		return 0
	}
	joined := hear(text)
	if f := frame(joined.sound); f == "" || f != frame(with.sound) {
		return 0
	}
	if s := similarity(&joined, with, freeVowels); s >= joinNear {
		return s
	}
	return 0
}

// match tells the alignment that was scored last, of a name.
func (c *comparison) match(name Name, score int) Match {
	return Match{Name: name, Score: score, Pairs: c.explain(), Evidence: c.told}
}

// explain tells the alignment that was scored last.
func (c *comparison) explain() []Pair {
	pairs := make([]Pair, 0, len(c.chosen))
	for _, e := range c.chosen {
		pairs = append(pairs, Pair{
			Query: c.query.words(e.query), Listed: c.listed.words(e.listed), How: e.how(),
			Similarity: int(e.similarity), Weight: int(e.weight),
		})
	}
	for i, t := range c.query.tokens {
		if c.usedQuery>>i&1 == 0 {
			pairs = append(pairs, Pair{Query: t.text, How: "only-query", Weight: int(c.query.weights[i])})
		}
	}
	for j, t := range c.listed.tokens {
		if c.usedList>>j&1 == 0 {
			pairs = append(pairs, Pair{Listed: t.text, How: "only-listed", Weight: int(c.listed.weights[j])})
		}
	}
	return pairs
}

func (s side) words(chosen uint64) string {
	text := ""
	for i, t := range s.tokens {
		if chosen>>i&1 == 1 {
			if text != "" {
				text += " "
			}
			text += t.text
		}
	}
	return text
}

func (e edge) how() string {
	switch {
	case e.relation == byLetter:
		return "initial"
	case e.relation == byCut:
		return "cut"
	case e.relation != byWord:
		return "joined"
	case e.similarity == full:
		return "equal"
	case e.similarity == variant:
		return "variant"
	case e.similarity == begun:
		return "beginning"
	}
	return "spelling"
}
