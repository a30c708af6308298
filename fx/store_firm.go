package fx

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

const insertFirm = `
INSERT INTO fx_firm_quote (id, region, owner_id, acquirer_id, wallet_id, product, currency, amount_minor, offer,
	quoted_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`

// InsertFirm stores a firm quote that is not used.
func InsertFirm(ctx context.Context, tx db.Tx, f Firm) error {
	offer, err := json.Marshal(f.Offer)
	if err != nil {
		return fmt.Errorf("fx: insert firm quote: %w", err)
	}
	_, err = tx.Exec(ctx, insertFirm, f.ID, f.Region, f.OwnerID, f.AcquirerID, f.WalletID, f.Product, f.Amount.Currency,
		f.Amount.Minor, offer, f.QuotedAt, f.ExpiresAt)
	if err != nil {
		return fmt.Errorf("fx: insert firm quote: %w", err)
	}
	return nil
}

const selectFirm = `
SELECT id, region, owner_id, acquirer_id, wallet_id, product, currency, amount_minor, offer, quoted_at, expires_at,
	used_at, used_by
FROM fx_firm_quote WHERE id = $1`

// FindFirm returns a firm quote; one that does not exist is
// [reason.QuoteUnknown].
func FindFirm(ctx context.Context, reader db.Reader, id ids.ID) (Firm, error) {
	rows, err := reader.Query(ctx, selectFirm, id)
	if err != nil {
		return Firm{}, fmt.Errorf("fx: find firm quote: %w", err)
	}
	f, err := pgx.CollectExactlyOneRow(rows, scanFirm)
	if db.NoRows(err) {
		return Firm{}, reason.New(reason.QuoteUnknown, "fx.FindFirm", "")
	}
	if err != nil {
		return Firm{}, fmt.Errorf("fx: find firm quote: %w", err)
	}
	return f, nil
}

func scanFirm(row pgx.CollectableRow) (Firm, error) {
	var f Firm
	var offer []byte
	var usedAt *time.Time
	var usedBy *ids.ID
	err := row.Scan(&f.ID, &f.Region, &f.OwnerID, &f.AcquirerID, &f.WalletID, &f.Product, &f.Amount.Currency,
		&f.Amount.Minor, &offer, &f.QuotedAt, &f.ExpiresAt, &usedAt, &usedBy)
	if err != nil {
		return Firm{}, err
	}
	f.QuotedAt, f.ExpiresAt = f.QuotedAt.UTC(), f.ExpiresAt.UTC()
	if usedAt != nil && usedBy != nil {
		f.UsedAt, f.UsedBy = usedAt.UTC(), *usedBy
	}
	return f, json.Unmarshal(offer, &f.Offer)
}

// Judge returns why a payment may not be made at a quote at a time:
// [reason.QuoteForeign] if it was given to another participant,
// [reason.QuoteAltered] if the payment is another one, [reason.QuoteUsed] and
// [reason.QuoteExpired]. The database has the last word: see [UseFirm].
func (f Firm) Judge(c Claim, at time.Time) error {
	const op = "fx.Judge"
	switch {
	case f.OwnerID != c.ParticipantID:
		return reason.New(reason.QuoteForeign, op, "")
	case f.Amount != c.Amount:
		return reason.New(reason.QuoteAltered, op, "another amount")
	case f.AcquirerID != c.AcquirerID || f.WalletID != c.WalletID:
		return reason.New(reason.QuoteAltered, op, "another party")
	case f.Product != c.Product:
		return reason.New(reason.QuoteAltered, op, "another product")
	case f.UsedBy != ids.Nil:
		return reason.New(reason.QuoteUsed, op, "")
	case !at.Before(f.ExpiresAt):
		return reason.New(reason.QuoteExpired, op, "")
	default:
		return nil
	}
}

const useFirm = `
UPDATE fx_firm_quote SET used_at = $2, used_by = $3
WHERE id = $1 AND used_at IS NULL AND expires_at > $2 AND owner_id = $4 AND acquirer_id = $5 AND wallet_id = $6
	AND product = $7 AND currency = $8 AND amount_minor = $9`

// UseFirm uses up a firm quote for a payment. If it must not be used the error
// is that of [Firm.Judge] or [FindFirm], and the caller's transaction must not
// commit.
func UseFirm(ctx context.Context, tx db.Tx, c Claim, paymentID ids.ID, at time.Time) error {
	used, err := tx.Exec(ctx, useFirm, c.QuoteID, at, paymentID, c.ParticipantID, c.AcquirerID, c.WalletID, c.Product,
		string(c.Amount.Currency), c.Amount.Minor)
	if err != nil {
		return fmt.Errorf("fx: use firm quote: %w", err)
	}
	if used == 1 {
		return nil
	}
	f, err := FindFirm(ctx, tx, c.QuoteID)
	if err != nil {
		return err
	}
	if err := f.Judge(c, at); err != nil {
		return err
	}
	return fmt.Errorf("fx: use firm quote: %s is good and was not used", c.QuoteID)
}
