// Package archtest keeps the house in order: its tests read the source of the
// whole module and fail when an import points up, a dependency is used outside
// its room, a function or file grows too long, or something exported has no
// documentation. The rules carry their reasons.
package archtest
