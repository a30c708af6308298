// Package engine runs the payments: it loads a payment, lets package payment
// decide, commits the change with its money and its outbox event, and then
// carries out what the change asks for.
//
// A payment is two commits. The first claims the request id, records the
// screening decision, locks the prices and reserves the wallet's money; from
// there on the payment cannot be forgotten. The second posts or voids. Between
// them the wallet is asked; whatever a crash leaves in between, the duty worker
// ([Engine.RunDuties]) picks up from the database by asking again and, when the
// time is over, by cancelling.
package engine
