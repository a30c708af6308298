// Package customs has the payer's wallet tell customs about payments for goods that cross
// a border: an acquirer declares what was paid, the hub records the declaration and hands
// it to the wallet, which is known to customs, until that has said yes or no.
//
// All declarations of a payment together are never more than was paid and not given back,
// and an order is declared once at each office; the transaction that records a declaration
// decides it. Who has bought and who has sold is sealed in the database; the buyer is
// dropped as soon as the wallet has answered.
package customs
