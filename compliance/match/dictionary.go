package match

import (
	"cmp"
	"slices"
	"sync"
)

// cell is a listed word that a word reaches, with their similarity.
type cell struct {
	word       int32
	similarity int32
}

// dictionary holds the different words of the listed names and the names that
// have them.
type dictionary struct {
	words []heardWord
	ids   map[string]int32
	// postings of word w are names[starts[w]:starts[w+1]]; those before middles[w]
	// have initials.
	starts, middles, names []int32
	// frames leads from a frame of consonants to the words that have it.
	frames map[string][]int32
	// grouped has the words of each group of names that stand for one another.
	grouped map[int32][]int32
	// bags are the different bags of the words; those with bags[m] are
	// masked[maskStarts[m]:maskStarts[m+1]], and the longest has longest[m] sounds.
	bags    []bag
	longest []int32
	// symbols of masked[i] are flat[flatStarts[i]:flatStarts[i+1]].
	flat               []byte
	flatStarts         []int32
	maskStarts, masked []int32
	// shorter has, for every word and every word less one letter, a hash of it
	// above the word's number; sorted.
	shorter []uint64
}

// post is a word of a name while the dictionary is built, and how many initials
// the name has.
type post struct {
	word, name int32
	initials   uint8
}

func (d *dictionary) id(text string) int32 {
	id, known := d.ids[text]
	if !known {
		id = int32(len(d.words))
		d.ids[text] = id
		d.words = append(d.words, hear(text))
	}
	return id
}

// seal makes the postings and the frames once all words are known.
func (d *dictionary) seal(posts []post) {
	d.starts = make([]int32, len(d.words)+1)
	d.names = make([]int32, len(posts))
	for _, p := range posts {
		d.starts[p.word+1]++
	}
	for w := range d.words {
		d.starts[w+1] += d.starts[w]
	}
	next := slices.Clone(d.starts)
	place := func(initials bool) {
		for _, p := range posts {
			if (p.initials > 0) == initials {
				d.names[next[p.word]] = p.name
				next[p.word]++
			}
		}
	}
	place(true)
	d.middles = slices.Clone(next[:len(d.words)])
	place(false)
	d.frames = make(map[string][]int32, len(d.words))
	for w := range d.words {
		if f := frame(d.words[w].sound); f != "" {
			d.frames[f] = append(d.frames[f], int32(w))
		}
	}
}

// group gathers the words by mask, for the search of near words.
func (d *dictionary) group() {
	d.masked = make([]int32, len(d.words))
	for w := range d.words {
		d.masked[w] = int32(w)
	}
	slices.SortFunc(d.masked, func(a, b int32) int {
		return cmp.Or(d.words[a].bag.compare(d.words[b].bag), cmp.Compare(a, b))
	})
	for i, w := range d.masked {
		d.flatStarts = append(d.flatStarts, int32(len(d.flat)))
		d.flat = append(d.flat, d.words[w].symbols...)
		if b := d.words[w].bag; len(d.bags) == 0 || d.bags[len(d.bags)-1] != b {
			d.bags = append(d.bags, b)
			d.maskStarts = append(d.maskStarts, int32(i))
			d.longest = append(d.longest, 0)
		}
		last := len(d.longest) - 1
		d.longest[last] = max(d.longest[last], int32(len(d.words[w].sound)))
	}
	d.maskStarts = append(d.maskStarts, int32(len(d.masked)))
	d.flatStarts = append(d.flatStarts, int32(len(d.flat)))
	d.grouped = map[int32][]int32{}
	for w := range d.words {
		for _, g := range d.words[w].groups {
			d.grouped[g] = append(d.grouped[g], int32(w))
		}
		shorten(d.words[w].text, func(hash uint32) {
			d.shorter = append(d.shorter, uint64(hash)<<32|uint64(w))
		})
	}
	slices.Sort(d.shorter)
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
		at, _ := slices.BinarySearch(d.shorter, uint64(hash)<<32)
		for ; at < len(d.shorter) && uint32(d.shorter[at]>>32) == hash; at++ {
			id := int32(uint32(d.shorter[at]))
			if s := typed(w.text, d.words[id].text); s > 0 {
				cells = append(cells, cell{id, int32(s)})
			}
		}
	})
	return cells
}

