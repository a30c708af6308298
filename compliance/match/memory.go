package match

import (
	"hash/maphash"
	"sync"
)

// memory remembers what words reach, because the words of payments repeat. It
// is emptied when it is full, which keeps the hot words by their return. What it
// holds has no pointers that the garbage collector would follow.
type memory struct {
	mutex sync.RWMutex
	known map[uint64]place
	// cells and texts are chunks that are only appended to, so that what was read
	// stays as it is.
	cells [][]cell
	texts [][]byte
	count int
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

// place is where something remembered lies: in which chunk, from where, and how
// much of it there is.
type place struct {
	chunk, from, words, joins int32
	textChunk, textFrom       int32
	names                     int32
	textLength, kind          uint8
}

// memoryMax is how many cells are remembered: 8 bytes each, 16 MiB in all.
const memoryMax = 2 << 20

// memoryChunk is how many cells, or letters, a chunk has at least.
const memoryChunk = 1 << 15

// entryCells is how many cells an entry counts as when it reaches nothing.
const entryCells = 16

// hash is the same for equal keys only, but for one of 2^64, which get looks out
// for.
func (k memoryKey) hash() uint64 {
	return maphash.String(hashSeed, k.text) + uint64(k.kind)*0x9e3779b97f4a7c15
}

func (m *memory) get(key memoryKey) (reached, bool) {
	m.mutex.RLock()
	defer m.mutex.RUnlock()
	p, ok := m.known[key.hash()]
	if !ok || p.kind != key.kind ||
		string(m.texts[p.textChunk][p.textFrom:p.textFrom+int32(p.textLength)]) != key.text {
		return reached{}, false
	}
	cells := m.cells[p.chunk][p.from : p.from+p.words+p.joins : p.from+p.words+p.joins]
	return reached{words: cells[:p.words:p.words], joins: cells[p.words:], names: p.names}, true
}

func (m *memory) put(key memoryKey, r reached) {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	size := len(r.words) + len(r.joins) + entryCells
	if m.known == nil || m.count+size > memoryMax {
		m.known, m.cells, m.texts, m.count = map[uint64]place{}, nil, nil, 0
	}
	p := place{
		words: int32(len(r.words)), joins: int32(len(r.joins)), names: r.names,
		textLength: uint8(len(key.text)), kind: key.kind,
	}
	m.texts, p.textChunk, p.textFrom = chunked(m.texts, []byte(key.text), nil)
	m.cells, p.chunk, p.from = chunked(m.cells, r.words, r.joins)
	m.known[key.hash()] = p
	m.count += size
}

// chunked appends to the last chunk, or to a new one where there is no room.
func chunked[T any](chunks [][]T, first, second []T) (more [][]T, chunk, from int32) {
	size := len(first) + len(second)
	last := len(chunks) - 1
	if last < 0 || cap(chunks[last])-len(chunks[last]) < size {
		chunks = append(chunks, make([]T, 0, max(memoryChunk, size)))
		last++
	}
	from = int32(len(chunks[last]))
	chunks[last] = append(append(chunks[last], first...), second...)
	return chunks, int32(last), from
}
