// Package fees charges what participants owe for a window beside its payments:
// interchange, scheme fees and taxes, by schedules that are data.
//
// A [Line] of a schedule is effective from a moment until a newer one of the same
// kind, participant, corridor, product and currency takes its place. Each charge
// is computed once for a window, from volumes that are kept with every posting:
// basis points of what was moved less what was returned, and a fixed amount for
// each payment, within a least and a most. It is exact but for one rounding, half
// to even, and becomes an entry of its own in the window.
package fees
