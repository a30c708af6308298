package merchant

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the steps that make this package's tables.
func Migrations() ([]db.Migration, error) { return db.LoadMigrations("merchant", files) }

const insertRegistration = `
INSERT INTO merchant_registration (acquirer_id, request_id, region, merchant_id, store_id, checked_hash, body,
	registered_at, names)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (acquirer_id, request_id) DO NOTHING`

const selectChecked = `SELECT checked_hash FROM merchant_registration WHERE acquirer_id = $1 AND request_id = $2`

// insert reports whether the registration is new. The id of another one is refused.
func insert(ctx context.Context, tx db.Tx, region, acquirerID string, r connectors.MerchantRegistration,
	at time.Time) (bool, error) {
	names, err := json.Marshal(r.Names)
	if err != nil {
		return false, fmt.Errorf("merchant: encode names: %w", err)
	}
	made, err := tx.Exec(ctx, insertRegistration, acquirerID, r.RequestID, region, r.MerchantID, r.StoreID,
		r.CheckedFields[:], db.PrivateText(r.Body), at, db.PrivateText(names))
	if err != nil {
		return false, fmt.Errorf("merchant: insert: %w", err)
	}
	if made > 0 {
		return true, nil
	}
	var earlier []byte
	if err := tx.QueryRow(ctx, selectChecked, acquirerID, r.RequestID).Scan(&earlier); err != nil {
		return false, fmt.Errorf("merchant: insert: %w", err)
	}
	if !bytes.Equal(earlier, r.CheckedFields[:]) {
		return false, reason.New(reason.Inconsistent, "merchant.Register", "")
	}
	return false, nil
}

const countUnprocessed = `
SELECT count(*) FROM merchant_status
WHERE acquirer_id = $1 AND merchant_id = $2 AND store_id = $3 AND status = 'PENDING' AND changed_at > $4`

// unprocessed refuses a change while an earlier one is young and not decided about.
func unprocessed(ctx context.Context, tx db.Tx, acquirerID string, r connectors.MerchantRegistration,
	now time.Time) error {
	var count int64
	err := tx.QueryRow(ctx, countUnprocessed, acquirerID, r.MerchantID, r.StoreID, now.Add(-ChangePause)).Scan(&count)
	if err != nil {
		return fmt.Errorf("merchant: unprocessed: %w", err)
	}
	if count > 0 {
		return reason.New(reason.Failed, "merchant.Register", "an earlier registration waits for its decision")
	}
	return nil
}

const upsertStatus = `
INSERT INTO merchant_status (acquirer_id, merchant_id, store_id, wallet_id, request_id, status, why, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, '', $7)
ON CONFLICT (acquirer_id, merchant_id, store_id, wallet_id) DO UPDATE SET request_id = excluded.request_id,
	status = excluded.status, why = excluded.why, changed_at = excluded.changed_at`

func setAll(ctx context.Context, tx db.Tx, acquirerID string, r connectors.MerchantRegistration, wallets []string,
	status connectors.MerchantStatus, at time.Time) error {
	for _, wallet := range wallets {
		_, err := tx.Exec(ctx, upsertStatus, acquirerID, r.MerchantID, r.StoreID, wallet, r.RequestID, status, at)
		if err != nil {
			return fmt.Errorf("merchant: set status: %w", err)
		}
	}
	return nil
}

const decideStatus = `
UPDATE merchant_status SET status = $4, why = $5, changed_at = $6
WHERE acquirer_id = $1 AND request_id = $2 AND ($3 = '' OR wallet_id = $3)`

// Decide sets what a registration comes to at a wallet, or at all of them if walletID
// is empty, in the transaction of the decision. An unknown one is refused as
// [reason.Missing].
func Decide(ctx context.Context, tx db.Tx, acquirerID, requestID, walletID string,
	status connectors.MerchantStatus, why string, at time.Time) error {
	changed, err := tx.Exec(ctx, decideStatus, acquirerID, requestID, walletID, status, why, at)
	if err != nil {
		return fmt.Errorf("merchant: decide: %w", err)
	}
	if changed == 0 {
		return reason.New(reason.Missing, "merchant.Decide", "no such registration, or a later one has replaced it")
	}
	return mark(ctx, tx, acquirerID, requestID, at)
}

const selectStatuses = `
SELECT s.wallet_id, s.status, s.why FROM merchant_registration r
JOIN merchant_status s ON s.acquirer_id = r.acquirer_id AND s.merchant_id = r.merchant_id AND s.store_id = r.store_id
WHERE r.acquirer_id = $1 AND r.request_id = $2 ORDER BY s.wallet_id`

func statuses(ctx context.Context, reader db.Reader, acquirerID, requestID string) (
	[]connectors.WalletRegistration, error) {
	var checked []byte
	err := reader.QueryRow(ctx, selectChecked, acquirerID, requestID).Scan(&checked)
	if db.NoRows(err) {
		return nil, reason.New(reason.NotFound, "merchant.RegistrationStatus", "")
	}
	if err != nil {
		return nil, fmt.Errorf("merchant: statuses: %w", err)
	}
	rows, err := reader.Query(ctx, selectStatuses, acquirerID, requestID)
	if err != nil {
		return nil, fmt.Errorf("merchant: statuses: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (connectors.WalletRegistration, error) {
		var one connectors.WalletRegistration
		err := row.Scan(&one.WalletID, &one.Status, &one.Why)
		return one, err
	})
}

const selectStatus = `
SELECT status FROM merchant_status
WHERE acquirer_id = $1 AND merchant_id = $2 AND store_id = $3 AND wallet_id = $4`

// find returns the status of a merchant, or of a store of it, and "" if there is none.
func find(
	ctx context.Context, reader db.Reader, acquirerID string, at Place, walletID string,
) (status connectors.MerchantStatus, err error) {
	err = reader.QueryRow(ctx, selectStatus, acquirerID, at.MerchantID, at.StoreID, walletID).Scan(&status)
	if db.NoRows(err) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("merchant: find: %w", err)
	}
	return status, nil
}
