package match

import (
	"iter"
	"unicode"
	"unicode/utf8"
)

// Limits of free text: a stretch of listed words longer than any name, and how
// many stretches one text can have: those of 47 words, as many as a remittance of 140
// characters has at most where each has two letters, and those that two parts of it share.
const (
	stretchMax   = 6
	stretchesMax = 46 + 2*(stretchMax-1)
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
	words := spans(text)
	return func(yield func(string) bool) {
		for from, to := 0, 0; to < len(words); from = max(from+1, to-stretchMax) {
			for to = from + 1; to < len(words) && to-from < pieceWords; to++ {
				if utf8.RuneCountInString(text[words[from].from:words[to].to]) > NameMax {
					break
				}
			}
			if !yield(text[words[from].from:words[to-1].to]) {
				return
			}
		}
	}
}

// span is where a word of a text is.
type span struct{ from, to int }

// spans finds the words of a text: what blanks part, and each Chinese character, for
// these are not parted.
func spans(text string) []span {
	var all []span
	inside := false
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		end := at + size
		switch {
		case unicode.IsSpace(r):
			inside = false
		case scriptOf(r) == han:
			all, inside = append(all, span{at, end}), false
		case inside:
			all[len(all)-1].to = end
		default:
			all, inside = append(all, span{at, end}), true
		}
		at = end
	}
	return all
}

func (x *Index) searchPiece(piece string, threshold int, all []Match, stretches int) ([]Match, int) {
	for _, tokens := range readings(piece, false) {
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
