package match

import (
	"iter"
	"strings"
)

// Limits of free text: a stretch of listed words longer than any name, and how
// many stretches one text can have, which a remittance of 140 characters never
// reaches.
const (
	stretchMax   = 6
	stretchesMax = 40
	// pieceWords is how many words are folded at a time.
	pieceWords = 24
)

// SearchText returns the entries that free text names, such as the purpose of a
// payment: like [Index.Search] for every stretch of at least two words that all
// stand on a list as they are. In a text most words are no names, so that words
// that are only like listed ones mean nothing there.
func (x *Index) SearchText(text string, threshold, limit int) []Match {
	var all []Match
	stretches := 0
	for piece := range pieces(text) {
		all, stretches = x.searchPiece(piece, threshold, all, stretches)
	}
	return best(all, limit)
}

// pieces cuts a text into parts that are short enough to be folded, each with the
// last words of the one before.
func pieces(text string) iter.Seq[string] {
	words := strings.Fields(text)
	return func(yield func(string) bool) {
		for from := 0; from < len(words); from += pieceWords - stretchMax {
			if !yield(strings.Join(words[from:min(len(words), from+pieceWords)], " ")) {
				return
			}
		}
	}
}

func (x *Index) searchPiece(piece string, threshold int, all []Match, stretches int) ([]Match, int) {
	for _, tokens := range readings(piece) {
		for from := 0; from < len(tokens); from++ {
			to := from
			for to < len(tokens) && to-from < stretchMax && x.listed(tokens[to]) {
				to++
			}
			if to-from < 2 || stretches == stretchesMax {
				continue
			}
			stretches++
			for end := from + 2; end <= to; end++ {
				words := tokens[from:end:end]
				all = x.search("", words, threshold, all)
			}
		}
	}
	return all, stretches
}

// listed reports whether a word of a text stands on a list and can be part of a
// name there.
func (x *Index) listed(t token) bool {
	_, known := x.words.words.find(t.text)
	return known && t.class != number && t.class != initial
}
