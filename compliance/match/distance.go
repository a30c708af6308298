package match

import (
	"slices"
	"strings"
)

// full is a similarity or a score of equal things, in basis points.
const full = 10_000

// steep makes differences tell more than their share of the letters, in
// hundredths: two words that are each a little alike are seldom one name.
const steep = 140

// typing is what one typing error takes off, divided by the letters.
const typing = 9_000

// nearFrom is the similarity from which two words may be the same name. Below
// it a fifth of a word differs. leastNear is that similarity made steep,
// rounded down.
const (
	nearFrom  = 7_800
	leastNear = 6_900
)

// respelt is the similarity of words that differ in letters but not in sound.
const respelt = 9_700

// shortWord is the length in sounds up to which a difference counts half as
// much again: in a syllable every letter matters.
const shortWord = 4

// costLimit returns the largest cost at which words of these lengths are near.
func costLimit(a, b int) int {
	length := max(a, b)
	limit := (full - nearFrom) * length * whole / full
	if length <= shortWord {
		limit = limit * 2 / 3
	}
	return limit
}

// variant is the similarity of names that stand for one another.
const variant = 9_000

// begun is the similarity of a word and its beginning, which stands for it as an initial
// does: Gwen for Gwendolyn.
const begun = byInitial

// beginFrom is how many letters the beginning of a word has at least.
const beginFrom = 3

func begins(word, long string) bool { return len(word) >= beginFrom && strings.HasPrefix(long, word) }

// typedFrom is how many letters the longer of two words has at least when one
// letter between them is taken for a typing error.
const typedFrom = 4

// typed is the similarity of words that are one typing error apart: a letter
// left out, added, exchanged or swapped with its neighbour; not the first letter of a
// word as short as it may be, for many such words rhyme. 0 when they are not.
func typed(a, b string) int {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b) < typedFrom || len(b)-len(a) > 1 || a == b || !oneEdit(a, b) {
		return 0
	}
	if len(b) == typedFrom && a[0] != b[0] {
		return 0
	}
	return full - typing/len(b)
}

// oneEdit compares words of which b is not shorter, by a letter at most.
func oneEdit(a, b string) bool {
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	return i < len(a) && (a[i+1:] == b[i+1:] ||
		i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:])
}

// near compares two words by sound, as names that stand for one another, and as a name and
// its beginning.
func near(a, b *heardWord, freeVowels bool) int {
	best := max(similarity(a, b, freeVowels), typed(a.text, b.text))
	if begins(a.text, b.text) || begins(b.text, a.text) {
		best = max(best, begun)
	}
	if best < variant && share(a.groups, b.groups) {
		return variant
	}
	if best < respelt && a.known && b.known && !share(a.groups, b.groups) {
		return 0
	}
	return best
}

func share(a, b []int32) bool {
	for _, g := range a {
		if slices.Contains(b, g) {
			return true
		}
	}
	return false
}

// similarity compares two words by sound: full when the letters are equal too,
// 0 when they are not near.
func similarity(a, b *heardWord, freeVowels bool) int {
	if a.text == b.text {
		return full
	}
	if !within(a.bag, b.bag, costLimit(len(a.sound), len(b.sound)), freeVowels) {
		return 0
	}
	var t table
	return soundSimilarity([]byte(a.sound), []byte(b.sound), freeVowels, &t)
}

func soundSimilarity(a, b []byte, freeVowels bool, t *table) int {
	return soundSimilarityWithin(a, b, costLimit(len(a), len(b)), freeVowels, t)
}

// soundSimilarityWithin is 0 when the cost is above the limit.
func soundSimilarityWithin(a, b []byte, limit int, freeVowels bool, t *table) int {
	cost := t.distance(a, b, limit, freeVowels)
	if cost > limit {
		return 0
	}
	length := max(len(a), len(b), 1)
	if length <= shortWord {
		cost += cost / 2
	}
	if freeVowels {
		length = max(1, (length+max(written(a), written(b)))/2)
	}
	if s := min(respelt, full-cost*full/(whole*length)*steep/100); s >= leastNear {
		return s
	}
	return 0
}

