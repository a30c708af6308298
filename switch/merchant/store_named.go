package merchant

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
)

// Named is a registration with what the merchant is called.
type Named struct {
	AcquirerID, RequestID string
	MerchantID, StoreID   string
	Names                 []string
}

const selectNamed = `
SELECT r.acquirer_id, r.request_id, r.merchant_id, r.store_id, r.names FROM merchant_registration r
WHERE r.region = $1 AND (r.acquirer_id > $2 OR r.acquirer_id = $2 AND r.request_id > $3) AND r.names <> ''
	AND EXISTS (SELECT 1 FROM merchant_status s WHERE s.acquirer_id = r.acquirer_id
		AND s.merchant_id = r.merchant_id AND s.store_id = r.store_id AND s.status <> 'REFUSED')
ORDER BY r.acquirer_id, r.request_id LIMIT $4`

// Names returns at most limit registrations of a region, behind the one that is given,
// of merchants that are not refused everywhere. The zero Named is the beginning.
func Names(ctx context.Context, reader db.Reader, region string, after Named, limit int) ([]Named, error) {
	rows, err := reader.Query(ctx, selectNamed, region, after.AcquirerID, after.RequestID, limit)
	if err != nil {
		return nil, fmt.Errorf("merchant: names: %w", err)
	}
	named, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (n Named, err error) {
		var names db.PrivateText
		if err := row.Scan(&n.AcquirerID, &n.RequestID, &n.MerchantID, &n.StoreID, &names); err != nil {
			return n, err
		}
		return n, json.Unmarshal([]byte(names), &n.Names)
	})
	if err != nil {
		return nil, fmt.Errorf("merchant: names: %w", err)
	}
	return named, nil
}
