package alipayplus

import (
	"strconv"
	"strings"
	"sync"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/causeway-pay/causeway/internal/reason"
)

// depthMost bounds the nesting of a message, and membersMost the names of one
// object, since each is compared with those before it. The largest object of
// the protocol has 20.
const (
	depthMost   = 32
	membersMost = 256
)

// kind is the type of a JSON value (RFC 8259 section 3).
type kind uint8

const (
	kindNull kind = iota
	kindBoolean
	kindNumber
	kindString
	kindArray
	kindObject
)

// value is one JSON value with the bytes it came from. Its strings are parts of one copy of
// the message where they can be.
type value struct {
	kind kind
	// text is the decoded string, or the literal of a number or boolean.
	text string
	// name is that of a member of an object.
	name string
	// raw is the value's own part of the message.
	raw     []byte
	members []value // of an object or an array, in the order of the message
}

// member returns the member with exactly that name; names are case sensitive.
func (v *value) member(name string) *value { return named(v.members, name) }

func named(members []value, name string) *value {
	for i := range members {
		if members[i].name == name {
			return &members[i]
		}
	}
	return nil
}

// parseStrict reads a message that can mean one thing only and hands it to use, which must
// keep no value of it, but may keep its strings. It refuses duplicate names, invalid UTF-8,
// lone surrogates, NUL characters, nesting beyond depthMost, and anything after the value.
// The error's kind is InvalidRequest and its detail has a byte offset but no content.
func parseStrict(data []byte, use func(v *value) error) error {
	p := parsers.Get().(*parser)
	defer p.release()
	v, err := p.parse(data)
	if err != nil {
		return err
	}
	return use(&v)
}

func (p *parser) parse(data []byte) (value, error) {
	if !utf8.Valid(data) {
		return value{}, malformed("not UTF-8", 0)
	}
	p.data, p.text, p.at = data, string(data), 0
	p.space()
	v, err := p.value(0)
	if err != nil {
		return value{}, err
	}
	if p.space(); p.at != len(data) {
		return value{}, malformed("bytes after the message", p.at)
	}
	return v, nil
}

func malformed(what string, at int) error {
	return reason.New(reason.InvalidRequest, "alipayplus.parse", what+" at byte "+strconv.Itoa(at))
}

// valuesKept is how many values a parser has room for that is used again: 1,024 are 96 KiB,
// and the largest message of the protocol has some hundred.
const valuesKept = 1024

// parsers are used again, since what they read is gone once it is in a struct.
var parsers = sync.Pool{New: func() any { return &parser{} }}

type parser struct {
	data []byte
	text string // data
	at   int
	// open are the members of the objects and arrays around the place, the inner ones last,
	// and closed those of the ones before it.
	open, closed []value
}

// release gives the parser to whoever is next, unless a message has made it too large.
func (p *parser) release() {
	if cap(p.open)+cap(p.closed) <= valuesKept {
		p.forget()
		parsers.Put(p)
	}
}

// forget keeps the parser's room, without anything of the message.
func (p *parser) forget() {
	clear(p.open[:cap(p.open)])
	clear(p.closed)
	*p = parser{open: p.open[:0], closed: p.closed[:0]}
}

func (p *parser) space() {
	for p.at < len(p.data) {
		switch p.data[p.at] {
		case ' ', '\t', '\r', '\n':
			p.at++
		default:
			return
		}
	}
}

func (p *parser) peek() byte {
	if p.at < len(p.data) {
		return p.data[p.at]
	}
	return 0
}

func (p *parser) value(depth int) (value, error) {
	if depth > depthMost {
		return value{}, malformed("nested too deep", p.at)
	}
	start := p.at
	v, err := p.bare(depth)
	if err != nil {
		return value{}, err
	}
	v.raw = p.data[start:p.at]
	return v, nil
}

func (p *parser) bare(depth int) (value, error) {
	switch c := p.peek(); {
	case c == '{':
		return p.object(depth)
	case c == '[':
		return p.array(depth)
	case c == '"':
		text, err := p.quoted()
		return value{kind: kindString, text: text}, err
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	default:
		return p.literal()
	}
}

func (p *parser) literal() (value, error) {
	for _, word := range [...]string{"true", "false", "null"} {
		if strings.HasPrefix(p.text[p.at:], word) {
			p.at += len(word)
			if word == "null" {
				return value{kind: kindNull}, nil
			}
			return value{kind: kindBoolean, text: word}, nil
		}
	}
	return value{}, malformed("not a JSON value", p.at)
}

