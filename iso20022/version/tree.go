package version

import (
	"strconv"

	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

// element is an element that can be changed: of its name, value and children
// only those count that its kind has.
type element struct {
	name string
	// path is where it was in the source.
	path     string
	kind     schema.Kind
	value    string
	currency string
	foreign  []byte
	children []*element
}

// copyOf copies a node with everything in it.
func copyOf(n wire.Node, path string) *element {
	e := &element{name: n.Name(), path: path, kind: n.Element().Type.Kind}
	switch {
	case e.kind == schema.Any:
		e.foreign = n.Foreign()
	case e.kind == schema.Boolean:
		e.value = strconv.FormatBool(n.True())
	case e.kind.Leaf():
		e.value, e.currency = n.Text(), n.Currency()
	default:
		seen := map[string]int{}
		for child := range n.Children() {
			seen[child.Name()]++
			step := path + "/" + child.Name()
			if child.Element().Repeats() {
				step += "[" + strconv.Itoa(seen[child.Name()]) + "]"
			}
			e.children = append(e.children, copyOf(child, step))
		}
	}
	return e
}

// leaf reports whether the element holds a value.
func (e *element) leaf() bool { return e.kind.Leaf() }

// child returns the first child of that name, nil if there is none.
func (e *element) child(name string) *element {
	for _, c := range e.children {
		if c.name == name {
			return c
		}
	}
	return nil
}

// remove takes a child out.
func (e *element) remove(child *element) {
	for i, c := range e.children {
		if c == child {
			e.children = append(e.children[:i:i], e.children[i+1:]...)
			return
		}
	}
}

// at returns the child of that name and makes it if it is not there.
func (e *element) at(name string) *element {
	if c := e.child(name); c != nil {
		return c
	}
	c := &element{name: name, path: e.path + "/" + name, kind: schema.Sequence}
	e.children = append(e.children, c)
	return c
}

// appendXML writes the element in the canonical form.
func (e *element) appendXML(dst []byte) []byte {
	dst = append(append(dst, '<'), e.name...)
	if e.currency != "" {
		dst = append(append(append(dst, ` Ccy="`...), e.currency...), '"')
	}
	dst = append(dst, '>')
	switch {
	case e.kind == schema.Any:
		dst = append(dst, e.foreign...)
	case e.leaf():
		dst = wire.AppendText(dst, e.value)
	default:
		for _, c := range e.children {
			dst = c.appendXML(dst)
		}
	}
	return append(append(append(dst, "</"...), e.name...), '>')
}
