// Package limits counts payments and holds them to limits: how much and how often
// a payer, a merchant, a device or a corridor may pay in a day, a month, or any
// stretch of time.
//
// What is counted stands in the database, and a payment is counted in the
// transaction that reserves its money. So however many payments come at once, in
// however many processes and regions, no limit is passed; and a payment that fails
// is taken off again exactly once.
package limits
