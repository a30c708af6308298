package wire

import (
	"unicode/utf8"

	"github.com/causeway-pay/causeway/iso20022/schema"
)

// AppendJSON appends the message as JSON: the tags of the schema are the keys,
//
//	{"AppHdr": {"@xmlns": "urn:...:head.001.001.02", "Fr": {...}, ...},
//	 "Document": {"@xmlns": "urn:...:pacs.008.001.13", "FIToFICstmrCdtTrf": {...}}}
//
// every value is a string, exactly as it stands in the XML; an amount is
// {"Ccy": "SGD", "Amt": "82.35"}; what may repeat is an array, even of one;
// foreign content is a string of XML. An envelope with more than one header and
// one document becomes an array of such objects.
func (m *Message) AppendJSON(dst []byte) []byte {
	groups := m.groups()
	if len(groups) == 1 {
		return appendGroup(dst, groups[0])
	}
	dst = append(dst, '[')
	for i, group := range groups {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendGroup(dst, group)
	}
	return append(dst, ']')
}

// groups puts each document together with the header before it.
func (m *Message) groups() [][]Part {
	var groups [][]Part
	for part := range m.Parts() {
		last := len(groups) - 1
		if last >= 0 && len(groups[last]) == 1 && groups[last][0].Definition.Header() && !part.Definition.Header() {
			groups[last] = append(groups[last], part)
			continue
		}
		groups = append(groups, []Part{part})
	}
	return groups
}

func appendGroup(dst []byte, parts []Part) []byte {
	dst = append(dst, '{')
	for i, part := range parts {
		if i > 0 {
			dst = append(dst, ',')
		}
		root := part.Definition.Root.Name
		dst = append(append(append(dst, '"'), root...), `":{"@xmlns":"`...)
		dst = append(append(append(dst, schema.Prefix...), part.Definition.Name...), `",`...)
		if part.Definition.Header() {
			dst = appendMembers(dst, part.Root)
		} else {
			dst = append(append(append(dst, '"'), part.Definition.Body().Name...), `":`...)
			dst = appendValue(dst, part.Body())
		}
		dst = append(dst, '}')
	}
	return append(dst, '}')
}

// appendMembers appends the children of an element as members of an object.
func appendMembers(dst []byte, n Node) []byte {
	var open *schema.Element
	for child := range n.Children() {
		e := child.Element()
		if e == open {
			dst = appendValue(append(dst, ','), child)
			continue
		}
		if open != nil && open.Repeats() {
			dst = append(dst, ']')
		}
		if open != nil {
			dst = append(dst, ',')
		}
		open = e
		dst = append(append(append(dst, '"'), e.Name...), `":`...)
		if e.Repeats() {
			dst = append(dst, '[')
		}
		dst = appendValue(dst, child)
	}
	if open != nil && open.Repeats() {
		dst = append(dst, ']')
	}
	return dst
}

func appendValue(dst []byte, n Node) []byte {
	switch kind := n.Element().Type.Kind; {
	case kind == schema.Any:
		return appendString(dst, n.Foreign())
	case kind == schema.Amount:
		dst = append(append(dst, `{"Ccy":"`...), n.Currency()...)
		return append(appendString(append(dst, `","Amt":`...), n.Bytes()), '}')
	case kind.Leaf():
		return appendString(dst, n.Bytes())
	default:
		return append(appendMembers(append(dst, '{'), n), '}')
	}
}

// appendString appends a JSON string. The two line separators that JavaScript
// does not take in strings are escaped as well.
func appendString(dst, text []byte) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c == '\n':
			dst = append(dst, '\\', 'n')
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRune(text[i:])
			if r == '\u2028' || r == '\u2029' {
				dst = append(dst, '\\', 'u', '2', '0', '2', hex[r&15])
			} else {
				dst = append(dst, text[i:i+size]...)
			}
			i += size
			continue
		default:
			dst = append(dst, c)
		}
		i++
	}
	return append(dst, '"')
}
