// Package compliance decides whether the switch may carry a payment: the
// parties are screened against the loaded sanctions lists before any money is
// reserved, and every decision is recorded with its reasons and the version of
// the lists that it was made on (invariant I12).
package compliance
