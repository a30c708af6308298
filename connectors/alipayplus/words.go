package alipayplus

import (
	"path"

	"github.com/causeway-pay/causeway/connectors"
)

// operationOf names the operation at a path in the record.
func operationOf(address string) string { return "alipayplus." + path.Base(address) }

// words are a call for the record. The answer to a good outcome is written by
// the same function, and encoded in the same way, as the one that is sent.
func (c Call) words(answer func(connectors.Outcome) (any, error)) connectors.Words {
	return connectors.Words{
		Operation: operationOf(c.Path), Received: c.Body,
		Answer: func(outcome connectors.Outcome) []byte {
			message, err := any(nil), outcome.Err
			if err == nil {
				message, err = answer(outcome)
			}
			if err != nil {
				message = refusal(err)
			}
			body, err := Encode(message)
			if err != nil {
				return nil // then none is sent either
			}
			return body
		},
	}
}
