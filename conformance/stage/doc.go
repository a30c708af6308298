// Package stage sets up the whole switch on one machine, on real parts: a
// database server, the hub and sandbox partners as processes of their own
// that talk real HTTP with real signatures. The demo, `switch dev` and the crash
// tests all stand on it.
//
// Every process that a stage starts ends with it, also when the program that
// holds the stage is killed: a child reads its standard input, which the parent
// never writes to, and stops when it closes.
package stage
