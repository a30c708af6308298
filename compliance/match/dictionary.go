package match

import (
	"cmp"
	"slices"
	"strings"
)

// cell is a listed word that a word reaches, with their similarity.
type cell struct {
	word       int32
	similarity int32
}

// dictionary holds the different words of the listed names and the names that
// have them.
type dictionary struct {
	words vocabulary
	// sounds are the different sounds of the words, with their bags; sound has that
	// of each word.
	sounds vocabulary
	bags   []bag
	sound  []int32
	// groups are those of word w from groupEnds[w-1] to groupEnds[w]; known words are
	// common names.
	groups    []int32
	groupEnds []uint32
	known     []bool
	// Those of middles[w] postings of word w that come first have initials.
	names   postings
	middles []int32
	// frames has the sounds of each frame of consonants, spelt the words of each
	// sound.
	frameTexts    vocabulary
	frames, spelt postings
	// grouped has each group of names that stand for one another, above the number of
	// a word of it; sorted.
	grouped []uint64
	near    neighbours
	// shorter has, for every word and every word less one letter, a hash of it
	// above the word's number; sorted.
	shorter []uint64
	// ordered are the words in the order of their letters.
	ordered []int32
}

// posting is a word of a name while the dictionary is built, and whether the name has
// initials.
type posting struct {
	word, name int32
	initials   bool
}

// id numbers a word. Words that are only joined have no groups.
func (d *dictionary) id(text string, joined bool) int32 {
	id := d.words.number(text)
	if int(id) < len(d.sound) {
		return id
	}
	s := soundOf(text)
	of := d.sounds.number(string(s))
	if int(of) == len(d.bags) {
		d.bags = append(d.bags, bagOf(s))
	}
	d.sound = append(d.sound, of)
	if !joined {
		groups := tables.groupsOf(text)
		d.groups = append(d.groups, groups...)
		d.groupEnds = append(d.groupEnds, uint32(len(d.groups)))
		d.known = append(d.known, tables.known(text) || len(groups) > 0)
	}
	return id
}

// word returns what comparing a word needs.
func (d *dictionary) word(id int32) heardWord {
	sounds := d.sound[id]
	w := heardWord{text: d.words.at(id), sound: sound(d.sounds.at(sounds)), bag: d.bags[sounds]}
	if len(d.known) > 0 {
		w.groups, w.known = d.groupsOf(id), d.known[id]
	}
	return w
}

func (d *dictionary) groupsOf(id int32) []int32 {
	from := uint32(0)
	if id > 0 {
		from = d.groupEnds[id-1]
	}
	return d.groups[from:d.groupEnds[id]]
}

// seal makes the postings and the frames once all words are known.
func (d *dictionary) seal(posts []posting) {
	d.names = postings{starts: make([]int32, d.words.count()+1), items: make([]int32, len(posts))}
	for _, p := range posts {
		d.names.starts[p.word+1]++
	}
	for w := range d.words.count() {
		d.names.starts[w+1] += d.names.starts[w]
	}
	next := slices.Clone(d.names.starts)
	place := func(initials bool) {
		for _, p := range posts {
			if p.initials == initials {
				d.names.items[next[p.word]] = p.name
				next[p.word]++
			}
		}
	}
	place(true)
	d.middles = slices.Clone(next[:d.words.count()])
	place(false)
	d.spelt = post(d.sound, d.sounds.count())
	frames := make([]int32, d.sounds.count())
	for s := range frames {
		frames[s] = -1
		if f := frame(sound(d.sounds.at(int32(s)))); f != "" {
			frames[s] = d.frameTexts.number(f)
		}
	}
	d.frames = post(frames, d.frameTexts.count())
}

// group gathers the sounds by their bags, and the words by their groups and by
// their letters, for the search of near words and of those that go on.
func (d *dictionary) group() {
	d.near = arrange(&d.sounds, d.bags)
	for w := range int32(d.words.count()) {
		for _, g := range d.groupsOf(w) {
			d.grouped = append(d.grouped, uint64(g)<<32|uint64(w))
		}
		shorten(d.words.at(w), func(hash uint32) {
			d.shorter = append(d.shorter, uint64(hash)<<32|uint64(w))
		})
		d.ordered = append(d.ordered, w)
	}
	slices.SortFunc(d.ordered, func(a, b int32) int { return cmp.Compare(d.words.at(a), d.words.at(b)) })
	slices.Sort(d.grouped)
	slices.Sort(d.shorter)
}

// goingOn returns the words that begin with a text.
func (d *dictionary) goingOn(text string) []int32 {
	from, _ := slices.BinarySearchFunc(d.ordered, text, func(w int32, text string) int {
		return cmp.Compare(d.words.at(w), text)
	})
	end := from
	for end < len(d.ordered) && strings.HasPrefix(d.words.at(d.ordered[end]), text) {
		end++
	}
	return d.ordered[from:end]
}

// reachBegun adds the words that begin with a word, and those that it begins with.
func (d *dictionary) reachBegun(w *heardWord, cells []cell) []cell {
	if len(w.text) < beginFrom {
		return cells
	}
	for _, id := range d.goingOn(w.text) {
		cells = append(cells, cell{id, begun})
	}
	for length := beginFrom; length < len(w.text); length++ {
		if id, ok := d.words.find(w.text[:length]); ok {
			cells = append(cells, cell{id, begun})
		}
	}
	return cells
}

