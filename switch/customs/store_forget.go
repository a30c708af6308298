package customs

import (
	"context"
	"fmt"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
)

const (
	forgetOld = `
UPDATE customs_declaration SET buyer = '', receipt = '', progress = '', merchant_code = '', merchant_name = '',
	personal = false
WHERE declaration_id IN (SELECT declaration_id FROM customs_declaration
	WHERE region = $1 AND personal AND declared_at < $2 ORDER BY declared_at LIMIT $3)`
	forgetPayments = `
UPDATE customs_declaration SET buyer = '', receipt = '', progress = '', merchant_code = '', merchant_name = '',
	personal = false
WHERE payment_id = ANY($1::UUID[]) AND personal`
)

// Forget takes out of at most limit declarations of a region that were made before a time
// who has bought and who has sold, and what the wallet and customs have said, and returns
// out of how many. That something was declared, and how much, stays.
func Forget(ctx context.Context, tx db.Tx, region string, before time.Time, limit int) (int64, error) {
	count, err := tx.Exec(ctx, forgetOld, region, before, limit)
	if err != nil {
		return 0, fmt.Errorf("customs: forget: %w", err)
	}
	return count, nil
}

// ForgetPayments does the same for the declarations of payments.
func ForgetPayments(tx db.Tx, payments []ids.ID) {
	if len(payments) > 0 {
		tx.Later(db.Written("customs: forget payments"), forgetPayments, payments)
	}
}
