package book

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/money"
)

// Line is what a revaluation found of one position.
type Line struct {
	Key
	Day time.Time
	// Minor and Worth are the position when it was valued, before it was handed
	// over; Worth is in the book's currency.
	Minor, Worth int64
	// Gain is what the position is worth more than at the revaluation before, and
	// Realised what of all its gains became final.
	Gain, Realised int64
}

// Revalue values positions in the book's currency at the last known middle rates
// and returns those that changed, with one line each in the same order. Positions that are due on
// the day are realised and handed to the treasury.
func Revalue(positions []Position, marker fx.Marker, currency money.Currency, at time.Time) (
	changed []Position, lines []Line, err error,
) {
	r := revaluation{marker: marker, currency: currency, day: day(at), rows: map[Key]*row{}}
	for _, p := range positions {
		r.rows[p.Key] = &row{Position: p}
	}
	keys := make([]Key, 0, len(r.rows))
	for key, row := range r.rows {
		if err := r.value(row); err != nil {
			return nil, nil, err
		}
		keys = append(keys, key)
	}
	slices.SortFunc(keys, compare)
	for _, key := range keys {
		if row := r.rows[key]; key.matured(r.day) {
			if err := r.mature(row); err != nil {
				return nil, nil, err
			}
		}
	}
	for _, row := range r.rows {
		row.settle()
		if row.line.Minor == 0 && row.line.Gain == 0 && row.line.Realised == 0 && row.Minor == 0 {
			continue
		}
		row.line.Key, row.line.Day = row.Key, r.day
		changed, lines = append(changed, row.Position), append(lines, row.line)
	}
	slices.SortFunc(changed, func(a, b Position) int { return compare(a.Key, b.Key) })
	slices.SortFunc(lines, func(a, b Line) int { return compare(a.Key, b.Key) })
	return changed, lines, nil
}

func compare(a, b Key) int {
	return cmp.Or(cmp.Compare(a.Corridor, b.Corridor), cmp.Compare(a.PartnerID, b.PartnerID),
		cmp.Compare(a.Currency, b.Currency), a.ValueDate.Compare(b.ValueDate))
}

// row is a position under revaluation.
type row struct {
	Position
	line Line
}

type revaluation struct {
	marker   fx.Marker
	currency money.Currency
	day      time.Time
	rows     map[Key]*row
}

// value brings the unrealised profit up to the day's rates.
func (r *revaluation) value(row *row) error {
	worth, err := fx.Worth(r.marker, money.New(row.Minor, row.Currency), r.currency)
	if err != nil {
		return fmt.Errorf("book: value %s: %w", row.Currency, err)
	}
	row.line.Minor, row.line.Worth = row.Minor, worth.Minor
	row.line.Gain = worth.Minor - row.Cost - row.Unrealised
	row.Unrealised += row.line.Gain
	return nil
}

// mature realises a position at its worth and hands it to the treasury.
func (r *revaluation) mature(due *row) error {
	key := treasury(due.Currency)
	if r.rows[key] == nil {
		r.rows[key] = &row{Position: Position{Key: key}}
	}
	if err := r.rows[key].absorb(due.Minor, due.line.Worth); err != nil {
		return err
	}
	due.realise(due.Unrealised)
	due.Minor, due.Cost = 0, 0
	return nil
}

// realise makes a part of the unrealised profit final. The cost of what stays
// open grows by it, so that nothing counts twice.
func (r *row) realise(profit int64) {
	r.Unrealised -= profit
	r.Realised += profit
	r.line.Realised += profit
	r.Cost += profit
}

// absorb adds an amount at its worth. What it closes of an opposite position is
// realised at average cost.
func (r *row) absorb(minor, worth int64) error {
	if open := max(r.Minor, -r.Minor); open > 0 && (r.Minor > 0) != (minor > 0) && minor != 0 {
		closed := min(max(minor, -minor), open)
		profit, err := money.Prorate(money.New(r.Unrealised, r.Currency), closed, open, money.HalfEven)
		if err != nil {
			return fmt.Errorf("book: close %s: %w", r.Currency, err)
		}
		r.realise(profit.Minor)
	}
	r.Minor += minor
	r.Cost += worth
	return nil
}

// settle makes final what roundings of the worths have left on a position that
// is closed.
func (r *row) settle() {
	if r.Minor != 0 || r.Cost == 0 && r.Unrealised == 0 {
		return
	}
	gain := -r.Cost - r.Unrealised
	r.Unrealised += gain
	r.line.Gain += gain
	r.realise(r.Unrealised)
}
