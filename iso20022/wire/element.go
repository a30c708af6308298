package wire

import (
	"bytes"
	"slices"

	"github.com/causeway-pay/causeway/iso20022/schema"
)

// element reads a start tag and what belongs to it: all of an element that
// holds a value, else only the tag, after which its content follows.
func (r *Reader) element() {
	mark := int32(len(r.spaces.declared))
	if !r.startTag() {
		return
	}
	t := &r.tag
	declared, ok := r.declaredSpace()
	if !ok {
		return
	}
	f := frame{mode: enveloping, name: t.name, local: t.local, mark: mark}
	if r.depth > 0 {
		f.mode = r.frames[r.depth-1].mode
	}
	switch f.mode {
	case enveloping:
		r.enveloped(&f, declared)
	case typed:
		r.child(&f, declared)
	}
	if f.mode == typed && f.element.Type.Kind.Leaf() {
		r.leaf(&f)
		return
	}
	r.open(f)
}

// declaredSpace returns the namespace of the tag, nil if it has none, and fails
// if its prefix is not declared.
func (r *Reader) declaredSpace() (*declaration, bool) {
	pre := prefix(r.data, r.tag.name, r.tag.local)
	index := r.spaces.find(pre)
	if index < 0 && len(pre) > 0 && string(pre) != "xml" {
		r.fail(RuleMalformed, "an undeclared prefix")
		return nil, false
	}
	r.uses(index)
	return r.spaces.at(index), true
}

// open makes an element the innermost open one, or closes it at once if it is
// empty.
func (r *Reader) open(f frame) {
	if r.depth == DepthMax {
		r.fail(RuleLimit, "elements nested more than 64 deep")
		return
	}
	r.frames[r.depth] = f
	r.depth++
	if f.mode == typed && f.element.Type.Kind == schema.Any {
		r.openForeign()
	}
	if r.tag.empty {
		r.close(r.pos)
	}
}

// enveloped looks whether an element of the envelope is a message.
func (r *Reader) enveloped(f *frame, declared *declaration) {
	local := r.tag.localName(r.data)
	switch {
	case declared == nil || !declared.iso:
		return
	case declared.message == nil:
		f.mode = foreign
		r.report(RuleUnknown, codeFormat, "", "a message or version that is not supported")
		return
	}
	m := declared.message
	switch string(local) {
	case m.Root.Name:
		f.element = &m.Root
	case m.Body().Name:
		// Some schemes leave the Document element out.
		f.element = m.Body()
	default:
		f.mode = foreign
		r.report(RuleUnexpected, codeFormat, string(local), "not the root element of its message")
		return
	}
	if len(r.message.parts) == PartsMax {
		r.fail(RuleLimit, "more than 256 messages in one envelope")
		return
	}
	f.mode = typed
	r.message.parts = append(r.message.parts, part{definition: m, node: int32(len(r.message.nodes))})
	r.add(f)
	r.attributes(f)
}

// child finds an element of a message in its schema.
func (r *Reader) child(f *frame, declared *declaration) {
	parent := &r.frames[r.depth-1]
	if parent.element.Type.Kind == schema.Any {
		f.mode = foreign
		r.foreignChild(parent, declared)
		return
	}
	local := r.tag.localName(r.data)
	message := r.message.parts[len(r.message.parts)-1].definition
	if declared == nil || declared.message != message {
		f.mode = foreign
		r.report(RuleNamespace, codeFormat, string(local), "an element of another namespace")
		// It stands for the one that was meant, which then is not missing too.
		if parent.element.Type.Find(string(local)) != nil {
			r.advance(parent, local)
		}
		return
	}
	f.element = r.advance(parent, local)
	if f.element == nil {
		f.mode = foreign
		return
	}
	r.add(f)
	r.attributes(f)
}

// add gives an element its node.
func (r *Reader) add(f *frame) {
	f.node = int32(len(r.message.nodes))
	if len(r.message.nodes) == cap(r.message.nodes) {
		r.message.nodes = slices.Grow(r.message.nodes, 1)
	}
	r.message.nodes = r.message.nodes[:f.node+1]
	n := &r.message.nodes[f.node]
	n.element, n.at, n.start, n.end, n.next = f.element, int32(r.tag.at), int32(r.pos), int32(r.pos), 0
	n.currency, n.held = [3]byte{}, nowhere
}

// attributes checks the attributes of an element of a message: the currency of
// an amount, and hints for validators.
func (r *Reader) attributes(f *frame) {
	amount := f.element.Type.Kind == schema.Amount
	if r.tag.count == 0 && !amount {
		return
	}
	given := false
	for i := range r.tag.count {
		a := &r.tag.attributes[i]
		local := r.attributeLocal(i)
		space, _ := r.attributeSpace(i)
		switch {
		case bytes.Equal(space, spaceXMLNS), space == nil && string(local) == "xmlns":
		case bytes.Equal(space, spaceInstance) &&
			(string(local) == "schemaLocation" || string(local) == "noNamespaceSchemaLocation"):
		case amount && space == nil && string(local) == "Ccy":
			given = true
			r.currency(f, r.value(a))
		default:
			r.reportAt(f, RuleAttribute, codeFormat, "an attribute that the schema does not know")
		}
	}
	if amount && !given {
		r.reportAt(f, RuleCurrency, codeMissing, "an amount without its currency")
	}
}

