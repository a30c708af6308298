package ledger

import (
	"context"

	"github.com/causeway-pay/causeway/internal/chain"
	"github.com/causeway-pay/causeway/internal/db"
)

// Rechain makes all hashes of a region fit again, as somebody with all rights on
// the database and this program would.
func Rechain(ctx context.Context, tx db.Tx, region string) error {
	head := Head{Name: region, Number: 1 << 40}
	list, err := linksAfter(ctx, tx, head, 0, 1_000_000)
	if err != nil {
		return err
	}
	records, err := recordsOf(ctx, tx, db.Column(list, func(l Link) posting { return l.posting }))
	if err != nil {
		return err
	}
	hash, number := chain.Zero(), int64(0)
	for _, link := range list {
		number = link.Number
		hash = linkHash(hash, region, number, records[link.EntryID])
		_, err := tx.Exec(ctx, `UPDATE ledger_link SET hash = $3 WHERE region = $1 AND number = $2`, region, number, hash)
		if err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `UPDATE ledger_chain SET number = $2, hash = $3 WHERE region = $1`, region, number, hash)
	return err
}

// Rebalance makes all balances fit the entries.
func Rebalance(ctx context.Context, tx db.Tx) error {
	_, err := tx.Exec(ctx, `
UPDATE ledger_account SET
	debits_minor = coalesce((SELECT sum(amount_minor)::BIGINT FROM ledger_entry WHERE debit_account = account_id), 0),
	credits_minor = coalesce((SELECT sum(amount_minor)::BIGINT FROM ledger_entry WHERE credit_account = account_id), 0)`)
	return err
}

// What must find its entries by an index, however many others there are.
const (
	SelectEntries    = selectEntries
	SelectOfWindow   = selectOfWindow
	SelectOfAccount  = selectOfAccount
	SelectOfExchange = selectOfExchange
)
