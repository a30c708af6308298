// Package audit keeps logs of what was done and by whom, in which nothing can be
// changed afterwards without being found.
//
// Each log is a chain: an entry's hash covers all that the entry says, its number,
// and the hash of the entry before it. The head of a chain says how many entries
// there are and what the last hash is, so that an entry that was changed, moved,
// added or removed is found by [Verify]. Whoever can write the database can also
// make a whole new chain; against that stand seals ([Log.Seal]): signatures of the
// head by a key that the database does not know.
//
// Entries are written in the transaction of the action that they are about. They
// hold no personal data: they can never be corrected.
package audit
