// Package record proves from outside that the switch can show every message
// about a payment: its test runs a whole stage over real HTTP, lets all kinds of
// payments happen, fetches every message by its id through the operators' API and
// the command line, and compares the partners' words with what the partners
// themselves saw on the wire, byte for byte, and the ISO 20022 messages with the
// steps that they stand for.
package record
