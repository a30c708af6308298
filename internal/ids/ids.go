// Package ids makes the identifiers of the switch: UUIDs for things that happen, derived
// ones for things that must come out the same twice.
//
// Both begin with 4 random bits and 44 bits of when it was, in milliseconds: rows of the
// same time are neighbours in every index, in sixteen places, so that an index of years is
// written on the few pages of today, and no range of a distributed database takes it all.
package ids

import (
	"crypto/sha1"
	"encoding/binary"

	"github.com/google/uuid"

	"github.com/causeway-pay/causeway/internal/clock"
)

// ID is a UUID. In the database it is a UUID column, on the wire its lower-case
// text.
type ID = uuid.UUID

// Nil is the id of nothing.
var Nil = uuid.Nil

// placeSize is how many bytes say where an id has its place, and placeBits how many of
// these bits are time.
const (
	placeSize = 6
	placeBits = 44
)

// New returns a UUID in the form of version 4, which is also a valid ISO 20022 UETR. With
// 74 random bits no two of a millisecond are alike; it is no secret, see [Secret].
func New() ID {
	id := uuid.New()
	now := uint64(clock.System{}.Now().UnixMilli()) & (1<<placeBits - 1)
	place := uint64(id[0]&0xF0)<<(placeBits-4) | now
	for i := range placeSize {
		id[i] = byte(place >> (8 * (placeSize - 1 - i)))
	}
	return id
}

// Secret returns a version 4 UUID of which nothing but its version can be guessed.
func Secret() ID { return uuid.New() }

// Parse reads the 36-character form.
func Parse(text string) (ID, error) { return uuid.Parse(text) }

// namespace separates our derived ids from everybody else's.
var namespace = uuid.MustParse("5b2a4f60-6f0f-4a7e-9d0a-6b1f8f2f5c11")

// derivedMax is what most ids are derived from at most, in bytes, which spares the heap.
const derivedMax = 128

// Derive returns the UUID of an id, a purpose and a number, in the form of version 5 and
// in the place of the id: the same inputs always give the same id. Event ids are derived
// from the aggregate and its version, so that a repeated publish is recognised.
func Derive(of ID, purpose string, number int64) ID {
	data := make([]byte, 0, derivedMax)
	data = append(data, namespace[:]...)
	data = append(data, of[:]...)
	data = append(data, purpose...)
	data = binary.BigEndian.AppendUint64(data, uint64(number))
	sum := sha1.Sum(data)
	id := ID(sum[:16])
	id[6] = id[6]&0x0F | 0x50
	id[8] = id[8]&0x3F | 0x80
	copy(id[:placeSize], of[:placeSize])
	return id
}
