package iso20022

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// supplementarySpace is the namespace of the one element in our envelopes of
// supplementary data: Text, or Base64 where the bytes are no XML text or are
// shorter that way.
const supplementarySpace = "urn:causeway:supplementary:1"

func namespace(message string) string { return "urn:iso:std:iso:20022:tech:xsd:" + message }

func (c *codec) begin(m message) {
	c.out = append(c.out, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+`<Document xmlns="`...)
	c.out = append(c.out, namespace(m.name())...)
	c.out = append(c.out, `">`...)
}

func (c *codec) end() { c.out = append(c.out, "</Document>\n"...) }

func (c *codec) openTag(name string) {
	c.out = append(c.out, '<')
	c.out = append(c.out, name...)
	c.out = append(c.out, '>')
}

func (c *codec) closeTag(name string) {
	c.out = append(c.out, '<', '/')
	c.out = append(c.out, name...)
	c.out = append(c.out, '>')
}

func (c *codec) writeLeaf(name, value string, currency *string) {
	if currency == nil {
		c.openTag(name)
	} else {
		c.openTag(name + ` Ccy="` + *currency + `"`)
	}
	c.out = appendEscaped(c.out, value)
	c.closeTag(name)
}

func (c *codec) writeSupplementary(data []byte) {
	name, text := "Text", string(data)
	if !xmlText(data) || len(appendEscaped(nil, text)) > base64.StdEncoding.EncodedLen(len(data)) {
		name, text = "Base64", base64.StdEncoding.EncodeToString(data)
	}
	c.openTag(name + ` xmlns="` + supplementarySpace + `"`)
	c.out = appendEscaped(c.out, text)
	c.closeTag(name)
}

func xmlText(data []byte) bool {
	return utf8.Valid(data) && !strings.ContainsFunc(string(data), func(r rune) bool { return !xmlCharacter(r) })
}

// appendEscaped writes text as element content. A carriage return is written as
// a reference because a reader turns the bare character into a line feed.
func appendEscaped(dst []byte, text string) []byte {
	for i := range len(text) {
		switch b := text[i]; b {
		case '&':
			dst = append(dst, "&amp;"...)
		case '<':
			dst = append(dst, "&lt;"...)
		case '>':
			dst = append(dst, "&gt;"...)
		case '\r':
			dst = append(dst, "&#xD;"...)
		default:
			dst = append(dst, b)
		}
	}
	return dst
}
