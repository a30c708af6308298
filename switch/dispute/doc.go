// Package dispute keeps what payers object to: a retrieval asks an acquirer for evidence
// about a payment, an escalation asks for the money (section "Disputes" of
// docs/alipayplus.md).
//
// A wallet opens a dispute, its acquirer answers until a day, and where money is to go
// back two people book it as an adjustment in the open window. [Step] says what follows
// what and [Terms] what may be disputed, both without clock and I/O; the [Desk] does it.
package dispute
