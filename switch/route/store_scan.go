package route

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
)

// StaticScan says that a payer of a wallet has scanned a static code.
type StaticScan struct{ Code, WalletID, PayerReference string }

// key is a hash, as the parts may name a person.
func (s StaticScan) key() []byte {
	return hashParts("static-scan", s.Code, s.WalletID, s.PayerReference)
}

// hashParts hashes a list of texts. Each is preceded by its length, so that no two lists
// are one.
func hashParts(parts ...string) []byte {
	var data []byte
	for _, part := range parts {
		data = append(binary.AppendUvarint(data, uint64(len(part))), part...)
	}
	sum := sha256.Sum256(data)
	return sum[:]
}

const (
	selectScan = `SELECT payment_id FROM static_scan WHERE scan_hash = $1`
	upsertScan = `
INSERT INTO static_scan (scan_hash, region, payment_id) VALUES ($1, $2, $3)
ON CONFLICT (scan_hash) DO UPDATE SET payment_id = excluded.payment_id`
)

// FindScan returns the payment that the payer has started last by the code, and
// [ids.Nil] if there is none.
func FindScan(ctx context.Context, reader db.Reader, scan StaticScan) (payment ids.ID, err error) {
	err = reader.QueryRow(ctx, selectScan, scan.key()).Scan(&payment)
	if db.NoRows(err) {
		return ids.Nil, nil
	}
	if err != nil {
		return ids.Nil, fmt.Errorf("route: find scan: %w", err)
	}
	return payment, nil
}

// SaveScan makes a payment the one that the payer has started last by the code.
func SaveScan(ctx context.Context, tx db.Tx, scan StaticScan, region string, payment ids.ID) error {
	if _, err := tx.Exec(ctx, upsertScan, scan.key(), region, payment); err != nil {
		return fmt.Errorf("route: save scan: %w", err)
	}
	return nil
}
