// Package connectortest is the acceptance suite that every connector passes: it
// holds a connector to the promises of package connectors, from outside, over
// real connections on the loopback.
//
// A connector's test describes its protocol as a [Protocol] and calls [Run].
// The suite plays both strangers: the partner that calls in (genuine, repeated,
// forged, mutated, malformed, oversized, in the wrong role) before a recording
// [Hub], and the partner that is called (yes, no, unknown, late, unsigned,
// garbled, contradictory).
package connectortest
