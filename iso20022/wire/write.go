package wire

import (
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/causeway-pay/causeway/iso20022/schema"
)

// Escapes of text and attributes. A carriage return is written as a reference
// because a reader turns the bare character into a line feed, and so are tab
// and line feed in attributes, which would become spaces.

// AppendText appends text as the content of an element. Nearly no text needs an
// escape, and to find that out costs no branch per byte.
func AppendText(dst []byte, text string) []byte {
	var all uint8
	for i := range len(text) {
		all |= classes[text[i]]
	}
	if all&escaped == 0 {
		return append(dst, text...)
	}
	return appendEscaped(dst, text)
}

func appendEscaped(dst []byte, text string) []byte {
	for i := range len(text) {
		switch c := text[i]; c {
		case '&':
			dst = append(dst, "&amp;"...)
		case '<':
			dst = append(dst, "&lt;"...)
		case '>':
			dst = append(dst, "&gt;"...)
		case '\r':
			dst = append(dst, "&#xD;"...)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

func appendAttribute(dst, text []byte) []byte {
	for _, c := range text {
		switch c {
		case '&':
			dst = append(dst, "&amp;"...)
		case '<':
			dst = append(dst, "&lt;"...)
		case '"':
			dst = append(dst, "&quot;"...)
		case '\t', '\n', '\r':
			dst = append(dst, "&#"...)
			if c >= 10 {
				dst = append(dst, '1')
			}
			dst = append(dst, '0'+c%10, ';')
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// Printable reports whether text can be written as XML at all: UTF-8 without
// control characters but tab and line ends.
func Printable(text string) bool {
	for _, r := range text {
		if !character(r) {
			return false
		}
	}
	return utf8.ValidString(text)
}

// declarationXML begins every message that is written.
const declarationXML = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

// AppendStart appends the XML declaration and the start tag of a message with
// its namespace as the default one.
func AppendStart(dst []byte, m *schema.Message) []byte {
	dst = append(dst, declarationXML...)
	return appendRoot(dst, m)
}

func appendRoot(dst []byte, m *schema.Message) []byte {
	dst = append(append(append(dst, '<'), m.Root.Name...), ` xmlns="`...)
	return append(append(append(dst, schema.Prefix...), m.Name...), `">`...)
}

// AppendXML appends a header or document in the canonical form: the message's
// namespace as the default one, no white space but that of values, no comments
// or hints, true and false in words. Foreign content is as it was received.
// Parts that say the same have the same canonical form.
func (p Part) AppendXML(dst []byte) []byte { return p.appendXML(dst, "", "") }

// AppendIndented appends the canonical form with each element on a line of its
// own, for people.
func (p Part) AppendIndented(dst []byte) []byte { return p.appendXML(dst, "\n", "  ") }

func (p Part) appendXML(dst []byte, newline, indent string) []byte {
	if p.Definition == nil {
		return dst
	}
	dst = AppendStart(dst, p.Definition)
	if inner := p.Root; inner.Element() == &p.Definition.Root {
		for child := range inner.Children() {
			dst = child.appendXML(dst, newline+indent, indent)
		}
	} else {
		dst = inner.appendXML(dst, newline+indent, indent)
	}
	dst = append(dst, newline...)
	return append(append(append(dst, "</"...), p.Definition.Root.Name...), ">\n"...)
}

// AppendXML appends the element with everything in it, in the canonical form.
func (n Node) AppendXML(dst []byte) []byte {
	if !n.Exists() {
		return dst
	}
	return n.appendXML(dst, "", "")
}

// appendXML begins the element, and ends one that has children, with a new line.
func (n Node) appendXML(dst []byte, newline, indent string) []byte {
	name := n.Name()
	dst = append(append(append(dst, newline...), '<'), name...)
	if c := n.node().currency; c[0] != 0 {
		dst = append(append(append(dst, ` Ccy="`...), c[:]...), '"')
	}
	dst = append(dst, '>')
	switch kind := n.Element().Type.Kind; {
	case kind == schema.Any:
		dst = append(dst, n.Foreign()...)
	case kind == schema.Boolean:
		dst = strconv.AppendBool(dst, n.True())
	case kind.Leaf():
		dst = AppendText(dst, n.Text())
	default:
		for child := range n.Children() {
			dst = child.appendXML(dst, newline+indent, indent)
		}
		if n.First().Exists() {
			dst = append(dst, newline...)
		}
	}
	return append(append(append(dst, "</"...), name...), '>')
}

// Foreign returns the one element inside a place for foreign content as XML that
// stands on its own: namespaces that were declared outside are declared in it,
// but for the message's own as the default one. It is nil for everything else.
func (n Node) Foreign() []byte {
	if !n.Exists() {
		return nil
	}
	m := n.message
	at, there := slices.BinarySearchFunc(m.kept, n.number-1, func(k kept, node int32) int { return int(k.node - node) })
	if !there || m.kept[at].child == 0 {
		return nil
	}
	k := &m.kept[at]
	inside := m.data[k.child:n.node().end]
	for len(inside) > 0 && isSpace(inside[len(inside)-1]) {
		inside = inside[:len(inside)-1]
	}
	if k.declarations == "" {
		return inside
	}
	name := int(k.name - k.child)
	whole := append(append([]byte{}, inside[:name]...), k.declarations...)
	return append(whole, inside[name:]...)
}
