package wire

import (
	"bytes"
	"unicode/utf8"

	"github.com/causeway-pay/causeway/iso20022/schema"
)

// leaf reads the value and the end tag of an element without children. Nearly
// all values are plain and followed by their end tag.
func (r *Reader) leaf(f *frame) {
	start := r.pos
	if r.tag.empty {
		r.finishLeaf(f, nil)
		return
	}
	i, high := start, byte(0)
	for {
		data := r.data
		for i < len(data) && classes[data[i]]&textStop == 0 {
			high |= data[i]
			i++
		}
		if i+1 < len(data) || !r.more() {
			break
		}
	}
	plain := i+1 < len(r.data) && r.data[i] == '<' && r.data[i+1] == '/'
	if !plain || high >= utf8.RuneSelf && !printable(r.data[start:i]) {
		r.leafSlowly(f)
		return
	}
	value := r.data[start:i]
	r.message.nodes[f.node].end = int32(i)
	r.pos = i
	if r.plainEnd(f.name) || r.endTag(f.name) {
		r.finishLeaf(f, value)
	}
}

// finishLeaf checks the value of an element and closes it. value is nil for an
// empty element.
func (r *Reader) finishLeaf(f *frame, value []byte) {
	t := f.element.Type
	n := &r.message.nodes[f.node]
	if n.held == nowhere {
		n.held = inData
	}
	collapsed := t.Collapse(value)
	if problem := t.Check(collapsed); problem != schema.None {
		r.reportValue(f, problem)
	}
	if len(collapsed) != len(value) {
		// The place of the value without the white space around it.
		lead := bytes.Index(value, collapsed)
		n.start += int32(lead)
		n.end = n.start + int32(len(collapsed))
	}
	n.next = int32(len(r.message.nodes))
	r.spaces.pop(int(f.mark))
}

// leafSlowly reads a value that has references, CDATA sections, comments, other
// line ends, or something wrong with it. It is put together apart.
func (r *Reader) leafSlowly(f *frame) {
	begin := len(r.message.decoded)
	strange := false
	for !r.failed {
		var ok bool
		if r.message.decoded, ok = r.run(r.message.decoded); !ok {
			return
		}
		if r.end(2) {
			r.fail(RuleMalformed, "ends inside an element")
			return
		}
		if r.data[r.pos+1] == '/' {
			break
		}
		if r.aside() {
			continue
		}
		if r.failed {
			return
		}
		if !strange {
			strange = true
			r.reportAt(f, RuleUnexpected, codeFormat, "an element where a value belongs")
		}
		if r.skipElement(); r.failed {
			return
		}
	}
	if r.failed || !r.endTag(f.name) {
		return
	}
	n := &r.message.nodes[f.node]
	n.start, n.end, n.held = int32(begin), int32(len(r.message.decoded)), apart
	if strange {
		n.next = int32(len(r.message.nodes))
		r.spaces.pop(int(f.mark))
		return
	}
	r.finishLeaf(f, r.message.decoded[begin:])
}

// skipElement reads an element and all inside it as foreign.
func (r *Reader) skipElement() {
	mark := int32(len(r.spaces.declared))
	if !r.startTag() {
		return
	}
	if _, ok := r.declaredSpace(); !ok {
		return
	}
	depth := r.depth
	r.open(frame{mode: foreign, name: r.tag.name, mark: mark})
	for !r.failed && r.depth > depth {
		r.content()
	}
}

// run appends text, with its references resolved and its line ends made one
// kind, up to the next tag or comment.
func (r *Reader) run(dst []byte) ([]byte, bool) {
	for {
		if r.end(1) {
			return dst, true
		}
		switch c := r.data[r.pos]; {
		case c == '<':
			if !r.starts("<![CDATA[") {
				return dst, true
			}
			var ok bool
			if dst, ok = r.section(dst); !ok {
				return dst, false
			}
		case c == '&':
			var ok bool
			if dst, ok = r.reference(dst); !ok {
				return dst, false
			}
		case c == '\r':
			r.pos++
			if r.end(1) || r.data[r.pos] != '\n' {
				dst = append(dst, '\n')
			}
		case c == ']' && r.starts("]]>"), c < ' ' && !isSpace(c):
			r.fail(RuleMalformed, "a forbidden character in text")
			return dst, false
		default:
			var ok bool
			if dst, ok = r.plain(dst); !ok {
				return dst, false
			}
		}
	}
}

