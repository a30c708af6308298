package book

import (
	"context"
	"embed"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the steps that make this package's tables.
func Migrations() ([]db.Migration, error) { return db.LoadMigrations("fxbook", files) }

const insertFlows = `
INSERT INTO fx_flow (flow_id, region, subject_id, payment_id, corridor, partner_id, currency, value_date, amount_minor,
	cost_minor, income_minor, income_worth_minor, booked_at)
SELECT unnest($1::UUID[]), unnest($2::TEXT[]), unnest($3::UUID[]), unnest($4::UUID[]), unnest($5::TEXT[]),
	unnest($6::TEXT[]), unnest($7::TEXT[]), unnest($8::DATE[]), unnest($9::BIGINT[]), unnest($10::BIGINT[]),
	unnest($11::BIGINT[]), unnest($12::BIGINT[]), unnest($13::TIMESTAMPTZ[])`

const addPositions = `
INSERT INTO fx_position (corridor, partner_id, currency, value_date, amount_minor, cost_minor, unrealised_minor,
	realised_minor, income_minor, income_worth_minor)
SELECT unnest($1::TEXT[]), unnest($2::TEXT[]), unnest($3::TEXT[]), unnest($4::DATE[]), unnest($5::BIGINT[]),
	unnest($6::BIGINT[]), 0, 0, unnest($7::BIGINT[]), unnest($8::BIGINT[])
ON CONFLICT (corridor, partner_id, currency, value_date) DO UPDATE
SET amount_minor = fx_position.amount_minor + excluded.amount_minor,
	cost_minor = fx_position.cost_minor + excluded.cost_minor,
	income_minor = fx_position.income_minor + excluded.income_minor,
	income_worth_minor = fx_position.income_worth_minor + excluded.income_worth_minor`

// Enter writes flows and adds them to their positions, in the order of the keys.
// A flow that was entered before violates fx_flow_pk, so nothing counts twice.
func Enter(ctx context.Context, tx db.Tx, flows []Flow) error {
	if len(flows) == 0 {
		return nil
	}
	tx.Later(db.Written("book: enter"), insertFlows,
		db.Column(flows, func(f Flow) ids.ID { return f.ID }), db.Column(flows, func(f Flow) string { return f.Region }),
		db.Column(flows, func(f Flow) ids.ID { return f.SubjectID }), db.Column(flows, func(f Flow) ids.ID { return f.PaymentID }),
		db.Column(flows, func(f Flow) string { return f.Corridor }), db.Column(flows, func(f Flow) string { return f.PartnerID }),
		db.Column(flows, func(f Flow) string { return string(f.Currency) }),
		db.Column(flows, func(f Flow) time.Time { return dated(f.ValueDate) }),
		db.Column(flows, func(f Flow) int64 { return f.Minor }), db.Column(flows, func(f Flow) int64 { return f.Cost }),
		db.Column(flows, func(f Flow) int64 { return f.Income }), db.Column(flows, func(f Flow) int64 { return f.IncomeWorth }),
		db.Column(flows, func(f Flow) time.Time { return f.At }))
	sums := sum(flows)
	tx.Later(db.Written("book: enter"), addPositions,
		db.Column(sums, func(p Position) string { return p.Corridor }),
		db.Column(sums, func(p Position) string { return p.PartnerID }),
		db.Column(sums, func(p Position) string { return string(p.Currency) }),
		db.Column(sums, func(p Position) time.Time { return dated(p.ValueDate) }),
		db.Column(sums, func(p Position) int64 { return p.Minor }), db.Column(sums, func(p Position) int64 { return p.Cost }),
		db.Column(sums, func(p Position) int64 { return p.Income }),
		db.Column(sums, func(p Position) int64 { return p.IncomeWorth }))
	return nil
}

// sum adds flows up by their keys, in the order of the keys.
func sum(flows []Flow) []Position {
	var sums []Position
	for _, f := range flows {
		i := slices.IndexFunc(sums, func(p Position) bool { return p.Key == f.Key })
		if i < 0 {
			i, sums = len(sums), append(sums, Position{Key: f.Key})
		}
		sums[i].Minor += f.Minor
		sums[i].Cost += f.Cost
		sums[i].Income += f.Income
		sums[i].IncomeWorth += f.IncomeWorth
	}
	slices.SortFunc(sums, func(a, b Position) int { return compare(a.Key, b.Key) })
	return sums
}

// firstDay stands for no value date in the database.
var firstDay = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)

