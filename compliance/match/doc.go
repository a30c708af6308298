// Package match compares names with the names of a list. It is pure: an
// [Index] never changes after it was built and may be used by any number of
// goroutines.
//
// Names are folded to upper-case tokens without marks. A token of a query
// reaches the equal tokens of the index and those at one insertion, deletion,
// exchange or swap; the names that hold such tokens are scored by how much of
// both names is covered. Scores are basis points: 10,000 is equal.
package match
