package merchant

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/teller"
)

// untold is a registration whose acquirer is to be told what it has come to.
type untold struct {
	acquirerID, requestID string
	attempts              int64
	// until is the time to which it was put off when it was taken up; another one means
	// that something was decided since.
	until time.Time
}

const (
	markUntold = `
UPDATE merchant_registration SET untold = true, notice_attempts = 0, notice_at = $3
WHERE acquirer_id = $1 AND request_id = $2`
	leaseRegistrations = `
UPDATE merchant_registration SET notice_at = $3
WHERE (acquirer_id, request_id) IN (SELECT acquirer_id, request_id FROM merchant_registration
	WHERE region = $1 AND untold AND notice_at <= $2 ORDER BY notice_at LIMIT $4)
RETURNING acquirer_id, request_id, notice_attempts`
	settleRegistration = `
UPDATE merchant_registration SET untold = $4, notice_attempts = notice_attempts + 1, notice_at = $5
WHERE acquirer_id = $1 AND request_id = $2 AND notice_at = $3`
)

// mark has an acquirer told what its registration has come to.
func mark(ctx context.Context, tx db.Tx, acquirerID, requestID string, at time.Time) error {
	if _, err := tx.Exec(ctx, markUntold, acquirerID, requestID, at); err != nil {
		return fmt.Errorf("merchant: mark: %w", err)
	}
	return nil
}

func leaseUntold(ctx context.Context, tx db.Tx, region string, now, until time.Time) ([]untold, error) {
	rows, err := tx.Query(ctx, leaseRegistrations, region, now, until, teller.Batch)
	if err != nil {
		return nil, fmt.Errorf("merchant: lease: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (untold, error) {
		one := untold{until: until}
		return one, row.Scan(&one.acquirerID, &one.requestID, &one.attempts)
	})
}

// settleUntold ends a notice that was confirmed, or puts it off. One that something was
// decided about meanwhile stays due.
func settleUntold(ctx context.Context, tx db.Tx, one untold, told bool, next time.Time) error {
	if _, err := tx.Exec(ctx, settleRegistration, one.acquirerID, one.requestID, one.until, !told, next); err != nil {
		return fmt.Errorf("merchant: settle: %w", err)
	}
	return nil
}
