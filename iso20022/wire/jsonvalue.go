package wire

import (
	"bytes"
	"encoding/json"
	"unicode/utf16"
	"unicode/utf8"
)

// value is a JSON value: one of text, members and items, by its kind.
type value struct {
	kind byte
	// at is where it begins.
	at      int
	text    string
	members []member
	items   []value
}

// The kinds of values. Of numbers, booleans and null a message has none.
const (
	stringValue = '"'
	objectValue = '{'
	arrayValue  = '['
	otherValue  = '?'
)

type member struct {
	name  string
	at    int
	value value
}

// valuesMax is how many values one JSON text may hold: a value needs at least
// two bytes, but those that mean something need twenty.
const valuesMax = SizeMax / 16

// jsonReader reads JSON (RFC 8259). The first mistake ends it.
type jsonReader struct {
	data   []byte
	pos    int
	values int
	wrong  string
}

func (j *jsonReader) fail(wrong string) value {
	if j.wrong == "" {
		j.wrong = wrong
	}
	return value{}
}

// document reads one value with nothing behind it.
func (j *jsonReader) document() value {
	if !utf8.Valid(j.data) {
		return j.fail("not UTF-8")
	}
	v := j.value(0)
	j.space()
	if j.wrong == "" && j.pos < len(j.data) {
		return j.fail("more behind the JSON value")
	}
	return v
}

func (j *jsonReader) space() {
	for j.pos < len(j.data) && isSpace(j.data[j.pos]) {
		j.pos++
	}
}

// next skips white space and takes c if it follows.
func (j *jsonReader) next(c byte) bool {
	j.space()
	if j.pos < len(j.data) && j.data[j.pos] == c {
		j.pos++
		return true
	}
	return false
}

func (j *jsonReader) value(depth int) value {
	j.space()
	j.values++
	switch {
	case j.wrong != "":
		return value{}
	case j.pos == len(j.data):
		return j.fail("ends inside a value")
	case depth > DepthMax:
		return j.fail("values nested more than 64 deep")
	case j.values > valuesMax:
		return j.fail("too many values")
	}
	v := value{at: j.pos, kind: j.data[j.pos]}
	switch v.kind {
	case stringValue:
		v.text = j.string()
	case objectValue:
		j.pos++
		v.members = j.object(depth)
	case arrayValue:
		j.pos++
		v.items = j.array(depth)
	default:
		v.kind = otherValue
		j.literal()
	}
	return v
}

func (j *jsonReader) object(depth int) []member {
	var members []member
	seen := map[string]bool{}
	for !j.next('}') {
		if len(members) > 0 && !j.next(',') {
			j.fail("no comma between members")
			return nil
		}
		j.space()
		m := member{at: j.pos}
		if j.pos == len(j.data) || j.data[j.pos] != stringValue {
			j.fail("a member without a name")
			return nil
		}
		m.name = j.string()
		if seen[m.name] {
			j.fail("a member twice")
		}
		seen[m.name] = true
		if !j.next(':') {
			j.fail("a member without a value")
		}
		m.value = j.value(depth + 1)
		if j.wrong != "" {
			return nil
		}
		members = append(members, m)
	}
	return members
}

func (j *jsonReader) array(depth int) []value {
	var items []value
	for !j.next(']') {
		if len(items) > 0 && !j.next(',') {
			j.fail("no comma between values")
			return nil
		}
		items = append(items, j.value(depth+1))
		if j.wrong != "" {
			return nil
		}
	}
	return items
}

// literal skips a number, true, false or null, which mean nothing here.
func (j *jsonReader) literal() {
	start := j.pos
	for j.pos < len(j.data) && (classes[j.data[j.pos]]&nameByte != 0 || j.data[j.pos] == '+') {
		j.pos++
	}
	if !json.Valid(j.data[start:j.pos]) {
		j.fail("malformed JSON")
	}
}

// string reads a string with its quotes.
func (j *jsonReader) string() string {
	j.pos++
	start := j.pos
	for j.pos < len(j.data) {
		switch c := j.data[j.pos]; {
		case c == '"':
			j.pos++
			return string(j.data[start : j.pos-1])
		case c == '\\':
			return j.escaped(start)
		case c < ' ':
			j.fail("a control character in a string")
			return ""
		}
		j.pos++
	}
	j.fail("a string does not end")
	return ""
}

// escaped goes on with a string that has escapes.
func (j *jsonReader) escaped(start int) string {
	text := append([]byte{}, j.data[start:j.pos]...)
	for j.pos < len(j.data) && j.wrong == "" {
		c := j.data[j.pos]
		j.pos++
		switch {
		case c == '"':
			return string(text)
		case c == '\\':
			text = j.escape(text)
		case c < ' ':
			j.fail("a control character in a string")
		default:
			text = append(text, c)
		}
	}
	j.fail("a string does not end")
	return ""
}

func (j *jsonReader) escape(text []byte) []byte {
	if j.pos == len(j.data) {
		return text
	}
	c := j.data[j.pos]
	j.pos++
	if i := bytes.IndexByte([]byte(`"\/bfnrt`), c); i >= 0 {
		return append(text, "\"\\/\b\f\n\r\t"[i])
	}
	if c != 'u' {
		j.fail("an unknown escape in a string")
		return text
	}
	r := j.unit()
	if utf16.IsSurrogate(r) {
		low := rune(-1)
		if j.pos+1 < len(j.data) && j.data[j.pos] == '\\' && j.data[j.pos+1] == 'u' {
			j.pos += 2
			low = j.unit()
		}
		// Half a character must not become another one.
		if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
			j.fail("half a character in a string")
		}
	}
	return utf8.AppendRune(text, r)
}

// unit reads four hexadecimal digits.
func (j *jsonReader) unit() rune {
	if j.pos+4 > len(j.data) {
		j.fail("a malformed escape in a string")
		return 0
	}
	var r rune
	for _, c := range j.data[j.pos : j.pos+4] {
		digit := digitOf(c)
		if digit > 15 {
			j.fail("a malformed escape in a string")
			return 0
		}
		r = r<<4 | digit
	}
	j.pos += 4
	return r
}
