package schema

import (
	"math"
	"strings"
)

// Prefix is what the namespace of every ISO 20022 message starts with; its name
// follows, such as "pacs.008.001.13".
const Prefix = "urn:iso:std:iso:20022:tech:xsd:"

// Unbounded is the Max of an element that may stand any number of times.
const Unbounded = math.MaxInt32

// Anything is the Namespace of an Any that takes elements of every namespace.
const Anything = "##any"

// Message is one message definition in one version.
type Message struct {
	// Name is the message definition identifier, such as "pacs.008.001.13".
	Name string
	// Root is the document element: Document, or AppHdr of a business
	// application header.
	Root Element
}

// Namespace returns the XML namespace of the message.
func (m *Message) Namespace() string { return Prefix + m.Name }

// Area returns the business area, such as "pacs".
func (m *Message) Area() string { return m.Name[:strings.IndexByte(m.Name, '.')] }

// Family returns the name without its version, such as "pacs.008".
func (m *Message) Family() string { return Family(m.Name) }

// Header reports whether the message is a business application header.
func (m *Message) Header() bool { return m.Root.Name == "AppHdr" }

// Body returns the element below Document that is the message proper, such as
// FIToFICstmrCdtTrf; a header is its own body.
func (m *Message) Body() *Element {
	if m.Header() {
		return &m.Root
	}
	return &m.Root.Type.Elements[0]
}

// Family returns the part of a message name that does not change with its
// version: "pacs.008" of "pacs.008.001.13".
func Family(name string) string {
	first := strings.IndexByte(name, '.')
	if first < 0 {
		return name
	}
	second := strings.IndexByte(name[first+1:], '.')
	if second < 0 {
		return name
	}
	return name[:first+1+second]
}

// Element is an element in its place in a sequence or choice.
type Element struct {
	// Name is the tag, such as "IntrBkSttlmAmt".
	Name string
	Type *Type
	// Min and Max are how often it may stand there; Max may be [Unbounded].
	Min, Max int32
	// Ordinal is its index in the type that it belongs to.
	Ordinal int32
}

// Repeats reports whether the element may stand more than once.
func (e *Element) Repeats() bool { return e.Max > 1 }

// Kind says what a type is made of.
type Kind uint8

// The kinds of types.
const (
	// Sequence holds all its elements in their order.
	Sequence Kind = iota + 1
	// Choice holds exactly one of its elements.
	Choice
	// Any holds content of other namespaces.
	Any
	// Amount is a decimal value with its currency in the attribute Ccy.
	Amount
	// Text is any text, with its white space.
	Text
	// Decimal is an exact decimal number without exponent.
	Decimal
	// Boolean is true, false, 1 or 0.
	Boolean
	// Date is a calendar day, which may have an offset from UTC.
	Date
	// DateTime is a time of a day, which may have an offset from UTC.
	DateTime
	// Time is a time of any day.
	Time
	// Year is a calendar year.
	Year
	// YearMonth is a calendar month of a year.
	YearMonth
	// Binary is base 64.
	Binary
)

// Leaf reports whether values of the kind hold characters and no elements.
func (k Kind) Leaf() bool { return k >= Amount }

// Type is the type of an element or of its value. Types are shared between
// messages and never change.
type Type struct {
	// Name is the name in the schema, such as "PostalAddress27". Types of one
	// name may differ between versions of a message.
	Name string
	Kind Kind
	// Elements are what a Sequence or Choice holds.
	Elements []Element
	// Settled is the ordinal of the first element behind the last mandatory one of
	// a Sequence: from there on nothing can be missing.
	Settled int32
	// Value is the type of the number of an Amount, Currency that of its Ccy.
	Value, Currency *Type
	// Namespace limits what an Any holds: [Anything], or one namespace.
	Namespace string
	// Facets limit a value.
	Facets Facets
}

// Facets are the limits of a value.
type Facets struct {
	// MinLength and MaxLength count characters of a Text, bytes of a Binary.
	// A MaxLength of zero is no limit.
	MinLength, MaxLength int
	// TotalDigits and FractionDigits count digits of a Decimal without leading
	// zeros and without zeros at the end of the fraction. A TotalDigits of zero
	// is no limit.
	TotalDigits, FractionDigits int
	// AtLeast is the smallest Decimal, where Bounded.
	AtLeast int64
	Bounded bool
	// Values are all that a code can be; none is no limit.
	Values []string
	// Expression is the regular expression that a value must match as a whole,
	// in the syntax of XML Schema; empty is none.
	Expression string

	pattern *pattern
}

// Find returns the element of that name and nil if there is none.
func (t *Type) Find(name string) *Element {
	for i := range t.Elements {
		if t.Elements[i].Name == name {
			return &t.Elements[i]
		}
	}
	return nil
}
