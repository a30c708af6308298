// Package rotation exchanges keys under load: those of the hub and those of its
// partners, while partners pay and the whole system runs as its own processes.
// Not one message may be refused for its signature or its key, and every payment
// must come to its end.
//
// CAUSEWAY_TEST_ROTATIONS says how often the hub's key is exchanged (5 unless set),
// and CAUSEWAY_TEST_ROTATION_RATE how many payments are begun a second (200
// unless set, with P-256 keys in files and with RSA-2048 keys in Vault).
package rotation
