// Package egress decides which addresses that somebody else chose the switch may
// call, such as where a partner wants to be notified.
//
// It decides twice. [Policy.Check] looks at the address as it is written: https, a
// host without tricks, a port for the web. [Policy.Control] looks at the IP address
// that is dialled, after every name server has spoken and for each attempt, so a
// name that changes its mind between the two (DNS rebinding) gains nothing. Who
// calls must not follow redirects and use no proxy, because both dial for others.
//
// What is public is what the IANA special-purpose address registries (RFC 6890 and
// its successors) leave over.
package egress
