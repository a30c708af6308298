package db

import (
	"bytes"
	"testing"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/causeway-pay/causeway/internal/ids"
)

// TestRoomIsUsedAgain: what is small moves into the room with what it has, the next one too,
// and what does not fit gets memory of its own.
func TestRoomIsUsedAgain(t *testing.T) {
	r := &room{size: 100}
	first := append(r.grow([]byte("one"), 60), bytes.Repeat([]byte("x"), 60)...)
	if string(first[:3]) != "one" || &first[0] != &r.buffer[:1][0] {
		t.Errorf("%q is not in the room", first[:3])
	}
	if more := r.grow(first, 37); &more[0] != &first[0] {
		t.Error("what fits behind it has moved")
	}
	if more := r.grow(first, 38); &more[0] == &first[0] || !bytes.Equal(more, first) || cap(more) < 101 {
		t.Error("what does not fit has not moved, or is another one")
	}
	if own := r.grow([]byte("two"), 98); string(own) != "two" || &own[0] == &first[0] {
		t.Errorf("%q is too large for the room", own)
	}
	if second := r.grow([]byte("three"), 10); string(second) != "three" || &second[0] != &first[0] {
		t.Errorf("%q is not in the room", second)
	}
}

// TestParametersMakeNoGarbage: lists are encoded without memory of their own.
func TestParametersMakeNoGarbage(t *testing.T) {
	types, list := taught(), make([]ids.ID, 1000)
	encode := func() {
		small := make([]byte, 0, 256)
		if got, err := types.Encode(pgtype.UUIDArrayOID, pgtype.BinaryFormatCode, list, small); err != nil || len(got) < 20_000 {
			t.Fatal(len(got), err)
		}
	}
	encode()
	if objects := testing.AllocsPerRun(100, encode); objects > 3 {
		t.Errorf("%.0f objects for a list", objects)
	}
}
