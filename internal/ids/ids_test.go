package ids_test

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/ids"
)

func TestNewIsRandomVersion4(t *testing.T) {
	first, second := ids.New(), ids.New()
	if first == second || first.Version() != 4 {
		t.Errorf("%s, %s", first, second)
	}
	if secret := ids.Secret(); secret == ids.Secret() || secret.Version() != 4 {
		t.Error(secret)
	}
	if parsed, err := ids.Parse(first.String()); err != nil || parsed != first {
		t.Errorf("%s, %v", parsed, err)
	}
	if _, err := ids.Parse("not an id"); err == nil {
		t.Error("nonsense was parsed")
	}
}

// TestDeriveIsVersion5: a derived id is RFC 9562's name-based UUID but for its place. The
// ids of what is stored depend on it.
func TestDeriveIsVersion5(t *testing.T) {
	space := uuid.MustParse("5b2a4f60-6f0f-4a7e-9d0a-6b1f8f2f5c11")
	rapid.Check(t, func(t *rapid.T) {
		of := ids.ID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "of"))
		purpose, number := rapid.String().Draw(t, "purpose"), rapid.Int64().Draw(t, "number")
		name := binary.BigEndian.AppendUint64([]byte(string(of[:])+purpose), uint64(number))
		want := uuid.NewSHA1(space, name)
		copy(want[:6], of[:6])
		if got := ids.Derive(of, purpose, number); got != want {
			t.Fatalf("%s, want %s", got, want)
		}
	})
}

// TestDeriveSeparates: the same inputs give the same id, any other input another.
func TestDeriveSeparates(t *testing.T) {
	a, b := ids.New(), ids.New()
	base := ids.Derive(a, "event", 1)
	if base != ids.Derive(a, "event", 1) {
		t.Error("not the same twice")
	}
	for name, other := range map[string]ids.ID{
		"aggregate": ids.Derive(b, "event", 1), "purpose": ids.Derive(a, "entry", 1), "number": ids.Derive(a, "event", 2),
	} {
		if other == base {
			t.Errorf("another %s gives the same id", name)
		}
	}
}

// TestIDsOfATimeAreNeighbours: an id begins with its time, in one of sixteen places, and
// what is derived from it has the same place.
func TestIDsOfATimeAreNeighbours(t *testing.T) {
	millis := func(id ids.ID) int64 { return int64(binary.BigEndian.Uint64(id[:8])>>16) & (1<<44 - 1) }
	places, seen := map[byte]bool{}, map[ids.ID]bool{}
	for range 2000 {
		before := time.Now().UnixMilli()
		id := ids.New()
		if at := millis(id); at < before || at > time.Now().UnixMilli() {
			t.Fatalf("%s tells %d, made after %d", id, at, before)
		}
		derived := ids.Derive(id, "entry", 1)
		if !bytes.Equal(derived[:6], id[:6]) || derived.Version() != 5 || derived.Variant() != uuid.RFC4122 {
			t.Fatalf("%s of %s", derived, id)
		}
		if seen[id] || seen[derived] || id.Version() != 4 || id.Variant() != uuid.RFC4122 {
			t.Fatal(id, derived)
		}
		seen[id], seen[derived] = true, true
		places[id[0]>>4] = true
	}
	if len(places) != 16 {
		t.Errorf("%d places", len(places))
	}
}
