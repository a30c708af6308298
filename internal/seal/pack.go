package seal

import (
	"bytes"
	_ "embed"
	"runtime"
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

// work is a value that is packed.
type work struct {
	// packed is a buffer before and the packed value after.
	clear, packed []byte
	done          chan struct{}
}

var works = sync.Pool{New: func() any { return &work{done: make(chan struct{})} }}

// queue leads to goroutines that pack, one for each processor. The library keeps a table of
// 64 KiB on the stack of whoever calls it, and each connection of a partner would keep that.
var queue = packing()

func packing() chan<- *work {
	queue := make(chan *work)
	for range runtime.GOMAXPROCS(0) {
		go func() {
			for w := range queue {
				w.packed = words().Encode(w.packed, w.clear)
				w.done <- struct{}{}
			}
		}()
	}
	return queue
}

// pack makes a value shorter, by an eighth at least; nil if it cannot. A message of the
// protocol or of ISO 20022 is mostly names of fields, and gets shorter by two thirds. What it
// returns is good until the work is used again.
func (w *work) pack(clear []byte) []byte {
	if len(clear) < packMin {
		return nil
	}
	w.clear = clear
	queue <- w
	<-w.done
	w.clear = nil
	if len(w.packed) < len(clear)-len(clear)/8 {
		return w.packed
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
