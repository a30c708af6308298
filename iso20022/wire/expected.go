package wire

import (
	"unicode/utf8"

	"github.com/causeway-pay/causeway/iso20022/schema"
)

// expected takes the child that the schema expects next, or one of the optional
// ones before the next mandatory one, if its start tag is there in the plainest
// form: the prefix of its parent, the name, and nothing else but the currency
// of an amount. Nearly all tags are like that, and comparing them with the
// schema saves taking them apart. Everything else is left to element.
func (r *Reader) expected() bool {
	f := &r.frames[r.depth-1]
	if f.mode != typed || f.element.Type.Kind == schema.Any {
		return false
	}
	prefix := r.data[f.name.start:f.local]
	rest := r.data[r.pos+1:]
	if len(prefix) > 0 {
		if len(rest) < len(prefix) || string(rest[:len(prefix)]) != string(prefix) {
			return false
		}
		rest = rest[len(prefix):]
	}
	elements := f.element.Type.Elements
	choice := f.element.Type.Kind == schema.Choice
	first, count := f.next, f.count
	if choice && count > 0 {
		return false
	}
	for i := first; int(i) < len(elements); i++ {
		e := &elements[i]
		// The end of the name tells most names apart without comparing them.
		if size := len(e.Name); size < len(rest) && rest[size] <= '>' && string(rest[:size]) == e.Name {
			if i == first && count >= e.Max {
				return false
			}
			return r.enter(f, e, rest[size:], len(prefix))
		}
		if !choice && count < e.Min {
			return false
		}
		count = 0
	}
	return false
}

// ccy is how the only attribute of the standard stands in a plain tag.
const ccy = ` Ccy="XXX">`

// enter takes a child of an element, behind whose name the tag ends, and reports
// false where it does not end there.
func (r *Reader) enter(parent *frame, e *schema.Element, behind []byte, prefix int) bool {
	kind, size := e.Type.Kind, 1
	if kind == schema.Amount {
		size = len(ccy)
		if len(behind) < size || string(behind[:6]) != ccy[:6] || string(behind[9:size]) != ccy[9:] ||
			e.Type.Currency.Check(behind[6:9]) != schema.None {
			return false
		}
	} else if behind[0] != '>' {
		return false
	}
	leaf := kind.Leaf()
	if !leaf && r.depth == DepthMax {
		return false
	}
	if e.Ordinal != parent.next {
		parent.next, parent.count = e.Ordinal, 0
	}
	parent.count++
	r.tag.at = r.pos
	if leaf && r.plainLeaf(e, prefix+len(e.Name), size) {
		return true
	}
	// A leaf is closed at once and needs no place among the open elements.
	f := &r.leafFrame
	if !leaf {
		f = &r.frames[r.depth]
		f.mode, f.next, f.count = typed, 0, 0
	}
	start := int32(r.pos + 1)
	f.element, f.mark, f.local = e, int32(len(r.spaces.declared)), start+int32(prefix)
	f.name = span{start, start + int32(prefix+len(e.Name))}
	r.tag.empty = false
	r.pos = int(f.name.end) + size
	r.add(f)
	if leaf {
		if size > 1 {
			copy(r.message.nodes[f.node].currency[:], behind[6:9])
		}
		r.leaf(f)
		return true
	}
	r.depth++
	if kind == schema.Any {
		r.openForeign()
	}
	return true
}

// plainLeaf takes a whole element with a good value of ASCII and nothing special
// about it. Nearly all values are like that; for any other it takes nothing.
// name and more are the sizes of the element's name and of what is behind it in
// the start tag.
func (r *Reader) plainLeaf(e *schema.Element, name, more int) bool {
	data, start := r.data, r.pos+1
	from := start + name + more
	i, high := from, byte(0)
	for i < len(data) && classes[data[i]]&textStop == 0 {
		high |= data[i]
		i++
	}
	behind := i + len("</") + name
	if i == from || behind >= len(data) || high >= utf8.RuneSelf || data[i] != '<' || data[i+1] != '/' ||
		data[behind] != '>' || string(data[i+2:behind]) != string(data[start:start+name]) {
		return false
	}
	value := data[from:i]
	if isSpace(value[0]) || isSpace(value[len(value)-1]) || e.Type.Check(value) != schema.None {
		return false
	}
	n := node{element: e, at: int32(r.pos), start: int32(from), end: int32(i), held: inData,
		next: int32(len(r.message.nodes)) + 1}
	if more > 1 {
		n.currency = [3]byte(data[from-len(`XXX">`):])
	}
	r.message.nodes = append(r.message.nodes, n)
	r.pos = behind + 1
	return true
}

// plainEnd takes an end tag of a name if nothing but the name is in it.
func (r *Reader) plainEnd(name span) bool {
	size := int(name.end - name.start)
	rest := r.data[r.pos:]
	if len(rest) < size+3 || rest[size+2] != '>' || string(rest[2:size+2]) != string(r.data[name.start:name.end]) {
		return false
	}
	r.pos += size + 3
	return true
}
