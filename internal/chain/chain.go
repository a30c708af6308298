// Package chain links rows by hashes, so that none can be changed, moved, added or
// removed without a trace: each hash covers a row and the hash before it, and the hub's
// key signs the end of the chain from time to time. What a row is, and where it is
// stored, is the matter of who keeps the chain.
package chain

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Zero returns the hash before the first row.
func Zero() []byte { return make([]byte, sha256.Size) }

// Text is what the hash of a row covers. Every part is preceded by its length, so that no
// two rows have the same text.
type Text struct{ bytes []byte }

// textRoom is what the text of most rows fits into: five entries of a payment take 1.3 KB.
const textRoom = 2048

// NewText begins the text of a row behind a hash. The label names what is chained and in
// which version of its form.
func NewText(label string, previous []byte) *Text {
	t := &Text{append(make([]byte, 0, textRoom), label...)}
	t.Part(previous)
	return t
}

// Number adds a number in eight bytes.
func (t *Text) Number(n int64) { t.bytes = binary.BigEndian.AppendUint64(t.bytes, uint64(n)) }

// Part adds bytes with their length.
func (t *Text) Part(part []byte) {
	t.Number(int64(len(part)))
	t.bytes = append(t.bytes, part...)
}

// Time adds a moment in microseconds, which is what the database keeps.
func (t *Text) Time(at time.Time) { t.Number(at.UnixMicro()) }

// Hash returns the SHA-256 of the text.
func (t *Text) Hash() []byte {
	sum := sha256.Sum256(t.bytes)
	return sum[:]
}

// Head is the end of a chain.
type Head struct {
	// Name is the chain's: the name of a log, or a region.
	Name string
	// Number is that of the last row, from 1; 0 of a chain without rows.
	Number int64
	Hash   []byte
}

// String returns the head as people note it down: name, number and hash.
func (h Head) String() string { return fmt.Sprintf("%s:%d:%x", h.Name, h.Number, h.Hash) }

// ParseHead reads a head as [Head.String] writes it.
func ParseHead(text string) (Head, error) {
	parts := strings.Split(text, ":")
	if len(parts) != 3 || parts[0] == "" {
		return Head{}, fmt.Errorf("%q is not NAME:NUMBER:HASH", text)
	}
	number, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || number < 1 {
		return Head{}, fmt.Errorf("%q is not a number", parts[1])
	}
	hash, err := hex.DecodeString(parts[2])
	if err != nil || len(hash) != sha256.Size {
		return Head{}, fmt.Errorf("%q is not a hash", parts[2])
	}
	return Head{Name: parts[0], Number: number, Hash: hash}, nil
}

// Same says whether a head is at a number and hash.
func (h Head) Same(number int64, hash []byte) bool {
	return h.Number == number && bytes.Equal(h.Hash, hash)
}

// SealText is what a seal signs, made at a moment.
func (h Head) SealText(label string, at time.Time) []byte {
	return fmt.Appendf(nil, "%s\n%q\n%d\n%x\n%d\n", label, h.Name, h.Number, h.Hash, at.UnixMicro())
}

// Seal is a signature of a head.
type Seal struct {
	Head
	At time.Time
	// KeyVersion says which key of the hub signed.
	KeyVersion int
	Signature  []byte
}

// Asked are hashes of rows that seals and heads noted elsewhere are for, as they are met
// on the way through a chain.
type Asked map[int64][]byte

// Ask returns what seals and noted heads ask for.
func Ask(seals []Seal, noted []Head) Asked {
	asked := Asked{}
	for _, seal := range seals {
		asked[seal.Number] = nil
	}
	for _, head := range noted {
		asked[head.Number] = nil
	}
	return asked
}

// Meet keeps the hash of a row that is asked for.
func (a Asked) Meet(number int64, hash []byte) {
	if _, asked := a[number]; asked {
		a[number] = hash
	}
}

// Holds says whether the row of a head was met with its hash.
func (a Asked) Holds(h Head) bool { return bytes.Equal(a[h.Number], h.Hash) }
