package wire

import "strconv"

// Path leads to the element from the root of its message, in the form of
// [Finding.Path]: elements that may repeat have their number.
func (n Node) Path() string {
	if !n.Exists() {
		return ""
	}
	at := n.root()
	path := []byte(at.Name())
	for at != n {
		child := at.towards(n)
		path = append(append(path, '/'), child.Name()...)
		if child.Element().Repeats() {
			path = append(path, '[')
			path = strconv.AppendInt(path, at.position(child), 10)
			path = append(path, ']')
		}
		at = child
	}
	return string(path)
}

// root returns the root of the part that holds the node.
func (n Node) root() Node {
	root := n
	for _, p := range n.message.parts {
		if p.node < n.number {
			root.number = p.node + 1
		}
	}
	return root
}

// towards returns the child of n that holds a node below it, or is it.
func (n Node) towards(below Node) Node {
	child := n.First()
	for child.node().next < below.number {
		child = n.After(child)
	}
	return child
}

// position counts the children of n with the name of one of them up to that one.
func (n Node) position(child Node) int64 {
	count := int64(0)
	for sibling := n.First(); sibling.number <= child.number; sibling = n.After(sibling) {
		if sibling.node().element == child.node().element {
			count++
		}
		if sibling == child {
			break
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
