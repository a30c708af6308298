package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/switch/customs"
)

const selectOld = `
SELECT ` + paymentColumns + ` FROM payment
WHERE region = $1 AND personal AND created_at < $2 AND duty = 'NONE'
	AND state IN ('POSTED', 'DECLINED', 'CANCELLED', 'REJECTED')
ORDER BY created_at LIMIT $3`

const forgetPayments = `
UPDATE payment SET payer_reference = '', detail = u.detail, personal = false
FROM (SELECT unnest($1::UUID[]) AS payment_id, unnest($2::BYTEA[]) AS detail) AS u
WHERE payment.payment_id = u.payment_id`

const forgetMessages = `DELETE FROM message_record WHERE payment_id = ANY($1::UUID[])`

// Forget takes out of at most limit payments of a region, which ended and were made
// before a time, who paid and who was paid, and deletes what was said about them, to
// customs too. Their
// amounts, prices and entries stay, and so does all that settlement, fees and exposure
// are made of. It returns how many it has forgotten.
func Forget(ctx context.Context, tx db.Tx, region string, before time.Time, limit int) (int64, error) {
	rows, err := tx.Query(ctx, selectOld, region, before, limit)
	if err != nil {
		return 0, fmt.Errorf("engine: forget: %w", err)
	}
	old, err := pgx.CollectRows(rows, scanRecord)
	if err != nil {
		return 0, fmt.Errorf("engine: forget: %w", err)
	}
	return int64(len(old)), forget(tx, old)
}

// forget takes the persons out of payments that have ended.
func forget(tx db.Tx, old []Record) (err error) {
	if len(old) == 0 {
		return nil
	}
	details := make([]db.Private, len(old))
	for i, r := range old {
		r.Detail = r.Detail.impersonal()
		if details[i], err = r.encoded(); err != nil {
			return err
		}
	}
	list := db.Column(old, func(r Record) ids.ID { return r.ID })
	tx.Later(db.WrittenAll("engine: forget", len(old), errStale), forgetPayments, list, details)
	tx.Later(db.Written("engine: forget"), forgetMessages, list)
	customs.ForgetPayments(tx, list)
	return nil
}

// impersonal is a detail without what tells of a payer or a merchant.
func (d Detail) impersonal() Detail {
	d.PayerName, d.RedirectURL, d.WalletURL = "", "", ""
	t := &d.Transfer
	t.Debtor, t.Creditor = iso20022.Party{Country: t.Debtor.Country}, iso20022.Party{Country: t.Creditor.Country}
	t.DebtorAccount, t.CreditorAccount = iso20022.Account{}, iso20022.Account{}
	t.Remittance, t.Supplementary = "", nil
	return d
}