// written is how many sounds of a word are written where vowels are not.
func written(sounds []byte) int {
	count := 0
	for _, s := range sounds {
		if costs[s] != vowel {
			count++
		}
	}
	return count
}

// heardWord is a word with what comparing it needs.
type heardWord struct {
	text   string
	sound  sound
	bag    bag
	groups []int32
	// known words are common names.
	known bool
}

func hear(text string) heardWord {
	s := soundOf(text)
	w := heardWord{text: text, sound: s, bag: bagOf(s), groups: tables.groupsOf(text)}
	w.known = tables.known(text) || len(w.groups) > 0
	return w
}

// distance is the cost of the cheapest way from one word to another by leaving
// out, adding and exchanging sounds and swapping neighbours (optimal string
// alignment); anything above the limit when there is none within it.
func distance(a, b []byte, limit int, freeVowels bool) int {
	var t table
	return t.distance(a, b, limit, freeVowels)
}

// table is the working memory of a distance. It is used again because clearing it
// takes as long as a short word.
type table struct {
	rows [3][2*tokenMax + 1]int16
	adds [2*tokenMax + 1]int16
}

func (t *table) distance(a, b []byte, limit int, freeVowels bool) int {
	a, b, same := trim(a, b)
	first := int16(0)
	if !same {
		first = firstExtra
	}
	before, last, row := &t.rows[0], &t.rows[1], &t.rows[2]
	bestBefore := int16(0)
	last[0] = 0
	for j, c := range b {
		t.adds[j] = single(c, freeVowels)
		last[j+1] = last[j] + t.adds[j]
	}
	addFirst(last[1:len(b)+1], first)
	for i, c := range a {
		out := single(c, freeVowels)
		row[0] = last[0] + out
		if i == 0 {
			row[0] += first
		}
		best := row[0]
		line := costs[int(c)*symbols : int(c)*symbols+symbols]
		for j, d := range b {
			cost := last[j] + int16(line[d])
			if i == 0 && j == 0 && c != d && !oneVowel(c, d) {
				cost += first
			}
			cost = min(cost, last[j+1]+out, row[j]+t.adds[j])
			if i > 0 && j > 0 && c == b[j-1] && a[i-1] == d && c != d {
				cost = min(cost, before[j-1]+swap)
			}
			row[j+1] = cost
			best = min(best, cost)
		}
		// A swap reaches back two rows.
		if int(min(best, bestBefore)) > limit {
			return limit + 1
		}
		bestBefore = best
		before, last, row = last, row, before
	}
	return int(last[len(b)])
}

// trim takes off what two words begin and end with alike, and says whether they
// begin alike.
func trim(a, b []byte) (restA, restB []byte, begin bool) {
	same := 0
	for same < len(a) && same < len(b) && a[same] == b[same] {
		same++
	}
	a, b = a[same:], b[same:]
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return a, b, same > 0
}

func addFirst(row []int16, extra int16) {
	for i := range row {
		row[i] += extra
	}
}

// single is the cost of leaving out or adding a sound.
func single(c byte, freeVowels bool) int16 {
	cost := costs[c]
	if freeVowels && cost == vowel {
		return unwritten
	}
	return int16(cost)
}

// firstVowels are the kinds of first vowels that are spellings of one: Ibrahim and Ebrahim,
// Omar and Umar.
var firstVowels = func() (all [symbols]byte) {
	for kind, letters := range []string{"EI", "OU"} {
		for i := range len(letters) {
			all[symbol(letters[i])] = byte(kind + 1)
		}
	}
	return all
}()

// oneVowel says whether two first sounds differ by no more than the spelling of a vowel.
func oneVowel(a, b byte) bool { return firstVowels[a] != 0 && firstVowels[a] == firstVowels[b] }
