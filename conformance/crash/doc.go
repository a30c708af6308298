// Package crash proves that nothing is lost or done twice when a hub dies: it
// kills the real program with SIGKILL while partners go on paying, and compares
// afterwards what acquirers were told, what wallets took from their customers
// and what the books say.
//
// The tests run 25 kills; CAUSEWAY_TEST_CRASH_ROUNDS asks for more, and
// CAUSEWAY_TEST_CRASH_SEED repeats a run that failed as far as chance goes.
package crash
