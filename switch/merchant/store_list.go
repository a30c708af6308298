package merchant

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/reason"
)

// Listed is the state of a merchant, or of a store of it, at one wallet.
type Listed struct {
	AcquirerID string
	// RequestID names the registration that led to it.
	RequestID string
	connectors.WalletRegistration
	MerchantID, StoreID string
	ChangedAt           time.Time
}

// Filter says what to list; empty texts mean all.
type Filter struct {
	AcquirerID string
	Status     connectors.MerchantStatus
	// Limit is how many there are at most.
	Limit int
}

const listColumns = `acquirer_id, request_id, merchant_id, store_id, wallet_id, status, why, changed_at`

const (
	selectListed = `
SELECT ` + listColumns + ` FROM merchant_status
WHERE ($1 = '' OR acquirer_id = $1) AND ($2 = '' OR status = $2)
ORDER BY changed_at DESC, acquirer_id, merchant_id, store_id, wallet_id LIMIT $3`
	selectOfRequest = `
SELECT s.acquirer_id, s.request_id, s.merchant_id, s.store_id, s.wallet_id, s.status, s.why, s.changed_at
FROM merchant_registration r JOIN merchant_status s
	ON s.acquirer_id = r.acquirer_id AND s.merchant_id = r.merchant_id AND s.store_id = r.store_id
WHERE r.acquirer_id = $1 AND r.request_id = $2 ORDER BY s.wallet_id`
	selectRegistration = `
SELECT body, registered_at FROM merchant_registration WHERE acquirer_id = $1 AND request_id = $2`
)

// List returns the states of merchants, the ones that were changed last first.
func List(ctx context.Context, reader db.Reader, filter Filter) ([]Listed, error) {
	return list(ctx, reader, selectListed, filter.AcquirerID, string(filter.Status), filter.Limit)
}

func list(ctx context.Context, reader db.Reader, sql string, arguments ...any) ([]Listed, error) {
	rows, err := reader.Query(ctx, sql, arguments...)
	if err != nil {
		return nil, fmt.Errorf("merchant: list: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Listed, error) {
		var l Listed
		err := row.Scan(&l.AcquirerID, &l.RequestID, &l.MerchantID, &l.StoreID, &l.WalletID, &l.Status, &l.Why, &l.ChangedAt)
		l.ChangedAt = l.ChangedAt.UTC()
		return l, err
	})
}

// File is a registration with what it has come to.
type File struct {
	// Body is what the acquirer sent.
	Body         string
	RegisteredAt time.Time
	Statuses     []Listed
}

// Open returns a registration. One that is not there is [reason.Missing].
func Open(ctx context.Context, reader db.Reader, acquirerID, requestID string) (File, error) {
	var file File
	err := reader.QueryRow(ctx, selectRegistration, acquirerID, requestID).Scan(
		(*db.PrivateText)(&file.Body), &file.RegisteredAt)
	if db.NoRows(err) {
		return File{}, reason.New(reason.Missing, "merchant.Open", "")
	}
	if err != nil {
		return File{}, fmt.Errorf("merchant: open: %w", err)
	}
	file.RegisteredAt = file.RegisteredAt.UTC()
	file.Statuses, err = list(ctx, reader, selectOfRequest, acquirerID, requestID)
	return file, err
}
