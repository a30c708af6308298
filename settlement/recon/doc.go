// Package recon reconciles: it holds the hub's books against what banks and
// partners say of the same account, line by line.
//
// Their statements come as camt.053 or as CSV under a [Layout]; ours are entries
// of the ledger, or the items of a report. [Compare] matches lines by their
// references, then by amount, value date and counterparty, then many against one.
// Each line ends in exactly one [Match] or one [Break], so that matched and
// broken lines together are each side's whole, to the unit. Lines that are not
// matched are compared again with every later statement; a break that finds its
// counterpart is cleared by itself, any other waits for people: it has an owner,
// an age, comments, and an end that somebody has signed. Where money moves it
// takes two.
package recon
