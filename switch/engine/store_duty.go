package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
)

// Two statements find what is due with each of some partners, the longest due first. The
// condition is that of the index, so that a partner's first duties are read and nobody
// else's, however many there are. They read only: what is found is leased by its id.
const duePayments = `
SELECT w.partner_id, d.payment_id, d.due_at
FROM unnest($3::TEXT[]) AS w (partner_id)
CROSS JOIN LATERAL (
	SELECT payment_id, due_at FROM payment
	WHERE region = $1 AND duty <> 'NONE' AND due_at <= $2
		AND (CASE duty WHEN 'PUSH' THEN acquirer_id WHEN 'EXPIRE' THEN '' ELSE wallet_id END) = w.partner_id
	ORDER BY due_at LIMIT $4
) AS d`

const dueReturns = `
SELECT w.partner_id, d.return_id, d.due_at
FROM unnest($3::TEXT[]) AS w (partner_id)
CROSS JOIN LATERAL (
	SELECT return_id, due_at FROM payment_return
	WHERE region = $1 AND duty <> 'NONE' AND due_at <= $2 AND wallet_id = w.partner_id
	ORDER BY due_at LIMIT $4
) AS d`

// findDue returns at most [dutyBatch] duties of payments and as many of returns with each
// of the partners.
func findDue(ctx context.Context, reader db.Reader, region string, now time.Time, partners []string) ([]due, error) {
	var all []due
	for _, of := range [...]struct {
		sql      string
		returned bool
	}{{duePayments, false}, {dueReturns, true}} {
		rows, err := reader.Query(ctx, of.sql, region, now, partners, dutyBatch)
		if err != nil {
			return nil, fmt.Errorf("engine: due: %w", err)
		}
		found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (due, error) {
			d := due{returned: of.returned}
			return d, row.Scan(&d.partner, &d.id, &d.at)
		})
		if err != nil {
			return nil, fmt.Errorf("engine: due: %w", err)
		}
		all = append(all, found...)
	}
	return all, nil
}

// Two statements lease what is due: a worker that dies lets go when the lease
// ends, because leasing only moves the due time. What another worker has leased, or has
// done, is not due any more.
const leasePayments = `
UPDATE payment SET due_at = $3
WHERE payment_id = ANY($1::UUID[]) AND duty <> 'NONE' AND due_at <= $2
RETURNING payment_id`

const leaseReturns = `
UPDATE payment_return SET due_at = $3
WHERE return_id = ANY($1::UUID[]) AND duty <> 'NONE' AND due_at <= $2
RETURNING return_id`

// lease moves the due time of duties and returns which of them are the caller's.
func lease(ctx context.Context, tx db.Tx, all []due, now, until time.Time) (map[ids.ID]bool, error) {
	var payments, returns []ids.ID
	for _, d := range all {
		if d.returned {
			returns = append(returns, d.id)
		} else {
			payments = append(payments, d.id)
		}
	}
	held := make(map[ids.ID]bool, len(all))
	for _, of := range [...]struct {
		sql string
		ids []ids.ID
	}{{leasePayments, payments}, {leaseReturns, returns}} {
		if len(of.ids) == 0 {
			continue
		}
		rows, err := tx.Query(ctx, of.sql, of.ids, now, until)
		if err != nil {
			return nil, fmt.Errorf("engine: lease: %w", err)
		}
		leased, err := pgx.CollectRows(rows, pgx.RowTo[ids.ID])
		if err != nil {
			return nil, fmt.Errorf("engine: lease: %w", err)
		}
		for _, id := range leased {
			held[id] = true
		}
	}
	return held, nil
}
