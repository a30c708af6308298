package iso20022

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// node is one element of the message as it was received.
type node struct {
	// name is the local name; an element of the supplementary namespace has
	// supplementaryPrefix before it.
	name     string
	text     strings.Builder
	currency string
	children []*node
	// next is the first child that the walk has not taken yet.
	next int
}

const supplementaryPrefix = "supplementary:"

// take returns the next child if it has the name, and nil if it has another.
func (n *node) take(name string) *node {
	if n.next == len(n.children) || n.children[n.next].name != name {
		return nil
	}
	n.next++
	return n.children[n.next-1]
}

// isText reports whether the element, if there is one, holds text alone.
func (n *node) isText() bool { return n == nil || len(n.children) == 0 && n.currency == "" }

func (c *codec) readGroup(name string, need need, body func()) {
	child := c.open.take(name)
	if child == nil {
		if need == required {
			c.fail(name, "missing")
		}
		return
	}
	parent := c.open
	c.open, c.path = child, append(c.path, name)
	body()
	c.consumed()
	c.open, c.path = parent, c.path[:len(c.path)-1]
}

// consumed refuses what the walk left over: an unknown element, a second one, or
// one out of order.
func (c *codec) consumed() {
	n := c.open
	switch {
	case n.next < len(n.children):
		c.fail(n.children[n.next].name, "not expected here")
	case strings.TrimLeft(n.text.String(), " \t\r\n") != "":
		c.fail("", "text between elements")
	case n.currency != "":
		c.fail("", "attribute not expected here")
	}
}

func (c *codec) readLeaf(name string, value, currency *string, need need) {
	*value = ""
	child := c.open.take(name)
	switch {
	case child == nil && need == required:
		c.fail(name, "missing")
	case child == nil:
	case len(child.children) > 0:
		c.fail(name, "holds elements instead of text")
	case (currency != nil) != (child.currency != ""):
		c.fail(name, "currency attribute missing or not expected")
	case child.text.Len() == 0:
		c.fail(name, "empty")
	default:
		*value = child.text.String()
		if currency != nil {
			*currency = child.currency
		}
	}
}

func (c *codec) readSupplementary() []byte {
	plain, encoded := c.open.take(supplementaryPrefix+"Text"), c.open.take(supplementaryPrefix+"Base64")
	switch {
	case (plain == nil) == (encoded == nil), !plain.isText(), !encoded.isText():
		c.fail("", "supplementary data of another kind")
		return nil
	case plain != nil:
		return []byte(plain.text.String())
	}
	data, err := base64.StdEncoding.Strict().DecodeString(encoded.text.String())
	if err != nil {
		c.fail("", "not base 64")
	}
	return data
}

// tree builds nodes from tokens.
type tree struct {
	space string
	// open is the path from a node above the document element down to the
	// element that is being read.
	open []*node
}

// parseTree reads a whole document of one namespace and returns its Document
// element, or the rule that it breaks.
func parseTree(data []byte, space string) (*node, string) {
	if len(data) > SizeMax {
		return nil, "larger than 256 KiB"
	}
	if !utf8.Valid(data) {
		return nil, "not UTF-8"
	}
	decoder := xml.NewDecoder(bytes.NewReader(data))
	t := &tree{space: space, open: []*node{{}}}
	for {
		offset := decoder.InputOffset()
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return t.document()
		}
		if err != nil {
			return nil, "not well-formed XML"
		}
		if problem := t.add(token, offset); problem != "" {
			return nil, problem
		}
	}
}

func (t *tree) document() (*node, string) {
	above := t.open[0]
	switch {
	case len(above.children) != 1 || above.children[0].name != "Document":
		return nil, "not one Document element"
	case strings.TrimLeft(above.text.String(), " \t\r\n") != "":
		return nil, "text outside the Document element"
	default:
		return above.children[0], ""
	}
}

func (t *tree) add(token xml.Token, offset int64) string {
	switch token := token.(type) {
	case xml.StartElement:
		return t.start(token)
	case xml.EndElement:
		t.open = t.open[:len(t.open)-1]
	case xml.CharData:
		t.open[len(t.open)-1].text.Write(token)
	case xml.ProcInst:
		if offset != 0 || token.Target != "xml" {
			return "processing instruction"
		}
	case xml.Directive:
		return "document type declaration"
	default:
		return "comment"
	}
	return ""
}

func (t *tree) start(element xml.StartElement) string {
	if len(t.open) > DepthMax {
		return "nested too deeply"
	}
	n := &node{name: element.Name.Local}
	switch element.Name.Space {
	case t.space:
	case supplementarySpace:
		n.name = supplementaryPrefix + n.name
	default:
		return "element of another namespace"
	}
	if problem := n.attributes(element.Attr); problem != "" {
		return problem
	}
	parent := t.open[len(t.open)-1]
	parent.children = append(parent.children, n)
	t.open = append(t.open, n)
	return ""
}

// attributes accepts namespace declarations, the hint where a schema lies, and
// the currency of an amount.
func (n *node) attributes(list []xml.Attr) string {
	seen := make(map[xml.Name]bool, len(list))
	for _, a := range list {
		if seen[a.Name] {
			return "attribute given twice"
		}
		seen[a.Name] = true
		switch {
		case a.Name.Space == "xmlns", a.Name == xml.Name{Local: "xmlns"}:
		case a.Name == xml.Name{Space: "http://www.w3.org/2001/XMLSchema-instance", Local: "schemaLocation"}:
		case a.Name == xml.Name{Local: "Ccy"} && a.Value != "":
			n.currency = a.Value
		default:
			return "attribute not expected here"
		}
	}
	return ""
}
