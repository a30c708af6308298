package ledger

import (
	"context"
	"embed"
	"fmt"
	"sort"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations returns the steps that make this package's tables.
func Migrations() ([]db.Migration, error) { return db.LoadMigrations("ledger", files) }

const insertEntries = `
INSERT INTO ledger_entry (entry_id, region, payment_id, subject_id, sequence, kind,
	debit_account, credit_account, currency, amount_minor, window_id, booked_at, effective_at)
SELECT unnest($1::UUID[]), unnest($2::TEXT[]), unnest($3::UUID[]), unnest($4::UUID[]), unnest($5::SMALLINT[]),
	unnest($6::TEXT[]), unnest($7::TEXT[]), unnest($8::TEXT[]), unnest($9::TEXT[]), unnest($10::BIGINT[]),
	unnest($11::UUID[]), unnest($12::TIMESTAMPTZ[]), unnest($13::TIMESTAMPTZ[])`

const addToAccounts = `
UPDATE ledger_account
SET debits_minor = debits_minor + change.debits, credits_minor = credits_minor + change.credits
FROM (SELECT unnest($1::TEXT[]) AS account_id, unnest($2::BIGINT[]) AS debits, unnest($3::BIGINT[]) AS credits) change
WHERE ledger_account.account_id = change.account_id`

const openAccounts = `
INSERT INTO ledger_account (account_id, owner_id, purpose, currency, debits_minor, credits_minor)
SELECT unnest($1::TEXT[]), unnest($2::TEXT[]), unnest($3::TEXT[]), unnest($4::TEXT[]), 0, 0
ON CONFLICT (account_id) DO NOTHING`

// Post writes entries and adds them to the balances of their accounts, each
// account once, and queues them for the [Sealer]. Entries of a subject that were
// written before violate ledger_entry_once, so nothing is booked twice.
func Post(ctx context.Context, tx db.Tx, entries []Entry) error {
	if len(entries) == 0 {
		return nil
	}
	columns := &entryColumns{}
	for _, entry := range entries {
		if err := entry.validate(); err != nil {
			return err
		}
		columns.add(entry)
	}
	tx.Later(db.Written("ledger: post entries"), insertEntries, columns.arguments()...)
	queue(tx, entries)
	addBalances(tx, entries)
	return nil
}

// addBalances touches the accounts in the order of their ids, so that two
// transactions never wait for each other crosswise.
func addBalances(tx db.Tx, entries []Entry) {
	accounts, debits, credits := totals(entries)
	missing := fmt.Errorf("%w: one of %v", ErrNoAccount, accounts)
	tx.Later(db.WrittenAll("ledger: add to accounts", len(accounts), missing), addToAccounts, accounts, debits, credits)
}

// OpenAccounts makes accounts with a balance of zero where they do not exist,
// when a participant is taken on with a currency.
func OpenAccounts(ctx context.Context, tx db.Tx, accountIDs []string) error {
	var owners, purposes, currencies []string
	for _, id := range accountIDs {
		owner, purpose, currency := parseID(id)
		owners = append(owners, owner)
		purposes = append(purposes, string(purpose))
		currencies = append(currencies, string(currency))
	}
	if _, err := tx.Exec(ctx, openAccounts, accountIDs, owners, purposes, currencies); err != nil {
		return fmt.Errorf("ledger: open accounts: %w", err)
	}
	return nil
}

// totals sums the entries by account, in the order of the account ids.
func totals(entries []Entry) (accounts []string, debits, credits []int64) {
	type total struct{ debits, credits int64 }
	sums := map[string]total{}
	for _, entry := range entries {
		currency := entry.Amount.Currency
		debit, credit := entry.Debit.ID(currency), entry.Credit.ID(currency)
		sum := sums[debit]
		sum.debits += entry.Amount.Minor
		sums[debit] = sum
		sum = sums[credit]
		sum.credits += entry.Amount.Minor
		sums[credit] = sum
	}
	for id := range sums {
		accounts = append(accounts, id)
	}
	sort.Strings(accounts)
	for _, id := range accounts {
		debits, credits = append(debits, sums[id].debits), append(credits, sums[id].credits)
	}
	return accounts, debits, credits
}

// entryColumns holds entries column by column, as unnest takes them.
type entryColumns struct {
	entryIDs, payments, subjects, windows          []ids.ID
	regions, kinds, debits, credits, currencyCodes []string
	sequences                                      []int16
	amounts                                        []int64
	booked, effective                              []time.Time
}

func (c *entryColumns) add(e Entry) {
	c.entryIDs = append(c.entryIDs, e.ID)
	c.regions = append(c.regions, e.Region)
	c.payments = append(c.payments, e.PaymentID)
	c.subjects = append(c.subjects, e.SubjectID)
	c.sequences = append(c.sequences, e.Sequence)
	c.kinds = append(c.kinds, string(e.Kind))
	c.debits = append(c.debits, e.Debit.ID(e.Amount.Currency))
	c.credits = append(c.credits, e.Credit.ID(e.Amount.Currency))
	c.currencyCodes = append(c.currencyCodes, string(e.Amount.Currency))
	c.amounts = append(c.amounts, e.Amount.Minor)
	c.windows = append(c.windows, e.WindowID)
	c.booked = append(c.booked, e.BookedAt)
	if e.EffectiveAt.IsZero() {
		e.EffectiveAt = e.BookedAt
	}
	c.effective = append(c.effective, e.EffectiveAt)
}

func (c *entryColumns) arguments() []any {
	return []any{
		c.entryIDs, c.regions, c.payments, c.subjects, c.sequences, c.kinds,
		c.debits, c.credits, c.currencyCodes, c.amounts, c.windows, c.booked, c.effective,
	}
}

const selectBalances = `
SELECT account_id, owner_id, purpose, currency, debits_minor, credits_minor
FROM ledger_account ORDER BY account_id`

// Balances returns all accounts in the order of their ids.
func Balances(ctx context.Context, reader db.Reader) ([]Balance, error) {
	rows, err := reader.Query(ctx, selectBalances)
	if err != nil {
		return nil, fmt.Errorf("ledger: balances: %w", err)
	}
	return pgx.CollectRows(rows, scanBalance)
}

func scanBalance(row pgx.CollectableRow) (Balance, error) {
	var b Balance
	var currency money.Currency
	err := row.Scan(&b.AccountID, &b.Owner, &b.Purpose, &currency, &b.Debits.Minor, &b.Credits.Minor)
	b.Debits.Currency, b.Credits.Currency = currency, currency
	return b, err
}

const selectNet = `SELECT credits_minor - debits_minor FROM ledger_account WHERE account_id = $1`

// NetOf returns credits less debits of an account in minor units; zero for one
// that was never opened.
func NetOf(ctx context.Context, reader db.Reader, accountID string) (int64, error) {
	var net int64
	err := reader.QueryRow(ctx, selectNet, accountID).Scan(&net)
	if err != nil && !db.NoRows(err) {
		return 0, fmt.Errorf("ledger: net of %s: %w", accountID, err)
	}
	return net, nil
}

const entryFields = `entry_id, region, payment_id, subject_id, sequence, kind, debit_account, credit_account,
	currency, amount_minor, window_id, booked_at, coalesce(effective_at, booked_at) AS effective_at`

// The entries of the payment itself have its id as their subject; what is of another
// subject has an index of its own, with the same condition.
const selectEntries = `
SELECT ` + entryFields + ` FROM ledger_entry WHERE subject_id = $1 AND payment_id = $1
UNION ALL
SELECT ` + entryFields + ` FROM ledger_entry WHERE payment_id = $1 AND subject_id <> payment_id
ORDER BY booked_at, subject_id, sequence`

// EntriesOf returns the entries of a payment and its returns in booking order.
func EntriesOf(ctx context.Context, reader db.Reader, paymentID ids.ID) ([]Entry, error) {
	rows, err := reader.Query(ctx, selectEntries, paymentID)
	if err != nil {
		return nil, fmt.Errorf("ledger: entries: %w", err)
	}
	return pgx.CollectRows(rows, scanEntry)
}

const selectOthers = `
SELECT ` + entryFields + `
FROM ledger_entry WHERE window_id = $1 AND kind IN ('SETTLEMENT', 'ADJUSTMENT', 'SCHEDULE')
	AND (debit_account = $2 OR credit_account = $2)
ORDER BY booked_at, subject_id, sequence`

// OthersOf returns the entries of an account in a window that belong to no
// payment of it: settlement, adjustments and schedules, in booking order.
func OthersOf(ctx context.Context, reader db.Reader, windowID ids.ID, accountID string) ([]Entry, error) {
	rows, err := reader.Query(ctx, selectOthers, windowID, accountID)
	if err != nil {
		return nil, fmt.Errorf("ledger: others: %w", err)
	}
	return pgx.CollectRows(rows, scanEntry)
}

func scanEntry(row pgx.CollectableRow) (Entry, error) {
	var e Entry
	var debit, credit string
	err := row.Scan(&e.ID, &e.Region, &e.PaymentID, &e.SubjectID, &e.Sequence, &e.Kind, &debit, &credit,
		&e.Amount.Currency, &e.Amount.Minor, &e.WindowID, &e.BookedAt, &e.EffectiveAt)
	if err != nil {
		return Entry{}, err
	}
	e.Debit.Owner, e.Debit.Purpose, _ = parseID(debit)
	e.Credit.Owner, e.Credit.Purpose, _ = parseID(credit)
	e.BookedAt, e.EffectiveAt = e.BookedAt.UTC(), e.EffectiveAt.UTC()
	return e, nil
}
