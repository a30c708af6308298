package match

// Brute returns the best score of every entry that has the threshold, by
// comparing the name with every listed one, word by word.
func (x *Index) Brute(query string, threshold int) map[string]int {
	found := map[string]int{}
	for _, tokens := range readings(query, isCut(query)) {
		if len(tokens) == 0 {
			continue
		}
		a := &aligner{index: x}
		for n := range x.of {
			a.aim(x, int32(n))
			c := x.pairwise(query, tokens, a.listed.tokens)
			name := x.names.at(x.of[n])
			entry := name.List + " " + name.Entry
			if score := c.score(); score >= threshold && score > found[entry] {
				found[entry] = score
			}
		}
	}
	return found
}

// Forget empties what the index remembers.
func (x *Index) Forget() {
	x.memory.known = nil
	x.lexicon.words, x.lexicon.folded, x.lexicon.lemmas = vocabulary{}, texts{}, nil
}

// SplitRunes is the split of any name, SplitASCII that of one of bytes.
var (
	SplitRunes = splitRunes
	SplitASCII = splitASCII
)

// Lower is the score of an agreement with its evidence.
func Lower(e Evidence) int { return e.lower() }
