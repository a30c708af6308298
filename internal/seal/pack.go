package seal

import (
	"bytes"

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

// pack makes a value shorter, by an eighth at least; nil if it cannot. A message of the
// protocol or of ISO 20022 is mostly names of fields, and gets shorter by two thirds. What
// it returns is good until the packer packs again.
func (p *packer) pack(clear []byte) []byte {
	if len(clear) < packMin {
		return nil
	}
	if packed := p.encode(clear); len(packed) < len(clear)-len(clear)/8 {
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
