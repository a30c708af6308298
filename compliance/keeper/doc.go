// Package keeper keeps the sanctions lists of all hubs up to date. Each list is
// fetched on its schedule by one hub; what came is refused if it is damaged or
// differs too much from what was there, and stored with its hash otherwise. Every
// hub then screens against the same versions, which it has from the database, and
// takes a new one up as a whole. A list that could not be confirmed for long is too
// old to pass anybody, see [compliance.Officer].
package keeper
