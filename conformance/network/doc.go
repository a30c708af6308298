// Package network proves that two switches can be connected to each other: two hubs with
// their own databases, partners and keys, each a member of the other's network, carry
// payments between their partners, and their books agree about each other.
package network
