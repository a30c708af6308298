package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
)

// Basis says by which of its two times an entry counts.
type Basis string

// The bases of a trial balance.
const (
	// Booked: what the books said at that moment.
	Booked Basis = "booked"
	// Effective: what was true at that moment, as the books know it now.
	Effective Basis = "effective"
)

// The balances of the past are those of now less what has come since: one snapshot,
// and reading no more than the entries since. Those of the exchange are in neither
// index of accounts and are found at their other side.
const (
	selectBooked = `
WITH since AS (
	SELECT e.debit_account, e.credit_account, e.amount_minor
	FROM ledger_account a JOIN ledger_entry e ON e.debit_account = a.account_id
	WHERE e.debit_account NOT LIKE 'HUB.EXCHANGE.%' AND e.booked_at > $1
	UNION ALL
	SELECT e.debit_account, e.credit_account, e.amount_minor
	FROM ledger_account a JOIN ledger_entry e ON e.credit_account = a.account_id
	WHERE e.credit_account NOT LIKE 'HUB.EXCHANGE.%' AND e.debit_account LIKE 'HUB.EXCHANGE.%' AND e.booked_at > $1)
SELECT a.account_id, a.owner_id, a.purpose, a.currency,
	a.debits_minor - coalesce(d.total, 0), a.credits_minor - coalesce(c.total, 0)
FROM ledger_account a
LEFT JOIN (SELECT debit_account, sum(amount_minor)::BIGINT AS total FROM since GROUP BY debit_account) d
	ON d.debit_account = a.account_id
LEFT JOIN (SELECT credit_account, sum(amount_minor)::BIGINT AS total FROM since GROUP BY credit_account) c
	ON c.credit_account = a.account_id
ORDER BY a.account_id`
	selectEffective = `
WITH since AS (
	SELECT debit_account, credit_account, amount_minor
	FROM ledger_entry WHERE coalesce(effective_at, booked_at) > $1)
SELECT a.account_id, a.owner_id, a.purpose, a.currency,
	a.debits_minor - coalesce(d.total, 0), a.credits_minor - coalesce(c.total, 0)
FROM ledger_account a
LEFT JOIN (SELECT debit_account, sum(amount_minor)::BIGINT AS total FROM since GROUP BY debit_account) d
	ON d.debit_account = a.account_id
LEFT JOIN (SELECT credit_account, sum(amount_minor)::BIGINT AS total FROM since GROUP BY credit_account) c
	ON c.credit_account = a.account_id
ORDER BY a.account_id`
)

// TrialBalance returns all accounts as they were at a moment, entries of that very
// moment included, in the order of their ids. By [Booked] time it is as quick as
// the entries since are few; by [Effective] time it reads all entries.
func TrialBalance(ctx context.Context, reader db.Reader, at time.Time, basis Basis) ([]Balance, error) {
	query, known := map[Basis]string{Booked: selectBooked, Effective: selectEffective}[basis]
	if !known {
		return nil, fmt.Errorf("ledger: trial balance: %q is not a basis: want %s or %s", basis, Booked, Effective)
	}
	rows, err := reader.Query(ctx, query, at)
	if err != nil {
		return nil, fmt.Errorf("ledger: trial balance: %w", err)
	}
	return pgx.CollectRows(rows, scanBalance)
}

// Totals adds up balances by currency: debits and credits of a currency are equal
// in a trial balance that holds.
func Totals(balances []Balance) map[money.Currency]Balance {
	totals := map[money.Currency]Balance{}
	for _, b := range balances {
		currency := b.Debits.Currency
		total := totals[currency]
		total.Debits = money.New(total.Debits.Minor+b.Debits.Minor, currency)
		total.Credits = money.New(total.Credits.Minor+b.Credits.Minor, currency)
		totals[currency] = total
	}
	return totals
}

// Place is where an entry stands among those of its account: they are listed by
// booking time, and by id within one moment.
type Place struct {
	BookedAt time.Time
	EntryID  ids.ID
}

