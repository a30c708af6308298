package iso20022

import (
	"encoding/base64"

	"github.com/causeway-pay/causeway/iso20022/wire"
)

// cursor walks through the children of one element of a message that has been
// found valid.
type cursor struct {
	node, next wire.Node
}

func cursorOf(n wire.Node) *cursor { return &cursor{node: n, next: n.First()} }

// take returns the next child if it has the name.
func (c *cursor) take(name string) (wire.Node, bool) {
	if c.next.Name() != name {
		return wire.Node{}, false
	}
	taken := c.next
	c.next = c.node.After(taken)
	return taken, true
}

// open reads a message with its schema and returns its body, or the rule that it
// breaks.
func open(data []byte, name string) (wire.Node, *Error) {
	if len(data) > SizeMax {
		return wire.Node{}, &Error{Message: name, Problem: "larger than 256 KiB"}
	}
	m := new(wire.Reader).Read(data)
	if len(m.Findings) > 0 {
		first := m.Findings[0]
		return wire.Node{}, &Error{Message: name, Path: first.Path, Problem: first.Text}
	}
	var body wire.Node
	parts := 0
	for part := range m.Parts() {
		parts++
		if part.Definition.Name == name && part.Root.Element() == &part.Definition.Root {
			body = part.Body()
		}
	}
	if parts != 1 || !body.Exists() {
		return wire.Node{}, &Error{Message: name, Problem: "not one Document of this message"}
	}
	return body, nil
}

func (c *codec) readGroup(name string, need need, body func()) {
	child, found := c.open.take(name)
	if !found {
		if need == required {
			c.fail(name, "missing")
		}
		return
	}
	parent := c.open
	c.open, c.path = cursorOf(child), append(c.path, name)
	body()
	c.consumed()
	c.open, c.path = parent, c.path[:len(c.path)-1]
}

// consumed refuses what the walk left over: an element that the schema has and
// the message type has not.
func (c *codec) consumed() {
	if c.open.next.Exists() {
		c.fail(c.open.next.Name(), "not expected here")
	}
}

func (c *codec) readLeaf(name string, value, currency *string, need need) {
	*value = ""
	child, found := c.open.take(name)
	if !found {
		if need == required {
			c.fail(name, "missing")
		}
		return
	}
	*value = child.Text()
	if currency != nil {
		*currency = child.Currency()
	}
}

// readSupplementary takes the content of the envelope whose element is open.
func (c *codec) readSupplementary() []byte {
	space, name, text, plain := wire.Unwrap(c.open.node.Foreign())
	if !plain || space != supplementarySpace || name != "Text" && name != "Base64" {
		c.fail("", "supplementary data of another kind")
		return nil
	}
	if name == "Text" {
		return []byte(text)
	}
	data, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil {
		c.fail("", "not base 64")
	}
	return data
}
