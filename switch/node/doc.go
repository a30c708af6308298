// Package node puts a hub together: it reads the configuration, checks it as a
// whole, opens what the hub stands on in the order of need, runs it, and closes
// everything in the opposite order. It is the only package that knows every
// other one.
package node
