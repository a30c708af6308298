// Package book keeps what the hub is exposed to and what that earns: positions
// by corridor, partner, currency and value date, as posted payments and returns
// make them and deals with liquidity providers close them.
//
// Every flow has a cost in the book's currency: what the payment's amount was
// worth at the middle rate of its quote. The two flows of a payment have the same
// cost with opposite signs, so at first they are worth nothing together. A
// revaluation at the end of the day compares worth and cost: the difference is
// unrealised profit. On its value date a position is realised at the day's middle
// rate and handed to the treasury, whose matured position in the currency is
// closed at average cost by what comes in against it, deals included.
//
// The package states what is gained and realised; the ledger entries for it are
// made where both meet, in one transaction.
package book
