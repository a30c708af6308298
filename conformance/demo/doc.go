// Package demo shows the switch doing its whole job on real parts, step by step,
// and checks every step: what the partners saw, what the books say, and that all
// invariants hold. It is the first thing a newcomer runs, and a test from the
// outside: it fails if any expectation does not hold.
package demo