func (d *dictionary) postings(word int32) []int32 { return d.names[d.starts[word]:d.starts[word+1]] }

// withInitials are the postings of names that have initials.
func (d *dictionary) withInitials(word int32) []int32 { return d.names[d.starts[word]:d.middles[word]] }

// frame is the consonants of a word by kind, doubled ones once; empty when
// there are too few to tell anything.
func frame(s sound) string {
	var buffer [2 * tokenMax]byte
	out := buffer[:0]
	for i := range len(s) {
		kind := kindOf(s[i])
		if kind != 'A' && kind != 'H' && (len(out) == 0 || out[len(out)-1] != kind) {
			out = append(out, kind)
		}
	}
	if len(out) < 2 {
		return ""
	}
	return string(out)
}

// reach returns every word that is near, by ascending number. It looks at all
// of them: masks rule most out at about a nanosecond each.
func (d *dictionary) reach(w *heardWord, freeVowels bool) []cell {
	var cells []cell
	var limit [2*tokenMax + 1]int
	for length := range limit {
		limit[length] = costLimit(len(w.symbols), length)
	}
	var t table
	for m, other := range d.bags {
		if !within(w.bag, other, limit[d.longest[m]], freeVowels) {
			continue
		}
		for i := d.maskStarts[m]; i < d.maskStarts[m+1]; i++ {
			symbols := d.flat[d.flatStarts[i]:d.flatStarts[i+1]]
			if s := soundSimilarity(w.symbols, symbols, freeVowels, &t); s > 0 {
				if s == respelt && d.words[d.masked[i]].text == w.text {
					s = full
				}
				cells = append(cells, cell{d.masked[i], int32(s)})
			}
		}
	}
	cells = d.reachTyped(w, cells)
	for _, g := range w.groups {
		for _, id := range d.grouped[g] {
			cells = append(cells, cell{id, variant})
		}
	}
	return d.apart(w, tidy(cells))
}

// apart leaves out common names that are not the word's, which is one.
func (d *dictionary) apart(w *heardWord, cells []cell) []cell {
	if !w.known {
		return cells
	}
	return slices.DeleteFunc(cells, func(c cell) bool {
		other := &d.words[c.word]
		return c.similarity < respelt && other.known && !share(w.groups, other.groups)
	})
}

// joinNear is the similarity from which two words may be one that was split.
const joinNear = 9_500

// reachFrame returns the near words among those of the same consonants.
func (d *dictionary) reachFrame(w *heardWord, freeVowels bool) []cell {
	var cells []cell
	for _, id := range d.frames[frame(w.sound)] {
		if s := similarity(w, &d.words[id], freeVowels); s >= joinNear {
			cells = append(cells, cell{id, int32(s)})
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

// memory remembers what words reach, because the words of payments repeat. It
// is emptied when it is full, which keeps the hot words by their return.
type memory struct {
	mutex sync.RWMutex
	known map[memoryKey]reached
	cells int
}

type memoryKey struct {
	text string
	kind uint8
}

// reached is what is remembered of a word: near words and near joins, and how
// many listed names have its sound.
type reached struct {
	words, joins []cell
	names        int32
}

// memoryMax is how many cells are remembered: 8 bytes each, 16 MiB in all.
const memoryMax = 2 << 20

func (m *memory) get(key memoryKey) (reached, bool) {
	m.mutex.RLock()
	defer m.mutex.RUnlock()
	r, ok := m.known[key]
	return r, ok
}

func (m *memory) put(key memoryKey, r reached) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	// Each entry counts as some cells even when it reaches nothing.
	size := len(r.words) + len(r.joins) + 16
	if m.known == nil || m.cells+size > memoryMax {
		m.known, m.cells = map[memoryKey]reached{}, 0
	}
	m.known[key] = r
	m.cells += size
}
