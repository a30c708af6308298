package engine

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the steps that make this package's tables.
func Migrations() ([]db.Migration, error) { return db.LoadMigrations("engine", files) }

const insertPayments = `
INSERT INTO payment (payment_id, region, version, state, mode, acquirer_id, request_id, wallet_id, payer_reference,
	wallet_payment_id, order_code, notify_url, reason, currency, amount_minor, payer_currency, payer_minor,
	merchant_currency, merchant_minor, fee_minor, window_id, duty, duty_attempts, due_at, expires_at, created_at,
	completed_at, detail)
SELECT unnest($1::UUID[]), unnest($2::TEXT[]), unnest($3::BIGINT[]), unnest($4::TEXT[]), unnest($5::TEXT[]),
	unnest($6::TEXT[]), unnest($7::TEXT[]), unnest($8::TEXT[]), unnest($9::TEXT[]), unnest($10::TEXT[]),
	unnest($11::TEXT[]), unnest($12::TEXT[]), unnest($13::TEXT[]), unnest($14::TEXT[]), unnest($15::BIGINT[]),
	unnest($16::TEXT[]), unnest($17::BIGINT[]), unnest($18::TEXT[]), unnest($19::BIGINT[]), unnest($20::BIGINT[]),
	unnest($21::UUID[]), unnest($22::TEXT[]), unnest($23::BIGINT[]), unnest($24::TIMESTAMPTZ[]),
	unnest($25::TIMESTAMPTZ[]), unnest($26::TIMESTAMPTZ[]), unnest($27::TIMESTAMPTZ[]), unnest($28::BYTEA[])`

const updatePayments = `
UPDATE payment SET version = u.version, state = u.state, wallet_id = u.wallet_id,
	payer_reference = u.payer_reference, wallet_payment_id = u.wallet_payment_id, reason = u.reason,
	payer_currency = u.payer_currency, payer_minor = u.payer_minor, merchant_currency = u.merchant_currency,
	merchant_minor = u.merchant_minor, fee_minor = u.fee_minor, window_id = u.window_id, duty = u.duty,
	duty_attempts = u.duty_attempts, due_at = u.due_at, completed_at = u.completed_at,
	detail = coalesce(u.detail, payment.detail)
FROM (SELECT unnest($1::UUID[]) AS payment_id, unnest($2::BIGINT[]) AS version, unnest($3::TEXT[]) AS state,
	unnest($4::TEXT[]) AS wallet_id, unnest($5::TEXT[]) AS payer_reference, unnest($6::TEXT[]) AS wallet_payment_id,
	unnest($7::TEXT[]) AS reason, unnest($8::TEXT[]) AS payer_currency, unnest($9::BIGINT[]) AS payer_minor,
	unnest($10::TEXT[]) AS merchant_currency, unnest($11::BIGINT[]) AS merchant_minor, unnest($12::BIGINT[]) AS fee_minor,
	unnest($13::UUID[]) AS window_id, unnest($14::TEXT[]) AS duty, unnest($15::BIGINT[]) AS duty_attempts,
	unnest($16::TIMESTAMPTZ[]) AS due_at, unnest($17::TIMESTAMPTZ[]) AS completed_at, unnest($18::BYTEA[]) AS detail) AS u
WHERE payment.payment_id = u.payment_id AND payment.version = u.version - 1`

const paymentColumns = `payment_id, region, version, state, mode, acquirer_id, request_id, wallet_id, payer_reference,
	wallet_payment_id, order_code, notify_url, reason, currency, amount_minor, payer_currency, payer_minor,
	merchant_currency, merchant_minor, fee_minor, window_id, duty, duty_attempts, due_at, expires_at, created_at,
	completed_at, detail`

const (
	selectPayment            = `SELECT ` + paymentColumns + ` FROM payment WHERE payment_id = $1`
	selectPaymentByRequest   = `SELECT ` + paymentColumns + ` FROM payment WHERE acquirer_id = $1 AND request_id = $2`
	selectPaymentByOrderCode = `SELECT ` + paymentColumns + ` FROM payment WHERE order_code = $1 AND order_code <> ''`
)

// insertRecords stores payments with their encoded details.
func insertRecords(tx db.Tx, records []*Record, details []db.Private) {
	if len(records) == 0 {
		return
	}
	tx.Later(db.Written("engine: insert payments"), insertPayments,
		db.Column(records, func(r *Record) ids.ID { return r.ID }), db.Column(records, func(r *Record) string { return r.Region }),
		db.Column(records, func(r *Record) int64 { return r.Version }),
		db.Column(records, func(r *Record) string { return string(r.State) }),
		db.Column(records, func(r *Record) string { return string(r.Mode) }),
		db.Column(records, func(r *Record) string { return r.AcquirerID }),
		db.Column(records, func(r *Record) string { return r.RequestID }),
		db.Column(records, func(r *Record) string { return r.WalletID }),
		db.Column(records, func(r *Record) db.PrivateText { return db.PrivateText(r.PayerReference) }),
		db.Column(records, func(r *Record) string { return r.WalletPaymentID }),
		db.Column(records, func(r *Record) string { return r.OrderCode }),
		db.Column(records, func(r *Record) string { return r.NotifyURL }),
		db.Column(records, func(r *Record) string { return r.Reason.String() }),
		db.Column(records, func(r *Record) string { return string(r.Amount.Currency) }),
		db.Column(records, func(r *Record) int64 { return r.Amount.Minor }),
		db.Column(records, func(r *Record) string { return string(r.PayerAmount.Currency) }),
		db.Column(records, func(r *Record) int64 { return r.PayerAmount.Minor }),
		db.Column(records, func(r *Record) string { return string(r.MerchantAmount.Currency) }),
		db.Column(records, func(r *Record) int64 { return r.MerchantAmount.Minor }),
		db.Column(records, func(r *Record) int64 { return r.Fee.Minor }),
		db.Column(records, func(r *Record) ids.ID { return r.WindowID }),
		db.Column(records, func(r *Record) string { return string(r.Duty) }),
		db.Column(records, func(r *Record) int64 { return r.DutyAttempts }),
		db.Column(records, func(r *Record) time.Time { return r.DueAt }),
		db.Column(records, func(r *Record) time.Time { return r.ExpiresAt }),
		db.Column(records, func(r *Record) time.Time { return r.CreatedAt }),
		db.Column(records, func(r *Record) time.Time { return r.CompletedAt }), details)
}

