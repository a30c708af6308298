// Package report writes what a participant gets about a settlement window: the
// four CSV files of the Alipay+ style protocol (transaction items, fee items,
// summary, settlement), the camt.054 notifications of the same entries, and the
// camt.053 statement that puts them between the balances before and after.
//
// The public documentation names the files and their sections but not all
// columns; the columns here are the switch's own, with the documented names
// where there is one. Amounts are minor units without sign, the direction is C
// where the participant is credited and D where it is debited. A report is a
// function of the books: written again it has the same bytes. The messages are
// kept in the store, each under the id that it carries.
package report
