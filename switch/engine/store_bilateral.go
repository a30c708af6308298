package engine

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
)

// Bilateral is what one wallet's payers paid to one acquirer's merchants in a
// window, returns taken off, in the currency of the prices. Every pair
// settles with the hub; the view is for reports.
type Bilateral struct {
	WalletID, AcquirerID string
	// Payments counts the payments, not their returns.
	Payments int64
	Amount   money.Amount
}

const selectBilateral = `
SELECT wallet_id, acquirer_id, currency, sum(payments)::BIGINT, sum(amount_minor)::BIGINT FROM (
	SELECT wallet_id, acquirer_id, currency, 1 AS payments, amount_minor
	FROM payment WHERE window_id = $1 AND state = 'POSTED'
	UNION ALL
	SELECT wallet_id, acquirer_id, currency, 0, -amount_minor
	FROM payment_return WHERE window_id = $1 AND state = 'POSTED') moved
GROUP BY wallet_id, acquirer_id, currency ORDER BY wallet_id, acquirer_id, currency`

// BilateralOf returns the pairs of a window in the order of their ids.
func BilateralOf(ctx context.Context, reader db.Reader, windowID ids.ID) ([]Bilateral, error) {
	rows, err := reader.Query(ctx, selectBilateral, windowID)
	if err != nil {
		return nil, fmt.Errorf("engine: bilateral: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Bilateral, error) {
		var b Bilateral
		err := row.Scan(&b.WalletID, &b.AcquirerID, &b.Amount.Currency, &b.Payments, &b.Amount.Minor)
		return b, err
	})
}
