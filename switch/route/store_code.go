package route

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
)

const insertMerchantCode = `
INSERT INTO merchant_code (prefix, participant_id, mode) VALUES ($1, $2, $3)`

// SaveMerchantCode gives the codes with a prefix to an acquirer.
func SaveMerchantCode(ctx context.Context, tx db.Tx, code MerchantCode) error {
	if err := code.Check(); err != nil {
		return err
	}
	// The same prefix may have been written in another case.
	if _, err := tx.Exec(ctx, deleteMerchantCode, code.Prefix); err != nil {
		return fmt.Errorf("route: save merchant code of %s: %w", code.AcquirerID, err)
	}
	if _, err := tx.Exec(ctx, insertMerchantCode, code.Prefix, code.AcquirerID, code.Mode); err != nil {
		return fmt.Errorf("route: save merchant code of %s: %w", code.AcquirerID, err)
	}
	return nil
}

const selectMerchantCodes = `SELECT participant_id, prefix, mode FROM merchant_code ORDER BY prefix`

func loadMerchantCodes(ctx context.Context, reader db.Reader) ([]MerchantCode, error) {
	rows, err := reader.Query(ctx, selectMerchantCodes)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (MerchantCode, error) {
		var c MerchantCode
		err := row.Scan(&c.AcquirerID, &c.Prefix, &c.Mode)
		return c, err
	})
}

const deleteMerchantCode = `DELETE FROM merchant_code WHERE upper(prefix) = upper($1)`

// RemoveMerchantCode takes a prefix from its owner. An unknown one is refused as
// [reason.Missing].
func RemoveMerchantCode(ctx context.Context, tx db.Tx, prefix string) error {
	return update(ctx, tx, "route.RemoveMerchantCode", deleteMerchantCode, prefix)
}

const insertAccountOwner = `
INSERT INTO account_owner (identifier, institution, alias_hash, participant_id, mode) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (identifier, institution, alias_hash) DO UPDATE SET participant_id = excluded.participant_id,
	mode = excluded.mode`

// SaveAccountOwner leads accounts of a scheme's codes to an acquirer.
func SaveAccountOwner(ctx context.Context, tx db.Tx, owner AccountOwner) error {
	if err := owner.Check(); err != nil {
		return err
	}
	a := owner.Upper()
	_, err := tx.Exec(ctx, insertAccountOwner, a.Identifier, a.Institution, a.AliasHash, owner.AcquirerID, owner.Mode)
	if err != nil {
		return fmt.Errorf("route: save account owner %s: %w", owner.AcquirerID, err)
	}
	return nil
}

const deleteAccountOwner = `
DELETE FROM account_owner WHERE identifier = $1 AND institution = $2 AND alias_hash = $3`

// RemoveAccountOwner takes accounts from their owner. What nobody owns is refused as
// [reason.Missing].
func RemoveAccountOwner(ctx context.Context, tx db.Tx, account Account) error {
	a := account.Upper()
	return update(ctx, tx, "route.RemoveAccountOwner", deleteAccountOwner, a.Identifier, a.Institution, a.AliasHash)
}

const selectAccountOwners = `SELECT identifier, institution, alias_hash, participant_id, mode FROM account_owner`

func loadAccountOwners(ctx context.Context, reader db.Reader) ([]AccountOwner, error) {
	rows, err := reader.Query(ctx, selectAccountOwners)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (AccountOwner, error) {
		var o AccountOwner
		err := row.Scan(&o.Identifier, &o.Institution, &o.AliasHash, &o.AcquirerID, &o.Mode)
		return o, err
	})
}