// under gives the numbers under a key in a sorted list of keys above numbers.
func under(sorted []uint64, key uint32, give func(int32)) {
	at, _ := slices.BinarySearch(sorted, uint64(key)<<32)
	for ; at < len(sorted) && uint32(sorted[at]>>32) == key; at++ {
		give(int32(uint32(sorted[at])))
	}
}

// shorten gives the hash of a word and of the word less each of its letters.
func shorten(text string, give func(uint32)) {
	give(hashOf(text, -1))
	for i := range len(text) {
		give(hashOf(text, i))
	}
}

// hashOf is the FNV-1a hash of a word without one of its letters.
func hashOf(text string, without int) uint32 {
	hash := uint32(2166136261)
	for i := range len(text) {
		if i != without {
			hash = (hash ^ uint32(text[i])) * 16777619
		}
	}
	return hash
}

// reachTyped returns the words that are one typing error away. Such words share
// a text that is either of them less a letter at most.
func (d *dictionary) reachTyped(w *heardWord, cells []cell) []cell {
	shorten(w.text, func(hash uint32) {
		under(d.shorter, hash, func(id int32) {
			if s := typed(w.text, d.words.at(id)); s > 0 {
				cells = append(cells, cell{id, int32(s)})
			}
		})
	})
	return cells
}

// byInitials are the names that have a word: those with initials, and the others.
func (d *dictionary) byInitials(word int32) (with, without []int32) {
	from, middle, end := d.names.starts[word], d.middles[word], d.names.starts[word+1]
	return d.names.items[from:middle], d.names.items[middle:end]
}

// frame is the consonants of a word by kind, doubled ones once; the sound itself when
// there are too few to tell anything.
func frame(s sound) string {
	var buffer [2 * tokenMax]byte
	out := buffer[:0]
	for i := range len(s) {
		kind := kindOf(letterOf[s[i]])
		if kind != 'A' && kind != 'H' && (len(out) == 0 || out[len(out)-1] != kind) {
			out = append(out, kind)
		}
	}
	if len(out) < 2 {
		return string(s)
	}
	return string(out)
}

// reach returns every word that is near, by ascending number.
func (d *dictionary) reach(w *heardWord, freeVowels bool) []cell {
	var cells []cell
	for _, near := range d.near.of(w, freeVowels) {
		cells = d.spell(w, near, cells)
	}
	cells = d.reachTyped(w, cells)
	for _, g := range w.groups {
		under(d.grouped, uint32(g), func(id int32) { cells = append(cells, cell{id, variant}) })
	}
	return d.apart(w, tidy(d.reachBegun(w, cells)))
}

// spell adds the words of a sound that is near.
func (d *dictionary) spell(w *heardWord, near soundCell, cells []cell) []cell {
	for _, id := range d.spelt.of(near.sound) {
		s := near.similarity
		if s == respelt && d.words.at(id) == w.text {
			s = full
		}
		cells = append(cells, cell{id, s})
	}
	return cells
}

// apart leaves out common names that are not the word's, which is one.
func (d *dictionary) apart(w *heardWord, cells []cell) []cell {
	if !w.known {
		return cells
	}
	return slices.DeleteFunc(cells, func(c cell) bool {
		return c.similarity < respelt && d.known[c.word] && !share(w.groups, d.groupsOf(c.word))
	})
}

// joinNear is the similarity from which two words may be one that was split.
const joinNear = 9_500

// joinLimit returns a cost from which words of so many sounds are not that similar.
func joinLimit(length int) int { return (full-joinNear)*length*whole/full*100/steep + 1 }

// reachFrame returns the near words among those of the same consonants.
func (d *dictionary) reachFrame(w *heardWord, freeVowels bool) []cell {
	var cells []cell
	f, known := d.frameTexts.find(frame(w.sound))
	if !known {
		return nil
	}
	var t table
	symbols := []byte(w.sound)
	for _, of := range d.frames.of(f) {
		other := d.sounds.at(of)
		limit := joinLimit(max(len(symbols), len(other)))
		if !within(w.bag, d.bags[of], limit, freeVowels) {
			continue
		}
		if s := soundSimilarityWithin(symbols, []byte(other), limit, freeVowels, &t); s >= joinNear {
			cells = d.spell(w, soundCell{of, int32(s)}, cells)
		}
	}
	return tidy(cells)
}

// tidy sorts cells by word and keeps the best of each.
func tidy(cells []cell) []cell {
	slices.SortFunc(cells, func(a, b cell) int {
		return cmp.Or(cmp.Compare(a.word, b.word), cmp.Compare(b.similarity, a.similarity))
	})
	return slices.CompactFunc(cells, func(a, b cell) bool { return a.word == b.word })
}

// find returns the similarity of a word among cells, 0 when it is not there.
func find(cells []cell, word int32) int {
	low, high := 0, len(cells)
	for low < high {
		middle := int(uint(low+high) >> 1)
		if cells[middle].word < word {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if low < len(cells) && cells[low].word == word {
		return int(cells[low].similarity)
	}
	return 0
}
