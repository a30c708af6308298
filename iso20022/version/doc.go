// Package version translates ISO 20022 messages between the versions of their
// definitions: the switch speaks the 2025 release inside, CBPR+ and most
// schemes the one of 2019.
//
// What both versions have is copied digit by digit. What was renamed, moved or
// wrapped between them is put where the other version has it. What the target
// has no place for is carried in an agreed field where there is one ([Carry]),
// and otherwise refused with the list of what would be lost ([LossError]):
// nothing is dropped silently.
package version
