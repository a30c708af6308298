// Package ledger keeps the books: accounts in one currency each, and entries
// that are two-sided by construction.
//
// An [Entry] has one debit account, one credit account and one amount in one
// currency, so an unbalanced entry cannot be written and the sum over all
// accounts of a currency is always zero (invariant I1). Currencies meet only in
// the hub's exchange accounts: a payment from HKD to JPY is one entry in HKD
// into the exchange account and one in JPY out of it. Entries are never changed
// or deleted; a mistake is corrected by a new entry.
package ledger
