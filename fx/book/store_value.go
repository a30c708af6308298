package book

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/fx"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

// Valuation is the revaluation of one day.
type Valuation struct {
	ID     ids.ID
	Region string
	Day    time.Time
	// Currency is the book's.
	Currency money.Currency
	// Gain and Realised are the sums of the lines.
	Gain, Realised int64
	At             time.Time
	Lines          []Line
}

const selectLastDay = `SELECT value_day FROM fx_revaluation ORDER BY value_day DESC LIMIT 1`

const insertRevaluation = `
INSERT INTO fx_revaluation (id, region, value_day, currency, gain_minor, realised_minor, revalued_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)`

const writePositions = `
INSERT INTO fx_position (corridor, partner_id, currency, value_date, amount_minor, cost_minor, unrealised_minor,
	realised_minor, income_minor, income_worth_minor)
SELECT unnest($1::TEXT[]), unnest($2::TEXT[]), unnest($3::TEXT[]), unnest($4::DATE[]), unnest($5::BIGINT[]),
	unnest($6::BIGINT[]), unnest($7::BIGINT[]), unnest($8::BIGINT[]), 0, 0
ON CONFLICT (corridor, partner_id, currency, value_date) DO UPDATE
SET amount_minor = excluded.amount_minor, cost_minor = excluded.cost_minor,
	unrealised_minor = excluded.unrealised_minor,
	realised_minor = fx_position.realised_minor + excluded.realised_minor`

const insertLines = `
INSERT INTO fx_valuation (corridor, partner_id, currency, value_date, value_day, amount_minor, worth_minor, gain_minor,
	realised_minor)
SELECT unnest($1::TEXT[]), unnest($2::TEXT[]), unnest($3::TEXT[]), unnest($4::DATE[]), $5::DATE, unnest($6::BIGINT[]),
	unnest($7::BIGINT[]), unnest($8::BIGINT[]), unnest($9::BIGINT[])`

// Close revalues all positions for the day of v, fills in its lines and sums,
// and keeps the result. A day is closed once and never after a later one: that is
// [reason.Closed].
func Close(ctx context.Context, tx db.Tx, marker fx.Marker, v *Valuation) error {
	v.Day = day(v.Day)
	var last time.Time
	err := tx.QueryRow(ctx, selectLastDay).Scan(&last)
	switch {
	case err == nil && !last.UTC().Before(v.Day):
		return reason.New(reason.Closed, "book.Close", "the book is closed up to "+last.UTC().Format(time.DateOnly))
	case err != nil && !db.NoRows(err):
		return fmt.Errorf("book: close: %w", err)
	}
	positions, err := Open(ctx, tx)
	if err != nil {
		return err
	}
	changed, lines, err := Revalue(positions, marker, v.Currency, v.Day)
	if err != nil {
		return err
	}
	v.Lines, v.Gain, v.Realised = lines, 0, 0
	for _, line := range lines {
		v.Gain += line.Gain
		v.Realised += line.Realised
	}
	return v.save(ctx, tx, changed)
}

// save writes the positions that changed, which are those of the lines.
func (v *Valuation) save(ctx context.Context, tx db.Tx, changed []Position) error {
	_, err := tx.Exec(ctx, insertRevaluation, v.ID, v.Region, v.Day, string(v.Currency), v.Gain, v.Realised, v.At)
	if err != nil {
		return fmt.Errorf("book: close: %w", err)
	}
	if len(changed) == 0 {
		return nil
	}
	_, err = tx.Exec(ctx, writePositions,
		db.Column(changed, func(p Position) string { return p.Corridor }),
		db.Column(changed, func(p Position) string { return p.PartnerID }),
		db.Column(changed, func(p Position) string { return string(p.Currency) }),
		db.Column(changed, func(p Position) time.Time { return dated(p.ValueDate) }),
		db.Column(changed, func(p Position) int64 { return p.Minor }), db.Column(changed, func(p Position) int64 { return p.Cost }),
		db.Column(changed, func(p Position) int64 { return p.Unrealised }),
		db.Column(v.Lines, func(l Line) int64 { return l.Realised }))
	if err != nil {
		return fmt.Errorf("book: close: %w", err)
	}
	_, err = tx.Exec(ctx, insertLines,
		db.Column(v.Lines, func(l Line) string { return l.Corridor }),
		db.Column(v.Lines, func(l Line) string { return l.PartnerID }),
		db.Column(v.Lines, func(l Line) string { return string(l.Currency) }),
		db.Column(v.Lines, func(l Line) time.Time { return dated(l.ValueDate) }), v.Day,
		db.Column(v.Lines, func(l Line) int64 { return l.Minor }), db.Column(v.Lines, func(l Line) int64 { return l.Worth }),
		db.Column(v.Lines, func(l Line) int64 { return l.Gain }), db.Column(v.Lines, func(l Line) int64 { return l.Realised }))
	if err != nil {
		return fmt.Errorf("book: close: %w", err)
	}
	return nil
}

// Point is the exposure in one currency on one day.
type Point struct {
	Day      time.Time
	Currency money.Currency
	// Minor is the net position, Worth the same in the book's currency.
	Minor, Worth int64
	// Gain and Realised are those of the day, in the book's currency.
	Gain, Realised int64
}

const selectPoints = `
SELECT value_day, currency, sum(amount_minor)::BIGINT, sum(worth_minor)::BIGINT, sum(gain_minor)::BIGINT,
	sum(realised_minor)::BIGINT
FROM fx_valuation WHERE ($1 = '' OR currency = $1) AND value_day >= $2 AND value_day <= $3
GROUP BY value_day, currency ORDER BY value_day, currency LIMIT $4`

// Points returns the exposure day by day, one point for each currency or for the
// one that is named, oldest first, at most limit.
func Points(ctx context.Context, reader db.Reader, currency money.Currency, from, to time.Time, limit int) (
	[]Point, error,
) {
	rows, err := reader.Query(ctx, selectPoints, string(currency), day(from), day(to), limit)
	if err != nil {
		return nil, fmt.Errorf("book: points: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Point, error) {
		var p Point
		err := row.Scan(&p.Day, &p.Currency, &p.Minor, &p.Worth, &p.Gain, &p.Realised)
		p.Day = p.Day.UTC()
		return p, err
	})
}
