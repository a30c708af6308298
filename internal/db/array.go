package db

import (
	"encoding/binary"
	"time"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/causeway-pay/causeway/internal/ids"
)

// arrayCodec sends the lists that [Column] makes. The driver's own would box every value,
// plan for it, and find out how long the list gets by growing a buffer again and again,
// which is felt where each payment is written in hundreds of values. What it does not know
// it leaves to the driver.
type arrayCodec struct {
	*pgtype.ArrayCodec
	// room is where the parameters of a statement are put together.
	room *room
}

// PlanEncode implements [pgtype.Codec].
func (c arrayCodec) PlanEncode(types *pgtype.Map, oid uint32, format int16, value any) pgtype.EncodePlan {
	if format == pgtype.BinaryFormatCode {
		if plan := planArray(c.ElementType.OID, value, c.room); plan != nil {
			return plan
		}
	}
	return c.ArrayCodec.PlanEncode(types, oid, format, value)
}

// teachArrays replaces the codecs of those arrays that are sent in bulk.
func teachArrays(types *pgtype.Map) {
	parameters := &room{size: parametersRoom}
	for _, oid := range []uint32{
		pgtype.ByteaArrayOID, pgtype.TextArrayOID, pgtype.UUIDArrayOID, pgtype.TimestamptzArrayOID, pgtype.Int8ArrayOID,
		pgtype.Int2ArrayOID,
	} {
		known, _ := types.TypeForOID(oid)
		if codec, ok := known.Codec.(*pgtype.ArrayCodec); ok {
			types.RegisterType(&pgtype.Type{Name: known.Name, OID: oid, Codec: arrayCodec{codec, parameters}})
		}
	}
}

// planArray is the plan for a list of values whose binary form is that of the element.
func planArray(element uint32, value any, in *room) pgtype.EncodePlan {
	switch value.(type) {
	case [][]byte:
		if element == pgtype.ByteaOID {
			return arrayPlan[[]byte]{element, in, sizeOfBytes, func(to, v []byte) []byte { return append(to, v...) }}
		}
	case []string:
		if element == pgtype.TextOID {
			return arrayPlan[string]{element, in, func(v string) int { return len(v) },
				func(to []byte, v string) []byte { return append(to, v...) }}
		}
	case []ids.ID:
		if element == pgtype.UUIDOID {
			return arrayPlan[ids.ID]{element, in, always[ids.ID](16),
				func(to []byte, v ids.ID) []byte { return append(to, v[:]...) }}
		}
	case []time.Time:
		if element == pgtype.TimestamptzOID {
			return arrayPlan[time.Time]{element, in, always[time.Time](8), appendTime}
		}
	case []int64:
		if element == pgtype.Int8OID {
			return arrayPlan[int64]{element, in, always[int64](8),
				func(to []byte, v int64) []byte { return binary.BigEndian.AppendUint64(to, uint64(v)) }}
		}
	case []int16:
		if element == pgtype.Int2OID {
			return arrayPlan[int16]{element, in, always[int16](2),
				func(to []byte, v int16) []byte { return binary.BigEndian.AppendUint16(to, uint16(v)) }}
		}
	}
	return nil
}

// missing is the length of NULL.
const missing = -1

func sizeOfBytes(value []byte) int {
	if value == nil {
		return missing
	}
	return len(value)
}

func always[T any](size int) func(T) int { return func(T) int { return size } }

// epoch is the zero of the database's times, in seconds of Unix.
const epoch = 946_684_800

// appendTime appends a time in the microseconds since 2000 that the database counts; what
// is finer is cut off.
func appendTime(to []byte, value time.Time) []byte {
	micros := (value.Unix()-epoch)*1_000_000 + int64(value.Nanosecond())/1_000
	return binary.BigEndian.AppendUint64(to, uint64(micros))
}

// arrayPlan encodes a list of T as an array of one dimension, in the very bytes that the
// driver would send.
type arrayPlan[T any] struct {
	element uint32
	room    *room
	// size is the length of a value, or [missing].
	size   func(value T) int
	append func(to []byte, value T) []byte
}

// Encode implements [pgtype.EncodePlan]. A nil list is NULL.
func (p arrayPlan[T]) Encode(value any, buffer []byte) ([]byte, error) {
	values := value.([]T)
	if values == nil {
		return nil, nil
	}
	whole, nulls := 0, uint32(0)
	for _, v := range values {
		size := p.size(v)
		if whole += 4; size == missing {
			nulls = 1
			continue
		}
		whole += size
	}
	buffer = p.header(p.room.grow(buffer, headerSize+whole), nulls, len(values))
	for _, v := range values {
		size := p.size(v)
		buffer = binary.BigEndian.AppendUint32(buffer, uint32(int32(size)))
		if size != missing {
			buffer = p.append(buffer, v)
		}
	}
	return buffer, nil
}

// headerSize is the length of [arrayPlan.header].
const headerSize = 5 * 4

func (p arrayPlan[T]) header(buffer []byte, nulls uint32, length int) []byte {
	for _, word := range [headerSize / 4]uint32{1, nulls, p.element, uint32(length), 1} {
		buffer = binary.BigEndian.AppendUint32(buffer, word)
	}
	return buffer
}
