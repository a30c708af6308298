package version

import (
	"fmt"
	"slices"
	"strings"

	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

// Loss is one thing that the target version cannot hold.
type Loss struct {
	// Path leads to the element in the source.
	Path string `json:"path"`
	// Problem says why, without the value.
	Problem string `json:"problem"`
}

// LossError refuses a translation that would lose something.
type LossError struct {
	From, To string
	Losses   []Loss
}

// Error implements error.
func (e *LossError) Error() string {
	first := ""
	if len(e.Losses) > 0 {
		first = ": " + e.Losses[0].Path + ": " + e.Losses[0].Problem
	}
	if more := len(e.Losses) - 1; more > 0 {
		first += fmt.Sprintf(" and %d more", more)
	}
	return fmt.Sprintf("version: %s as %s would lose something%s", e.From, e.To, first)
}

// Options say what a translation may do beyond moving elements.
type Options struct {
	// Carry allows agreed fields for what the target has no place for; see
	// [Carry].
	Carry bool
	// Drop allows losses, which the result then lists.
	Drop bool
}

// Result is a translated message.
type Result struct {
	// XML is the message in the canonical form of the target version, valid
	// against its schema.
	XML []byte
	// Carried are the source paths of what went into agreed fields or came out
	// of them.
	Carried []string
	// Lost is empty unless [Options.Drop] allowed it.
	Lost []Loss
}

// Convert translates a part, which must have been read without findings, into
// another version of its message. The error is a [*LossError], or a
// [*wire.Invalid] where the target demands more than the source has.
func Convert(part wire.Part, target *schema.Message, options Options) (Result, error) {
	if part.Definition == nil || target == nil || part.Definition.Family() != target.Family() {
		return Result{}, fmt.Errorf("version: not two versions of one message")
	}
	root := copyOf(part.Body(), part.Definition.Body().Name)
	if target.Header() {
		root.path = target.Root.Name
	}
	f := fitter{options: options}
	if options.Carry {
		f.unpack(root, target)
		f.pack(root, part.Definition, target)
	}
	f.fit(root, target.Body().Type)
	if len(f.losses) > 0 && !options.Drop {
		return Result{}, &LossError{From: part.Definition.Name, To: target.Name, Losses: f.losses}
	}
	root.name = target.Body().Name
	xml := write(root, target)
	if _, err := wire.Parse(xml); err != nil {
		return Result{}, err
	}
	return Result{XML: xml, Carried: f.carried, Lost: f.losses}, nil
}

func write(root *element, target *schema.Message) []byte {
	dst := wire.AppendStart(nil, target)
	if target.Header() {
		for _, c := range root.children {
			dst = c.appendXML(dst)
		}
	} else {
		dst = root.appendXML(dst)
	}
	return append(append(append(dst, "</"...), target.Root.Name...), ">\n"...)
}

// fitter makes an element fit a type of the target and notes what does not.
type fitter struct {
	options Options
	carried []string
	losses  []Loss
}

func (f *fitter) lose(e *element, problem string) {
	f.losses = append(f.losses, Loss{Path: e.path, Problem: problem})
}

// fit changes an element so that it fits the type and reports whether it does.
func (f *fitter) fit(e *element, t *schema.Type) bool {
	reshape(e, t)
	switch {
	case t.Kind == schema.Any:
		return e.kind == schema.Any
	case t.Kind.Leaf():
		return f.fitValue(e, t)
	case e.leaf():
		f.lose(e, "a value where the target has elements")
		return false
	}
	empty := len(e.children) == 0
	f.move(e, t)
	kept := e.children[:0:0]
	for _, c := range e.children {
		place := t.Find(c.name)
		if place == nil {
			f.lose(c, "the target has no such element")
			continue
		}
		if f.fit(c, place.Type) {
			kept = append(kept, c)
		}
	}
	e.children = f.limit(kept, t)
	slices.SortStableFunc(e.children, func(a, b *element) int {
		return int(t.Find(a.name).Ordinal - t.Find(b.name).Ordinal)
	})
	return empty || len(e.children) > 0
}

func (f *fitter) fitValue(e *element, t *schema.Type) bool {
	if !e.leaf() || e.kind == schema.Any {
		f.lose(e, "elements where the target has a value")
		return false
	}
	if (e.currency != "") != (t.Kind == schema.Amount) {
		f.lose(e, "an amount where the target has none, or none where it has one")
		return false
	}
	if problem := t.Check(t.Collapse([]byte(e.value))); problem != schema.None {
		f.lose(e, unfit(t, problem))
		return false
	}
	e.kind = t.Kind
	return true
}

func unfit(t *schema.Type, problem schema.Problem) string {
	switch problem {
	case schema.TooLong:
		return fmt.Sprintf("longer than the %d characters of the target", t.Facets.MaxLength)
	case schema.NotListed:
		return "a code that the target does not know"
	default:
		return "not a value of " + t.Name + " of the target"
	}
}

// limit drops children beyond the number that the target takes.
func (f *fitter) limit(children []*element, t *schema.Type) []*element {
	count := map[string]int32{}
	var kept []*element
	for _, c := range children {
		count[c.name]++
		if count[c.name] > t.Find(c.name).Max {
			f.lose(c, "more often than the target allows")
			continue
		}
		kept = append(kept, c)
	}
	if t.Kind == schema.Choice && len(count) > 1 {
		for _, c := range kept[1:] {
			f.lose(c, "a second alternative of what the target has as a choice")
		}
		kept = kept[:1]
	}
	return kept
}

// reshape turns a value into the element around it that the other version has,
// and back: see [wraps].
func reshape(e *element, t *schema.Type) {
	if e.leaf() && e.name == "Yr" {
		reshapeYear(e, t)
		return
	}
	inner, known := wraps[e.name]
	if !known {
		return
	}
	switch holds := t.Find(inner) != nil; {
	case e.leaf() && holds:
		e.children = []*element{{name: inner, path: e.path, kind: e.kind, value: e.value}}
		e.kind, e.value = schema.Sequence, ""
	case !e.leaf() && holds:
		e.wrap(inner, t)
	case !e.leaf():
		e.unwrap(inner, t)
	}
}

// wrap puts the children into an element of that name, where the target has them
// there and not beside it.
func (e *element) wrap(inner string, t *schema.Type) {
	if len(e.children) > 0 && e.child(inner) == nil && t.Find(e.children[0].name) == nil {
		e.children = []*element{{name: inner, path: e.path, kind: schema.Sequence, children: e.children}}
	}
}

// unwrap takes the only child, of that name, away and keeps what is in it.
func (e *element) unwrap(inner string, t *schema.Type) {
	if len(e.children) != 1 || e.children[0].name != inner {
		return
	}
	switch only := e.children[0]; {
	case only.leaf() && t.Kind.Leaf():
		e.kind, e.value, e.children = only.kind, only.value, nil
	case !only.leaf() && !t.Kind.Leaf():
		e.children = only.children
	}
}

// reshapeYear knows that older versions write a year as its first day.
func reshapeYear(e *element, t *schema.Type) {
	const firstDay = "-01-01"
	switch {
	case e.kind == schema.Year && t.Kind == schema.Date && len(e.value) == 4:
		e.kind, e.value = schema.Date, e.value+firstDay
	case e.kind == schema.Date && t.Kind == schema.Year && strings.HasSuffix(e.value, firstDay):
		e.kind, e.value = schema.Year, strings.TrimSuffix(e.value, firstDay)
	}
}

// move puts children under the name, or into the element, that the target has
// for them: see [renames] and [moves].
func (f *fitter) move(e *element, t *schema.Type) {
	for _, c := range slices.Clone(e.children) {
		if t.Find(c.name) != nil {
			continue
		}
		if to := renamed(c.name, t); to != "" && e.child(to) == nil {
			c.name = to
			continue
		}
		if into, known := moves[c.name]; known && t.Find(into) != nil {
			e.remove(c)
			e.at(into).children = append(e.at(into).children, c)
			continue
		}
		f.unwrapMoved(e, c, t)
	}
}

// unwrapMoved brings children of an element that the target does not have up to
// where it has them.
func (f *fitter) unwrapMoved(e, c *element, t *schema.Type) {
	moved := false
	for _, inner := range slices.Clone(c.children) {
		if moves[inner.name] == c.name && t.Find(inner.name) != nil && e.child(inner.name) == nil {
			c.remove(inner)
			e.children = append(e.children, inner)
			moved = true
		}
	}
	if moved && len(c.children) == 0 {
		e.remove(c)
	}
}

func renamed(name string, t *schema.Type) string {
	for _, pair := range renames {
		for i := range pair {
			if pair[i] == name && t.Find(pair[1-i]) != nil {
				return pair[1-i]
			}
		}
	}
	return ""
}
