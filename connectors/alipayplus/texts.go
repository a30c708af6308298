package alipayplus

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"strings"

	"github.com/causeway-pay/causeway/connectors"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/reason"
	"github.com/causeway-pay/causeway/iso20022"
)

// uetrText writes a UETR, and nothing for none.
func uetrText(uetr iso20022.UETR) string {
	if uetr == (iso20022.UETR{}) {
		return ""
	}
	return ids.ID(uetr).String()
}

// idText writes an id, and nothing for none.
func idText(id ids.ID) string { return uetrText(iso20022.UETR(id)) }

// reference reads the two names of a payment, of which the payment id wins. An
// id that cannot be one of ours names no payment: NotFound, as for a payment of
// somebody else.
func reference(paymentID, requestID string) (connectors.Reference, error) {
	if paymentID == "" {
		if requestID == "" {
			return connectors.Reference{}, illegal("paymentRequestId", "missing, and paymentId too")
		}
		return connectors.Reference{RequestID: requestID}, nil
	}
	id, err := ids.Parse(paymentID)
	if err != nil || id == ids.Nil || id.String() != strings.ToLower(paymentID) {
		return connectors.Reference{}, reason.New(reason.NotFound, "alipayplus.reference", "")
	}
	return connectors.Reference{PaymentID: id, RequestID: requestID}, nil
}

// checked digests the fields that must stay the same when a request id is
// repeated. Each is preceded by its length, so that no two lists collide.
func checked(fields ...string) [sha256.Size]byte {
	var data []byte
	for _, field := range fields {
		data = binary.AppendUvarint(data, uint64(len(field)))
		data = append(data, field...)
	}
	return sha256.Sum256(data)
}

// cut shortens a text to a number of characters.
func cut(text string, most int) string {
	count := 0
	for at := range text {
		if count == most {
			return text[:at]
		}
		count++
	}
	return text
}

// truth reads a boolean, which is false where it is absent.
func truth(field, text string) (bool, error) {
	switch {
	case strings.EqualFold(text, "true"):
		return true, nil
	case text == "" || strings.EqualFold(text, "false"):
		return false, nil
	default:
		return false, illegal(field, "neither true nor false")
	}
}

// allDigits reports whether a text consists of ASCII digits.
func allDigits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// fieldDetail is what may be told a partner about a field that it sent.
func fieldDetail(err error) string {
	var known *reason.Error
	if errors.As(err, &known) && known.Kind == reason.InvalidRequest && strings.HasPrefix(known.Op, "alipayplus.") {
		return known.Detail
	}
	return ""
}

// firstOf returns the first text that says something.
func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}
