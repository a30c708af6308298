// Package person answers what payers may ask of a hub: what it knows about them, and
// that it forgets it (articles 15 and 17 of the GDPR, and their like elsewhere).
//
// A person is a customer of a wallet, by the wallet's own reference, or who is paid through
// an acquirer, by the acquirer's. [Known] shows what is on record about one, a page at a
// time: payments with what customs were told of them, and agreements. An [Erasure] is asked
// for by two people and then carried out in slices by the [Desk], from where it stopped if
// the hub stops; it reaches whatever nothing holds ([Hold]). Ledger, prices and history stay
// as they are: they say how much, and not who.
//
// Compliance cases and decisions are neither shown nor erased. Telling somebody that they
// were looked at is forbidden where money laundering is, and what was decided must be
// shown to a regulator for years.
package person
