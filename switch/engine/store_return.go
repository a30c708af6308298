package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
)

const insertReturn = `
INSERT INTO payment_return (return_id, region, payment_id, version, state, kind, acquirer_id, wallet_id, request_id,
	reason, currency, amount_minor, window_id, duty, duty_attempts, due_at, created_at, completed_at, detail)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`

const updateReturn = `
UPDATE payment_return SET version = $3, state = $4, reason = $5, window_id = $6, duty = $7, duty_attempts = $8,
	due_at = $9, completed_at = $10
WHERE return_id = $1 AND version = $2`

const returnColumns = `return_id, region, payment_id, version, state, kind, acquirer_id, wallet_id, request_id,
	reason, currency, amount_minor, window_id, duty, duty_attempts, due_at, created_at, completed_at, detail`

const (
	selectReturn            = `SELECT ` + returnColumns + ` FROM payment_return WHERE return_id = $1`
	selectReturnsOfPayments = `SELECT ` + returnColumns + ` FROM payment_return WHERE payment_id = ANY($1::UUID[])
		ORDER BY created_at, return_id`
)

func insertReturnRecord(ctx context.Context, tx db.Tx, r ReturnRecord) error {
	detail, err := json.Marshal(r.Detail)
	if err != nil {
		return fmt.Errorf("engine: encode detail: %w", err)
	}
	_, err = tx.Exec(ctx, insertReturn, r.ID, r.Region, r.PaymentID, r.Version, r.State, r.Kind, r.AcquirerID,
		r.WalletID, r.RequestID, r.Reason.String(), r.Amount.Currency, r.Amount.Minor, r.WindowID, r.Duty,
		r.DutyAttempts, r.DueAt, r.CreatedAt, r.CompletedAt, db.Private(detail))
	if err != nil {
		return fmt.Errorf("engine: insert return: %w", err)
	}
	return nil
}

func updateReturnRecord(ctx context.Context, tx db.Tx, r *ReturnRecord) error {
	changed, err := tx.Exec(ctx, updateReturn, r.ID, r.Version, r.Version+1, r.State, r.Reason.String(), r.WindowID,
		r.Duty, r.DutyAttempts, r.DueAt, r.CompletedAt)
	if err != nil {
		return fmt.Errorf("engine: update return: %w", err)
	}
	if changed != 1 {
		return errStale
	}
	r.Version++
	return nil
}

func findReturn(ctx context.Context, reader db.Reader, id ids.ID) (ReturnRecord, error) {
	rows, err := reader.Query(ctx, selectReturn, id)
	if err != nil {
		return ReturnRecord{}, fmt.Errorf("engine: find return: %w", err)
	}
	record, err := pgx.CollectExactlyOneRow(rows, scanReturn)
	if db.NoRows(err) {
		return ReturnRecord{}, reason.New(reason.NotFound, "engine.findReturn", "")
	}
	if err != nil {
		return ReturnRecord{}, fmt.Errorf("engine: find return: %w", err)
	}
	return record, nil
}

// returnsOf returns the returns of a payment, oldest first.
func returnsOf(ctx context.Context, reader db.Reader, paymentID ids.ID) ([]ReturnRecord, error) {
	all, err := returnsOfAll(ctx, reader, []ids.ID{paymentID})
	return all[paymentID], err
}

// returnsOfAll returns the returns of each payment that has any, oldest first.
func returnsOfAll(ctx context.Context, reader db.Reader, payments []ids.ID) (map[ids.ID][]ReturnRecord, error) {
	rows, err := reader.Query(ctx, selectReturnsOfPayments, payments)
	if err != nil {
		return nil, fmt.Errorf("engine: returns: %w", err)
	}
	list, err := pgx.CollectRows(rows, scanReturn)
	if err != nil {
		return nil, fmt.Errorf("engine: returns: %w", err)
	}
	all := map[ids.ID][]ReturnRecord{}
	for _, r := range list {
		all[r.PaymentID] = append(all[r.PaymentID], r)
	}
	return all, nil
}

func scanReturn(row pgx.CollectableRow) (ReturnRecord, error) {
	var r ReturnRecord
	var why string
	var detail db.Private
	err := row.Scan(&r.ID, &r.Region, &r.PaymentID, &r.Version, &r.State, &r.Kind, &r.AcquirerID, &r.WalletID,
		&r.RequestID, &why, &r.Amount.Currency, &r.Amount.Minor, &r.WindowID, &r.Duty, &r.DutyAttempts, &r.DueAt,
		&r.CreatedAt, &r.CompletedAt, &detail)
	if err != nil {
		return ReturnRecord{}, err
	}
	r.Reason, _ = reason.Parse(why)
	for _, at := range []*time.Time{&r.DueAt, &r.CreatedAt, &r.CompletedAt} {
		*at = at.UTC()
	}
	return r, json.Unmarshal(detail, &r.Detail)
}
