package wire

import "github.com/causeway-pay/causeway/iso20022/schema"

// kept is content of other namespaces: supplementary data, signatures. It is kept
// as it was received. Where it uses prefixes that were declared outside of it, the
// declarations must come along when it is written elsewhere.
type kept struct {
	// node is the element that holds the content.
	node int32
	// child is where the one element inside begins, and name where its name
	// ends.
	child, name int32
	// declarations is what has to be inserted behind the name.
	declarations string
}

// keeping is the foreign content that is being read.
type keeping struct {
	// depth is the frame that holds it plus one, 0 if there is none; outer is
	// how many declarations were made outside.
	depth, outer int
	// used are the indexes of the declarations from outside that it uses.
	used []int
	bare bool
}

func (r *Reader) openForeign() {
	f := &r.frames[r.depth-1]
	k := &r.keeping
	k.depth, k.outer, k.used, k.bare = r.depth, len(r.spaces.declared), k.used[:0], false
	r.message.kept = append(r.message.kept, kept{node: f.node})
}

// uses notes that foreign content uses a declaration.
func (r *Reader) uses(index int) {
	k := &r.keeping
	if k.depth == 0 || r.depth < k.depth || index >= k.outer {
		return
	}
	if index < 0 {
		k.bare = true
		return
	}
	for _, known := range k.used {
		if known == index {
			return
		}
	}
	k.used = append(k.used, index)
}

// foreignChild takes an element directly inside a place for foreign content.
func (r *Reader) foreignChild(parent *frame, declared *declaration) {
	parent.count++
	if parent.count == 1 {
		last := &r.message.kept[len(r.message.kept)-1]
		last.child, last.name = int32(r.tag.at), r.tag.name.end
	}
	space := parent.element.Type.Namespace
	if parent.count > 1 || space != schema.Anything && (declared == nil || string(declared.name) != space) {
		r.report(RuleUnexpected, codeFormat, "", "not the one element of the namespace that belongs here")
	}
}

// completeForeign closes a place for foreign content.
func (r *Reader) completeForeign(f *frame) {
	if f.count == 0 {
		r.report(RuleMissing, codeMissing, "", "no element where foreign content belongs")
	}
	k := &r.keeping
	own := r.message.parts[len(r.message.parts)-1].definition
	var declarations []byte
	for _, index := range k.used {
		d := &r.spaces.declared[index]
		// The canonical form has this default namespace anyway.
		if len(d.prefix) == 0 && d.message == own {
			continue
		}
		declarations = append(declarations, " xmlns"...)
		if len(d.prefix) > 0 {
			declarations = append(append(declarations, ':'), d.prefix...)
		}
		declarations = append(appendAttribute(append(declarations, `="`...), d.name), '"')
	}
	if k.bare {
		declarations = append(declarations, ` xmlns=""`...)
	}
	if declarations != nil {
		r.message.kept[len(r.message.kept)-1].declarations = string(declarations)
	}
	k.depth = 0
}

// Unwrap takes an element apart that holds nothing but text, such as foreign
// content often is: its namespace, its local name and its text. ok is false for
// anything else.
func Unwrap(element []byte) (space, name, text string, ok bool) {
	if len(element) < 2 || element[0] != '<' {
		return "", "", "", false
	}
	var r Reader
	r.reset(element)
	if !r.startTag() || r.tag.empty {
		return "", "", "", false
	}
	local := string(r.tag.localName(r.data))
	if d := r.spaces.at(r.spaces.find(prefix(r.data, r.tag.name, r.tag.local))); d != nil {
		space = string(d.name)
	}
	tag := r.tag.name
	inside, ok := r.run(nil)
	if !ok || !r.starts("</") || !r.endTag(tag) || r.pos != len(element) {
		return "", "", "", false
	}
	return space, local, string(inside), true
}
