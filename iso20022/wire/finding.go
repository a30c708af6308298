package wire

import (
	"fmt"
	"strings"
)

// Layer is how far a message got before it was found wanting. The layers are
// checked in this order.
type Layer uint8

// The layers.
const (
	// Syntax: the bytes are no well-formed XML or JSON, or exceed a limit.
	Syntax Layer = iota + 1
	// Schema: an element, attribute or value is not as the schema demands.
	Schema
	// Business: elements contradict one another by the rules of the standard.
	Business
	// Identifier: an identifier, currency or country is formally wrong.
	Identifier
	// Profile: a market practice forbids what the standard allows.
	Profile
)

// String returns the layer's name in lower case.
func (l Layer) String() string {
	switch l {
	case Syntax:
		return "syntax"
	case Schema:
		return "schema"
	case Business:
		return "business"
	case Identifier:
		return "identifier"
	case Profile:
		return "profile"
	default:
		return "unknown"
	}
}

// MarshalText implements [encoding.TextMarshaler].
func (l Layer) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// Finding is one thing wrong with a message. It names places and rules, never
// the values found there, so that it may be logged and sent to anybody.
type Finding struct {
	Layer Layer `json:"layer"`
	// Rule is the broken rule's stable name, such as "element-missing" or "C15".
	Rule string `json:"rule"`
	// Code is the ISO 20022 status reason (ExternalStatusReason1Code) with which
	// a message that breaks the rule is refused, such as FF01.
	Code string `json:"code"`
	// Line counts from 1; 0 where the message has no lines.
	Line int `json:"line"`
	// Path leads to the element, such as
	// "Document/FIToFICstmrCdtTrf/CdtTrfTxInf[2]/ChrgBr". Elements that may
	// repeat have their number.
	Path string `json:"path"`
	// Text explains the rule in a sentence without its full stop.
	Text string `json:"text"`
}

// String returns the finding on one line.
func (f Finding) String() string {
	return fmt.Sprintf("line %d: %s: %s (%s %s, %s)", f.Line, f.Path, f.Text, f.Layer, f.Rule, f.Code)
}

// Invalid is the error of a message with findings.
type Invalid struct{ Findings []Finding }

// Error implements error with the first finding and the number of the others.
func (e *Invalid) Error() string {
	var b strings.Builder
	b.WriteString("iso20022: ")
	for _, f := range e.Findings[:min(1, len(e.Findings))] {
		b.WriteString(f.String())
	}
	if more := len(e.Findings) - 1; more > 0 {
		fmt.Fprintf(&b, " and %d more", more)
	}
	return b.String()
}

// The rules of the first two layers and their reason codes: FF01 is a message
// that cannot be understood, CH21 a mandatory element that is missing, AM09 an
// amount that is none.
const (
	RuleMalformed   = "xml-malformed"
	RuleEncoding    = "xml-encoding"
	RuleDoctype     = "xml-doctype"
	RuleLimit       = "limit"
	RuleNoMessage   = "message-absent"
	RuleUnknown     = "message-unknown"
	RuleUnexpected  = "element-unexpected"
	RuleMissing     = "element-missing"
	RuleRepeated    = "element-repeated"
	RuleNamespace   = "element-namespace"
	RuleChoice      = "choice-not-one"
	RuleText        = "text-unexpected"
	RuleAttribute   = "attribute-unexpected"
	RuleCurrency    = "currency-attribute"
	RuleValue       = "value-malformed"
	RuleLength      = "value-length"
	RulePattern     = "value-pattern"
	RuleCode        = "value-code"
	RuleDigits      = "value-digits"
	RuleMinimum     = "value-minimum"
	codeFormat      = "FF01"
	codeMissing     = "CH21"
	codeWrongAmount = "AM09"
)
