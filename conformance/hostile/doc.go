// Package hostile sends the real hub, over real HTTP, what no honest partner
// would send: forged, stale, replayed, malformed and misdirected requests. Each
// must be refused with the protocol's own result code, in an answer that the
// hub's public key confirms, and change nothing.
package hostile
