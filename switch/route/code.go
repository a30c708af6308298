package route

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"math/big"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
)

// CodeLife is how long a payment code may be used (one minute in the Alipay+
// style protocol).
const CodeLife = time.Minute

// businessType marks payer-presented payment codes: after the issuer's six
// digits come these two, then sixteen that nobody can guess.
const businessType = "02"

// PayerCode is a payment code with the payer behind it.
type PayerCode struct {
	Value          string
	WalletID       string
	Region         string
	PayerReference string
	PayerName      string
	ValidFrom      time.Time
	ExpiresAt      time.Time
}

// NewCode makes an unguessable code of 24 digits for a wallet's payer.
func NewCode(wallet Participant, payerReference, payerName string, at time.Time) (PayerCode, error) {
	space := new(big.Int).Exp(big.NewInt(10), big.NewInt(16), nil)
	unique, err := rand.Int(rand.Reader, space)
	if err != nil {
		return PayerCode{}, fmt.Errorf("route: new code: %w", err)
	}
	return PayerCode{
		Value:          fmt.Sprintf("%s%s%016d", wallet.CodePrefix, businessType, unique),
		WalletID:       wallet.ID,
		Region:         wallet.Region,
		PayerReference: payerReference,
		PayerName:      payerName,
		ValidFrom:      at,
		ExpiresAt:      at.Add(CodeLife),
	}, nil
}

// A code is as good as money while it lives, so only its hash is stored.
func hashCode(value string) []byte {
	sum := sha256.Sum256([]byte("payment-code:" + value))
	return sum[:]
}

const insertCodes = `
INSERT INTO payment_code (code_hash, region, wallet_id, payer_reference, payer_name, valid_from, expires_at, used_by)
SELECT unnest($1::BYTEA[]), unnest($2::TEXT[]), unnest($3::TEXT[]), unnest($4::TEXT[]), unnest($5::TEXT[]),
	unnest($6::TIMESTAMPTZ[]), unnest($7::TIMESTAMPTZ[]), $8::UUID`

// InsertCodes stores issued codes.
func InsertCodes(ctx context.Context, tx db.Tx, codes []PayerCode) error {
	var hashes [][]byte
	var regions, wallets, references, names []string
	var from, until []time.Time
	for _, code := range codes {
		hashes = append(hashes, hashCode(code.Value))
		regions, wallets = append(regions, code.Region), append(wallets, code.WalletID)
		references, names = append(references, code.PayerReference), append(names, code.PayerName)
		from, until = append(from, code.ValidFrom), append(until, code.ExpiresAt)
	}
	_, err := tx.Exec(ctx, insertCodes, hashes, regions, wallets, references, names, from, until, ids.Nil)
	if err != nil {
		return fmt.Errorf("route: insert codes: %w", err)
	}
	return nil
}

const selectCode = `
SELECT region, wallet_id, payer_reference, payer_name, valid_from, expires_at, used_by
FROM payment_code WHERE code_hash = $1`

// FindCode returns the payer behind a code that may still be used at a time.
func FindCode(ctx context.Context, reader db.Reader, value string, at time.Time) (PayerCode, error) {
	const op = "route.FindCode"
	code := PayerCode{Value: value}
	var usedBy ids.ID
	err := reader.QueryRow(ctx, selectCode, hashCode(value)).Scan(&code.Region, &code.WalletID,
		&code.PayerReference, &code.PayerName, &code.ValidFrom, &code.ExpiresAt, &usedBy)
	switch {
	case db.NoRows(err):
		return PayerCode{}, reason.New(reason.InvalidCode, op, "never issued")
	case err != nil:
		return PayerCode{}, fmt.Errorf("route: find code: %w", err)
	case usedBy != ids.Nil:
		return PayerCode{}, reason.New(reason.InvalidCode, op, "used before")
	case !at.Before(code.ExpiresAt):
		return PayerCode{}, reason.New(reason.ExpiredCode, op, "")
	default:
		return code, nil
	}
}

const useCode = `
UPDATE payment_code SET used_by = $2
WHERE code_hash = $1 AND used_by = $3 AND expires_at > $4`

// UseCode ties a code to the one payment that may use it.
func UseCode(ctx context.Context, tx db.Tx, value string, payment ids.ID, at time.Time) error {
	changed, err := tx.Exec(ctx, useCode, hashCode(value), payment, ids.Nil, at)
	if err != nil {
		return fmt.Errorf("route: use code: %w", err)
	}
	if changed == 0 {
		return reason.New(reason.InvalidCode, "route.UseCode", "used or expired meanwhile")
	}
	return nil
}
