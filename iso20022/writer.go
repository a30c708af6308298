package iso20022

import (
	"encoding/base64"

	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

// supplementarySpace is the namespace of the one element in our envelopes of
// supplementary data: Text, or Base64 where the bytes are no XML text or are
// shorter that way.
const supplementarySpace = "urn:causeway:supplementary:1"

func (c *codec) begin(m message) {
	c.out = wire.AppendStart(c.out, schema.Lookup(m.name()))
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
	c.out = wire.AppendText(c.out, value)
	c.closeTag(name)
}

func (c *codec) writeSupplementary(data []byte) {
	name, text := "Text", string(data)
	if !wire.Printable(text) || len(wire.AppendText(nil, text)) > base64.StdEncoding.EncodedLen(len(data)) {
		name, text = "Base64", base64.StdEncoding.EncodeToString(data)
	}
	c.openTag(name + ` xmlns="` + supplementarySpace + `"`)
	c.out = wire.AppendText(c.out, text)
	c.closeTag(name)
}
