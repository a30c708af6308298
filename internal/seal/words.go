package seal

import (
	_ "embed"
	"encoding/binary"
	"math/bits"
	"slices"
	"sync"

	"github.com/klauspost/compress/s2"
)

// text is what messages of the hub say again and again: one of each kind without what it
// tells, the most frequent last. Values that were packed with it cannot be opened with
// another. A better one is another file with another mark, and this one stays.
//
//go:embed words/1.txt
var text []byte

// words is the text as a dictionary of S2; it takes a millisecond to make.
var words = sync.OnceValue(func() *s2.Dict { return s2.MakeDict(text, nil) })

// packer writes S2 blocks that refer to the words. The library does so too, but with a table
// of 64 KiB on the stack of whoever calls it, which each connection of a partner would keep.
type packer struct {
	// window is the text and behind it the value that is packed.
	window []byte
	// places has where in the text a hash is last, seen where in the window it was met last.
	places *[1 << placesBits]uint16
	seen   [1 << seenBits]uint16
	block  []byte
}

// Sizes of the tables, and of values: what is longer is left to the library. Places in the
// window fit into 16 bits.
const (
	placesBits = 14
	seenBits   = 12
	valueMost  = 32 << 10
)

var packers = sync.Pool{New: func() any { return &packer{window: slices.Clone(text), places: places()} }}

var places = sync.OnceValue(func() *[1 << placesBits]uint16 {
	var table [1 << placesBits]uint16
	for at := 0; at+8 <= len(text); at++ {
		table[hash(binary.LittleEndian.Uint64(text[at:]))>>(64-placesBits)] = uint16(at)
	}
	return &table
})

// hash is one of the first six of eight bytes, good in its highest bits.
func hash(eight uint64) uint64 { return eight << 16 * 0xCF1BBCDCBF9B }

// match is a place of the window that says the same as the present one.
type match struct{ at, length int }

// encode writes a value as a block, which is good until the next one.
func (p *packer) encode(value []byte) []byte {
	if len(value) > valueMost {
		p.block = words().Encode(p.block, value)
		return p.block
	}
	clear(p.seen[:])
	p.window = append(p.window[:len(text)], value...)
	p.block = p.appendMatches(binary.AppendUvarint(p.block[:0], uint64(len(value))))
	return p.block
}

// appendMatches writes the value behind the text in the window.
func (p *packer) appendMatches(dst []byte) []byte {
	said, offset := len(text), 0
	for at := said; at+8 <= len(p.window); {
		m := p.find(at, offset)
		if m.length == 0 {
			at += 1 + (at-said)>>3 // what differs here goes on differing
			continue
		}
		for at > said && m.at > 0 && m.at != len(text) && p.window[at-1] == p.window[m.at-1] {
			at, m = at-1, match{m.at - 1, m.length + 1}
		}
		dst = appendLiteral(dst, p.window[said:at])
		dst = appendCopy(dst, at-m.at, m.length, at-m.at == offset)
		offset, at = at-m.at, at+m.length
		said = at
	}
	return appendLiteral(dst, p.window[said:])
}

// find returns a match of four bytes at least: at the offset of the last one, which costs
// least to say, else the longer one of those in the value and in the text.
func (p *packer) find(at, offset int) (best match) {
	eight := binary.LittleEndian.Uint64(p.window[at:])
	h := hash(eight)
	seen := int(p.seen[h>>(64-seenBits)])
	p.seen[h>>(64-seenBits)] = uint16(at)
	if again := at - offset; p.begins(again, eight) && offset > 0 {
		return p.measure(at, again)
	}
	if p.begins(seen, eight) {
		best = p.measure(at, seen)
	}
	if place := int(p.places[h>>(64-placesBits)]); best.length < 16 && p.begins(place, eight) {
		if m := p.measure(at, place); m.length > best.length+1 {
			best = m
		}
	}
	return best
}

// begins tells whether the first four bytes are the same.
func (p *packer) begins(at int, eight uint64) bool {
	return binary.LittleEndian.Uint32(p.window[at:]) == uint32(eight)
}

// measure compares two places of the window. What is copied out of the text ends with it.
func (p *packer) measure(at, earlier int) match {
	most := len(p.window) - at
	if earlier < len(text) {
		most = min(most, len(text)-earlier)
	}
	length := common(p.window[earlier:earlier+most], p.window[at:at+most])
	if length < matchMin {
		return match{}
	}
	return match{earlier, length}
}

// matchMin is the shortest match that a block can repeat.
const matchMin = 4

// common is how many bytes two slices of one length have in common from their beginning.
func common(a, b []byte) int {
	n := 0
	for ; n+8 <= len(a); n += 8 {
		if differ := binary.LittleEndian.Uint64(a[n:]) ^ binary.LittleEndian.Uint64(b[n:]); differ != 0 {
			return n + bits.TrailingZeros64(differ)>>3
		}
	}
	for n < len(a) && a[n] == b[n] {
		n++
	}
	return n
}

// Tags of a block's elements.
const (
	tagLiteral = 0
	tagCopy1   = 1
	tagCopy2   = 2
)

// appendLiteral writes bytes as they are.
func appendLiteral(dst, literal []byte) []byte {
	last := len(literal) - 1
	switch {
	case last < 0:
		return dst
	case last < 60:
		dst = append(dst, byte(last)<<2|tagLiteral)
	case last < 1<<8:
		dst = append(dst, 60<<2|tagLiteral, byte(last))
	default:
		dst = append(dst, 61<<2|tagLiteral, byte(last), byte(last>>8))
	}
	return append(dst, literal...)
}

// appendCopy writes that so many bytes are those at an offset, which is at most 64 KiB
// back; known, if it is the offset of the last copy.
func appendCopy(dst []byte, offset, length int, known bool) []byte {
	switch {
	case known:
		return appendRepeat(dst, length)
	case offset < 2048 && length < 12:
		return append(dst, byte(offset>>8)<<5|byte(length-4)<<2|tagCopy1, byte(offset))
	case length <= 64:
		return append(dst, byte(length-1)<<2|tagCopy2, byte(offset), byte(offset>>8))
	default:
		dst = append(dst, 59<<2|tagCopy2, byte(offset), byte(offset>>8))
		return appendRepeat(dst, length-60)
	}
}

// appendRepeat writes that the bytes at the offset of the last copy go on, four at least.
func appendRepeat(dst []byte, length int) []byte {
	switch length -= 4; {
	case length <= 4:
		return append(dst, byte(length)<<2|tagCopy1, 0)
	case length < 1<<8+4:
		return append(dst, 5<<2|tagCopy1, 0, byte(length-4))
	default:
		length -= 1 << 8
		return append(dst, 6<<2|tagCopy1, 0, byte(length), byte(length>>8))
	}
}
