// Package alipayplus connects partners that speak the Alipay+ style protocol:
// acquirers (ACQP) and wallets (MPP) that are coded against Alipay+ plug in
// unchanged, because the switch takes the place of Alipay+.
//
// # Shape
//
// [Gate] is the envelope of a server: it reads, limits, authenticates and
// signs. [Caller] is the envelope of a client. [Server] puts the [connectors.Hub]
// behind a gate; [Client] is [connectors.Wallet] and [connectors.Acquirer] over
// a caller. Each operation is one file: its messages, its decoding and its
// answer. One more operation is one more file and one more line in operations.
// [Member] is the other way round: the switch as an acquirer or a wallet of
// another network, with memberOperations for what that network asks.
//
// # Open
//
// All modes of payment, with every operation that they need in both directions;
// docs/alipayplus.md lists them. Paths that are not in the protocol answer
// NO_INTERFACE_DEF.
//
// # Envelope
//
// The signature is RSASSA-PKCS1-v1_5 with SHA-256 over
//
//	METHOD SP path LF Client-Id "." time "." body
//
// with the exact bytes of the wire, in both directions; an answer repeats the
// method, path and client id of its request, but no client id of a stranger that
// could be read as more than one. Everything is answered with HTTP 200 and a
// signed body; the outcome is in result. Only a server that is over its limit
// of concurrent requests, or cannot sign, answers 503 or 500, which callers
// read as an unknown outcome.
//
// # Replay
//
// A request must be fresh: its Request-Time within the window (5 minutes unless
// configured otherwise) of our clock, either way. A repetition inside the
// window never executes twice. All operations but two are keyed: pay and
// cancelPayment by paymentRequestId, refund by refundRequestId,
// userInitiatedPay by codeValue, and so on; the hub answers the repetition with
// the present outcome, which is what an honest partner that lost our answer
// wants. getPaymentCode and inquiryForeignExchangeQuote have no key and would
// issue new codes and quotes, so a repetition of the same signed bytes is refused with
// ACCESS_DENIED by a bounded guard in memory; a wallet that repeats the call
// must sign it anew with another Request-Time. The guard remembers the digest
// of the signed bytes, not the signature, which may have several spellings. It
// is per process and forgets on restart.
//
// # Limits
//
// A body holds at most 64 KiB: userInitiatedPay with its passThroughInfo of
// 20,000 characters and its codeValue of 512 stays below that even when every
// character is three bytes of UTF-8, and a pay with a full order is under
// 10 KiB. JSON may nest 32 deep; the deepest message of the protocol nests 7.
// A request is answered within 10 seconds, because the published SDKs stop
// reading after 15.
//
// # Extension
//
// Contracts that screen payers need a name, which the protocol has no field
// for. getPaymentCode and userInitiatedPay accept the optional object
// customerName, a UserName such as {"fullName":"Mei Example"}. Wallets that do
// not know it lose nothing.
//
// # Restrictions that are refused, not ignored
//
// needSurcharge, isPaymentEvaluation and flags that contradict each other change
// what a pay means: a request that sets one is answered BUSINESS_NOT_SUPPORT.
package alipayplus
