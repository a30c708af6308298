// Package feed keeps the desks of all processes up to date. Rates come in at one
// process: they are committed, put on its own desk, and broadcast to the others,
// which have them a few milliseconds later. Whoever misses a broadcast finds the
// rates in the database within [ReloadEvery].
//
// It also asks the sources on their schedules, suspends one that fails, and
// resumes it when it is back.
package feed
