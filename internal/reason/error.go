package reason

import (
	"errors"
	"fmt"
)

// Codes returns the kind's row of the table.
func (k Kind) Codes() Codes {
	if int(k) >= len(table) {
		return table[Unknown]
	}
	return table[k]
}

// String returns the kind's stable name.
func (k Kind) String() string { return k.Codes().Name }

// Final reports whether the caller may rely on the answer: a kind that is not
// final says only that the outcome is still open.
func (k Kind) Final() bool {
	return k != InProcess && k != Busy && k != Unknown
}

// Kinds returns every kind but [None], in the order of the catalogue.
func Kinds() []Kind {
	kinds := make([]Kind, 0, len(table)-1)
	for k := None + 1; int(k) < len(table); k++ {
		kinds = append(kinds, k)
	}
	return kinds
}

// general is the kind of a result code that several kinds share: what the code
// says when a partner uses it.
var general = map[string]Kind{
	"MERCHANT_KYB_NOT_QUALIFIED": MerchantUnqualified,
	"PARAM_ILLEGAL":              InvalidRequest,
	"PROCESS_FAIL":               Failed,
	"USER_KYC_NOT_QUALIFIED":     PayerUnverified,
	"UNAVAILABLE_PAYMENT_METHOD": MethodUnavailable,
}

// FromAPS returns the kind for a result code of the Alipay+ style protocol, and
// [Failed] for a code that is not in the table: a partner's unknown refusal is
// still a refusal.
func FromAPS(code string) Kind {
	if kind, shared := general[code]; shared {
		return kind
	}
	for k, codes := range table {
		if codes.APS == code {
			return Kind(k)
		}
	}
	return Failed
}

// Parse returns the kind with the given stable name.
func Parse(name string) (Kind, bool) {
	for k, codes := range table {
		if codes.Name == name {
			return Kind(k), true
		}
	}
	return None, false
}

// Error is a refusal or failure with its kind.
type Error struct {
	// Kind is for machines.
	Kind Kind
	// Op names the operation, package first: "engine.Pay".
	Op string
	// Detail says for operators what was wrong, without personal data.
	Detail string
	// Err is the cause, if there is one.
	Err error
}

// New returns an error of the kind. Detail may be empty.
func New(kind Kind, op, detail string) *Error {
	return &Error{Kind: kind, Op: op, Detail: detail}
}

// Wrap returns an error of the kind with a cause, and nil for a nil cause.
func Wrap(kind Kind, op string, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Kind: kind, Op: op, Err: err}
}

// Error implements error.
func (e *Error) Error() string {
	text := fmt.Sprintf("%s: %s", e.Op, e.Kind.Codes().Text)
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Of returns the kind of err: [None] for nil and [Unknown] for an error that
// carries no kind.
func Of(err error) Kind {
	if err == nil {
		return None
	}
	var known *Error
	if errors.As(err, &known) {
		return known.Kind
	}
	return Unknown
}
