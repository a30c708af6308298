// Package position tracks how much each participant owes the hub in one
// currency, and refuses any reservation that would take it past its net debit
// cap (invariant I3: posted + reserved <= cap). What banks were told to pay it counts
// too, because it will be gone: money that is paid out cannot cover what is reserved.
//
// A reservation is pending and already counts against the cap; it resolves
// exactly once, by post or by void (invariant I4). The guard is one conditional
// statement per reservation, so the database decides between two debits that
// together exceed a cap.
package position
