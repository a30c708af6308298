package emvqr

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Object is a data object of a merchant code: two digits of id, two of length,
// and the value.
type Object struct {
	// ID is two digits.
	ID string `json:"id"`
	// Value is the text after the length, at most 99 characters.
	Value string `json:"value"`
	// Objects are those within a template, in their order; nil for a primitive
	// object.
	Objects []Object `json:"objects,omitempty"`
	// Offset is where the id stands, in bytes from the start of the code.
	Offset int `json:"offset"`
}

// valueMax is what two digits of length can say.
const valueMax = 99

// counting is what a length counts. The specification counts characters, some
// countries' software bytes; they differ beyond ASCII only.
type counting bool

const (
	characters counting = false
	octets     counting = true
)

// Template returns an object that holds others.
func Template(id string, objects ...Object) Object {
	return Object{ID: id, Value: encode(objects), Objects: objects}
}

func encode(objects []Object) string {
	var b strings.Builder
	for _, o := range objects {
		b.WriteString(o.ID)
		b.WriteByte(byte('0' + utf8.RuneCountInString(o.Value)/10%10))
		b.WriteByte(byte('0' + utf8.RuneCountInString(o.Value)%10))
		b.WriteString(o.Value)
	}
	return b.String()
}

// split reads objects until the text ends. What was read before an error is
// returned with it.
func split(text, place string, offset int, c counting) ([]Object, *Finding) {
	var objects []Object
	for at := 0; at < len(text); {
		id, length, ok := head(text[at:])
		if !ok {
			return objects, &Finding{Place: place, Offset: offset + at, Rule: "object",
				Text: "an object begins with two digits of id and two of length"}
		}
		here := join(place, id)
		if length == 0 {
			return objects, &Finding{Place: here, Offset: offset + at, Rule: "length", Text: "an object without value"}
		}
		size, ok := c.size(text[at+headSize:], length)
		if !ok {
			return objects, &Finding{Place: here, Offset: offset + at, Rule: "length",
				Text: "the length leads beyond the end"}
		}
		end := at + headSize + size
		objects = append(objects, Object{ID: id, Value: text[at+headSize : end], Offset: offset + at})
		at = end
	}
	return objects, nil
}

// headSize is the size of id and length.
const headSize = 4

func head(text string) (id string, length int, ok bool) {
	if len(text) < headSize || !digits(text[:headSize]) {
		return "", 0, false
	}
	length, err := strconv.Atoi(text[2:headSize])
	return text[:2], length, err == nil
}

// size returns the bytes of the first n characters or bytes of a text.
func (c counting) size(text string, n int) (int, bool) {
	if c == octets {
		return n, n <= len(text) && utf8.ValidString(text[:n])
	}
	size := 0
	for range n {
		if size == len(text) {
			return 0, false
		}
		_, width := utf8.DecodeRuneInString(text[size:])
		size += width
	}
	return size, true
}

func join(place, id string) string {
	if place == "" {
		return id
	}
	return place + "/" + id
}

// digits reports whether a text is digits only.
func digits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != ""
}

// find returns the first of the objects with an id.
func find(objects []Object, id string) (Object, bool) {
	for _, o := range objects {
		if o.ID == id {
			return o, true
		}
	}
	return Object{}, false
}

// at follows a path such as "01/02" into objects. A value that has not been read
// as a template is, if the path goes on below it: schemes nest deeper than the
// standard.
func at(objects []Object, path string) (Object, bool) {
	id, rest, deeper := strings.Cut(path, "/")
	o, ok := find(objects, id)
	if !ok || !deeper {
		return o, ok
	}
	inner := o.Objects
	if inner == nil {
		inner, _ = split(o.Value, "", o.Offset+headSize, characters)
	}
	return at(inner, rest)
}
