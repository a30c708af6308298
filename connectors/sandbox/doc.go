// Package sandbox is partners of the switch for the demo and for tests: a
// wallet and an acquirer that speak the Alipay+ style protocol over real HTTP
// with real signatures, as a library ([Start]) and as a process (switch sandbox).
//
// Each has two servers. One is the partner's side of the protocol, which the
// switch calls. The other is a control interface of plain JSON on the loopback,
// through which a person or a test makes the partner act; [Control] is its
// typed client.
//
// At the root of the control interface are pages for people: the wallet of each of
// its customers, who scan or type a merchant's code, see the exact amount, its rate and
// until when it holds, pay, and see the receipt and refunds, or show a code to be scanned;
// and a merchant's till, which shows an order's code, or takes the payer's, and follows
// the payment. The pages work without scripts; with
// them they keep themselves fresh and read codes from a camera or a picture.
//
// Both remember the bytes of their last calls ([Control.Wire]), so that a test can
// compare what the switch has on record with what was on the wire.
//
// A wallet keeps a book of customers with balances and of every movement, so
// that a test can compare what the switch believes with what the wallet did.
// Each customer has a scripted [Behaviour], among them all the ways in which a
// wallet leaves a switch in doubt.
//
// Nothing here is fit for real money: the book is in memory.
package sandbox
