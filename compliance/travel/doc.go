// Package travel checks the travel rule: what must be known of the payer and of
// whoever is paid before money crosses a border (FATF Recommendation 16, and what
// countries made of it).
//
// What is demanded differs by country, amount and kind of payment, and whether the
// payment of a merchant is exempt like one by card is a question for lawyers. So
// the rules are data: an ordered list, of which the first that fits decides.
package travel
