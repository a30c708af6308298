package wire

import (
	"bytes"
	"strconv"

	"github.com/causeway-pay/causeway/iso20022/schema"
)

const codeCurrency = "AM03"

// fail reports that the data is no XML of the kind that is read, and ends the
// reading.
func (r *Reader) fail(rule, text string) {
	if r.failed {
		return
	}
	r.failed = true
	r.note(Finding{
		Layer: Syntax, Rule: rule, Code: codeFormat, Line: r.message.line(r.data, r.pos), Path: r.path(nil), Text: text,
	})
}

// report adds a schema finding about a child of the innermost open element, or about
// that itself if child is empty.
func (r *Reader) report(rule, code, child, text string) {
	path := r.path(nil)
	if child != "" {
		path = r.path([]byte(child))
	}
	r.note(Finding{
		Layer: Schema, Rule: rule, Code: code, Line: r.tagLine(), Path: path, Text: text,
	})
}

// reportAt adds a schema finding about an element that is not open yet or never will
// be.
func (r *Reader) reportAt(f *frame, rule, code, text string) {
	at := int(r.message.nodes[f.node].at)
	r.note(Finding{
		Layer: Schema, Rule: rule, Code: code, Text: text,
		Line: r.message.line(r.data, at), Path: r.path([]byte(f.element.Name)),
	})
}

func (r *Reader) note(f Finding) {
	r.message.Findings = append(r.message.Findings, f)
	if len(r.message.Findings) == FindingsMax && !r.failed {
		r.fail(RuleLimit, "more than 200 findings; the rest was not read")
	}
}

// reportValue adds what is wrong with a value.
func (r *Reader) reportValue(f *frame, problem schema.Problem) {
	rule, text := valueRule(f.element.Type, problem)
	code := codeFormat
	if f.element.Type.Kind == schema.Amount {
		code = codeWrongAmount
		if problem == schema.TooManyFractionDigits {
			code = codeDecimals
		}
	}
	r.reportAt(f, rule, code, text)
}

// codeDecimals: the amount has decimals that are not allowed.
const codeDecimals = "CH20"

func valueRule(t *schema.Type, problem schema.Problem) (rule, text string) {
	facets := &t.Facets
	if t.Kind == schema.Amount {
		facets = &t.Value.Facets
	}
	switch problem {
	case schema.TooShort:
		if facets.MinLength == 1 {
			return RuleLength, "empty"
		}
		return RuleLength, "shorter than " + strconv.Itoa(facets.MinLength) + unit(t)
	case schema.TooLong:
		return RuleLength, "longer than " + strconv.Itoa(facets.MaxLength) + unit(t)
	case schema.NoMatch:
		return RulePattern, "not of the form " + facets.Expression
	case schema.NotListed:
		return RuleCode, "not a code of " + t.Name
	case schema.TooManyDigits:
		return RuleDigits, "more than " + strconv.Itoa(facets.TotalDigits) + " digits"
	case schema.TooManyFractionDigits:
		return RuleDigits, "more than " + strconv.Itoa(facets.FractionDigits) + " digits after the point"
	case schema.TooSmall:
		return RuleMinimum, "less than " + strconv.FormatInt(facets.AtLeast, 10)
	default:
		return RuleValue, "not a value of " + t.Name
	}
}

func unit(t *schema.Type) string {
	if t.Kind == schema.Binary {
		return " bytes"
	}
	return " characters"
}

// path returns the path of the open elements of a message, and of a child.
func (r *Reader) path(child []byte) string {
	var path []byte
	for i := range r.depth {
		f := &r.frames[i]
		if f.mode != typed {
			continue
		}
		path = r.step(path, i, []byte(f.element.Name))
	}
	if child != nil {
		path = r.step(path, r.depth, child)
	}
	return string(path)
}

// step appends the name of an element at a depth, with its number where its
// parent may hold several.
func (r *Reader) step(path []byte, depth int, name []byte) []byte {
	if len(path) > 0 {
		path = append(path, '/')
	}
	path = append(path, shown(name)...)
	if depth == 0 || r.frames[depth-1].mode != typed {
		return path
	}
	parent := &r.frames[depth-1]
	elements := parent.element.Type.Elements
	if int(parent.next) >= len(elements) {
		return path
	}
	if e := &elements[parent.next]; e.Repeats() && e.Name == string(name) {
		path = append(path, '[')
		path = strconv.AppendInt(path, int64(max(1, parent.count)), 10)
		path = append(path, ']')
	}
	return path
}

// shownMax is how much of a name that no schema knows may appear in a path.
const shownMax = 35

// shown returns a name as it may be written to a log: a name of no schema is
// whatever somebody sent.
func shown(name []byte) []byte {
	for _, c := range name {
		if c >= 0x80 || classes[c]&nameByte == 0 {
			return []byte("?")
		}
	}
	return name[:min(len(name), shownMax)]
}

// line returns the number of the line on which a place in the data is, 0 if the
// sender did not write these lines.
func (m *Message) line(data []byte, at int) int {
	if m.lineless {
		return 0
	}
	return 1 + m.skippedLines + countLines(data[:min(at, len(data))])
}

func countLines(data []byte) int { return bytes.Count(data, []byte("\n")) }
