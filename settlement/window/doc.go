// Package window groups what is settled together, and knows when that is due.
//
// A window is open, closing, closed, settling and settled, or aborted after it
// was closed; it never goes back.
//
// A payment belongs to the window that its posting transaction finds open, so
// its commit decides (invariant I11) and nothing changes it later. The net
// figures of a window are kept with every posting, not computed at the end:
// closing a window takes as long for ten million payments as for ten. Under
// SERIALIZABLE a posting that read the open window and a close that ends it
// cannot both commit in an order that would leave the posting out of the
// figures.
//
// [Calendars] give the value date of money in a currency, and a [Schedule] the
// moments at which a region's windows close by themselves.
package window
