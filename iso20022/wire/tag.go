package wire

import "bytes"

// tag is a start tag as it was read.
type tag struct {
	// at is where it begins, name the name with its prefix, local where its
	// local part begins.
	at         int
	name       span
	local      int32
	empty      bool
	attributes [AttributesMax]attribute
	count      int
}

// attribute is one attribute of a start tag.
type attribute struct {
	// name and value stand in the data; local is where the local part begins.
	name, value span
	local       int32
	// plain says that the value holds no references and no line breaks.
	plain bool
}

// startTag reads a start tag up to its end and declares its namespaces. It
// reports false after a failure.
func (r *Reader) startTag() bool {
	t := &r.tag
	t.at, t.count, t.empty = r.pos, 0, false
	r.pos++
	var ok bool
	if t.name, t.local, ok = r.qualifiedName(); !ok {
		return false
	}
	for {
		if r.end(1) {
			r.fail(RuleMalformed, "ends inside a tag")
			return false
		}
		switch c := r.data[r.pos]; {
		case c == '>':
			r.pos++
			return t.count == 0 || r.declare()
		case c == '/':
			if r.end(2) || r.data[r.pos+1] != '>' {
				r.fail(RuleMalformed, "a malformed tag")
				return false
			}
			r.pos += 2
			t.empty = true
			return t.count == 0 || r.declare()
		case isSpace(c):
			r.skipSpace()
			if !r.end(1) && r.data[r.pos] != '>' && r.data[r.pos] != '/' && !r.attribute() {
				return false
			}
		default:
			r.fail(RuleMalformed, "a malformed tag")
			return false
		}
	}
}

// qualifiedName reads a name with at most one colon inside.
func (r *Reader) qualifiedName() (name span, local int32, ok bool) {
	start, i, colon, high := r.pos, r.pos, -1, byte(0)
	for {
		data := r.data
		for i < len(data) && i-start <= NameMax && classes[data[i]]&nameByte != 0 {
			if data[i] == ':' {
				if colon >= 0 {
					r.fail(RuleMalformed, "a name with two colons")
					return span{}, 0, false
				}
				colon = i
			}
			high |= data[i]
			i++
		}
		if i < len(data) || i-start > NameMax || !r.more() {
			break
		}
	}
	r.pos = i
	first := start
	if colon >= 0 {
		first = colon + 1
	}
	switch {
	case i-start > NameMax:
		r.fail(RuleLimit, "a name longer than 256 bytes")
	case i == first || colon == start || classes[r.data[start]]&nameStart == 0 || classes[r.data[first]]&nameStart == 0,
		high >= 0x80 && !printable(r.data[start:i]):
		r.fail(RuleMalformed, "a malformed name")
	default:
		return span{int32(start), int32(i)}, int32(first), true
	}
	return span{}, 0, false
}

// attribute reads one attribute of the tag.
func (r *Reader) attribute() bool {
	t := &r.tag
	if t.count == AttributesMax {
		r.fail(RuleLimit, "an element with more than 32 attributes")
		return false
	}
	a := &t.attributes[t.count]
	var ok bool
	if a.name, a.local, ok = r.qualifiedName(); !ok {
		return false
	}
	r.skipSpace()
	if r.end(1) || r.data[r.pos] != '=' {
		r.fail(RuleMalformed, "an attribute without a value")
		return false
	}
	r.pos++
	r.skipSpace()
	if r.end(1) || r.data[r.pos] != '"' && r.data[r.pos] != '\'' {
		r.fail(RuleMalformed, "an attribute without quotes")
		return false
	}
	if !r.quoted(a) {
		return false
	}
	t.count++
	return r.unlike(a)
}

// quoted reads the value of an attribute with its quotes.
func (r *Reader) quoted(a *attribute) bool {
	quote := r.data[r.pos : r.pos+1 : r.pos+1]
	end, ok := r.until(r.pos+1, string(quote))
	if !ok {
		r.fail(RuleMalformed, "an attribute without end")
		return false
	}
	a.value = span{int32(r.pos + 1), int32(end)}
	value := r.data[r.pos+1 : end]
	r.pos = end + 1
	a.plain = bytes.IndexByte(value, '&') < 0 && bytes.IndexByte(value, '\n') < 0 &&
		bytes.IndexByte(value, '\t') < 0 && bytes.IndexByte(value, '\r') < 0
	if bytes.IndexByte(value, '<') >= 0 || !clean(value) {
		r.fail(RuleMalformed, "a forbidden character in an attribute")
		return false
	}
	if !a.plain {
		if _, ok := decodeReferences(value); !ok {
			r.fail(RuleMalformed, "a malformed reference in an attribute")
			return false
		}
	}
	return true
}

// unlike refuses an attribute that the tag has already.
func (r *Reader) unlike(a *attribute) bool {
	name := r.bytes(a.name)
	for i := range r.tag.count - 1 {
		if bytes.Equal(r.bytes(r.tag.attributes[i].name), name) {
			r.fail(RuleMalformed, "an attribute twice")
			return false
		}
	}
	return true
}

// value returns the value of an attribute without its references.
func (r *Reader) value(a *attribute) []byte {
	raw := r.bytes(a.value)
	if a.plain {
		return raw
	}
	decoded, _ := decodeReferences(raw)
	return decoded
}

func (r *Reader) bytes(s span) []byte { return r.data[s.start:s.end] }

// local returns the local part of the tag's name.
func (t *tag) localName(data []byte) []byte { return data[t.local:t.name.end] }

// prefix returns the prefix of a name, empty without one.
func prefix(data []byte, name span, local int32) []byte {
	if local == name.start {
		return nil
	}
	return data[name.start : local-1]
}
