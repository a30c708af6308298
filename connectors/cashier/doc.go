// Package cashier serves the pages to which payers are sent to pay an order
// (modes Cashier and EntryCode): who sells what for how much, and the wallets
// that could pay. It asks for no login and keeps no state; the token in the
// address is all that a payer needs, and all that it gives is the choice of a
// wallet, which then asks the payer itself.
//
// A wallet that recognises the address ([connectors.Hub.Identify]) may report it
// as scanned instead of opening it; both ways lead to the same payment, and the
// first one taken stays.
package cashier
