package message

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

// Message is a header, or the body of a document.
type Message interface {
	// Definition returns the message's name, such as "pacs.008.001.13".
	Definition() string
	read(n wire.Node, m *memory)
	append(dst []byte, w *writer) []byte
}

// New returns an empty message of a definition, nil if it has no type here.
func New(definition string) Message {
	empty := typed[definition]
	if empty == nil {
		return nil
	}
	return empty(nil)
}

// Typed returns the typed definition of a family, such as "pacs.008.001.13" of
// "pacs.008"; of several the newest, "" if there is none.
func Typed(family string) string {
	newest := ""
	for name := range typed {
		if schema.Family(name) == family && name > newest {
			newest = name
		}
	}
	return newest
}

// Of returns the typed message of a part that was read without findings, nil if
// its definition has no type here; see package version for other versions, and
// [Decoder] for many messages.
func Of(part wire.Part) Message {
	if part.Definition == nil {
		return nil
	}
	return read(part, nil)
}

// Parse reads one document of the type of M, such as
// FIToFICustomerCreditTransferV13, in whatever envelope it comes. The error is a
// [*wire.Invalid], or [*UnexpectedError] for another message.
func Parse[M any, P interface {
	*M
	Message
}](data []byte) (P, error) {
	m, err := wire.Parse(data)
	if err != nil {
		return nil, err
	}
	var want P = new(M)
	for part := range m.Parts() {
		if part.Definition.Name == want.Definition() {
			want.read(part.Body(), nil)
			return want, nil
		}
	}
	return nil, &UnexpectedError{Wanted: want.Definition()}
}

// UnexpectedError says that a valid message is not the one that was asked for.
type UnexpectedError struct{ Wanted string }

// Error implements error.
func (e *UnexpectedError) Error() string { return "message: no " + e.Wanted + " among the messages" }

// AppendXML appends a message as XML in the canonical form. It checks what a
// type cannot: that mandatory fields are set and of each choice exactly one. The
// error is an [*IncompleteError]; use [Write] where values may be wrong as well.
func AppendXML(dst []byte, m Message) ([]byte, error) {
	definition := schema.Lookup(m.Definition())
	if definition == nil {
		return dst, &IncompleteError{Element: m.Definition(), Problem: "unknown"}
	}
	var w writer
	out := wire.AppendStart(dst, definition)
	if !definition.Header() {
		out = append(append(append(out, '<'), definition.Body().Name...), '>')
	}
	out = m.append(out, &w)
	if w.err != nil {
		return dst, w.err
	}
	if !definition.Header() {
		out = append(append(append(out, "</"...), definition.Body().Name...), '>')
	}
	return append(append(append(out, "</"...), definition.Root.Name...), ">\n"...), nil
}

// Write returns a message as XML that has been read again and found valid. The
// error is an [*IncompleteError] or a [*wire.Invalid].
func Write(m Message) ([]byte, error) {
	data, err := AppendXML(nil, m)
	if err != nil {
		return nil, err
	}
	if _, err := wire.Parse(data); err != nil {
		return nil, err
	}
	return data, nil
}

// IncompleteError says what keeps a message from being written.
type IncompleteError struct {
	// Element is the field or the type of the choice.
	Element string
	Problem string
}

// Error implements error.
func (e *IncompleteError) Error() string {
	return fmt.Sprintf("message: %s: %s", e.Element, e.Problem)
}

// writer appends values; the first problem stays.
type writer struct{ err error }

func (w *writer) fail(element, problem string) {
	if w.err == nil {
		w.err = &IncompleteError{Element: strings.Trim(element, "</>"), Problem: problem}
	}
}

func (w *writer) text(dst []byte, start, value, end string) []byte {
	return append(wire.AppendText(append(dst, start...), value), end...)
}

func (w *writer) foreign(dst []byte, start string, value Foreign, end string) []byte {
	if !wire.WellFormed([]byte(value)) {
		w.fail(start, "foreign content that is not one XML element")
	}
	return append(append(append(dst, start...), value...), end...)
}

func (w *writer) decimal(dst []byte, start string, value Decimal, end string) []byte {
	return append(value.append(append(dst, start...)), end...)
}

func (w *writer) amount(dst []byte, start string, value Amount, end string) []byte {
	w.required(value.Ccy == "", end)
	dst = append(append(append(dst, start...), value.Ccy...), `">`...)
	return append(value.Decimal.append(dst), end...)
}

func (w *writer) boolean(dst []byte, start string, value bool, end string) []byte {
	return append(strconv.AppendBool(append(dst, start...), value), end...)
}

func (w *writer) required(empty bool, element string) {
	if empty {
		w.fail(element, "mandatory and not set")
	}
}

func (w *writer) atLeast(n, least int, element string) {
	if n < least {
		w.fail(element, "fewer than demanded")
	}
}

func (w *writer) choice(set int, name string) {
	if set != 1 {
		w.fail(name, fmt.Sprintf("%d of the alternatives are set", set))
	}
}
