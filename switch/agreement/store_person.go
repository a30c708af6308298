package agreement

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
)

const selectOfWallet = `SELECT ` + columns + ` FROM agreement a
WHERE a.agreement_id > $1 AND a.region = $2 AND a.wallet_id = $3 AND a.payer_reference <> ''
ORDER BY a.agreement_id LIMIT $4`

// OfPayer looks through at most limit agreements of a wallet in a region, those behind
// after, and returns a payer's own. next is where to go on, [ids.Nil] at the end.
func OfPayer(
	ctx context.Context, reader db.Reader, region, walletID, payerReference string, after ids.ID, limit int,
) (own []Agreement, next ids.ID, err error) {
	rows, err := reader.Query(ctx, selectOfWallet, after, region, walletID, limit)
	if err != nil {
		return nil, ids.Nil, fmt.Errorf("agreement: of payer: %w", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (a Agreement, err error) {
		return a, scan(row.Scan, 0, &a)
	})
	if err != nil {
		return nil, ids.Nil, fmt.Errorf("agreement: of payer: %w", err)
	}
	if len(all) == limit {
		next = all[limit-1].ID
	}
	for _, a := range all {
		if a.PayerReference == payerReference {
			own = append(own, a)
		}
	}
	return own, next, nil
}

const forgetPayers = `
UPDATE agreement SET payer_reference = '' WHERE agreement_id = ANY($1::UUID[])`

// ForgetPayer takes the payer out of those agreements that have ended before a time, and
// returns how many these are. What goes on needs to know its payer.
func ForgetPayer(tx db.Tx, agreements []Agreement, before time.Time) int {
	var old []ids.ID
	for _, a := range agreements {
		if a.State != Active && a.ChangedAt.Before(before) {
			old = append(old, a.ID)
		}
	}
	if len(old) > 0 {
		tx.Later(db.Written("agreement: forget payer"), forgetPayers, old)
	}
	return len(old)
}

const forgetOld = `
UPDATE agreement SET payer_reference = ''
WHERE agreement_id IN (SELECT agreement_id FROM agreement
	WHERE region = $1 AND payer_reference <> '' AND state <> 'ACTIVE' AND changed_at < $2
	ORDER BY changed_at LIMIT $3)`

// Forget takes the payers out of at most limit agreements of a region that ended before
// a time, and returns out of how many.
func Forget(ctx context.Context, tx db.Tx, region string, before time.Time, limit int) (int64, error) {
	count, err := tx.Exec(ctx, forgetOld, region, before, limit)
	if err != nil {
		return 0, fmt.Errorf("agreement: forget: %w", err)
	}
	return count, nil
}
