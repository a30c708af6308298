package wire

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"github.com/causeway-pay/causeway/iso20022/schema"
)

// FromJSON translates JSON of the form that [Message.AppendJSON] writes into
// XML: one header or document as it is, both in an Envelope element. Keys may
// come in any order. A key that the schema does not know, a value that is no
// string, and an array in the wrong place are findings, for which the error is
// an [*Invalid]; values are for the reader of the XML to check.
func FromJSON(data []byte) ([]byte, error) {
	t := translator{data: data}
	if len(data) > SizeMax {
		t.note(Syntax, RuleLimit, 0, "", "larger than 16 MiB")
		return nil, t.err()
	}
	j := jsonReader{data: data}
	v := j.document()
	if j.wrong != "" {
		t.note(Syntax, RuleJSON, j.pos, "", j.wrong)
		return nil, t.err()
	}
	t.envelope(v)
	return t.out, t.err()
}

// ReadAny reads XML like [Reader.Read], and JSON of the form that
// [Message.AppendJSON] writes. Elements that came from JSON have no line, and nor
// have findings about them.
func (r *Reader) ReadAny(data []byte) *Message {
	trimmed := bytes.TrimLeft(data, " \t\r\n")
	if len(trimmed) == 0 || trimmed[0] != objectValue && trimmed[0] != arrayValue {
		return r.Read(data)
	}
	xml, err := FromJSON(data)
	var invalid *Invalid
	if errors.As(err, &invalid) {
		r.reset(nil)
		r.message.Findings = invalid.Findings
		return r.finish()
	}
	r.reset(xml)
	r.message.lineless = true
	return r.read()
}

// RuleJSON: the bytes are no JSON.
const RuleJSON = "json-malformed"

// translator writes the XML of JSON values.
type translator struct {
	data     []byte
	out      []byte
	findings []Finding
}

func (t *translator) err() error {
	if len(t.findings) == 0 {
		return nil
	}
	return &Invalid{Findings: t.findings}
}

func (t *translator) note(layer Layer, rule string, at int, path, text string) {
	if len(t.findings) == FindingsMax {
		return
	}
	t.findings = append(t.findings, Finding{
		Layer: layer, Rule: rule, Code: codeFormat, Path: path, Text: text,
		Line: 1 + countLines(t.data[:min(at, len(t.data))]),
	})
}

// envelopeStart wraps more than one part.
const envelopeStart, envelopeEnd = declarationXML + "<Envelope>", "</Envelope>\n"

func (t *translator) envelope(v value) {
	groups := []value{v}
	if v.kind == arrayValue {
		groups = v.items
	}
	parts := 0
	for _, group := range groups {
		parts += len(group.members)
		if v.kind == arrayValue && group.kind != objectValue {
			t.note(Schema, RuleValue, group.at, "", "not an object of AppHdr and Document")
			return
		}
	}
	if parts == 0 || parts > PartsMax {
		t.note(Syntax, RuleNoMessage, v.at, "", "no AppHdr or Document, or more than 256")
		return
	}
	if parts > 1 {
		t.out = append(t.out, envelopeStart...)
	} else {
		t.out = append(t.out, declarationXML...)
	}
	for _, group := range groups {
		t.group(group)
	}
	if parts > 1 {
		t.out = append(t.out, envelopeEnd...)
	}
}

// group writes a header before its document.
func (t *translator) group(v value) {
	for _, name := range []string{"AppHdr", "Document"} {
		for i := range v.members {
			if v.members[i].name == name {
				t.part(&v.members[i])
			}
		}
	}
	for _, m := range v.members {
		if m.name != "AppHdr" && m.name != "Document" {
			t.note(Schema, RuleUnexpected, m.at, string(shown([]byte(m.name))), "neither AppHdr nor Document")
		}
	}
}

