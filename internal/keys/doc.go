// Package keys signs what the switch says and verifies what its partners say,
// behind two small contracts, so that callers do not know where a key lives.
//
// A key pair has an owner and an integer version. An owner has two active
// versions at most: the new one is published before the first message is
// signed with it, the old one stays valid until the last message signed with
// it has been read, and a rotation needs no downtime.
//
// The one algorithm at present is RSASSA-PKCS1-v1_5 with SHA-256 over keys of
// at least 2048 bits (RFC 8017 section 8.2), which the Alipay+ style protocol
// names RSA256. Another algorithm is one more case in algorithm.go; another
// home of private keys is one more [Signer].
package keys
