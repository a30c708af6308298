// Package ids makes the identifiers of the switch: random UUIDs for things that
// happen, derived ones for things that must come out the same twice.
package ids

import (
	"encoding/binary"

	"github.com/google/uuid"
)

// ID is a UUID. In the database it is a UUID column, on the wire its lower-case
// text.
type ID = uuid.UUID

// Nil is the id of nothing.
var Nil = uuid.Nil

// New returns a random version 4 UUID, which is also a valid ISO 20022 UETR.
func New() ID { return uuid.New() }

// Parse reads the 36-character form.
func Parse(text string) (ID, error) { return uuid.Parse(text) }

// namespace separates our derived ids from everybody else's.
var namespace = uuid.MustParse("5b2a4f60-6f0f-4a7e-9d0a-6b1f8f2f5c11")

// Derive returns the version 5 UUID of an id, a purpose and a number: the same
// inputs always give the same id. Event ids are derived from the aggregate and
// its version, so that a repeated publish is recognised.
func Derive(of ID, purpose string, number int64) ID {
	data := make([]byte, 0, 16+len(purpose)+8)
	data = append(data, of[:]...)
	data = append(data, purpose...)
	data = binary.BigEndian.AppendUint64(data, uint64(number))
	return uuid.NewSHA1(namespace, data)
}
