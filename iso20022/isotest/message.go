package isotest

import (
	"fmt"
	"math/rand/v2"

	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

// Style is how a message is spelled; what it says does not depend on it.
type Style struct {
	// Prefix stands before every tag; empty is the default namespace.
	Prefix string
	// Indent puts every element on a line of its own.
	Indent bool
	// Playful writes values with references, CDATA sections and comments, tags
	// with white space, and empty hints for validators.
	Playful bool
}

// Styles are the spellings that tests should try.
var Styles = []Style{
	{}, {Indent: true}, {Prefix: "doc"}, {Prefix: "n0", Indent: true}, {Playful: true},
	{Prefix: "p", Indent: true, Playful: true},
}

// elementsMax is about how many elements a message has: some hundred, so that
// statements stay small, but every optional element gets its turn.
const elementsMax = 300

// Message returns a valid message of a definition.
func Message(random *rand.Rand, m *schema.Message, style Style) []byte {
	w := writer{random: random, style: style, generous: random.IntN(101)}
	if style.Prefix == "" {
		w.root = fmt.Sprintf(` xmlns="%s"`, m.Namespace())
	} else {
		w.root = fmt.Sprintf(` xmlns:%s="%s"`, style.Prefix, m.Namespace())
	}
	if style.Playful {
		w.root += ` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="` + m.Namespace() + ` hint.xsd"`
	}
	w.dst = append(w.dst, `<?xml version="1.0" encoding="UTF-8"?>`...)
	w.element(&m.Root, 0)
	return append(w.dst, '\n')
}

type writer struct {
	random *rand.Rand
	style  Style
	dst    []byte
	// root is the attributes of the next element, once.
	root string
	// generous is how many of a hundred optional elements are written.
	generous int
	elements int
}

// chance is true so many times in a hundred.
func (w *writer) chance(percent int) bool { return w.random.IntN(100) < percent }

func (w *writer) newline(depth int) {
	if w.style.Indent {
		w.dst = append(w.dst, '\n')
		for range depth {
			w.dst = append(w.dst, ' ', ' ')
		}
	}
	if w.style.Playful && w.chance(5) {
		w.dst = append(w.dst, "<!-- a remark -->"...)
	}
}

func (w *writer) name(tag string) string {
	if w.style.Prefix == "" {
		return tag
	}
	return w.style.Prefix + ":" + tag
}

func (w *writer) element(e *schema.Element, depth int) {
	w.elements++
	w.newline(depth)
	w.dst = append(append(append(w.dst, '<'), w.name(e.Name)...), w.root...)
	w.root = ""
	if e.Type.Kind == schema.Amount {
		w.dst = fmt.Appendf(w.dst, ` Ccy="%s"`, pick(w.random, currencies))
	}
	if w.style.Playful && w.chance(10) {
		w.dst = append(w.dst, " \t"...)
	}
	w.dst = append(w.dst, '>')
	switch {
	case e.Type.Kind == schema.Any:
		w.dst = append(w.dst, foreign(w.random, e.Type)...)
	case e.Type.Kind.Leaf():
		w.value(e.Type)
	default:
		w.children(e.Type, depth+1)
		w.newline(depth)
	}
	w.dst = append(append(append(w.dst, "</"...), w.name(e.Name)...), '>')
}

func (w *writer) children(t *schema.Type, depth int) {
	if t.Kind == schema.Choice {
		e := &t.Elements[w.random.IntN(len(t.Elements))]
		w.times(e, max(1, e.Min), depth)
		return
	}
	for i := range t.Elements {
		e := &t.Elements[i]
		switch {
		case e.Min > 0:
			w.times(e, e.Min, depth)
		case w.elements < elementsMax && w.chance(6*w.generous/(6+depth)):
			w.times(e, 1, depth)
		}
	}
}

// times writes an element at least so often, and sometimes more often.
func (w *writer) times(e *schema.Element, least int32, depth int) {
	n := least
	for n < e.Max && n < least+3 && w.elements < elementsMax && w.chance(30) {
		n++
	}
	for range n {
		w.element(e, depth)
	}
}

func (w *writer) value(t *schema.Type) {
	text := Value(w.random, t)
	// White space around dates is left out: validators differ about it.
	padded := t.Kind == schema.Amount || t.Kind == schema.Decimal || t.Kind == schema.Boolean
	if padded && w.style.Playful && w.chance(10) {
		text = " " + text + "\n"
	}
	switch {
	case w.style.Playful && w.chance(10):
		w.dst = append(append(append(w.dst, "<![CDATA["...), text...), "]]>"...)
	case w.style.Playful && w.chance(10):
		for _, r := range text {
			w.dst = fmt.Appendf(w.dst, "&#x%X;", r)
		}
	case w.style.Playful && w.chance(5):
		w.dst = append(wire.AppendText(w.dst, text), "<!-- - -->"...)
	default:
		w.dst = wire.AppendText(w.dst, text)
	}
}

func foreign(random *rand.Rand, t *schema.Type) string {
	if t.Namespace != schema.Anything {
		return `<ds:Signature xmlns:ds="` + t.Namespace + `"><ds:SignatureValue>AAAA</ds:SignatureValue></ds:Signature>`
	}
	return pick(random, []string{
		`<x:Data xmlns:x="urn:example:data" x:kind="1"><x:Item>1 &lt; 2</x:Item><!-- kept --></x:Data>`,
		`<Data xmlns="urn:example:other"><Item><![CDATA[<&>]]></Item><Item/></Data>`,
	})
}

func pick[T any](random *rand.Rand, list []T) T { return list[random.IntN(len(list))] }
