package iso20022

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of a message, in both directions.
const (
	// SizeMax is the largest message in bytes.
	SizeMax = 256 << 10
	// SupplementaryMax is the largest supplementary data in bytes; written in
	// base 64 it still leaves room for the rest of a message.
	SupplementaryMax = 128 << 10
)

// Error says why a message cannot be written or was not accepted. It names
// places and rules, never the values found there, so that it may be logged.
type Error struct {
	// Message is the message name, such as "pacs.008.001.13".
	Message string
	// Path is the place below the root, such as "GrpHdr/MsgId"; empty for the
	// message as a whole.
	Path string
	// Problem is the rule that was broken.
	Problem string
}

// Error implements error.
func (e *Error) Error() string {
	return fmt.Sprintf("iso20022: %s: %s: %s", e.Message, e.Path, e.Problem)
}

// message is what the eight message types have in common. A walk names the
// elements in the order of the schema and serves both directions, so that the
// writer and the reader cannot drift apart.
type message interface {
	name() string
	root() string
	walk(c *codec)
	// problem returns the broken rule that concerns several elements, or "".
	problem() string
}

// need says whether an element may be absent.
type need bool

const (
	required need = true
	optional need = false
)

// codec is one walk through one message: writing appends to out, reading takes
// children off the open node. The first failure stays and turns the rest of the
// walk into nothing.
type codec struct {
	message string
	path    []string
	failure *Error
	out     []byte
	reading bool
	open    *cursor
}

func appendMessage(dst []byte, m message) ([]byte, error) {
	c := &codec{message: m.name(), out: dst}
	if problem := m.problem(); problem != "" {
		c.fail("", problem)
		return dst, c.failure
	}
	c.begin(m)
	c.group(m.root(), required, true, func() { m.walk(c) })
	c.end()
	if len(c.out)-len(dst) > SizeMax {
		c.fail("", "larger than 256 KiB")
	}
	if c.failure != nil {
		return dst, c.failure
	}
	return c.out, nil
}

func parseMessage(data []byte, m message) error {
	c := &codec{message: m.name(), reading: true}
	body, failure := open(data, m.name())
	if failure != nil {
		return failure
	}
	c.open, c.path = cursorOf(body), append(c.path, m.root())
	m.walk(c)
	c.consumed()
	c.path = nil
	if problem := m.problem(); problem != "" {
		c.fail("", problem)
	}
	if c.failure != nil {
		return c.failure
	}
	return nil
}

func (c *codec) fail(name, problem string) {
	if c.failure == nil {
		path := strings.Join(append(c.path[:len(c.path):len(c.path)], name), "/")
		c.failure = &Error{Message: c.message, Path: strings.Trim(path, "/"), Problem: problem}
	}
}

// group walks an element that holds elements. An optional one is written where
// present says so, and read where it is found.
func (c *codec) group(name string, need need, present bool, body func()) {
	if c.failure != nil {
		return
	}
	if c.reading {
		c.readGroup(name, need, body)
		return
	}
	if need == required || present {
		c.path = append(c.path, name)
		c.openTag(name)
		body()
		c.closeTag(name)
		c.path = c.path[:len(c.path)-1]
	}
}

// leaf walks an element that holds text; the empty text stands for absence.
// currency is the Ccy attribute of an amount and nil for everything else.
func (c *codec) leaf(name string, value, currency *string, need need) {
	switch {
	case c.failure != nil:
	case c.reading:
		c.readLeaf(name, value, currency, need)
	case *value != "":
		c.writeLeaf(name, *value, currency)
	case need == required:
		c.fail(name, "missing")
	}
}

// text walks an element of type MaxNText: 1 to limit characters.
func (c *codec) text(name string, value *string, limit int, need need) {
	c.checked(name, value, need, func(text string) string { return textProblem(text, limit) })
}

// code walks an element whose external code list has four capital letters or
// digits.
func (c *codec) code(name string, value *string, need need) {
	c.checked(name, value, need, func(text string) string {
		if len(text) != 4 || !only(text, upperOrDigit) {
			return "not a code of four letters or digits"
		}
		return ""
	})
}

// constant walks an element that has only one possible value here.
func (c *codec) constant(name, value string) {
	found := value
	c.checked(name, &found, required, func(text string) string {
		if text != value {
			return "only " + value + " is supported"
		}
		return ""
	})
}

// checked walks a leaf and holds what is written or read to a rule.
func (c *codec) checked(name string, value *string, need need, problem func(text string) string) {
	if !c.reading && *value != "" {
		if p := problem(*value); p != "" {
			c.fail(name, p)
		}
	}
	c.leaf(name, value, nil, need)
	if c.reading && c.failure == nil && *value != "" {
		if p := problem(*value); p != "" {
			c.fail(name, p)
		}
	}
}

// textProblem holds a text to the facets of MaxNText and, beyond the schema, to
// printable characters: a line break or control character in an identifier or
// name is an accident or an attack.
func textProblem(text string, limit int) string {
	switch {
	case text == "":
		return "empty"
	case !utf8.ValidString(text):
		return "not UTF-8"
	case utf8.RuneCountInString(text) > limit:
		return fmt.Sprintf("longer than %d characters", limit)
	case strings.ContainsFunc(text, forbidden):
		return "holds a control character"
	default:
		return ""
	}
}

func forbidden(r rune) bool { return unicode.IsControl(r) || r == 0xFFFE || r == 0xFFFF }

func upperOrDigit(b byte) bool { return b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' }

func only(text string, allowed func(b byte) bool) bool {
	for i := range len(text) {
		if !allowed(text[i]) {
			return false
		}
	}
	return true
}
