package match

import (
	"hash/maphash"
	"strings"
)

// texts are strings in one: however many there are, the garbage collector has
// two pointers to follow. All of them have 4 GiB at most, which is thirty lists
// of the largest size (lists.SizeMax).
type texts struct {
	all  strings.Builder
	ends []uint32
}

func (t *texts) count() int { return len(t.ends) }

func (t *texts) add(text string) {
	t.all.WriteString(text)
	t.ends = append(t.ends, uint32(t.all.Len()))
}

// at returns a text. It is a part of all, not a copy.
func (t *texts) at(i int32) string {
	from := uint32(0)
	if i > 0 {
		from = t.ends[i-1]
	}
	return t.all.String()[from:t.ends[i]]
}

// vocabulary numbers different texts from 0 in the order in which they come.
type vocabulary struct {
	texts
	// slots have a number and one, at the hash of its text or behind; their count is
	// a power of two, and at least half of them have 0.
	slots []int32
}

// number returns the number of a text, which is a new one when the text is.
func (v *vocabulary) number(text string) int32 {
	if 2*v.count() >= len(v.slots) {
		v.grow()
	}
	at := v.slot(text)
	if v.slots[at] == 0 {
		v.add(text)
		v.slots[at] = int32(v.count())
	}
	return v.slots[at] - 1
}

// find returns the number of a text, and false when it has none.
func (v *vocabulary) find(text string) (int32, bool) {
	if len(v.slots) == 0 {
		return 0, false
	}
	id := v.slots[v.slot(text)] - 1
	return id, id >= 0
}

// hashSeed is one for all vocabularies: the numbers do not depend on it.
var hashSeed = maphash.MakeSeed()

// slot is where a text is or would be.
func (v *vocabulary) slot(text string) int {
	last := len(v.slots) - 1
	at := int(maphash.String(hashSeed, text)) & last
	for v.slots[at] != 0 && v.at(v.slots[at]-1) != text {
		at = (at + 1) & last
	}
	return at
}

// slotsFirst is how many slots a vocabulary begins with.
const slotsFirst = 64

func (v *vocabulary) grow() {
	v.slots = make([]int32, max(slotsFirst, 2*len(v.slots)))
	for id := range v.count() {
		v.slots[v.slot(v.at(int32(id)))] = int32(id) + 1
	}
}

// postings are lists of numbers, one behind the other: those of key k are
// items[starts[k]:starts[k+1]].
type postings struct{ starts, items []int32 }

// post makes postings of items from 0 by their keys; those below 0 have none.
func post(keys []int32, count int) postings {
	p := postings{starts: make([]int32, count+1)}
	for _, k := range keys {
		if k >= 0 {
			p.starts[k+1]++
		}
	}
	for k := range count {
		p.starts[k+1] += p.starts[k]
	}
	p.items = make([]int32, p.starts[count])
	next := append([]int32(nil), p.starts...)
	for item, k := range keys {
		if k >= 0 {
			p.items[next[k]] = int32(item)
			next[k]++
		}
	}
	return p
}

func (p *postings) of(key int32) []int32 { return p.items[p.starts[key]:p.starts[key+1]] }
