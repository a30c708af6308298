package iso20022

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
)

// ErrUETR means that a text is not a lower-case UUID of version 4.
var ErrUETR = errors.New("iso20022: not a lower-case UUID of version 4")

// ParseUETR reads the form that the schemas demand (UUIDv4Identifier): 36
// characters, lower case, version 4, variant 8 to b. Upper case and other
// versions are [ErrUETR].
func ParseUETR(text string) (UETR, error) {
	var u UETR
	if len(text) != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
		return UETR{}, ErrUETR
	}
	digits := text[:8] + text[9:13] + text[14:18] + text[19:23] + text[24:]
	if !only(digits, func(b byte) bool { return b >= '0' && b <= '9' || b >= 'a' && b <= 'f' }) {
		return UETR{}, ErrUETR
	}
	if _, err := hex.Decode(u[:], []byte(digits)); err != nil || !u.Valid() {
		return UETR{}, ErrUETR
	}
	return u, nil
}

// Valid reports whether the bytes are a UUID of version 4 and the variant of
// RFC 9562, which alone may be written.
func (u UETR) Valid() bool { return u[6]>>4 == 4 && u[8]>>6 == 2 }

// IsZero reports whether the UETR is absent.
func (u UETR) IsZero() bool { return u == UETR{} }

// String returns the 36-character form in lower case.
func (u UETR) String() string {
	dst := make([]byte, 0, 36)
	for i, part := range [][]byte{u[:4], u[4:6], u[6:8], u[8:10], u[10:]} {
		if i > 0 {
			dst = append(dst, '-')
		}
		dst = hex.AppendEncode(dst, part)
	}
	return string(dst)
}

// Identifier35 makes an identifier of at most 35 characters (Max35Text) out of
// a partner's longer one, always the same for the same text. A text that is
// legal already (1 to 35 printable characters of UTF-8) is kept; of any other,
// the result is the first 35 lower-case hexadecimal digits, 140 bits, of the
// SHA-256 of its bytes.
func Identifier35(text string) string {
	if textProblem(text, 35) == "" {
		return text
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])[:35]
}

// The message names that this package writes and reads.
const (
	CreditTransferName      = "pacs.008.001.13"
	StatusReportName        = "pacs.002.001.15"
	PaymentReturnName       = "pacs.004.001.14"
	StatusRequestName       = "pacs.028.001.06"
	CancellationRequestName = "camt.056.001.11"
	CancellationAnswerName  = "camt.029.001.13"
	InstitutionTransferName = "pacs.009.001.12"
	NotificationName        = "camt.054.001.13"
	AccountStatementName    = "camt.053.001.13"
)

// MessageName returns the name of the message that v, a message of this package
// or a pointer to one, is written as, and "" for anything else.
func MessageName(v any) string {
	switch v.(type) {
	case CreditTransfer, *CreditTransfer:
		return CreditTransferName
	case StatusReport, *StatusReport:
		return StatusReportName
	case PaymentReturn, *PaymentReturn:
		return PaymentReturnName
	case StatusRequest, *StatusRequest:
		return StatusRequestName
	case CancellationRequest, *CancellationRequest:
		return CancellationRequestName
	case CancellationAnswer, *CancellationAnswer:
		return CancellationAnswerName
	case InstitutionTransfer, *InstitutionTransfer:
		return InstitutionTransferName
	case Notification, *Notification:
		return NotificationName
	case AccountStatement, *AccountStatement:
		return AccountStatementName
	default:
		return ""
	}
}

// Known reports whether the status is one of those that the switch uses.
func (s Status) Known() bool {
	switch s {
	case Received, Pending, AcceptedUnposted, AcceptedSettlement, Completed, Rejected, Cancelled:
		return true
	default:
		return false
	}
}

// reasonProblem holds a reason to what its place demands: NARR (narrative) is
// nothing without a text.
func reasonProblem(must bool, reason, text string) string {
	switch {
	case must && reason == "":
		return "reason missing"
	case reason == "NARR" && text == "":
		return "reason NARR without its text"
	default:
		return ""
	}
}
