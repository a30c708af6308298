package position

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/money"
)

const openRegion = `
INSERT INTO participant_position (participant_id, currency, region, cap_minor, posted_minor, reserved_minor)
SELECT participant_id, currency, $1, 0, 0, 0 FROM position_limit
ON CONFLICT (participant_id, currency, region) DO NOTHING`

// OpenRegion gives every position a row in a region where it has none, with no
// allotment yet.
func OpenRegion(ctx context.Context, tx db.Tx, region string) error {
	if _, err := tx.Exec(ctx, openRegion, region); err != nil {
		return fmt.Errorf("position: open region: %w", err)
	}
	return nil
}

const countMissing = `
SELECT count(*) FROM position_limit l WHERE NOT EXISTS (SELECT 1 FROM participant_position p
	WHERE p.participant_id = l.participant_id AND p.currency = l.currency AND p.region = $1)`

// openMissing opens a region's rows if some are missing, and else stays out of the way
// of payments, which change the rows that are there.
func openMissing(ctx context.Context, pool *db.Pool, region string) error {
	var missing int64
	if err := pool.QueryRow(ctx, countMissing, region).Scan(&missing); err != nil {
		return fmt.Errorf("position: open region: %w", err)
	}
	if missing == 0 {
		return nil
	}
	return pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error { return OpenRegion(ctx, tx, region) })
}

// Key names a position.
type Key struct {
	ParticipantID string
	Currency      money.Currency
}

const selectAllotments = `
SELECT participant_id, currency, region, cap_minor, posted_minor, reserved_minor, paying_minor
FROM participant_position ORDER BY participant_id, currency, region`

// Allotments returns the rows of every position in the order of their regions.
func Allotments(ctx context.Context, reader db.Reader) (map[Key][]Allotment, error) {
	rows, err := reader.Query(ctx, selectAllotments)
	if err != nil {
		return nil, fmt.Errorf("position: allotments: %w", err)
	}
	all := map[Key][]Allotment{}
	var key Key
	var a Allotment
	_, err = pgx.ForEachRow(rows, []any{&key.ParticipantID, &key.Currency, &a.Region, &a.Allotted, &a.Posted, &a.Reserved,
		&a.Paying},
		func() error {
			all[key] = append(all[key], a)
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("position: allotments: %w", err)
	}
	return all, nil
}

const giveAllotment = `
UPDATE participant_position SET cap_minor = cap_minor - $4
WHERE participant_id = $1 AND currency = $2 AND region = $3 AND cap_minor - posted_minor - reserved_minor - paying_minor >= $4`

const takeAllotment = `
UPDATE participant_position SET cap_minor = cap_minor + $4
WHERE participant_id = $1 AND currency = $2 AND region = $3`

// give moves unused allotment between two regions in one small transaction, so that
// their sum stays what it was. It does nothing if it is not unused any more.
func give(ctx context.Context, pool *db.Pool, key Key, from string, t transfer) (given bool, err error) {
	err = pool.InTx(ctx, func(ctx context.Context, tx db.Tx) error {
		changed, err := tx.Exec(ctx, giveAllotment, key.ParticipantID, key.Currency, from, t.amount)
		if given = changed == 1; err != nil || !given {
			return err
		}
		changed, err = tx.Exec(ctx, takeAllotment, key.ParticipantID, key.Currency, t.to, t.amount)
		if err == nil && changed != 1 {
			return ErrNoPosition
		}
		return err
	})
	if err != nil {
		return false, fmt.Errorf("position: rebalance: %w", err)
	}
	return given, nil
}

// Rebalance gives what a region does not need to regions that are short, one step
// for each position, and returns how many it took. It opens the region's missing
// rows first. A conflict with payments is no error: the next round tries again.
func Rebalance(ctx context.Context, pool *db.Pool, region string) (int, error) {
	if err := openMissing(ctx, pool, region); err != nil {
		return 0, err
	}
	all, err := Allotments(ctx, pool)
	if err != nil {
		return 0, err
	}
	steps := 0
	for key, rows := range all {
		for own, row := range rows {
			if row.Region != region {
				continue
			}
			t, wanted := gift(rows, own)
			if !wanted {
				continue
			}
			given, err := give(ctx, pool, key, region, t)
			if err != nil {
				return steps, err
			}
			if given {
				steps++
			}
		}
	}
	return steps, nil
}