func (r *Reader) currency(f *frame, value []byte) {
	if problem := f.element.Type.Currency.Check(value); problem != schema.None {
		r.reportAt(f, RuleCurrency, codeCurrency, "a currency that is not three capital letters")
		return
	}
	copy(r.message.nodes[f.node].currency[:], value)
}

// advance takes the next child of an element by its name and returns its place
// in the schema, nil if it has none.
func (r *Reader) advance(f *frame, name []byte) *schema.Element {
	elements := f.element.Type.Elements
	if f.element.Type.Kind == schema.Choice {
		return r.choose(f, elements, name)
	}
	for i := f.next; int(i) < len(elements); i++ {
		e := &elements[i]
		if e.Name != string(name) {
			continue
		}
		if i != f.next {
			r.skipped(f, i)
			f.next, f.count = i, 0
		}
		f.count++
		if f.count > e.Max {
			r.report(RuleRepeated, codeFormat, e.Name, "more often than allowed")
		}
		return e
	}
	return r.misplaced(f, name)
}

// skipped reports the children before the i-th that had to be there.
func (r *Reader) skipped(f *frame, i int32) {
	elements := f.element.Type.Elements
	i = min(i, f.element.Type.Settled)
	for k := f.next; k < i; k++ {
		if e := &elements[k]; f.count < e.Min {
			r.report(RuleMissing, codeMissing, e.Name, "a mandatory element is missing")
		}
		f.count = 0
	}
}

// misplaced reports a child that may not stand here. One that the parent knows
// is still checked inside.
func (r *Reader) misplaced(f *frame, name []byte) *schema.Element {
	known := f.element.Type.Find(string(name))
	text := "an element that the schema does not know here"
	if known != nil {
		text = "an element out of its order"
	}
	r.report(RuleUnexpected, codeFormat, string(name), text)
	return known
}

// choose takes a child of a choice: the first chooses.
func (r *Reader) choose(f *frame, elements []schema.Element, name []byte) *schema.Element {
	for i := range elements {
		e := &elements[i]
		if e.Name != string(name) {
			continue
		}
		switch {
		case f.count == 0:
			f.next = int32(i)
		case f.next != int32(i):
			r.report(RuleChoice, codeFormat, e.Name, "a second alternative of a choice")
			return e
		}
		f.count++
		if f.count > e.Max {
			r.report(RuleRepeated, codeFormat, e.Name, "more often than allowed")
		}
		return e
	}
	return r.misplaced(f, name)
}

// complete reports what is missing in an element of a message that closes.
func (r *Reader) complete(f *frame) {
	t := f.element.Type
	switch t.Kind {
	case schema.Sequence:
		r.skipped(f, int32(len(t.Elements)))
	case schema.Choice:
		r.chosen(f)
	case schema.Any:
		r.completeForeign(f)
	}
}

func (r *Reader) chosen(f *frame) {
	elements := f.element.Type.Elements
	if f.count > 0 {
		if e := &elements[f.next]; f.count < e.Min {
			r.report(RuleMissing, codeMissing, e.Name, "less often than demanded")
		}
		return
	}
	for i := range elements {
		if elements[i].Min == 0 {
			return
		}
	}
	r.report(RuleChoice, codeMissing, "", "none of the alternatives of a choice")
}

// closeTag reads the end tag of the innermost open element.
func (r *Reader) closeTag() {
	end, name := r.pos, r.frames[r.depth-1].name
	if r.plainEnd(name) || r.endTag(name) {
		r.close(end)
	}
}

// endTag reads an end tag of that name.
func (r *Reader) endTag(name span) bool {
	size := int(name.end - name.start)
	if r.end(3+size) || !bytes.Equal(r.data[r.pos+2:r.pos+2+size], r.bytes(name)) {
		r.fail(RuleMalformed, "an end tag of another name than the start tag")
		return false
	}
	r.pos += 2 + size
	r.skipSpace()
	if r.end(1) || r.data[r.pos] != '>' {
		r.fail(RuleMalformed, "a malformed end tag")
		return false
	}
	r.pos++
	return true
}

// close ends the innermost open element, whose content ended at end.
func (r *Reader) close(end int) {
	f := &r.frames[r.depth-1]
	if f.mode == typed {
		r.complete(f)
		n := &r.message.nodes[f.node]
		n.end, n.next = int32(end), int32(len(r.message.nodes))
	}
	r.spaces.pop(int(f.mark))
	r.depth--
	if f.mode == typed && r.stream.source != nil {
		r.recorded(f)
	}
}
