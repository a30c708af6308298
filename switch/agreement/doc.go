// Package agreement keeps what payers agreed to beforehand: that an acquirer's
// merchant may debit them (mode AutoDebit). An agreement is between one acquirer,
// one wallet and one payer; whoever holds one of its tokens may use it.
//
//	PREPARED --the wallet's tokens--> ACTIVE --either side--> CANCELLED
//
// Tokens are the wallet's own and are passed on as they are, so that the switch
// need not keep one: it knows each by its hash, with its expiry. A token that is
// asked for again is asked for at the wallet, which answers as the first time.
package agreement
