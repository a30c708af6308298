// Package iso20022 holds the canonical messages of the switch: the ISO 20022
// messages into which every partner protocol is translated, with their XML
// writer and reader. Amounts are exact (package money), times keep their
// offset, and what is written is valid against the official schema of the
// version named by each type.
//
// The reader takes messages of one transaction and of exactly the elements that
// the types have fields for. It refuses everything else, so that nothing that
// was received is ever dropped silently.
//
// Beside money the package needs only the standard library, so that others can
// use it on its own.
package iso20022
