package route

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
)

const insertMerchantCode = `
INSERT INTO merchant_code (prefix, participant_id, mode) VALUES ($1, $2, $3)
ON CONFLICT (prefix) DO UPDATE SET participant_id = excluded.participant_id, mode = excluded.mode`

// SaveMerchantCode gives the codes with a prefix to an acquirer.
func SaveMerchantCode(ctx context.Context, tx db.Tx, code MerchantCode) error {
	if err := code.Check(); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, insertMerchantCode, code.Prefix, code.AcquirerID, code.Mode); err != nil {
		return fmt.Errorf("route: save merchant code of %s: %w", code.AcquirerID, err)
	}
	return nil
}

const selectMerchantCodes = `SELECT participant_id, prefix, mode FROM merchant_code ORDER BY prefix`

func loadMerchantCodes(ctx context.Context, reader db.Reader) ([]MerchantCode, error) {
	rows, err := reader.Query(ctx, selectMerchantCodes)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (MerchantCode, error) {
		var c MerchantCode
		err := row.Scan(&c.AcquirerID, &c.Prefix, &c.Mode)
		return c, err
	})
}