// plain appends a run of text without anything special in it; a bracket alone
// is nothing special.
func (r *Reader) plain(dst []byte) ([]byte, bool) {
	start, i := r.pos, r.pos
	for {
		data := r.data
		for i < len(data) && (i == start || classes[data[i]]&textStop == 0) {
			i++
		}
		if i < len(data) || !r.more() {
			break
		}
	}
	r.pos = i
	if !printable(r.data[start:i]) {
		r.fail(RuleMalformed, "a forbidden character in text")
		return dst, false
	}
	return append(dst, r.data[start:i]...), true
}

// section appends a CDATA section.
func (r *Reader) section(dst []byte) ([]byte, bool) {
	start := r.pos + len("<![CDATA[")
	end, ok := r.until(start, "]]>")
	if !ok || !clean(r.data[start:end]) {
		r.fail(RuleMalformed, "a malformed CDATA section")
		return dst, false
	}
	r.pos = end + 3
	r.sections++
	return append(dst, bytes.ReplaceAll(bytes.ReplaceAll(r.data[start:end], []byte("\r\n"), []byte("\n")),
		[]byte("\r"), []byte("\n"))...), true
}

// referenceMax is the longest reference that is read: a character number with
// leading zeros.
const referenceMax = 32

// reference appends what a reference stands for.
func (r *Reader) reference(dst []byte) ([]byte, bool) {
	for !r.end(2) {
		window := r.data[r.pos+1 : min(len(r.data), r.pos+referenceMax)]
		end := bytes.IndexByte(window, ';')
		if end < 0 && len(window) < referenceMax-1 && r.more() {
			continue
		}
		if end < 0 {
			break
		}
		char, ok := resolve(window[:end])
		if !ok {
			break
		}
		r.pos += end + 2
		return utf8.AppendRune(dst, char), true
	}
	r.fail(RuleMalformed, "a malformed or unknown reference")
	return dst, false
}

// resolve returns the character that a reference names: one of the five
// entities of XML, or a number. No others are ever defined here.
func resolve(name []byte) (rune, bool) {
	switch string(name) {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "apos":
		return '\'', true
	case "quot":
		return '"', true
	}
	digits, numeric := bytes.CutPrefix(name, []byte("#"))
	if !numeric || len(digits) == 0 {
		return 0, false
	}
	base := rune(10)
	if len(digits) > 1 && digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	char := rune(0)
	for _, c := range digits {
		value := digitOf(c)
		if value >= base || char > utf8.MaxRune {
			return 0, false
		}
		char = char*base + value
	}
	return char, character(char)
}

// digitOf returns the value of a hexadecimal digit, and 99 of anything else.
func digitOf(c byte) rune {
	switch {
	case c >= '0' && c <= '9':
		return rune(c - '0')
	case c >= 'a' && c <= 'f':
		return rune(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return rune(c-'A') + 10
	default:
		return 99
	}
}

// decodeReferences returns the value of an attribute, in which white space is
// spaces.
func decodeReferences(text []byte) ([]byte, bool) {
	var dst []byte
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '&':
			end := bytes.IndexByte(text[i:], ';')
			if end < 0 {
				return dst, false
			}
			char, ok := resolve(text[i+1 : i+end])
			if !ok {
				return dst, false
			}
			dst = utf8.AppendRune(dst, char)
			i += end
		case isSpace(c):
			if c == '\r' && i+1 < len(text) && text[i+1] == '\n' {
				i++
			}
			dst = append(dst, ' ')
		default:
			dst = append(dst, c)
		}
	}
	return dst, true
}

// strayText reads text between elements: white space means nothing, anything
// else, such as a CDATA section, does not belong into a message.
func (r *Reader) strayText() {
	mark, sections := len(r.message.decoded), r.sections
	text, ok := r.run(r.message.decoded)
	if !ok {
		return
	}
	if r.end(1) {
		r.fail(RuleMalformed, "ends inside an element")
		return
	}
	strange := r.sections > sections || len(bytes.Trim(text[mark:], " \t\r\n")) > 0
	if r.frames[r.depth-1].mode == typed && strange {
		r.report(RuleText, codeFormat, "", "text between elements")
	}
	if r.data[r.pos] == '<' && !r.end(2) && r.data[r.pos+1] == '!' && !r.starts("<!--") && !r.starts("<!D") {
		r.fail(RuleMalformed, "malformed markup")
	}
	r.message.decoded = text[:mark]
}
