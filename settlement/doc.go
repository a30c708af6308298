// Package settlement books what payments move and keeps what is owed: entries
// in the ledger, the positions of the participants and the net figures of the
// settlement window, always together in one transaction.
//
// The parts live in the folders below it; this package only joins them, so that
// no caller can write one without the others.
package settlement
