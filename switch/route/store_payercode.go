package route

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
)

const insertCodes = `
INSERT INTO payment_code (code_hash, region, wallet_id, payer_reference, payer_name, valid_from, expires_at, used_by)
SELECT unnest($1::BYTEA[]), unnest($2::TEXT[]), unnest($3::TEXT[]), unnest($4::TEXT[]), unnest($5::TEXT[]),
	unnest($6::TIMESTAMPTZ[]), unnest($7::TIMESTAMPTZ[]), $8::UUID`

// InsertCodes stores issued codes.
func InsertCodes(ctx context.Context, tx db.Tx, codes []PayerCode) error {
	if len(codes) == 0 {
		return nil
	}
	var hashes [][]byte
	var regions, wallets []string
	var references, names []db.PrivateText
	var from, until []time.Time
	for _, code := range codes {
		hashes = append(hashes, hashCode(code.Value))
		regions, wallets = append(regions, code.Region), append(wallets, code.WalletID)
		references = append(references, db.PrivateText(code.PayerReference))
		names = append(names, db.PrivateText(code.PayerName))
		from, until = append(from, code.ValidFrom), append(until, code.ExpiresAt)
	}
	_, err := tx.Exec(ctx, insertCodes, hashes, regions, wallets, references, names, from, until, ids.Nil)
	if err != nil {
		return fmt.Errorf("route: insert codes: %w", err)
	}
	return nil
}

const selectCodes = `
SELECT code_hash, region, wallet_id, payer_reference, payer_name, valid_from, expires_at, used_by
FROM payment_code WHERE code_hash = ANY($1::BYTEA[])`

// FindCodes returns the payers behind codes, whether or not these may still be used.
// Codes that were never issued are missing.
func FindCodes(ctx context.Context, reader db.Reader, values []string) (map[string]PayerCode, error) {
	hashes, asked := make([][]byte, len(values)), map[string]string{}
	for i, value := range values {
		hashes[i] = hashCode(value)
		asked[string(hashes[i])] = value
	}
	rows, err := reader.Query(ctx, selectCodes, hashes)
	if err != nil {
		return nil, fmt.Errorf("route: find codes: %w", err)
	}
	found := map[string]PayerCode{}
	var hash []byte
	var code PayerCode
	_, err = pgx.ForEachRow(rows, []any{
		&hash, &code.Region, &code.WalletID, (*db.PrivateText)(&code.PayerReference), (*db.PrivateText)(&code.PayerName),
		&code.ValidFrom, &code.ExpiresAt,
		&code.UsedBy,
	}, func() error {
		code.Value = asked[string(hash)]
		found[code.Value] = code
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("route: find codes: %w", err)
	}
	return found, nil
}

// Spending is a code that is to be used up by a payment.
type Spending struct {
	Code    string
	Payment ids.ID
	At      time.Time
}

const useCodes = `
UPDATE payment_code SET used_by = u.payment_id
FROM (SELECT unnest($1::BYTEA[]) AS code_hash, unnest($2::UUID[]) AS payment_id, unnest($3::TIMESTAMPTZ[]) AS at) AS u
WHERE payment_code.code_hash = u.code_hash AND payment_code.used_by = $4 AND payment_code.expires_at > u.at
RETURNING payment_code.used_by`

// UseCodes ties each code to the one payment that may use it, and returns for each
// spending why it was refused, nil if it was not. Of several payments with the same
// code one gets it. A hopeful transaction refuses none.
func UseCodes(ctx context.Context, tx db.Tx, spendings []Spending) (refused []error, err error) {
	if len(spendings) == 0 {
		return nil, nil
	}
	refused = make([]error, len(spendings))
	arguments := []any{
		db.Column(spendings, func(s Spending) []byte { return hashCode(s.Code) }),
		db.Column(spendings, func(s Spending) ids.ID { return s.Payment }),
		db.Column(spendings, func(s Spending) time.Time { return s.At }), ids.Nil,
	}
	if tx.Hopeful() {
		tx.Hope("route: use codes", len(spendings), useCodes, arguments...)
		return refused, nil
	}
	rows, err := tx.Query(ctx, useCodes, arguments...)
	if err != nil {
		return nil, fmt.Errorf("route: use codes: %w", err)
	}
	users, err := pgx.CollectRows(rows, pgx.RowTo[ids.ID])
	if err != nil {
		return nil, fmt.Errorf("route: use codes: %w", err)
	}
	for i, s := range spendings {
		if !slices.Contains(users, s.Payment) {
			refused[i] = reason.New(reason.InvalidCode, "route.UseCodes", "used or expired meanwhile")
		}
	}
	return refused, nil
}

// CodeKeep is how long a code is of use after its end: until nobody asks any more why it
// was refused.
const CodeKeep = 24 * time.Hour

const purgeCodes = `
DELETE FROM payment_code WHERE code_hash IN
	(SELECT code_hash FROM payment_code WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)`

// PurgeCodes deletes at most limit codes that ended before a time, used or not, and
// returns how many. A code that is gone is one that was never issued.
func PurgeCodes(ctx context.Context, tx db.Tx, before time.Time, limit int) (int64, error) {
	deleted, err := tx.Exec(ctx, purgeCodes, before, limit)
	if err != nil {
		return 0, fmt.Errorf("route: purge codes: %w", err)
	}
	return deleted, nil
}
