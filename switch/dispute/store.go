package dispute

import (
	"context"
	"embed"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the steps that make this package's tables.
func Migrations() ([]db.Migration, error) { return db.LoadMigrations("dispute", files) }

const columns = `dispute_id, region, payment_id, acquirer_id, wallet_id, request_id, checked_hash, stage, state,
	version, currency, amount_minor, refund_minor, why, evidence, response_hash, occurred_at, opened_at, due_at,
	answered_at, closed_at, notice, notice_attempts, notice_at`

const (
	insertDispute = `
INSERT INTO dispute (` + columns + `)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)`
	updateDispute = `
UPDATE dispute SET state = $2, version = $3, refund_minor = $4, evidence = $5, response_hash = $6, due_at = $7,
	answered_at = $8, closed_at = $9, notice = $10, notice_attempts = $11, notice_at = $12
WHERE dispute_id = $1`
	insertEvent = `
INSERT INTO dispute_event (dispute_id, version, region, event, state, happened_at) VALUES ($1, $2, $3, $4, $5, $6)`
)

// opened is the event of a dispute's first version.
const opened Event = "OPENED"

func insert(ctx context.Context, tx db.Tx, d Dispute) error {
	_, err := tx.Exec(ctx, insertDispute, d.ID, d.Region, d.PaymentID, d.AcquirerID, d.WalletID, d.RequestID,
		d.Checked[:], d.Stage, d.State, d.Version, d.Amount.Currency, d.Amount.Minor, d.Refund.Minor, db.PrivateText(d.Why),
		db.PrivateText(d.Evidence),
		d.Response[:], d.OccurredAt, d.OpenedAt, d.DueAt, d.AnsweredAt, d.ClosedAt, d.Notice, d.NoticeAttempts, d.NoticeAt)
	if err != nil {
		return fmt.Errorf("dispute: insert: %w", err)
	}
	return insertChange(ctx, tx, d, opened, d.OpenedAt)
}

func update(ctx context.Context, tx db.Tx, d Dispute) error {
	_, err := tx.Exec(ctx, updateDispute, d.ID, d.State, d.Version, d.Refund.Minor,
		db.PrivateText(d.Evidence), d.Response[:], d.DueAt, d.AnsweredAt, d.ClosedAt, d.Notice, d.NoticeAttempts, d.NoticeAt)
	if err != nil {
		return fmt.Errorf("dispute: update: %w", err)
	}
	return nil
}

func insertChange(ctx context.Context, tx db.Tx, d Dispute, event Event, at time.Time) error {
	if _, err := tx.Exec(ctx, insertEvent, d.ID, d.Version, d.Region, event, d.State, at); err != nil {
		return fmt.Errorf("dispute: insert event: %w", err)
	}
	return announce(ctx, tx, d, event, at)
}

// change writes an event that has happened to a dispute.
func change(ctx context.Context, tx db.Tx, d Dispute, event Event, at time.Time) error {
	if err := update(ctx, tx, d); err != nil {
		return err
	}
	return insertChange(ctx, tx, d, event, at)
}

const (
	selectDispute   = `SELECT ` + columns + ` FROM dispute WHERE dispute_id = $1`
	selectByRequest = `SELECT ` + columns + ` FROM dispute WHERE wallet_id = $1 AND request_id = $2`
	selectByPayment = `SELECT ` + columns + ` FROM dispute WHERE payment_id = $1 ORDER BY opened_at, dispute_id`
	selectDisputes  = `
SELECT ` + columns + ` FROM dispute
WHERE ($1 = '' OR state = $1) AND (opened_at < $2 OR (opened_at = $2 AND dispute_id < $3))
ORDER BY opened_at DESC, dispute_id DESC LIMIT $4`
	selectEvents = `
SELECT version, event, state, happened_at FROM dispute_event WHERE dispute_id = $1 ORDER BY version`
)

// Find returns a dispute. One that is not there is [reason.Missing].
func Find(ctx context.Context, reader db.Reader, id ids.ID) (Dispute, error) {
	return db.Row(ctx, reader, "dispute.Find", scan, selectDispute, id)
}

// OfPayment returns the disputes of a payment, the oldest first.
func OfPayment(ctx context.Context, reader db.Reader, paymentID ids.ID) ([]Dispute, error) {
	return query(ctx, reader, selectByPayment, paymentID)
}

// List returns disputes in a state, or in any if it is empty, before a place, newest
// first.
func List(
	ctx context.Context, reader db.Reader, state State, before time.Time, id ids.ID, limit int,
) ([]Dispute, error) {
	return query(ctx, reader, selectDisputes, string(state), before, id, limit)
}

// Changes returns what happened to a dispute, in order.
func Changes(ctx context.Context, reader db.Reader, id ids.ID) ([]Change, error) {
	return db.Rows(ctx, reader, "dispute: changes", func(row pgx.CollectableRow) (Change, error) {
		var c Change
		err := row.Scan(&c.Version, &c.Event, &c.State, &c.At)
		c.At = c.At.UTC()
		return c, err
	}, selectEvents, id)
}

func query(ctx context.Context, reader db.Reader, sql string, arguments ...any) ([]Dispute, error) {
	return db.Rows(ctx, reader, "dispute: query", scan, sql, arguments...)
}

func scan(row pgx.CollectableRow) (Dispute, error) {
	var d Dispute
	var checked, response []byte
	var currency money.Currency
	err := row.Scan(&d.ID, &d.Region, &d.PaymentID, &d.AcquirerID, &d.WalletID, &d.RequestID, &checked, &d.Stage,
		&d.State, &d.Version, &currency, &d.Amount.Minor, &d.Refund.Minor, (*db.PrivateText)(&d.Why),
		(*db.PrivateText)(&d.Evidence), &response, &d.OccurredAt,
		&d.OpenedAt, &d.DueAt, &d.AnsweredAt, &d.ClosedAt, &d.Notice, &d.NoticeAttempts, &d.NoticeAt)
	copy(d.Checked[:], checked)
	copy(d.Response[:], response)
	d.Amount.Currency, d.Refund.Currency = currency, currency
	for _, at := range []*time.Time{&d.OccurredAt, &d.OpenedAt, &d.DueAt, &d.AnsweredAt, &d.ClosedAt, &d.NoticeAt} {
		*at = at.UTC()
	}
	return d, err
}

// What is taken up is put off first, so that another hub of the region leaves it alone
// and a crash is caught up.
const leaseNotices = `
UPDATE dispute SET notice_at = $3
WHERE dispute_id IN (SELECT dispute_id FROM dispute
	WHERE region = $1 AND notice IN ('ACQUIRER', 'WALLET') AND notice_at <= $2 ORDER BY notice_at LIMIT $4)
RETURNING ` + columns

// A deadline counts once the acquirer has confirmed that it was told.
const selectOverdue = `
SELECT ` + columns + ` FROM dispute
WHERE region = $1 AND notice = '' AND state = 'WAITING' AND due_at <= $2 ORDER BY due_at LIMIT $3`