func (p *parser) object(depth int) (value, error) {
	first := len(p.open)
	p.at++
	for p.space(); p.peek() != '}'; p.space() {
		if len(p.open) > first && !p.take(',') {
			return value{}, malformed("no comma between members", p.at)
		}
		p.space()
		at := p.at
		name, err := p.quoted()
		if err != nil {
			return value{}, err
		}
		if named(p.open[first:], name) != nil {
			return value{}, malformed("name given twice", at)
		}
		if len(p.open)-first == membersMost {
			return value{}, malformed("too many members", at)
		}
		if p.space(); !p.take(':') {
			return value{}, malformed("no colon after a name", p.at)
		}
		p.space()
		member, err := p.value(depth + 1)
		if err != nil {
			return value{}, err
		}
		member.name = name
		p.open = append(p.open, member)
	}
	p.at++
	return value{kind: kindObject, members: p.close(first)}, nil
}

// close takes the members of an object or array out of the open ones.
func (p *parser) close(first int) []value {
	start := len(p.closed)
	p.closed = append(p.closed, p.open[first:]...)
	p.open = p.open[:first]
	return p.closed[start:len(p.closed):len(p.closed)]
}

func (p *parser) array(depth int) (value, error) {
	first := len(p.open)
	p.at++
	for p.space(); p.peek() != ']'; p.space() {
		if len(p.open) > first && !p.take(',') {
			return value{}, malformed("no comma between items", p.at)
		}
		p.space()
		item, err := p.value(depth + 1)
		if err != nil {
			return value{}, err
		}
		p.open = append(p.open, item)
	}
	p.at++
	return value{kind: kindArray, members: p.close(first)}, nil
}

func (p *parser) take(c byte) bool {
	if p.peek() != c {
		return false
	}
	p.at++
	return true
}

func (p *parser) digits() bool {
	start := p.at
	for c := p.peek(); c >= '0' && c <= '9'; c = p.peek() {
		p.at++
	}
	return p.at > start
}

// number keeps the literal: whoever reads it decides what it may be.
func (p *parser) number() (value, error) {
	start := p.at
	p.take('-')
	whole := p.at
	if !p.digits() || p.data[whole] == '0' && p.at > whole+1 {
		return value{}, malformed("not a number", start)
	}
	if p.take('.') && !p.digits() {
		return value{}, malformed("not a number", start)
	}
	if p.take('e') || p.take('E') {
		if !p.take('+') {
			p.take('-')
		}
		if !p.digits() {
			return value{}, malformed("not a number", start)
		}
	}
	return value{kind: kindNumber, text: p.text[start:p.at]}, nil
}

func (p *parser) quoted() (string, error) {
	start := p.at
	if !p.take('"') {
		return "", malformed("no string", p.at)
	}
	for p.at < len(p.data) && p.data[p.at] >= ' ' {
		switch p.data[p.at] {
		case '"':
			p.at++
			return p.text[start+1 : p.at-1], nil
		case '\\':
			return p.escaped(start)
		}
		p.at++
	}
	return "", malformed("string without end or with a control character", start)
}

// escaped reads a string that has at least one escape, from its beginning.
func (p *parser) escaped(start int) (string, error) {
	text := append([]byte(nil), p.data[start+1:p.at]...)
	for p.at < len(p.data) && p.data[p.at] >= ' ' {
		c := p.data[p.at]
		p.at++
		switch c {
		case '"':
			return string(text), nil
		case '\\':
			r, ok := p.escape()
			if !ok {
				return "", malformed("escape that means no character", p.at)
			}
			text = utf8.AppendRune(text, r)
		default:
			text = append(text, c)
		}
	}
	return "", malformed("string without end or with a control character", start)
}

// simpleEscapes are the two-character escapes of RFC 8259 section 7.
const simpleEscapes = "\"\"\\\\//b\bf\fn\nr\rt\t"

func (p *parser) escape() (rune, bool) {
	c := p.peek()
	p.at++
	if c == 'u' {
		return p.escapedRune()
	}
	for i := 0; i < len(simpleEscapes); i += 2 {
		if simpleEscapes[i] == c {
			return rune(simpleEscapes[i+1]), true
		}
	}
	return 0, false
}

func (p *parser) escapedRune() (rune, bool) {
	r, ok := p.hex()
	if !ok || r == 0 {
		return 0, false
	}
	if !utf16.IsSurrogate(r) {
		return r, true
	}
	if !p.take('\\') || !p.take('u') {
		return 0, false
	}
	low, ok := p.hex()
	r = utf16.DecodeRune(r, low)
	return r, ok && r != utf8.RuneError
}

func (p *parser) hex() (rune, bool) {
	if p.at+4 > len(p.data) {
		return 0, false
	}
	code, err := strconv.ParseUint(p.text[p.at:p.at+4], 16, 16)
	p.at += 4
	return rune(code), err == nil
}
