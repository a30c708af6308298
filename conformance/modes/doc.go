// Package modes pays in every mode of the Alipay+ style protocol through the real
// program, with sandbox partners on the other ends of the wire, and asks all that
// partners may ask.
package modes
