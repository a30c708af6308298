package limits

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
func Migrations() ([]db.Migration, error) { return db.LoadMigrations("limits", files) }

const selectUsed = `
SELECT c.counter, sum(c.amount_minor)::BIGINT, sum(c.payments)::BIGINT
FROM unnest($1::BYTEA[], $2::TIMESTAMPTZ[], $3::TIMESTAMPTZ[]) AS u (counter, since, bucket)
JOIN limit_counter AS c ON c.counter = u.counter AND c.bucket > u.since AND c.bucket <= u.bucket
GROUP BY c.counter`

const addUsed = `
INSERT INTO limit_counter (counter, bucket, region, amount_minor, payments)
SELECT unnest($1::BYTEA[]), unnest($2::TIMESTAMPTZ[]), $3, unnest($4::BIGINT[]), 1
ON CONFLICT (counter, bucket) DO UPDATE SET amount_minor = limit_counter.amount_minor + excluded.amount_minor,
	payments = limit_counter.payments + 1`

const insertUses = `
INSERT INTO limit_use (payment_id, counter, bucket, region, amount_minor, taken_at)
SELECT $1, unnest($2::BYTEA[]), unnest($3::TIMESTAMPTZ[]), $4, unnest($5::BIGINT[]), $6`

// Take counts a payment, in the transaction that reserves its money. A limit that
// it would pass is an error with its reason, and nothing is counted. The
// transaction must be serializable, as all of the switch are: what was read here
// is still so when it commits.
func Take(ctx context.Context, tx db.Tx, p Payment, uses []Use) error {
	if len(uses) == 0 {
		return nil
	}
	var counters [][]byte
	var buckets, since []time.Time
	var amounts []int64
	for _, use := range uses {
		counters, amounts = append(counters, use.Counter[:]), append(amounts, use.Amount)
		buckets, since = append(buckets, use.Bucket), append(since, use.Since)
	}
	before, err := usedBefore(ctx, tx, counters, since, buckets)
	if err != nil {
		return fmt.Errorf("limits: take: %w", err)
	}
	for _, use := range slices.SortedFunc(slices.Values(uses), byRule) {
		if err := use.judge(before[use.Counter]); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, addUsed, counters, buckets, p.Region, amounts); err != nil {
		return fmt.Errorf("limits: take: %w", err)
	}
	if _, err := tx.Exec(ctx, insertUses, p.ID, counters, buckets, p.Region, amounts, p.At); err != nil {
		return fmt.Errorf("limits: take: %w", err)
	}
	return nil
}

func usedBefore(
	ctx context.Context, tx db.Tx, counters [][]byte, since, until []time.Time,
) (map[[32]byte]used, error) {
	rows, err := tx.Query(ctx, selectUsed, counters, since, until)
	if err != nil {
		return nil, err
	}
	before := map[[32]byte]used{}
	var counter []byte
	var sum used
	_, err = pgx.ForEachRow(rows, []any{&counter, &sum.amount, &sum.count}, func() error {
		before[[32]byte(counter)] = sum
		return nil
	})
	return before, err
}

const subtractUsed = `
UPDATE limit_counter SET amount_minor = limit_counter.amount_minor - u.amount_minor,
	payments = limit_counter.payments - u.payments
FROM (SELECT counter, bucket, sum(amount_minor)::BIGINT AS amount_minor, count(*)::BIGINT AS payments
	FROM limit_use WHERE payment_id = ANY($1::UUID[]) GROUP BY counter, bucket) AS u
WHERE limit_counter.counter = u.counter AND limit_counter.bucket = u.bucket`

const deleteUses = `DELETE FROM limit_use WHERE payment_id = ANY($1::UUID[])`

// Release takes payments off the counters, in the transaction that voids their
// reservations. A payment that was not counted, or was released before, changes
// nothing.
func Release(ctx context.Context, tx db.Tx, payments []ids.ID) error {
	if _, err := tx.Exec(ctx, subtractUsed, payments); err != nil {
		return fmt.Errorf("limits: release: %w", err)
	}
	if _, err := tx.Exec(ctx, deleteUses, payments); err != nil {
		return fmt.Errorf("limits: release: %w", err)
	}
	return nil
}

// Keep is how long counters are of use: the longest period, a month, and the
// longest life of a payment that could still be released.
const Keep = 70 * 24 * time.Hour

const purgeCounters = `
DELETE FROM limit_counter WHERE (counter, bucket) IN
	(SELECT counter, bucket FROM limit_counter WHERE bucket < $1 ORDER BY bucket LIMIT $2)`

const purgeUses = `
DELETE FROM limit_use WHERE (payment_id, counter) IN
	(SELECT payment_id, counter FROM limit_use WHERE taken_at < $1 ORDER BY taken_at LIMIT $2)`

// Purge deletes at most limit counters and uses each from before a time, and
// returns how many it deleted.
func Purge(ctx context.Context, tx db.Tx, before time.Time, limit int) (deleted int64, err error) {
	for _, sql := range []string{purgeCounters, purgeUses} {
		n, err := tx.Exec(ctx, sql, before, limit)
		if err != nil {
			return deleted, fmt.Errorf("limits: purge: %w", err)
		}
		deleted += n
	}
	return deleted, nil
}
