// Package keys signs what the switch says and verifies what its partners say,
// behind two small contracts, so that callers do not know where a key lives.
//
// A key pair has an owner and an integer version. An owner has two active
// versions at most: the new one is published before the first message is
// signed with it, the old one stays valid until the last message signed with
// it has been read, and a rotation needs no downtime.
//
// A version is published, then current, then previous, then retired; how long it
// is published before the hub signs with it is configuration, and reckoned from
// the time it was made, so that every hub of a region changes over at the same
// moment without talking about it (see [Ring]).
//
// RSA-2048, P-256 and Ed25519 keys sign; the Alipay+ style protocol knows only
// the first, by the name RSA256. Private keys live in a [Home]: [Files] for
// development, HashiCorp Vault Transit (package vault) for production.
package keys
