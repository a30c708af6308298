// Package payment is the life of a payment as a pure function: a state and an
// event give the next state and the effects to carry out. It reads no clock,
// starts no goroutine and does no I/O, so it can be tested by the million.
//
//	Created --PayerScanned--> Reserved --WalletAccepted--> Posted
//	   |                        |  \--WalletDeclined--> Declined
//	   |                        |   \--WalletUndecided--> Unresolved --...
//	   |                        \--CancelRequested, Expired--> Cancelling
//	   \--CancelRequested, Expired--> Cancelled <--WalletCancelled--/
//
// A payment that compliance holds is UnderReview first, an order from --PayerHeld-->:
// --CaseReleased, OrderReleased--> Reserved, --CaseRefused, Expired--> Rejected.
//
// In push mode a debited payer is not enough: Reserved --PushDue--> Pushing, where
// the acquirer decides, --PushAccepted--> Posted or --PushDeclined--> Cancelling.
//
// Every pair of state and event has a defined outcome ([Step]); most of them
// are "already so". Final states absorb: whatever a partner says later changes
// no money, but a late yes is cancelled at the wallet and every contradiction is
// recorded. Money that has been posted goes back only through a [ReturnState]
// of its own, never by leaving Posted.
package payment
