package seal

import (
	"bytes"
	_ "embed"
	"sync"

	"github.com/klauspost/compress/s2"
)

// The marks of packed values: S2 blocks, and S2 blocks that refer to the words. They are
// authenticated with the value, so that none passes for another.
var (
	markPacked = []byte{0xC5, 'C', 'W', 2}
	markWords  = []byte{0xC5, 'C', 'W', 3}
)

// packMin is from where on packing is tried: hardly anything shorter gets shorter still.
const packMin = 64

// text is what messages of the hub say again and again: one of each kind without what it
// tells, the most frequent last. Values that were packed with it cannot be opened with
// another. A better one is another file with another mark, and this one stays.
//
//go:embed words/1.txt
var text []byte

// words is the text as a dictionary of S2; it takes a millisecond to make.
var words = sync.OnceValue(func() *s2.Dict { return s2.MakeDict(text, nil) })

// buffers are what values are packed in, which are sealed out of them at once.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// pack makes a value shorter, by an eighth at least, in a buffer that it may replace with a
// larger one; nil if it cannot. A message of the protocol or of ISO 20022 is mostly names of
// fields, and gets shorter by two thirds.
func pack(buffer *[]byte, clear []byte) []byte {
	if len(clear) < packMin {
		return nil
	}
	*buffer = words().Encode(*buffer, clear)
	if packed := *buffer; len(packed) < len(clear)-len(clear)/8 {
		return packed
	}
	return nil
}

// unpack is the way back, by the mark of a value.
func unpack(begins, value []byte) ([]byte, error) {
	switch {
	case bytes.Equal(begins, markWords):
		return words().Decode(nil, value)
	case bytes.Equal(begins, markPacked):
		return s2.Decode(nil, value)
	default:
		return value, nil
	}
}
