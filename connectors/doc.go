// Package connectors is the contract between the hub and its partners: ISO
// 20022 values in and out, a few verbs, and the promises that every connector
// keeps.
//
// A connector authenticates a partner, decodes its protocol into the values of
// this package and calls the [Hub]; in the other direction the hub calls a
// [Wallet] or an [Acquirer]. Nothing particular to a partner passes this line.
//
// The promises:
//
//   - Every verb is idempotent by its request id: repeated with the same
//     checked fields it returns the present outcome, with other fields it is
//     refused as Inconsistent.
//   - An answer is Accepted or Declined only if the partner said so about this
//     very request. Whatever else happened (timeout, lost connection,
//     unreadable, unsigned or contradictory answer) is Undecided.
//   - A connector keeps no state of its own about payments; after a crash the
//     hub asks again.
package connectors
