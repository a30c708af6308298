package wire

import (
	"github.com/causeway-pay/causeway/iso20022/schema"
)

// Reader reads messages one after the other and reuses its memory: a [Message]
// is good until the reader reads the next. It must not be used by several
// goroutines at once. The zero Reader is ready.
type Reader struct {
	// Schemas are the definitions that are known; nil is [schema.Official].
	Schemas *schema.Set

	message Message
	// data is what has been received so far and pos how far it was read.
	data []byte
	pos  int
	// frames are the elements that are open, outermost first.
	frames [DepthMax]frame
	depth  int
	// leafFrame is the element without children that is being read.
	leafFrame frame
	spaces    spaces
	keeping   keeping
	// tag is the start tag that was read last.
	tag tag
	// sections counts CDATA sections.
	sections int
	// failed ends the reading: what follows a syntax error means nothing.
	failed bool
	stream stream
}

// frame is an open element.
type frame struct {
	mode mode
	// element is its place in the schema, and node its number in the message,
	// both only where mode is typed.
	element *schema.Element
	node    int32
	// next is the child that the schema expects next and count how often that
	// one has been there; a choice has chosen where count is not 0.
	next, count int32
	// name is where its name stands in the data, prefix included; its local part
	// begins at local.
	name  span
	local int32
	// mark is how many namespace declarations were in force outside.
	mark int32
}

// mode says how the content of an element is read.
type mode uint8

const (
	// enveloping: messages may be inside.
	enveloping mode = iota
	// typed: the schema says what is inside.
	typed
	// foreign: the content is kept or skipped unread, as long as it is XML.
	foreign
)

// span is a stretch of the data.
type span struct{ start, end int32 }

// Read reads the messages in data, which must not be changed as long as the
// result is in use, and returns them with all that is wrong with them. A message
// without findings is valid against its schema.
func (r *Reader) Read(data []byte) *Message {
	r.reset(data)
	return r.read()
}

// read reads the data that the reader was reset to.
func (r *Reader) read() *Message {
	if len(r.data) > SizeMax {
		r.fail(RuleLimit, "larger than 16 MiB")
	} else {
		r.document()
	}
	return r.finish()
}

// Parse reads data like [Reader.Read] and returns an [*Invalid] if there are
// findings.
func (r *Reader) Parse(data []byte) (*Message, error) {
	m := r.Read(data)
	if len(m.Findings) > 0 {
		return nil, &Invalid{Findings: m.Findings}
	}
	return m, nil
}

// Parse reads and checks one message with a reader of its own. The error is an
// [*Invalid].
func Parse(data []byte) (*Message, error) { return new(Reader).Parse(data) }

// WellFormed reports whether text is one XML element with nothing around it, and
// so can be put inside another one.
func WellFormed(text []byte) bool {
	if len(text) == 0 || len(text) > SizeMax || text[0] != '<' || text[len(text)-1] != '>' {
		return false
	}
	var r Reader
	r.reset(text)
	if len(text) < 2 || classes[text[1]]&nameStart == 0 {
		return false
	}
	r.skipElement()
	return !r.failed && r.pos == len(text)
}

func (r *Reader) reset(data []byte) {
	r.data, r.pos, r.depth, r.failed = data, 0, 0, false
	r.spaces.reset()
	r.keeping.depth = 0
	m := &r.message
	m.nodes, m.parts, m.decoded, m.kept = m.nodes[:0], m.parts[:0], m.decoded[:0], m.kept[:0]
	m.Findings, m.text, m.skippedLines = nil, "", 0
	m.rooted, m.passing, m.lineless = false, false, false
}

func (r *Reader) finish() *Message {
	r.message.data = r.data
	return &r.message
}

// document reads everything: the declaration, one root element, and what may
// stand around it.
func (r *Reader) document() {
	r.declaration()
	for !r.failed && r.outside() {
		if r.message.rooted {
			r.fail(RuleMalformed, "a second root element")
			return
		}
		r.message.rooted = true
		r.element()
		for !r.failed && r.depth > 0 {
			r.content()
		}
	}
	if r.failed {
		return
	}
	if !r.message.rooted {
		r.fail(RuleMalformed, "no element")
	} else if len(r.message.parts) == 0 && len(r.message.Findings) == 0 {
		r.report(RuleNoMessage, codeFormat, "", "no Document or AppHdr of an ISO 20022 namespace")
	}
}

// outside skips what may stand beside the root element and reports whether an
// element starts.
func (r *Reader) outside() bool {
	for !r.failed {
		r.skipSpace()
		if r.end(1) {
			return false
		}
		if r.data[r.pos] != '<' {
			r.fail(RuleMalformed, "text outside the root element")
			return false
		}
		if !r.aside() {
			return !r.failed
		}
	}
	return false
}

// content reads what comes next in the innermost open element: text, an end
// tag, a comment, or a child.
func (r *Reader) content() {
	r.skipSpace()
	if r.end(2) {
		r.fail(RuleMalformed, "ends inside an element")
		return
	}
	switch {
	case r.data[r.pos] != '<':
		r.strayText()
	case r.data[r.pos+1] == '/':
		r.closeTag()
	case r.data[r.pos+1] == '!' || r.data[r.pos+1] == '?':
		if !r.aside() {
			r.strayText()
		}
	default:
		if !r.expected() {
			r.element()
		}
	}
}

// end reports whether fewer than n bytes are left, after asking for more.
func (r *Reader) end(n int) bool { return len(r.data)-r.pos < n && r.short(n) }

func (r *Reader) short(n int) bool {
	for len(r.data)-r.pos < n {
		if !r.more() {
			return true
		}
	}
	return false
}

// more reads on from a stream; a message in memory is complete.
func (r *Reader) more() bool { return r.stream.source != nil && r.fill() }

func (r *Reader) skipSpace() {
	for {
		data, i := r.data, r.pos
		for i < len(data) && isSpace(data[i]) {
			i++
		}
		r.pos = i
		if i < len(data) || !r.more() {
			return
		}
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }
