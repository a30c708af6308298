// Package window groups what is settled together. A window is open, then
// closed, then instructed; it never goes back.
//
// A payment belongs to the window that its posting transaction finds open, so
// its commit decides (invariant I11). The net figures of a window are kept with
// every posting, not computed at the end: closing a window takes as long for ten
// million payments as for ten. Under SERIALIZABLE a posting that read the open
// window and a close that ends it cannot both commit in an order that would
// leave the posting out of the figures.
package window
