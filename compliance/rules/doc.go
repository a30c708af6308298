// Package rules holds payments and refuses them by rules that compliance staff
// write: expressions of the Common Expression Language over the payment and its
// ISO 20022 message.
//
//	worth > 100000 && merchant_country in ["AA", "BB"]
//	product == "OrderCode" && iso.CdtTrfTxInf[0].Cdtr.Nm.startsWith("Crypto")
//
// Expressions see the variables that [Variables] lists, cannot call out, loop
// without end, or change anything, and are checked when they are written: a name
// that does not exist or a comparison that makes no sense is an error then, not
// when a payer waits. What fails all the same while a payment waits, such as an
// element that the message does not have, counts as if the rule were true: a rule
// that cannot be decided does not let anybody pass.
//
// A set of rules is one version; it is tried against payments of the past
// ([Compare]) and beside the rules that are in force before it replaces them.
package rules