func dated(date time.Time) time.Time {
	if date.IsZero() {
		return firstDay
	}
	return day(date)
}

const selectOpen = `
SELECT corridor, partner_id, currency, value_date, amount_minor, cost_minor, unrealised_minor, realised_minor,
	income_minor, income_worth_minor
FROM fx_position WHERE amount_minor <> 0 OR cost_minor <> 0 OR unrealised_minor <> 0
ORDER BY corridor, partner_id, currency, value_date`

// Open returns the positions that are not closed, in the order of the keys.
func Open(ctx context.Context, reader db.Reader) ([]Position, error) {
	rows, err := reader.Query(ctx, selectOpen)
	if err != nil {
		return nil, fmt.Errorf("book: positions: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Position, error) {
		var p Position
		err := row.Scan(&p.Corridor, &p.PartnerID, &p.Currency, &p.ValueDate, &p.Minor, &p.Cost, &p.Unrealised, &p.Realised,
			&p.Income, &p.IncomeWorth)
		p.ValueDate = p.ValueDate.UTC()
		return p, err
	})
}

// Profit is what a partner's payments in a corridor have brought, in the book's
// currency.
type Profit struct {
	Corridor, PartnerID string
	// Income is markup, spread, fee and rounding; Unrealised and Realised come of
	// exchange rates.
	Income, Unrealised, Realised int64
}

const selectProfits = `
SELECT corridor, partner_id, sum(income_worth_minor)::BIGINT, sum(unrealised_minor)::BIGINT, sum(realised_minor)::BIGINT
FROM fx_position GROUP BY corridor, partner_id ORDER BY corridor, partner_id`

// Profits returns the profit by corridor and partner, the treasury's first.
func Profits(ctx context.Context, reader db.Reader) ([]Profit, error) {
	rows, err := reader.Query(ctx, selectProfits)
	if err != nil {
		return nil, fmt.Errorf("book: profits: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Profit, error) {
		var p Profit
		return p, row.Scan(&p.Corridor, &p.PartnerID, &p.Income, &p.Unrealised, &p.Realised)
	})
}

const insertDeal = `
INSERT INTO fx_deal (deal_id, region, counterparty, reference, buy_currency, buy_minor, sell_currency, sell_minor,
	value_date, booked_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (counterparty, reference) DO NOTHING`

// InsertDeal keeps a deal and returns whether it is new. Its flows are entered
// beside it.
func InsertDeal(ctx context.Context, tx db.Tx, d Deal) (bool, error) {
	if err := d.Check(); err != nil {
		return false, err
	}
	made, err := tx.Exec(ctx, insertDeal, d.ID, d.Region, d.Counterparty, d.Reference, string(d.Buy.Currency), d.Buy.Minor,
		string(d.Sell.Currency), d.Sell.Minor, day(d.ValueDate), d.At)
	if err != nil {
		return false, fmt.Errorf("book: insert deal: %w", err)
	}
	return made == 1, nil
}

const selectDeals = `
SELECT deal_id, region, counterparty, reference, buy_currency, buy_minor, sell_currency, sell_minor, value_date,
	booked_at
FROM fx_deal ORDER BY booked_at DESC, deal_id LIMIT $1`

// Deals returns the newest deals, newest first.
func Deals(ctx context.Context, reader db.Reader, limit int) ([]Deal, error) {
	rows, err := reader.Query(ctx, selectDeals, limit)
	if err != nil {
		return nil, fmt.Errorf("book: deals: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Deal, error) {
		var d Deal
		err := row.Scan(&d.ID, &d.Region, &d.Counterparty, &d.Reference, &d.Buy.Currency, &d.Buy.Minor, &d.Sell.Currency,
			&d.Sell.Minor, &d.ValueDate, &d.At)
		d.ValueDate, d.At = d.ValueDate.UTC(), d.At.UTC()
		return d, err
	})
}