// errStale means that a record was changed by somebody else since it was read.
var errStale = fmt.Errorf("engine: record is stale")

// updateRecords writes each record over the version before it, with its encoded detail
// or, where that is nil, the detail that is stored.
func updateRecords(tx db.Tx, records []*Record, details []db.Private) {
	if len(records) == 0 {
		return
	}
	tx.Later(db.WrittenAll("engine: update payments", len(records), errStale), updatePayments,
		db.Column(records, func(r *Record) ids.ID { return r.ID }), db.Column(records, func(r *Record) int64 { return r.Version }),
		db.Column(records, func(r *Record) string { return string(r.State) }),
		db.Column(records, func(r *Record) string { return r.WalletID }),
		db.Column(records, func(r *Record) db.PrivateText { return db.PrivateText(r.PayerReference) }),
		db.Column(records, func(r *Record) string { return r.WalletPaymentID }),
		db.Column(records, func(r *Record) string { return r.Reason.String() }),
		db.Column(records, func(r *Record) string { return string(r.PayerAmount.Currency) }),
		db.Column(records, func(r *Record) int64 { return r.PayerAmount.Minor }),
		db.Column(records, func(r *Record) string { return string(r.MerchantAmount.Currency) }),
		db.Column(records, func(r *Record) int64 { return r.MerchantAmount.Minor }),
		db.Column(records, func(r *Record) int64 { return r.Fee.Minor }),
		db.Column(records, func(r *Record) ids.ID { return r.WindowID }),
		db.Column(records, func(r *Record) string { return string(r.Duty) }),
		db.Column(records, func(r *Record) int64 { return r.DutyAttempts }),
		db.Column(records, func(r *Record) time.Time { return r.DueAt }),
		db.Column(records, func(r *Record) time.Time { return r.CompletedAt }), details)
}

// encoded is the detail as it is stored.
func (r Record) encoded() (db.Private, error) {
	detail, err := json.Marshal(r.Detail)
	if err != nil {
		return nil, fmt.Errorf("engine: encode detail: %w", err)
	}
	return detail, nil
}

const selectPaymentsByID = `SELECT ` + paymentColumns + ` FROM payment WHERE payment_id = ANY($1::UUID[])`

// findRecords returns the payments with the ids; those that are none are missing.
func findRecords(ctx context.Context, reader db.Reader, list []ids.ID) (map[ids.ID]Record, error) {
	rows, err := reader.Query(ctx, selectPaymentsByID, list)
	if err != nil {
		return nil, fmt.Errorf("engine: find payments: %w", err)
	}
	found, err := pgx.CollectRows(rows, scanRecord)
	if err != nil {
		return nil, fmt.Errorf("engine: find payments: %w", err)
	}
	records := make(map[ids.ID]Record, len(found))
	for _, r := range found {
		records[r.ID] = r
	}
	return records, nil
}

func findRecord(ctx context.Context, reader db.Reader, sql string, args ...any) (Record, error) {
	rows, err := reader.Query(ctx, sql, args...)
	if err != nil {
		return Record{}, fmt.Errorf("engine: find payment: %w", err)
	}
	record, err := pgx.CollectExactlyOneRow(rows, scanRecord)
	if db.NoRows(err) {
		return Record{}, reason.New(reason.NotFound, "engine.find", "")
	}
	if err != nil {
		return Record{}, fmt.Errorf("engine: find payment: %w", err)
	}
	return record, nil
}

func scanRecord(row pgx.CollectableRow) (Record, error) {
	var r Record
	var why string
	var detail db.Private
	err := row.Scan(&r.ID, &r.Region, &r.Version, &r.State, &r.Mode, &r.AcquirerID, &r.RequestID, &r.WalletID,
		(*db.PrivateText)(&r.PayerReference), &r.WalletPaymentID, &r.OrderCode, &r.NotifyURL, &why, &r.Amount.Currency, &r.Amount.Minor,
		&r.PayerAmount.Currency, &r.PayerAmount.Minor, &r.MerchantAmount.Currency, &r.MerchantAmount.Minor,
		&r.Fee.Minor, &r.WindowID, &r.Duty, &r.DutyAttempts, &r.DueAt, &r.ExpiresAt, &r.CreatedAt, &r.CompletedAt,
		&detail)
	if err != nil {
		return Record{}, err
	}
	r.Fee.Currency = r.MerchantAmount.Currency
	r.Reason, _ = reason.Parse(why)
	for _, at := range []*time.Time{&r.DueAt, &r.ExpiresAt, &r.CreatedAt, &r.CompletedAt} {
		*at = at.UTC()
	}
	return r, json.Unmarshal(detail, &r.Detail)
}
