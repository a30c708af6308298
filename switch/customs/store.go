package customs

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/money"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the steps that make this package's tables.
func Migrations() ([]db.Migration, error) { return db.LoadMigrations("customs", files) }

const columns = `declaration_id, region, payment_id, acquirer_id, wallet_id, request_id, checked_hash, version, state,
	reason, office_code, office_country, merchant_code, merchant_name, currency, amount_minor, split, order_id, personal,
	buyer, receipt, progress, declared_at, answered_at, attempts, due_at`

const (
	insertDeclaration = `
INSERT INTO customs_declaration (` + columns + `)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
	$25, $26)`
	updateDeclaration = `
UPDATE customs_declaration SET version = $2, state = $3, reason = $4, personal = $5, buyer = $6, receipt = $7,
	progress = $8, answered_at = $9
WHERE declaration_id = $1`
	insertEvent = `
INSERT INTO customs_declaration_event (declaration_id, version, region, event, state, happened_at)
VALUES ($1, $2, $3, $4, $5, $6)`
	postponeDeclaration = `
UPDATE customs_declaration SET attempts = attempts + 1, due_at = $2 WHERE declaration_id = $1 AND state = 'SENT'`
	selectDeclaration = `SELECT ` + columns + ` FROM customs_declaration WHERE declaration_id = $1`
	selectByRequest   = `
SELECT ` + columns + ` FROM customs_declaration WHERE acquirer_id = $1 AND request_id = ANY($2::TEXT[])`
	selectDeclarations = `
SELECT ` + columns + ` FROM customs_declaration
WHERE ($1 = '' OR state = $1) AND (declared_at < $2 OR (declared_at = $2 AND declaration_id < $3))
ORDER BY declared_at DESC, declaration_id DESC LIMIT $4`
	selectByPayments = `
SELECT ` + columns + ` FROM customs_declaration WHERE payment_id = ANY($1::UUID[]) ORDER BY declared_at, declaration_id`
)

// What is taken up is put off first, so that another hub of the region leaves it alone
// and a crash is caught up.
const leaseSent = `
UPDATE customs_declaration SET due_at = $3
WHERE declaration_id IN (SELECT declaration_id FROM customs_declaration
	WHERE region = $1 AND state = 'SENT' AND due_at <= $2 ORDER BY due_at LIMIT $4)
RETURNING ` + columns

// sealed is a value in a column for personal data; nothing is the empty text.
func sealed[T comparable](value T) (db.PrivateText, error) {
	if value == *new(T) {
		return "", nil
	}
	text, err := json.Marshal(value)
	return db.PrivateText(text), err
}

func opened[T any](text db.PrivateText) (value T, err error) {
	if text == "" {
		return value, nil
	}
	return value, json.Unmarshal([]byte(text), &value)
}

// persons are the columns that tell of a person.
type persons struct{ buyer, receipt, progress db.PrivateText }

func (d Declaration) persons() (p persons, err error) {
	if d.Said.Buyer != nil {
		p.buyer, err = sealed(*d.Said.Buyer)
	}
	if err == nil {
		p.receipt, err = sealed(d.Receipt)
	}
	if err == nil {
		p.progress, err = sealed(d.Progress)
	}
	if err != nil {
		return p, fmt.Errorf("customs: encode: %w", err)
	}
	return p, nil
}

func insert(ctx context.Context, tx db.Tx, d Declaration) error {
	p, err := d.persons()
	if err != nil {
		return err
	}
	s := d.Said
	_, err = tx.Exec(ctx, insertDeclaration, d.ID, d.Region, d.PaymentID, d.AcquirerID, d.WalletID, s.RequestID,
		s.CheckedFields[:], d.Version, d.State, d.Reason.String(), s.OfficeCode, s.OfficeCountry,
		db.PrivateText(s.MerchantCode), db.PrivateText(s.MerchantName), s.Amount.Currency, s.Amount.Minor, s.Split,
		s.OrderID, d.Personal, p.buyer, p.receipt, p.progress,
		d.DeclaredAt, d.AnsweredAt, d.Attempts, d.DueAt)
	if err != nil {
		return fmt.Errorf("customs: insert: %w", err)
	}
	return insertChange(ctx, tx, d, Declared, d.DeclaredAt)
}

