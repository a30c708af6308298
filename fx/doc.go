// Package fx prices payments between currencies and keeps the quotes that lock
// a price.
//
// A [Board] holds one reference rate per currency against the euro and prices
// an amount from it: one exact cross rate, a markup in basis points, one client
// rate of the digits that ISO 20022 has room for, one rounding. Whatever the
// rounding leaves is part of the price, so that every conversion balances to
// the last minor unit. Pricing is pure: no clock, no I/O.
//
// A [Quote] is a price for one leg of one payment. It is used at most once and
// never after its expiry; the database decides that.
package fx
