package db

import (
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/causeway-pay/causeway/internal/ids"
)

// id is an id as the driver knows them.
type id ids.ID

func (i id) UUIDValue() (pgtype.UUID, error) { return pgtype.UUID{Bytes: i, Valid: true}, nil }

func wrapID(value any) (pgtype.WrappedEncodePlanNextSetter, any, bool) {
	switch value := value.(type) {
	case ids.ID:
		return &encodeID{}, id(value), true
	default:
		return nil, nil, false
	}
}

type encodeID struct{ next pgtype.EncodePlan }

// SetNext implements [pgtype.WrappedEncodePlanNextSetter].
func (p *encodeID) SetNext(next pgtype.EncodePlan) { p.next = next }

// Encode implements [pgtype.EncodePlan].
func (p *encodeID) Encode(value any, buffer []byte) ([]byte, error) {
	return p.next.Encode(id(value.(ids.ID)), buffer)
}

// target is where an id is read to.
type target struct{ id *ids.ID }

// ScanUUID implements [pgtype.UUIDScanner]. NULL is the id of nothing.
func (t target) ScanUUID(value pgtype.UUID) error {
	*t.id = value.Bytes
	return nil
}

func wrapTarget(value any) (pgtype.WrappedScanPlanNextSetter, any, bool) {
	if into, ok := value.(*ids.ID); ok {
		return &scanID{}, target{into}, true
	}
	return nil, nil, false
}

type scanID struct{ next pgtype.ScanPlan }

// SetNext implements [pgtype.WrappedScanPlanNextSetter].
func (p *scanID) SetNext(next pgtype.ScanPlan) { p.next = next }

// Scan implements [pgtype.ScanPlan].
func (p *scanID) Scan(source []byte, into any) error {
	return p.next.Scan(source, target{into.(*ids.ID)})
}
