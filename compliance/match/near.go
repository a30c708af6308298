package match

import (
	"cmp"
	"math/bits"
	"slices"
)

// skeleton is the hard consonants of a sound by kind, in their order: four bits
// each, the first in the lowest, doubled ones as they are. Sounds that differ by a
// cost differ by few changes of their skeletons, see [skeleton.within].
type skeleton uint64

// skeletonMax is how many consonants a skeleton holds. Sounds with more have the
// skeleton tooLong, which is within anything.
const (
	skeletonMax          = 15
	tooLong     skeleton = 1<<64 - 1
)

// hardKinds has the kind of each symbol from 1, 0 for vowels, for H, and for
// consonants that are mistaken for these. No two kinds have symbols that are kin.
var hardKinds = func() (all [symbols]byte) {
	for kind, letters := range []string{"KG", "SZscTD", "PBF", "MN", "L", "R", "0123456789"} {
		for i := range len(letters) {
			all[symbol(letters[i])] = byte(kind + 1)
		}
	}
	return all
}()

func skeletonOf(s sound) skeleton {
	bones, count := skeleton(0), 0
	for i := range len(s) {
		if kind := hardKinds[s[i]]; kind > 0 {
			if count == skeletonMax {
				return tooLong
			}
			bones |= skeleton(kind) << (4 * count)
			count++
		}
	}
	return bones
}

// within says whether two skeletons are at most so many changes apart: kinds left
// out, added, exchanged or swapped with the next.
func (a skeleton) within(b skeleton, changes int) bool {
	if a == b || a == tooLong || b == tooLong {
		return true
	}
	if changes == 0 {
		return false
	}
	same := bits.TrailingZeros64(uint64(a^b)) &^ 3
	a, b = a>>same, b>>same
	restA, restB := a>>4, b>>4
	if changes == 1 {
		return restA == restB || restA == b || a == restB || swapped(a, b) && a>>8 == b>>8
	}
	return restA.within(restB, changes-1) || restA.within(b, changes-1) || a.within(restB, changes-1) ||
		swapped(a, b) && (a>>8).within(b>>8, changes-1)
}

func swapped(a, b skeleton) bool { return a&15 == b>>4&15 && b&15 == a>>4&15 }

// changesWithin is how many changes of a skeleton a cost allows: each costs a swap
// at least, or as much as sounds that are kin where one of so many soft consonants
// becomes a hard one.
func changesWithin(limit, soft int) int {
	if limit < soft*kin {
		return limit / kin
	}
	return soft + (limit-soft*kin)/swap
}

// neighbours finds the sounds near another one, by bounds that cost more and more
// and leave fewer and fewer: how many consonants there are, which ones, how many
// vowels, in what order the consonants are, and the distance itself. Sounds are
// sorted by that: each level ends where the one above it does.
type neighbours struct {
	shelves []shelf
	// parts have the same hard sounds, masks the same vowels, too.
	parts, masks []stretch
	sounds       []int32
	// What sounds[i] has: its symbols are flat[flatStarts[i]:flatStarts[i+1]].
	skeletons  []skeleton
	flat       []byte
	flatStarts []int32
}

// shelf is the parts up to end, whose sounds have so many consonants, and soft ones
// among them.
type shelf struct {
	bag
	end int32
}

// stretch is what has a mask, up to end of the level below; the longest of it has so
// many symbols.
type stretch struct {
	mask         mask
	end, longest int32
}

