package db

import (
	"bytes"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/ids"
)

// lists are what is sent in bulk, each as a maker of random lists, nil ones too.
func lists() map[uint32]func(t *rapid.T) any {
	return map[uint32]func(t *rapid.T) any{
		pgtype.ByteaArrayOID: some(rapid.OneOf(rapid.SliceOf(rapid.Byte()), rapid.Just([]byte(nil)))),
		pgtype.TextArrayOID:  some(rapid.String()),
		pgtype.UUIDArrayOID: some(rapid.Custom(func(t *rapid.T) ids.ID {
			return ids.ID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "id"))
		})),
		pgtype.TimestamptzArrayOID: some(rapid.Custom(func(t *rapid.T) time.Time {
			const year1, year9999 = -62_135_596_800, 253_402_300_799
			return time.Unix(rapid.Int64Range(year1, year9999).Draw(t, "seconds"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanos"))
		})),
		pgtype.Int8ArrayOID: some(rapid.Int64()),
		pgtype.Int2ArrayOID: some(rapid.Int16()),
	}
}

func some[T any](value *rapid.Generator[T]) func(t *rapid.T) any {
	return func(t *rapid.T) any {
		if rapid.IntRange(0, 9).Draw(t, "nil") == 0 {
			return []T(nil)
		}
		return rapid.SliceOfN(value, 0, 20).Draw(t, "list")
	}
}

// taught is a map of types that knows ours.
func taught() *pgtype.Map {
	types := pgtype.NewMap()
	teach(types, nil)
	return types
}

// TestArraysAreTheDrivers: a list is sent in the very bytes that the driver itself would
// make of it, behind whatever is in the buffer already.
func TestArraysAreTheDrivers(t *testing.T) {
	ours, drivers := taught(), pgtype.NewMap()
	for oid, list := range lists() {
		kind, _ := drivers.TypeForOID(oid)
		t.Run(kind.Name, rapid.MakeCheck(func(t *rapid.T) {
			value, before := list(t), rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "before")
			got, err := ours.Encode(oid, pgtype.BinaryFormatCode, value, bytes.Clone(before))
			want, wantErr := drivers.Encode(oid, pgtype.BinaryFormatCode, value, bytes.Clone(before))
			if err != nil || wantErr != nil || !bytes.Equal(got, want) || (got == nil) != (want == nil) {
				t.Fatalf("%v is %x (%v), the driver's %x (%v)", value, got, err, want, wantErr)
			}
		}))
	}
}

// TestArraysOfOthers: what is not one of ours goes the driver's way, in text too.
func TestArraysOfOthers(t *testing.T) {
	type word string
	stamp := time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)
	for _, row := range []struct {
		name   string
		oid    uint32
		format int16
		value  any
	}{
		{"a list of a named type", pgtype.TextArrayOID, pgtype.BinaryFormatCode, []word{"a", "b"}},
		{"integers of another size", pgtype.Int8ArrayOID, pgtype.BinaryFormatCode, []int{1, 2}},
		{"times that may be missing", pgtype.TimestamptzArrayOID, pgtype.BinaryFormatCode, []*time.Time{nil, &stamp}},
		{"text", pgtype.TextArrayOID, pgtype.TextFormatCode, []string{"a", `"`}},
		{"a list of lists", pgtype.Int8ArrayOID, pgtype.BinaryFormatCode, [][]int64{{1}, {2}}},
		{"a list of what does not fit", pgtype.Int8ArrayOID, pgtype.BinaryFormatCode, []string{"7"}},
		{"texts as bytes", pgtype.ByteaArrayOID, pgtype.BinaryFormatCode, []string{"7"}},
		{"dates", pgtype.DateArrayOID, pgtype.BinaryFormatCode, []time.Time{stamp}},
	} {
		got, err := taught().Encode(row.oid, row.format, row.value, nil)
		want, wantErr := pgtype.NewMap().Encode(row.oid, row.format, row.value, nil)
		if (err == nil) != (wantErr == nil) || !bytes.Equal(got, want) {
			t.Errorf("%s: %x (%v), the driver's %x (%v)", row.name, got, err, want, wantErr)
		}
	}
}

// TestArraysAreReadBack: the driver reads from our bytes what was sent.
func TestArraysAreReadBack(t *testing.T) {
	types := taught()
	sent := []string{"", "ü", "NULL", "{}"}
	encoded, err := types.Encode(pgtype.TextArrayOID, pgtype.BinaryFormatCode, sent, nil)
	var read []string
	if err == nil {
		err = types.Scan(pgtype.TextArrayOID, pgtype.BinaryFormatCode, encoded, &read)
	}
	if err != nil || len(read) != len(sent) || read[1] != "ü" || read[2] != "NULL" {
		t.Errorf("%q, %v", read, err)
	}
}

// TestIDsAreTheDrivers: an id is sent and read as the driver would, NULL as the id of
// nothing, and what is no id is refused.
func TestIDsAreTheDrivers(t *testing.T) {
	ours, drivers := taught(), pgtype.NewMap()
	id := ids.New()
	for _, format := range []int16{pgtype.BinaryFormatCode, pgtype.TextFormatCode} {
		got, err := ours.Encode(pgtype.UUIDOID, format, id, []byte("x"))
		want, wantErr := drivers.Encode(pgtype.UUIDOID, format, id, []byte("x"))
		if err != nil || wantErr != nil || !bytes.Equal(got, want) {
			t.Errorf("%x (%v), the driver's %x (%v)", got, err, want, wantErr)
		}
		var read, nothing = ids.ID{}, id
		if err := ours.Scan(pgtype.UUIDOID, format, got[1:], &read); err != nil || read != id {
			t.Errorf("read as %s (%v)", read, err)
		}
		var some *ids.ID
		if err := ours.Scan(pgtype.UUIDOID, format, got[1:], &some); err != nil || some == nil || *some != id {
			t.Errorf("read as %s (%v)", some, err)
		}
		if err := ours.Scan(pgtype.UUIDOID, format, nil, &some); err != nil || some != nil {
			t.Errorf("NULL is read as %s (%v)", some, err)
		}
		if err := ours.Scan(pgtype.UUIDOID, format, []byte("short"), &read); err == nil {
			t.Errorf("read as %s what is no id", read)
		}
		if err := ours.Scan(pgtype.UUIDOID, pgtype.BinaryFormatCode, nil, &nothing); err != nil || nothing != ids.Nil {
			t.Errorf("NULL is read as %s (%v)", nothing, err)
		}
	}
}

// BenchmarkArrays is a column of 64 values, as a lane writes them.
func BenchmarkArrays(b *testing.B) {
	texts, id := make([]string, 64), make([]ids.ID, 64)
	for i := range texts {
		texts[i], id[i] = "HK-HARBOUR", ids.New()
	}
	for name, types := range map[string]*pgtype.Map{"ours": taught(), "driver's": pgtype.NewMap()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				buffer, err := types.Encode(pgtype.TextArrayOID, pgtype.BinaryFormatCode, texts, nil)
				if err == nil {
					_, err = types.Encode(pgtype.UUIDArrayOID, pgtype.BinaryFormatCode, id, buffer)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
