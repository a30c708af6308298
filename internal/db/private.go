package db

import (
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/causeway-pay/causeway/internal/seal"
)

// Private is personal data in a BYTEA column, and PrivateText in a TEXT column. The
// connections of a pool seal them with [Options.Box] on their way into the database and
// open them on their way back, so that a statement can say nothing about their content.
type (
	Private     []byte
	PrivateText string
)

// seals are how the connections of a pool treat personal data.
type seals struct{ box *seal.Box }

func (s seals) wrap(value any) (pgtype.WrappedEncodePlanNextSetter, any, bool) {
	switch value := value.(type) {
	case Private:
		return &sealing[Private]{of: func(v Private) any { return s.box.Seal(v) }}, []byte(value), true
	case PrivateText:
		return &sealing[PrivateText]{of: func(v PrivateText) any { return s.box.SealText(string(v)) }}, string(value), true
	case []Private:
		return &sealing[[]Private]{of: func(list []Private) any {
			return Column(list, func(v Private) []byte { return s.box.Seal(v) })
		}}, [][]byte{}, true
	case []PrivateText:
		return &sealing[[]PrivateText]{of: func(list []PrivateText) any {
			return Column(list, func(v PrivateText) string { return s.box.SealText(string(v)) })
		}}, []string{}, true
	default:
		return nil, nil, false
	}
}

// sealing sends what a value is turned into.
type sealing[T any] struct {
	of   func(value T) any
	next pgtype.EncodePlan
}

// SetNext implements [pgtype.WrappedEncodePlanNextSetter].
func (p *sealing[T]) SetNext(next pgtype.EncodePlan) { p.next = next }

// Encode implements [pgtype.EncodePlan].
func (p *sealing[T]) Encode(value any, buffer []byte) ([]byte, error) {
	return p.next.Encode(p.of(value.(T)), buffer)
}

func (s seals) wrapTarget(value any) (pgtype.WrappedScanPlanNextSetter, any, bool) {
	switch value.(type) {
	case *Private:
		return &opening{box: s.box}, new([]byte), true
	case *PrivateText:
		return &openingText{box: s.box}, new(string), true
	default:
		return nil, nil, false
	}
}

// opening reads a [Private].
type opening struct {
	box  *seal.Box
	next pgtype.ScanPlan
}

// SetNext implements [pgtype.WrappedScanPlanNextSetter].
func (p *opening) SetNext(next pgtype.ScanPlan) { p.next = next }

// Scan implements [pgtype.ScanPlan].
func (p *opening) Scan(source []byte, into any) error {
	var stored []byte
	if err := p.next.Scan(source, &stored); err != nil {
		return err
	}
	opened, err := p.box.Open(stored)
	*into.(*Private) = opened
	return err
}

// openingText reads a [PrivateText].
type openingText opening

// SetNext implements [pgtype.WrappedScanPlanNextSetter].
func (p *openingText) SetNext(next pgtype.ScanPlan) { p.next = next }

// Scan implements [pgtype.ScanPlan].
func (p *openingText) Scan(source []byte, into any) error {
	var stored string
	if err := p.next.Scan(source, &stored); err != nil {
		return err
	}
	opened, err := p.box.OpenText(stored)
	*into.(*PrivateText) = PrivateText(opened)
	return err
}
