// Package review is where people look at payments that compliance holds. Each has a
// case, with what was found and by which versions of lists and policy; it is taken
// on, commented, and decided by two people before its time is over. A decision is
// bound to the case as the two have read it: whatever is added afterwards makes the
// decision void. Everything that happens to a case is in the audit log.
package review
