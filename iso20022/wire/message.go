package wire

import (
	"iter"

	"github.com/causeway-pay/causeway/iso20022/schema"
)

// Message is what was found in some bytes: headers and documents, in the order
// in which they came. It looks into those bytes, which must stay as they are.
type Message struct {
	// Findings is all that is wrong, in the order of the layers.
	Findings []Finding

	data   []byte
	parts  []part
	nodes  []node
	rooted bool
	// decoded holds the values that do not stand in the data as they are.
	decoded []byte
	kept    []kept
	// text is all values as one string, made when first asked for, so that the
	// texts of a message cost one piece of memory. values is where it is put
	// together.
	text   string
	values []byte
	// passing says that the data moves on while it is read, and skippedLines how
	// many lines of it are gone.
	passing      bool
	skippedLines int
	// lineless says that the data is a translation, whose lines nobody has seen.
	lineless bool
}

// part is one header or document.
type part struct {
	definition *schema.Message
	node       int32
}

// node is one element of a message. The nodes of a message stand in the order
// of their start tags.
type node struct {
	element *schema.Element
	// at is where the start tag begins; start and end enclose the content, in the
	// data or in decoded.
	at, start, end int32
	// next is the first node that is not inside this one.
	next int32
	// text is where its value, with its currency, begins in the text of all.
	text     int32
	currency [3]byte
	// held says where its value stands.
	held held
}

// held says where the value of an element stands.
type held uint8

const (
	// nowhere: it has elements and no value.
	nowhere held = iota
	// inData: in the data, as it was received.
	inData
	// apart: in decoded.
	apart
)

// Err returns the findings as an [*Invalid], nil if there are none.
func (m *Message) Err() error {
	if len(m.Findings) == 0 {
		return nil
	}
	return &Invalid{Findings: m.Findings}
}

// Parts returns the headers and documents.
func (m *Message) Parts() iter.Seq[Part] {
	return func(yield func(Part) bool) {
		for _, p := range m.parts {
			if !yield(Part{p.definition, Node{m, p.node + 1}}) {
				return
			}
		}
	}
}

// Header returns the first business application header, and a Part without a
// definition if there is none.
func (m *Message) Header() Part { return m.first(true) }

// Document returns the first document, and a Part without a definition if there
// is none.
func (m *Message) Document() Part { return m.first(false) }

func (m *Message) first(header bool) Part {
	for p := range m.Parts() {
		if p.Definition.Header() == header {
			return p
		}
	}
	return Part{}
}

// Part is one header or document.
type Part struct {
	// Definition is the message's schema.
	Definition *schema.Message
	// Root is its Document or AppHdr element, or the element below Document
	// where a scheme leaves that out.
	Root Node
}

// Body returns the element below Document, or the header itself.
func (p Part) Body() Node {
	if p.Definition == nil || p.Root.Element() == p.Definition.Body() {
		return p.Root
	}
	return p.Root.First()
}

// Node is one element of a message. The zero Node stands for an element that is
// not there: it has no children and no text.
type Node struct {
	message *Message
	// number is the index of the node plus one.
	number int32
}

// Exists reports whether the element is there.
func (n Node) Exists() bool { return n.number > 0 }

func (n Node) node() *node { return &n.message.nodes[n.number-1] }

// Element returns the element's place in the schema, nil if it is not there.
func (n Node) Element() *schema.Element {
	if !n.Exists() {
		return nil
	}
	return n.node().element
}

// Name returns the tag.
func (n Node) Name() string {
	if !n.Exists() {
		return ""
	}
	return n.node().element.Name
}

// Bytes returns the value as it was received, references resolved, and of
// foreign content all that is inside. They belong to the message.
func (n Node) Bytes() []byte {
	if !n.Exists() {
		return nil
	}
	return n.message.bytes(n.node())
}

func (m *Message) bytes(v *node) []byte {
	if v.held == apart {
		return m.decoded[v.start:v.end]
	}
	return m.data[v.start:v.end]
}

// Text returns the value as a string; of foreign content all that is inside.
func (n Node) Text() string {
	if !n.Exists() {
		return ""
	}
	m, v := n.message, n.node()
	if m.passing || v.held == nowhere {
		return string(n.Bytes())
	}
	if m.text == "" {
		m.collect()
	}
	return m.text[v.text : v.text+v.end-v.start]
}

// collect makes one string of all values.
func (m *Message) collect() {
	m.values = m.values[:0]
	for i := range m.nodes {
		if v := &m.nodes[i]; v.held != nowhere {
			v.text = int32(len(m.values))
			m.values = append(m.values, m.bytes(v)...)
			if v.currency[0] != 0 {
				m.values = append(m.values, v.currency[:]...)
			}
		}
	}
	m.text = string(m.values)
}

// Currency returns the currency of an amount, "" for everything else.
func (n Node) Currency() string {
	if !n.Exists() || n.node().currency[0] == 0 {
		return ""
	}
	m, v := n.message, n.node()
	if m.passing {
		return string(v.currency[:])
	}
	if m.text == "" {
		m.collect()
	}
	end := v.text + v.end - v.start
	return m.text[end : end+int32(len(v.currency))]
}

// True reports whether the value of an indicator is yes, which XML writes as
// true or as 1.
func (n Node) True() bool {
	text := string(n.Bytes())
	return text == "true" || text == "1"
}

// First returns the first child.
func (n Node) First() Node {
	if !n.Exists() || n.node().next <= n.number {
		return Node{}
	}
	return Node{n.message, n.number + 1}
}

// After returns the child behind a child of the element, nothing behind the last.
func (n Node) After(child Node) Node {
	next := child.node().next
	if next >= n.node().next {
		return Node{}
	}
	return Node{n.message, next + 1}
}

// Children returns the children in their order.
func (n Node) Children() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		for child := n.First(); child.Exists(); child = n.After(child) {
			if !yield(child) {
				return
			}
		}
	}
}

// Child returns the first child of that name.
func (n Node) Child(name string) Node {
	for child := n.First(); child.Exists(); child = n.After(child) {
		if child.node().element.Name == name {
			return child
		}
	}
	return Node{}
}

// At follows names downwards, always to the first child of that name.
func (n Node) At(names ...string) Node {
	for _, name := range names {
		n = n.Child(name)
	}
	return n
}

// All returns the children of one name.
func (n Node) All(name string) iter.Seq[Node] {
	return func(yield func(Node) bool) {
		for child := range n.Children() {
			if child.Name() == name && !yield(child) {
				return
			}
		}
	}
}

// Line returns the line of the start tag, from 1, and 0 for an element that came
// from JSON ([Reader.ReadAny]).
func (n Node) Line() int {
	if !n.Exists() {
		return 0
	}
	return n.message.line(n.message.data, int(n.node().at))
}