// change writes an event that has happened to a declaration.
func change(ctx context.Context, tx db.Tx, d Declaration, event Event, at time.Time) error {
	p, err := d.persons()
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, updateDeclaration, d.ID, d.Version, d.State, d.Reason.String(), d.Personal, p.buyer, p.receipt,
		p.progress, d.AnsweredAt)
	if err != nil {
		return fmt.Errorf("customs: update: %w", err)
	}
	return insertChange(ctx, tx, d, event, at)
}

func insertChange(ctx context.Context, tx db.Tx, d Declaration, event Event, at time.Time) error {
	if _, err := tx.Exec(ctx, insertEvent, d.ID, d.Version, d.Region, event, d.State, at); err != nil {
		return fmt.Errorf("customs: insert event: %w", err)
	}
	return announce(ctx, tx, d, event, at)
}

func postpone(ctx context.Context, tx db.Tx, id ids.ID, until time.Time) error {
	if _, err := tx.Exec(ctx, postponeDeclaration, id, until); err != nil {
		return fmt.Errorf("customs: postpone: %w", err)
	}
	return nil
}

// Find returns a declaration. One that is not there is [reason.Missing].
func Find(ctx context.Context, reader db.Reader, id ids.ID) (Declaration, error) {
	return db.Row(ctx, reader, "customs.Find", scan, selectDeclaration, id)
}

// OfPayment returns the declarations of a payment, the oldest first.
func OfPayment(ctx context.Context, reader db.Reader, paymentID ids.ID) ([]Declaration, error) {
	return query(ctx, reader, selectByPayments, []ids.ID{paymentID})
}

// OfPayments returns the declarations of several payments by these, the oldest first.
func OfPayments(ctx context.Context, reader db.Reader, payments []ids.ID) (map[ids.ID][]Declaration, error) {
	if len(payments) == 0 {
		return nil, nil
	}
	all, err := query(ctx, reader, selectByPayments, payments)
	of := map[ids.ID][]Declaration{}
	for _, d := range all {
		of[d.PaymentID] = append(of[d.PaymentID], d)
	}
	return of, err
}

// List returns declarations in a state, or in any if it is empty, before a place, newest
// first.
func List(
	ctx context.Context, reader db.Reader, state State, before time.Time, id ids.ID, limit int,
) ([]Declaration, error) {
	return query(ctx, reader, selectDeclarations, string(state), before, id, limit)
}

func query(ctx context.Context, reader db.Reader, sql string, arguments ...any) ([]Declaration, error) {
	return db.Rows(ctx, reader, "customs: query", scan, sql, arguments...)
}

func scan(row pgx.CollectableRow) (d Declaration, err error) {
	var checked []byte
	var why string
	var currency money.Currency
	var buyer, receipt, progress db.PrivateText
	s := &d.Said
	err = row.Scan(&d.ID, &d.Region, &d.PaymentID, &d.AcquirerID, &d.WalletID, &s.RequestID, &checked, &d.Version,
		&d.State, &why, &s.OfficeCode, &s.OfficeCountry, (*db.PrivateText)(&s.MerchantCode),
		(*db.PrivateText)(&s.MerchantName), &currency, &s.Amount.Minor,
		&s.Split, &s.OrderID, &d.Personal, &buyer, &receipt, &progress, &d.DeclaredAt, &d.AnsweredAt, &d.Attempts, &d.DueAt)
	if err != nil {
		return d, err
	}
	copy(s.CheckedFields[:], checked)
	s.Amount.Currency = currency
	d.Reason, _ = reason.Parse(why)
	for _, at := range []*time.Time{&d.DeclaredAt, &d.AnsweredAt, &d.DueAt} {
		*at = at.UTC()
	}
	if buyer != "" {
		who, err := opened[connectors.Buyer](buyer)
		if s.Buyer = &who; err != nil {
			return d, err
		}
	}
	if d.Receipt, err = opened[connectors.CustomsReceipt](receipt); err != nil {
		return d, err
	}
	d.Progress, err = opened[connectors.CustomsProgress](progress)
	return d, err
}
