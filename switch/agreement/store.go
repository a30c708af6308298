package agreement

import (
	"context"
	"crypto/sha256"
	"embed"
	"fmt"
	"time"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the steps that make this package's tables.
func Migrations() ([]db.Migration, error) { return db.LoadMigrations("agreement", files) }

// State is where an agreement is in its life.
type State string

// The states.
const (
	// Prepared: the payer has been asked.
	Prepared State = "PREPARED"
	// Active: the payer has agreed, and there is a token.
	Active State = "ACTIVE"
	// Cancelled: ended by either side, for ever.
	Cancelled State = "CANCELLED"
)

// Kind is what a token is for.
type Kind string

// The kinds.
const (
	// Code is exchanged for tokens, once or with the same outcome.
	Code Kind = "CODE"
	// Access is what a payment is made with.
	Access Kind = "ACCESS"
	// Refresh is exchanged for new tokens.
	Refresh Kind = "REFRESH"
)

// Agreement is one agreement.
type Agreement struct {
	ID                    ids.ID
	Region                string
	AcquirerID, WalletID  string
	ClientID, ReferenceID string
	Checked               [32]byte
	State                 State
	PayerReference        string
	CreatedAt, ChangedAt  time.Time
}

// Token is a token as it is kept: by its hash.
type Token struct {
	Hash []byte
	Kind Kind
	// ExpiresAt ends the token by itself, EndedAt was an earlier end; zero is none.
	ExpiresAt, EndedAt time.Time
}

func hash(kind Kind, token string) []byte {
	sum := sha256.Sum256([]byte(string(kind) + ":" + token))
	return sum[:]
}

const insertAgreement = `
INSERT INTO agreement (agreement_id, region, acquirer_id, wallet_id, client_id, reference_id, checked_hash, state,
	payer_reference, created_at, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (acquirer_id, client_id, reference_id) DO NOTHING`

// insert reports whether the agreement is new.
func insert(ctx context.Context, tx db.Tx, a Agreement) (bool, error) {
	made, err := tx.Exec(ctx, insertAgreement, a.ID, a.Region, a.AcquirerID, a.WalletID, a.ClientID, a.ReferenceID,
		a.Checked[:], a.State, db.PrivateText(a.PayerReference), a.CreatedAt, a.ChangedAt)
	if err != nil {
		return false, fmt.Errorf("agreement: insert: %w", err)
	}
	return made == 1, nil
}

const updateAgreement = `
UPDATE agreement SET state = $2, payer_reference = $3, changed_at = $4 WHERE agreement_id = $1`

func update(ctx context.Context, tx db.Tx, a Agreement) error {
	if _, err := tx.Exec(ctx, updateAgreement, a.ID, a.State, db.PrivateText(a.PayerReference), a.ChangedAt); err != nil {
		return fmt.Errorf("agreement: update: %w", err)
	}
	return nil
}

const columns = `a.agreement_id, a.region, a.acquirer_id, a.wallet_id, a.client_id, a.reference_id, a.checked_hash,
	a.state, a.payer_reference, a.created_at, a.changed_at`

const (
	selectByID  = `SELECT ` + columns + ` FROM agreement a WHERE a.agreement_id = $1`
	selectByKey = `SELECT ` + columns + ` FROM agreement a
		WHERE a.acquirer_id = $1 AND a.client_id = $2 AND a.reference_id = $3`
	selectByWallet = `SELECT ` + columns + ` FROM agreement a
		WHERE a.wallet_id = $1 AND a.client_id = $2 AND a.reference_id = $3 AND ($4 = '' OR a.acquirer_id = $4)
		ORDER BY a.created_at DESC LIMIT 1`
	selectByToken = `SELECT ` + columns + `, t.expires_at, t.ended_at FROM agreement a
		JOIN agreement_token t ON t.agreement_id = a.agreement_id WHERE t.token_hash = $1`
)

// find returns an agreement, NotFound if there is none.
func find(ctx context.Context, reader db.Reader, sql string, args ...any) (Agreement, error) {
	var a Agreement
	return a, scan(reader.QueryRow(ctx, sql, args...).Scan, reason.NotFound, &a)
}

// byToken returns the agreement of a token with the token, InvalidToken if there
// is none.
func byToken(ctx context.Context, reader db.Reader, kind Kind, token string) (Agreement, Token, error) {
	var a Agreement
	t := Token{Hash: hash(kind, token), Kind: kind}
	row := reader.QueryRow(ctx, selectByToken, t.Hash)
	err := scan(row.Scan, reason.InvalidToken, &a, &t.ExpiresAt, &t.EndedAt)
	t.ExpiresAt, t.EndedAt = t.ExpiresAt.UTC(), t.EndedAt.UTC()
	return a, t, err
}

func scan(row func(...any) error, missing reason.Kind, a *Agreement, more ...any) error {
	var checked []byte
	into := []any{
		&a.ID, &a.Region, &a.AcquirerID, &a.WalletID, &a.ClientID, &a.ReferenceID, &checked, &a.State,
		(*db.PrivateText)(&a.PayerReference), &a.CreatedAt, &a.ChangedAt,
	}
	err := row(append(into, more...)...)
	if db.NoRows(err) {
		return reason.New(missing, "agreement.find", "")
	}
	if err != nil {
		return fmt.Errorf("agreement: find: %w", err)
	}
	copy(a.Checked[:], checked)
	a.CreatedAt, a.ChangedAt = a.CreatedAt.UTC(), a.ChangedAt.UTC()
	return nil
}

const insertToken = `
INSERT INTO agreement_token (token_hash, agreement_id, kind, expires_at, ended_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (token_hash) DO NOTHING`

const selectTokenOwner = `SELECT agreement_id FROM agreement_token WHERE token_hash = $1`

// addToken keeps a token and reports whether it is new; one that is known already stays
// as it is. A token of another agreement is Inconsistent: no two payers have the same.
func addToken(ctx context.Context, tx db.Tx, of ids.ID, t Token) (bool, error) {
	made, err := tx.Exec(ctx, insertToken, t.Hash, of, t.Kind, t.ExpiresAt, t.EndedAt)
	if err != nil {
		return false, fmt.Errorf("agreement: add token: %w", err)
	}
	var owner ids.ID
	if err := tx.QueryRow(ctx, selectTokenOwner, t.Hash).Scan(&owner); err != nil {
		return false, fmt.Errorf("agreement: add token: %w", err)
	}
	if owner != of {
		return false, reason.New(reason.Inconsistent, "agreement.addToken", "token of another agreement")
	}
	return made == 1, nil
}

const endTokens = `
UPDATE agreement_token SET ended_at = $2 WHERE agreement_id = $1 AND kind = 'ACCESS' AND ended_at = $3
	AND token_hash <> $4`

// endOthers ends the access tokens that a new one takes the place of.
func endOthers(ctx context.Context, tx db.Tx, of ids.ID, at time.Time, but []byte) error {
	if _, err := tx.Exec(ctx, endTokens, of, at, time.Time{}, but); err != nil {
		return fmt.Errorf("agreement: end tokens: %w", err)
	}
	return nil
}
