// Package compliance decides whether the switch may carry a payment. Before any
// money is reserved its parties and texts are screened against the loaded sanctions
// lists, it is held to the rules and limits of the policy, and what must be known of
// its parties is looked for. Every decision is recorded with its reasons and the
// versions of the lists and of the policy that it was made on (invariant I12).
package compliance
