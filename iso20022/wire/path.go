package wire

import "strconv"

// Path leads to the element from the root of its message, in the form of
// [Finding.Path]: elements that may repeat have their number.
func (n Node) Path() string {
	if !n.Exists() {
		return ""
	}
	m, target := n.message, n.number-1
	at := m.root(target)
	path := []byte(m.nodes[at].element.Name)
	for at != target {
		child := m.towards(at, target)
		element := m.nodes[child].element
		path = append(append(path, '/'), element.Name...)
		if element.Repeats() {
			path = append(path, '[')
			path = strconv.AppendInt(path, m.position(at, child), 10)
			path = append(path, ']')
		}
		at = child
	}
	return string(path)
}

// root returns the root of the part that holds a node.
func (m *Message) root(target int32) int32 {
	root := int32(0)
	for _, p := range m.parts {
		if p.node <= target {
			root = p.node
		}
	}
	return root
}

// towards returns the child of a node that holds a node below it, or is it. What
// a syntax error left open has no next and reaches to the end.
func (m *Message) towards(at, target int32) int32 {
	child := at + 1
	for child != target && m.nodes[child].next != 0 && m.nodes[child].next <= target {
		child = m.nodes[child].next
	}
	return child
}

// position counts the children of a node that are the same element as one of
// them, up to that one.
func (m *Message) position(at, child int32) int64 {
	count := int64(1)
	for sibling := at + 1; sibling != child; sibling = m.nodes[sibling].next {
		if m.nodes[sibling].element == m.nodes[child].element {
			count++
		}
	}
	return count
}

// CurrencyBytes returns [Node.Currency] without a copy. They belong to the
// message.
func (n Node) CurrencyBytes() []byte {
	if !n.Exists() || n.node().currency[0] == 0 {
		return nil
	}
	return n.node().currency[:]
}

// First returns the first element of a name, wherever it stands, also in a
// message whose reading a syntax error ended.
func (m *Message) First(name string) Node {
	for i := range m.nodes {
		if m.nodes[i].element.Name == name {
			return Node{m, int32(i) + 1}
		}
	}
	return Node{}
}
