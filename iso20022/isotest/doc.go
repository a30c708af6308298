// Package isotest makes ISO 20022 messages for tests: valid ones of any official
// definition, in many spellings, and mutants of them. All of it follows from the
// random source, so that a seed names a message.
package isotest
