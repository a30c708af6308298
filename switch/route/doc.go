// Package route knows the participants, the corridors between countries and the
// codes that payers show, and answers who gets a payment.
//
// Everything that changes seldom is held in an immutable [Directory], loaded
// from the database and swapped as a whole; payment codes are rows of their own
// that are used exactly once.
package route