// PlaceOf returns the place of an entry.
func PlaceOf(e Entry) Place { return Place{e.BookedAt, e.ID} }

// Each side is cut at the limit before they are joined, so that a page costs no
// more than two of its length; the exchange has as many sides as there are accounts
// of its currency.
const (
	selectOfAccount = `
SELECT entry_id, region, payment_id, subject_id, sequence, kind, debit_account, credit_account,
	currency, amount_minor, window_id, booked_at, effective_at
FROM ((SELECT ` + entryFields + `
	FROM ledger_entry WHERE debit_account = $1 AND debit_account NOT LIKE 'HUB.EXCHANGE.%'
	AND booked_at >= $2 AND (booked_at > $2 OR entry_id > $3)
	ORDER BY booked_at, entry_id LIMIT $4)
	UNION ALL
	(SELECT ` + entryFields + `
	FROM ledger_entry WHERE credit_account = $1 AND credit_account NOT LIKE 'HUB.EXCHANGE.%'
	AND booked_at >= $2 AND (booked_at > $2 OR entry_id > $3)
	ORDER BY booked_at, entry_id LIMIT $4)) sides
ORDER BY booked_at, entry_id LIMIT $4`
	selectOfExchange = `
SELECT entry_id, region, payment_id, subject_id, sequence, kind, debit_account, credit_account,
	currency, amount_minor, window_id, booked_at, effective_at
FROM (
	SELECT e.entry_id, e.region, e.payment_id, e.subject_id, e.sequence, e.kind, e.debit_account, e.credit_account,
	e.currency, e.amount_minor, e.window_id, e.booked_at, e.effective_at
	FROM ledger_account a CROSS JOIN LATERAL (SELECT ` + entryFields + `
	FROM ledger_entry WHERE debit_account = a.account_id AND debit_account NOT LIKE 'HUB.EXCHANGE.%'
	AND credit_account = $1 AND booked_at >= $2 AND (booked_at > $2 OR entry_id > $3)
	ORDER BY booked_at, entry_id LIMIT $4) e WHERE a.currency = $5
	UNION ALL
	SELECT e.entry_id, e.region, e.payment_id, e.subject_id, e.sequence, e.kind, e.debit_account, e.credit_account,
	e.currency, e.amount_minor, e.window_id, e.booked_at, e.effective_at
	FROM ledger_account a CROSS JOIN LATERAL (SELECT ` + entryFields + `
	FROM ledger_entry WHERE credit_account = a.account_id AND credit_account NOT LIKE 'HUB.EXCHANGE.%'
	AND debit_account = $1 AND booked_at >= $2 AND (booked_at > $2 OR entry_id > $3)
	ORDER BY booked_at, entry_id LIMIT $4) e WHERE a.currency = $5) sides
ORDER BY booked_at, entry_id LIMIT $4`
)

// EntriesOfAccount returns at most limit entries of an account, such as
// "HK-WALLET.POSITION.HKD", behind a place, the oldest first. The zero place is
// before all entries.
func EntriesOfAccount(ctx context.Context, reader db.Reader, accountID string, after Place, limit int) ([]Entry, error) {
	query, arguments := selectOfAccount, []any{accountID, after.BookedAt, after.EntryID, limit}
	if owner, purpose, currency := parseID(accountID); owner == Hub && purpose == Exchange {
		query, arguments = selectOfExchange, append(arguments, string(currency))
	}
	rows, err := reader.Query(ctx, query, arguments...)
	if err != nil {
		return nil, fmt.Errorf("ledger: entries of %s: %w", accountID, err)
	}
	return pgx.CollectRows(rows, scanEntry)
}

const countAccount = `SELECT count(*) FROM ledger_account WHERE account_id = $1`

// Opened says whether an account exists.
func Opened(ctx context.Context, reader db.Reader, accountID string) (bool, error) {
	var count int64
	if err := reader.QueryRow(ctx, countAccount, accountID).Scan(&count); err != nil {
		return false, fmt.Errorf("ledger: account %s: %w", accountID, err)
	}
	return count > 0, nil
}
