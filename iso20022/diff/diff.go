// Package diff compares two ISO 20022 messages by what they say: prefixes, white
// space, comments and the order in which alternatives of spelling stand do not
// count, every value does.
package diff

import (
	"bytes"
	"slices"

	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

// Difference is one element that only one message has, or whose value differs.
type Difference struct {
	// Path leads to the element in the first message, or in the second where
	// the first does not have it.
	Path string `json:"path"`
	// First and Second are the values, with the currency of an amount; an
	// element with children is XML. Empty is absent.
	First  string `json:"first"`
	Second string `json:"second"`
}

// alignMax is how many elements of one name are aligned with one another; longer
// lists are compared in their order.
const alignMax = 1000

// Messages compares two messages part by part: headers with headers and
// documents with documents, in their order. Documents of different definitions
// are compared by their tags.
func Messages(first, second *wire.Message) []Difference {
	var d differ
	for _, header := range []bool{true, false} {
		a, b := parts(first, header), parts(second, header)
		for i := range max(len(a), len(b)) {
			switch {
			case i >= len(a):
				d.only(wire.Node{}, b[i].Root)
			case i >= len(b):
				d.only(a[i].Root, wire.Node{})
			default:
				d.definitions(a[i], b[i])
				d.elements(a[i].Root, b[i].Root)
			}
		}
	}
	return d.differences
}

func parts(m *wire.Message, header bool) (list []wire.Part) {
	for part := range m.Parts() {
		if part.Definition.Header() == header {
			list = append(list, part)
		}
	}
	return list
}

type differ struct{ differences []Difference }

func (d *differ) definitions(a, b wire.Part) {
	if a.Definition.Name != b.Definition.Name {
		d.differences = append(d.differences, Difference{
			Path: a.Definition.Root.Name, First: a.Definition.Name, Second: b.Definition.Name,
		})
	}
}

// only notes an element that one side does not have.
func (d *differ) only(a, b wire.Node) {
	path := a.Path()
	if !a.Exists() {
		path = b.Path()
	}
	d.differences = append(d.differences, Difference{Path: path, First: text(a), Second: text(b)})
}

// text is a value for people, and XML where there is more than a value.
func text(n wire.Node) string {
	switch {
	case !n.Exists():
		return ""
	case n.Currency() != "":
		return n.Text() + " " + n.Currency()
	case n.Element().Type.Kind.Leaf():
		return n.Text()
	default:
		return string(n.AppendXML(nil))
	}
}

func leaf(n wire.Node) bool {
	return n.Element().Type.Kind.Leaf() || n.Element().Type.Kind == schema.Any
}

// elements compares two elements of one name.
func (d *differ) elements(a, b wire.Node) {
	if leaf(a) || leaf(b) {
		if !bytes.Equal(a.AppendXML(nil), b.AppendXML(nil)) {
			d.only(a, b)
		}
		return
	}
	for _, name := range names(a, b) {
		d.lists(slices.Collect(a.All(name)), slices.Collect(b.All(name)))
	}
}

// names lists the children of both, in the order of the first.
func names(a, b wire.Node) (list []string) {
	for _, n := range []wire.Node{a, b} {
		for child := range n.Children() {
			if !slices.Contains(list, child.Name()) {
				list = append(list, child.Name())
			}
		}
	}
	return list
}

// lists compares the elements of one name in two parents. Those that are equal
// are paired first, so that one element more does not make all behind it differ.
func (d *differ) lists(a, b []wire.Node) {
	i, j := 0, 0
	for _, pair := range common(a, b) {
		d.between(a[i:pair[0]], b[j:pair[1]])
		i, j = pair[0]+1, pair[1]+1
	}
	d.between(a[i:], b[j:])
}

// between compares what lies between two pairs, one by one.
func (d *differ) between(a, b []wire.Node) {
	for i := range max(len(a), len(b)) {
		switch {
		case i >= len(a):
			d.only(wire.Node{}, b[i])
		case i >= len(b):
			d.only(a[i], wire.Node{})
		default:
			d.elements(a[i], b[i])
		}
	}
}

// common returns the longest common subsequence of equal elements as pairs of
// indexes.
func common(a, b []wire.Node) [][2]int {
	if len(a) < 2 && len(b) < 2 || len(a) > alignMax || len(b) > alignMax {
		return nil
	}
	x, y := canonical(a), canonical(b)
	longest := make([][]int, len(x)+1)
	for i := range longest {
		longest[i] = make([]int, len(y)+1)
	}
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			if x[i] == y[j] {
				longest[i][j] = longest[i+1][j+1] + 1
			}
		}
	}
	var pairs [][2]int
	for i, j := 0, 0; i < len(x) && j < len(y); {
		switch {
		case x[i] == y[j]:
			pairs = append(pairs, [2]int{i, j})
			i, j = i+1, j+1
		case longest[i+1][j] >= longest[i][j+1]:
			i++
		default:
			j++
		}
	}
	return pairs
}

func canonical(list []wire.Node) []string {
	texts := make([]string, len(list))
	for i, n := range list {
		texts[i] = string(n.AppendXML(nil))
	}
	return texts
}