func (t *translator) part(m *member) {
	var definition *schema.Message
	rest := make([]member, 0, len(m.value.members))
	for _, inner := range m.value.members {
		if inner.name != "@xmlns" {
			rest = append(rest, inner)
			continue
		}
		name, ours := strings.CutPrefix(inner.value.text, schema.Prefix)
		if found := schema.Lookup(name); ours && found != nil && found.Root.Name == m.name {
			definition = found
		}
	}
	if definition == nil {
		t.note(Schema, RuleUnknown, m.at, m.name, "no @xmlns of a message that is supported")
		return
	}
	t.out = appendRoot(t.out, definition)
	t.members(definition.Root.Type, rest, m.name)
	t.out = append(append(append(t.out, "</"...), m.name...), '>')
}

// members writes the members of an object in the order of the schema.
func (t *translator) members(parent *schema.Type, members []member, path string) {
	known := 0
	for i := range parent.Elements {
		e := &parent.Elements[i]
		for k := range members {
			if members[k].name == e.Name {
				known++
				t.element(e, &members[k].value, path+"/"+e.Name)
			}
		}
	}
	if known == len(members) {
		return
	}
	for _, m := range members {
		if parent.Find(m.name) == nil {
			path := path + "/" + string(shown([]byte(m.name)))
			t.note(Schema, RuleUnexpected, m.at, path, "a key that the schema does not know here")
		}
	}
}

func (t *translator) element(e *schema.Element, v *value, path string) {
	if !e.Repeats() {
		t.one(e, v, path)
		return
	}
	if v.kind != arrayValue {
		t.note(Schema, RuleValue, v.at, path, "not an array, though it may repeat")
		return
	}
	for i := range v.items {
		t.one(e, &v.items[i], path+"["+strconv.Itoa(i+1)+"]")
	}
}

func (t *translator) one(e *schema.Element, v *value, path string) {
	kind := e.Type.Kind
	want := byte(stringValue)
	if kind == schema.Amount || kind == schema.Sequence || kind == schema.Choice {
		want = objectValue
	}
	if v.kind != want {
		text := "not a string"
		if want == objectValue {
			text = "not an object"
		}
		t.note(Schema, RuleValue, v.at, path, text)
		return
	}
	if kind == schema.Amount {
		t.amount(e, v, path)
		return
	}
	t.out = append(append(append(t.out, '<'), e.Name...), '>')
	switch {
	case kind == schema.Any:
		t.foreign(v, path)
	case kind.Leaf():
		t.text(v, path)
	default:
		t.members(e.Type, v.members, path)
	}
	t.out = append(append(append(t.out, "</"...), e.Name...), '>')
}

func (t *translator) foreign(v *value, path string) {
	if !WellFormed([]byte(v.text)) {
		t.note(Syntax, RuleMalformed, v.at, path, "foreign content that is not one XML element")
		return
	}
	t.out = append(t.out, v.text...)
}

func (t *translator) text(v *value, path string) {
	if !Printable(v.text) {
		t.note(Syntax, RuleMalformed, v.at, path, "a character that no XML can hold")
		return
	}
	t.out = AppendText(t.out, v.text)
}

// amount writes {"Ccy": ..., "Amt": ...}.
func (t *translator) amount(e *schema.Element, v *value, path string) {
	var currency, number *value
	for i := range v.members {
		switch m := &v.members[i]; m.name {
		case "Ccy":
			currency = &m.value
		case "Amt":
			number = &m.value
		}
	}
	if len(v.members) != 2 || currency == nil || number == nil ||
		currency.kind != stringValue || number.kind != stringValue || !Printable(currency.text) {
		t.note(Schema, RuleValue, v.at, path, "not an amount of Ccy and Amt as strings")
		return
	}
	t.out = append(append(append(t.out, '<'), e.Name...), ` Ccy="`...)
	t.out = append(appendAttribute(t.out, []byte(currency.text)), `">`...)
	t.text(number, path)
	t.out = append(append(append(t.out, "</"...), e.Name...), '>')
}
