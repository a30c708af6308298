package connectors

// Words are a partner's call in its own protocol, byte for byte, and the way it
// is answered there, for the record. The zero Words are a call that nobody needs
// to see again.
type Words struct {
	// Operation is the protocol's name of the call, such as "alipayplus.pay".
	Operation string
	// Received is the message exactly as received, but that a secret which stays
	// good, such as the token of an agreement, is left out.
	Received []byte
	// Answer writes the very bytes that the connector sends for an outcome, and
	// nothing if it cannot. It runs inside transactions, possibly several times for
	// one call, so it does nothing else. nil means that no answer is recorded.
	Answer func(outcome Outcome) []byte
}

// Outcome is what the hub returned to a connector: one of the two values, or an
// error.
type Outcome struct {
	Payment Payment
	Return  Return
	Err     error
}

// Reply returns the bytes of the answer to an outcome.
func (w Words) Reply(outcome Outcome) []byte {
	if w.Answer == nil {
		return nil
	}
	return w.Answer(outcome)
}
