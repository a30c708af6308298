// Package bench measures the whole switch on one machine, on real parts: the hub,
// its database, all partners and the load generator are processes of their own that
// talk real HTTP with real signatures.
//
// The generator is an open loop: when a request is due is fixed before the first
// one is sent, and its latency counts from then, whether or not a connection was
// free. So a hub that stalls pays for every request that it would have met. What a
// payment costs comes from the operating system's accounts of each process, after
// everything that belongs to the payments has been done.
//
// Beside the switch, and in the same run, stands the floor: what signatures, a
// flush to disk and pgbench's TPC-B cost on this machine.
package bench