// arrange makes the neighbours of sounds with these bags.
func arrange(sounds *vocabulary, bags []bag) neighbours {
	n := neighbours{sounds: make([]int32, len(bags))}
	for s := range n.sounds {
		n.sounds[s] = int32(s)
	}
	slices.SortFunc(n.sounds, func(a, b int32) int { return cmp.Or(bags[a].compare(bags[b]), cmp.Compare(a, b)) })
	for i, s := range n.sounds {
		symbols, b := sounds.at(s), bags[s]
		n.flatStarts = append(n.flatStarts, int32(len(n.flat)))
		n.flat = append(n.flat, symbols...)
		n.skeletons = append(n.skeletons, skeletonOf(sound(symbols)))
		last := len(n.shelves) - 1
		if last < 0 || n.shelves[last].consonants != b.consonants || n.shelves[last].soft != b.soft {
			n.shelves, n.parts = append(n.shelves, shelf{bag: b}), append(n.parts, stretch{mask: b.mask & partBits})
			n.masks = append(n.masks, stretch{mask: b.mask})
		} else if n.parts[len(n.parts)-1].mask != b.mask&partBits {
			n.parts, n.masks = append(n.parts, stretch{mask: b.mask & partBits}), append(n.masks, stretch{mask: b.mask})
		} else if n.masks[len(n.masks)-1].mask != b.mask {
			n.masks = append(n.masks, stretch{mask: b.mask})
		}
		n.shelves[len(n.shelves)-1].end = int32(len(n.parts))
		n.parts[len(n.parts)-1].reach(len(n.masks), len(symbols))
		n.masks[len(n.masks)-1].reach(i+1, len(symbols))
	}
	n.flatStarts = append(n.flatStarts, int32(len(n.flat)))
	return n
}

// reach makes the stretch as long as that.
func (s *stretch) reach(end, length int) {
	s.end, s.longest = int32(end), max(s.longest, int32(length))
}

// reaching is a search for neighbours.
type reaching struct {
	*neighbours
	word       *heardWord
	freeVowels bool
	skeleton   skeleton
	symbols    []byte
	// limit is the largest cost by the length of the other sound.
	limit [2*tokenMax + 1]int
	table table
	found []soundCell
}

// soundCell is a sound that a word reaches, with their similarity.
type soundCell struct {
	sound      int32
	similarity int32
}

// of returns the sounds near that of a word.
func (n *neighbours) of(w *heardWord, freeVowels bool) []soundCell {
	r := reaching{
		neighbours: n, word: w, freeVowels: freeVowels, skeleton: skeletonOf(w.sound), symbols: []byte(w.sound),
	}
	longest := 0
	for length := range r.limit {
		r.limit[length] = costLimit(len(w.sound), length)
		longest = max(longest, r.limit[length])
	}
	from := int32(0)
	for _, s := range n.shelves {
		if whole*max(w.bag.loses(s.bag), s.loses(w.bag)) <= longest {
			r.shelf(s, from)
		}
		from = s.end
	}
	return r.found
}

// shelf looks at the parts of a shelf from one on: most are ruled out at about a
// nanosecond each.
func (r *reaching) shelf(s shelf, from int32) {
	lost, gained := r.word.bag.loses(s.bag), s.loses(r.word.bag)
	own, changes := r.word.bag.mask&partBits, int(r.word.bag.soft)+int(s.soft)
	end := int32(0)
	if from > 0 {
		end = r.parts[from-1].end
	}
	for _, p := range r.parts[from:s.end] {
		masks := end
		end = p.end
		limit := r.limit[p.longest]
		if harder(own&^p.mask, lost) <= limit-(whole-vowel)*gained &&
			harder(p.mask&^own, gained) <= limit-(whole-vowel)*lost {
			r.part(s, masks, end, changes)
		}
	}
}

// part looks at the masks of a part.
func (r *reaching) part(s shelf, from, end int32, soft int) {
	start := int32(0)
	if from > 0 {
		start = r.masks[from-1].end
	}
	for _, m := range r.masks[from:end] {
		sounds := start
		start = m.end
		s.mask = m.mask
		if limit := r.limit[m.longest]; within(r.word.bag, s.bag, limit, r.freeVowels) {
			r.mask(sounds, start, changesWithin(limit, soft))
		}
	}
}

// mask looks at the sounds of a mask.
func (r *reaching) mask(from, end int32, changes int) {
	for i := from; i < end; i++ {
		if !r.skeleton.within(r.skeletons[i], changes) {
			continue
		}
		symbols := r.flat[r.flatStarts[i]:r.flatStarts[i+1]]
		if s := soundSimilarity(r.symbols, symbols, r.freeVowels, &r.table); s > 0 {
			r.found = append(r.found, soundCell{r.sounds[i], int32(s)})
		}
	}
}
