package wire

import (
	"bytes"

	"github.com/causeway-pay/causeway/iso20022/schema"
)

// The namespaces that XML itself knows, and that of hints for validators.
var (
	spaceXML      = []byte("http://www.w3.org/XML/1998/namespace")
	spaceXMLNS    = []byte("http://www.w3.org/2000/xmlns/")
	spaceInstance = []byte("http://www.w3.org/2001/XMLSchema-instance")
	spaceISO      = []byte(schema.Prefix)
)

// spaces are the namespace declarations in force, the innermost last.
type spaces struct {
	declared []declaration
	// standard is the index of the default namespace, -1 if there is none.
	standard int
}

// declaration binds a prefix, which is empty for the default namespace.
type declaration struct {
	prefix, name []byte
	// message is what the namespace stands for, nil if it is not ours; iso says
	// that it belongs to ISO 20022, known or not.
	message *schema.Message
	iso     bool
	// outer is the default namespace before, where this one replaced it.
	outer int
}

func (s *spaces) reset() { s.declared, s.standard = s.declared[:0], -1 }

// push puts a declaration into force.
func (s *spaces) push(d declaration) {
	if len(d.prefix) == 0 {
		d.outer, s.standard = s.standard, len(s.declared)
	}
	s.declared = append(s.declared, d)
}

// pop ends all declarations beyond the first n.
func (s *spaces) pop(n int) {
	for len(s.declared) > n {
		last := &s.declared[len(s.declared)-1]
		if len(last.prefix) == 0 {
			s.standard = last.outer
		}
		s.declared = s.declared[:len(s.declared)-1]
	}
}

// find returns the index of the declaration of a prefix, -1 if there is none.
func (s *spaces) find(prefix []byte) int {
	if len(prefix) == 0 {
		return s.standard
	}
	for i := len(s.declared) - 1; i >= 0; i-- {
		if bytes.Equal(s.declared[i].prefix, prefix) {
			return i
		}
	}
	return -1
}

// at returns a declaration by its index, nil for -1.
func (s *spaces) at(index int) *declaration {
	if index < 0 {
		return nil
	}
	return &s.declared[index]
}

// declare puts the namespaces of the tag into force and checks that all
// prefixes of its attributes are declared and none stands twice.
func (r *Reader) declare() bool {
	for i := range r.tag.count {
		a := &r.tag.attributes[i]
		pre, local := prefix(r.data, a.name, a.local), r.data[a.local:a.name.end]
		switch {
		case len(pre) == 0 && string(local) == "xmlns":
			if !r.bind(nil, r.value(a)) {
				return false
			}
		case string(pre) == "xmlns":
			if !r.bindPrefix(local, r.value(a)) {
				return false
			}
		}
	}
	return r.attributesDiffer()
}

func (r *Reader) bindPrefix(prefix, name []byte) bool {
	xml := string(prefix) == "xml"
	if xml != bytes.Equal(name, spaceXML) || string(prefix) == "xmlns" || bytes.Equal(name, spaceXMLNS) || len(name) == 0 {
		r.fail(RuleMalformed, "a namespace declaration that is not allowed")
		return false
	}
	return r.bind(prefix, name)
}

func (r *Reader) schemas() *schema.Set {
	if r.Schemas != nil {
		return r.Schemas
	}
	return schema.Official()
}

func (r *Reader) bind(prefix, name []byte) bool {
	if len(r.spaces.declared) == SpacesMax {
		r.fail(RuleLimit, "more than 64 namespaces in force")
		return false
	}
	d := declaration{prefix: prefix, name: name}
	if rest, ours := bytes.CutPrefix(name, spaceISO); ours {
		d.iso, d.message = true, r.schemas().Find(rest)
	}
	r.spaces.push(d)
	return true
}

// attributesDiffer refuses undeclared prefixes of attributes, and attributes
// that are the same under different prefixes.
func (r *Reader) attributesDiffer() bool {
	var names [AttributesMax][]byte
	for i := range r.tag.count {
		name, ok := r.attributeSpace(i)
		if !ok {
			r.fail(RuleMalformed, "an undeclared prefix")
			return false
		}
		names[i] = name
		for j, other := range names[:i] {
			if name != nil && bytes.Equal(name, other) && bytes.Equal(r.attributeLocal(i), r.attributeLocal(j)) {
				r.fail(RuleMalformed, "an attribute twice")
				return false
			}
		}
	}
	return true
}

// attributeSpace returns the namespace of an attribute, nil without a prefix.
func (r *Reader) attributeSpace(i int) ([]byte, bool) {
	a := &r.tag.attributes[i]
	switch pre := prefix(r.data, a.name, a.local); {
	case len(pre) == 0:
		return nil, true
	case string(pre) == "xmlns":
		return spaceXMLNS, true
	case string(pre) == "xml":
		return spaceXML, true
	default:
		index := r.spaces.find(pre)
		if index < 0 {
			return nil, false
		}
		r.uses(index)
		return r.spaces.declared[index].name, true
	}
}

func (r *Reader) attributeLocal(i int) []byte {
	a := &r.tag.attributes[i]
	return r.data[a.local:a.name.end]
}
