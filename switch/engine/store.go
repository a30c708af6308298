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

const insertPayment = `
INSERT INTO payment (payment_id, region, version, state, mode, acquirer_id, request_id, wallet_id, payer_reference,
	wallet_payment_id, order_code, notify_url, reason, currency, amount_minor, payer_currency, payer_minor,
	merchant_currency, merchant_minor, fee_minor, window_id, duty, duty_attempts, due_at, expires_at, created_at,
	completed_at, detail)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
	$24, $25, $26, $27, $28)`

const updatePayment = `
UPDATE payment SET version = $3, state = $4, wallet_id = $5, payer_reference = $6, wallet_payment_id = $7,
	reason = $8, payer_currency = $9, payer_minor = $10, merchant_currency = $11, merchant_minor = $12,
	fee_minor = $13, window_id = $14, duty = $15, duty_attempts = $16, due_at = $17, completed_at = $18,
	detail = $19
WHERE payment_id = $1 AND version = $2`

const paymentColumns = `payment_id, region, version, state, mode, acquirer_id, request_id, wallet_id, payer_reference,
	wallet_payment_id, order_code, notify_url, reason, currency, amount_minor, payer_currency, payer_minor,
	merchant_currency, merchant_minor, fee_minor, window_id, duty, duty_attempts, due_at, expires_at, created_at,
	completed_at, detail`

const (
	selectPayment            = `SELECT ` + paymentColumns + ` FROM payment WHERE payment_id = $1`
	selectPaymentByRequest   = `SELECT ` + paymentColumns + ` FROM payment WHERE acquirer_id = $1 AND request_id = $2`
	selectPaymentByOrderCode = `SELECT ` + paymentColumns + ` FROM payment WHERE order_code = $1`
)

func insertRecord(ctx context.Context, tx db.Tx, r Record) error {
	detail, err := json.Marshal(r.Detail)
	if err != nil {
		return fmt.Errorf("engine: encode detail: %w", err)
	}
	_, err = tx.Exec(ctx, insertPayment, r.ID, r.Region, r.Version, r.State, r.Mode, r.AcquirerID, r.RequestID,
		r.WalletID, r.PayerReference, r.WalletPaymentID, r.OrderCode, r.NotifyURL, r.Reason.String(),
		r.Amount.Currency, r.Amount.Minor, r.PayerAmount.Currency, r.PayerAmount.Minor, r.MerchantAmount.Currency,
		r.MerchantAmount.Minor, r.Fee.Minor, r.WindowID, r.Duty, r.DutyAttempts, r.DueAt, r.ExpiresAt, r.CreatedAt,
		r.CompletedAt, detail)
	if err != nil {
		return fmt.Errorf("engine: insert payment: %w", err)
	}
	return nil
}

// errStale means that a record was changed by somebody else since it was read,
// which cannot happen inside one serializable transaction.
var errStale = fmt.Errorf("engine: record is stale")

// updateRecord writes the record as its next version.
func updateRecord(ctx context.Context, tx db.Tx, r *Record) error {
	detail, err := json.Marshal(r.Detail)
	if err != nil {
		return fmt.Errorf("engine: encode detail: %w", err)
	}
	changed, err := tx.Exec(ctx, updatePayment, r.ID, r.Version, r.Version+1, r.State, r.WalletID, r.PayerReference,
		r.WalletPaymentID, r.Reason.String(), r.PayerAmount.Currency, r.PayerAmount.Minor, r.MerchantAmount.Currency,
		r.MerchantAmount.Minor, r.Fee.Minor, r.WindowID, r.Duty, r.DutyAttempts, r.DueAt, r.CompletedAt, detail)
	if err != nil {
		return fmt.Errorf("engine: update payment: %w", err)
	}
	if changed != 1 {
		return errStale
	}
	r.Version++
	return nil
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
	var detail []byte
	err := row.Scan(&r.ID, &r.Region, &r.Version, &r.State, &r.Mode, &r.AcquirerID, &r.RequestID, &r.WalletID,
		&r.PayerReference, &r.WalletPaymentID, &r.OrderCode, &r.NotifyURL, &why, &r.Amount.Currency, &r.Amount.Minor,
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

// Claim ties a partner's request id to what it started and to the fields that
// must be the same in a repetition.
type claim struct {
	ParticipantID string
	Operation     string
	RequestID     string
	Region        string
	Checked       [32]byte
	SubjectID     ids.ID
	At            time.Time
}

const insertClaim = `
INSERT INTO request_claim (participant_id, operation, request_id, region, checked_hash, subject_id, claimed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (participant_id, operation, request_id) DO NOTHING`

const selectClaim = `
SELECT checked_hash, subject_id FROM request_claim
WHERE participant_id = $1 AND operation = $2 AND request_id = $3`

// makeClaim reports whether the claim is new.
func makeClaim(ctx context.Context, tx db.Tx, c claim) (bool, error) {
	made, err := tx.Exec(ctx, insertClaim, c.ParticipantID, c.Operation, c.RequestID, c.Region, c.Checked[:],
		c.SubjectID, c.At)
	if err != nil {
		return false, fmt.Errorf("engine: claim: %w", err)
	}
	return made == 1, nil
}

// findClaim returns the subject that an earlier request with this id started,
// ids.Nil if there is none, and Inconsistent if its checked fields differ.
func findClaim(ctx context.Context, reader db.Reader, c claim) (ids.ID, error) {
	var checked []byte
	var subject ids.ID
	err := reader.QueryRow(ctx, selectClaim, c.ParticipantID, c.Operation, c.RequestID).Scan(&checked, &subject)
	switch {
	case db.NoRows(err):
		return ids.Nil, nil
	case err != nil:
		return ids.Nil, fmt.Errorf("engine: find claim: %w", err)
	case string(checked) != string(c.Checked[:]):
		return subject, reason.New(reason.Inconsistent, "engine.claim", c.Operation)
	default:
		return subject, nil
	}
}

const insertHistory = `
INSERT INTO payment_history (subject_id, version, region, payment_id, event, state, effects, reason, contradiction,
	happened_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`

func insertChange(ctx context.Context, tx db.Tx, region string, paymentID ids.ID, c Change) error {
	_, err := tx.Exec(ctx, insertHistory, c.SubjectID, c.Version, region, paymentID, c.Event, c.State, c.Effects,
		c.Reason.String(), c.Contradiction, c.At)
	if err != nil {
		return fmt.Errorf("engine: insert history: %w", err)
	}
	return nil
}

const selectHistory = `
SELECT subject_id, version, event, state, effects, reason, contradiction, happened_at
FROM payment_history WHERE payment_id = $1 ORDER BY happened_at, version`

func historyOf(ctx context.Context, reader db.Reader, paymentID ids.ID) ([]Change, error) {
	rows, err := reader.Query(ctx, selectHistory, paymentID)
	if err != nil {
		return nil, fmt.Errorf("engine: history: %w", err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (Change, error) {
		var c Change
		var why string
		err := row.Scan(&c.SubjectID, &c.Version, &c.Event, &c.State, &c.Effects, &why, &c.Contradiction, &c.At)
		c.Reason, _ = reason.Parse(why)
		c.At = c.At.UTC()
		return c, err
	})
}
