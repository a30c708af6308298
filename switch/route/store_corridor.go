package route

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
)

const insertCorridor = `
INSERT INTO corridor (payer_country, merchant_country, payer_markup_points, merchant_markup_points,
	limit_currency, limit_minor, minimum_minor, hours, wallets, closed)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (payer_country, merchant_country) DO UPDATE SET payer_markup_points = excluded.payer_markup_points,
	merchant_markup_points = excluded.merchant_markup_points, limit_currency = excluded.limit_currency,
	limit_minor = excluded.limit_minor, minimum_minor = excluded.minimum_minor, hours = excluded.hours,
	wallets = excluded.wallets, closed = excluded.closed`

// SaveCorridor adds or changes a corridor.
func SaveCorridor(ctx context.Context, tx db.Tx, c Corridor) error {
	_, err := tx.Exec(ctx, insertCorridor, c.PayerCountry, c.MerchantCountry, c.PayerMarkup, c.MerchantMarkup,
		c.Limit.Currency, c.Limit.Minor, c.Minimum, c.Hours.String(), strings.Join(c.Wallets, " "), c.Closed)
	if err != nil {
		return fmt.Errorf("route: save corridor %s: %w", c.Name(), err)
	}
	return nil
}

const selectCorridors = `
SELECT payer_country, merchant_country, payer_markup_points, merchant_markup_points, limit_currency, limit_minor,
	minimum_minor, hours, wallets, closed
FROM corridor ORDER BY payer_country, merchant_country`

func loadCorridors(ctx context.Context, reader db.Reader) ([]Corridor, error) {
	rows, err := reader.Query(ctx, selectCorridors)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Corridor, error) {
		var c Corridor
		var hours, wallets string
		err := row.Scan(&c.PayerCountry, &c.MerchantCountry, &c.PayerMarkup, &c.MerchantMarkup, &c.Limit.Currency,
			&c.Limit.Minor, &c.Minimum, &hours, &wallets, &c.Closed)
		if err != nil {
			return c, err
		}
		if wallets != "" {
			c.Wallets = strings.Fields(wallets)
		}
		c.Hours, err = ParseHours(hours)
		return c, err
	})
}
