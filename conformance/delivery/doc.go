// Package delivery proves what partners and banks see of settlement on the whole
// system: report files on a partner's server, statements of a bank in the inbox,
// a partner's list held against ours, and figures explained by entries.
package delivery
