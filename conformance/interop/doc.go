// Package interop proves that others can read what the switch writes: the module
// github.com/moov-io/iso20022, an independent implementation of the standard,
// reads every message of the versions that it knows and finds in each place
// what we wrote there.
//
// Its own defects are listed here by tests that show each; they are why no
// message of the product goes through it.
package interop
