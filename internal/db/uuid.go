package db

import (
	"fmt"

	"github.com/jackc/pgx/v5/pgtype"

	"github.com/causeway-pay/causeway/internal/ids"
)

// idCodec sends and reads ids in their 16 bytes. They are a [database/sql.Scanner], so the
// driver would take them through their text.
type idCodec struct{ pgtype.UUIDCodec }

func teachIDs(types *pgtype.Map) {
	types.RegisterType(&pgtype.Type{Name: "uuid", OID: pgtype.UUIDOID, Codec: idCodec{}})
}

// PlanEncode implements [pgtype.Codec].
func (c idCodec) PlanEncode(types *pgtype.Map, oid uint32, format int16, value any) pgtype.EncodePlan {
	if _, ours := value.(ids.ID); ours && format == pgtype.BinaryFormatCode {
		return encodeID{}
	}
	return c.UUIDCodec.PlanEncode(types, oid, format, value)
}

// PlanScan implements [pgtype.Codec].
func (c idCodec) PlanScan(types *pgtype.Map, oid uint32, format int16, target any) pgtype.ScanPlan {
	if _, ours := target.(*ids.ID); ours && format == pgtype.BinaryFormatCode {
		return scanID{}
	}
	return c.UUIDCodec.PlanScan(types, oid, format, target)
}

type encodeID struct{}

// Encode implements [pgtype.EncodePlan].
func (encodeID) Encode(value any, buffer []byte) ([]byte, error) {
	id := value.(ids.ID)
	return append(buffer, id[:]...), nil
}

type scanID struct{}

// Scan implements [pgtype.ScanPlan]. NULL is the id of nothing.
func (scanID) Scan(source []byte, target any) error {
	id := target.(*ids.ID)
	if *id = ids.Nil; source == nil {
		return nil
	}
	if len(source) != len(id) {
		return fmt.Errorf("db: an id of %d bytes", len(source))
	}
	copy(id[:], source)
	return nil
}
