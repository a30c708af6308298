package version

import (
	"strings"

	"github.com/causeway-pay/causeway/iso20022/schema"
)

// Carry is what the agreed fields begin with. pacs.008 before version 13 has no
// place for the agreed exchange rate with its quote and none for the expiry of
// the instruction; by agreement with the receiver they travel as structured
// remittance information (RmtInf/Strd/AddtlRmtInf, at most 140 characters), as
// cross-border schemes do with references of their own:
//
//	Causeway/AgrdRate/HKD/JPY/20.326966909/2026-07-21T10:15:28.004+08:00/4e0f2c5f-9d34-4f7c-8b54-b0d1a1c55f10
//	Causeway/XpryDtTm/2026-07-21T10:25:30+08:00
//
// The parts of the rate are those of CurrencyExchange26 in their order, UnitCcy,
// QtdCcy, PreAgrdXchgRate, QtnDtTm and QtId; what is not there is empty. A rate
// that names the agent who gave it does not fit and is refused.
const Carry = "Causeway/"

// carriedMax is the length of Max140Text.
const carriedMax = 140

// agreed are the fields that can be carried: the element above, below the body
// of the message, and the element.
var agreed = [][2]string{{"CdtTrfTxInf", "AgrdRate"}, {"GrpHdr", "XpryDtTm"}}

// pack puts what the target has no place for into agreed fields.
func (f *fitter) pack(root *element, source, target *schema.Message) {
	transaction := f.single(root, target)
	if transaction == nil {
		return
	}
	if there := transaction.child("RmtInf"); there != nil && len(there.children) == 0 {
		return // it would not come back: [fitter.unpack] takes away what it has emptied
	}
	var lines []string
	for _, field := range agreed {
		above := root.child(field[0])
		if above == nil || has(target, field) {
			continue
		}
		e := above.child(field[1])
		if e == nil {
			continue
		}
		text, ok := flat(e, placeOf(source, field).Type)
		if !ok {
			continue
		}
		above.remove(e)
		f.carried = append(f.carried, e.path)
		lines = append(lines, Carry+e.name+"/"+text)
	}
	if lines == nil {
		return
	}
	structured := &element{name: "Strd", path: transaction.path, kind: schema.Sequence}
	for _, line := range lines {
		structured.children = append(structured.children, &element{
			name: "AddtlRmtInf", path: transaction.path, kind: schema.Text, value: line,
		})
	}
	remittance := transaction.at("RmtInf")
	remittance.children = append(remittance.children, structured)
}

// single returns the one transaction of a customer credit transfer: what is
// carried must be about it alone.
func (f *fitter) single(root *element, target *schema.Message) *element {
	if target.Family() != "pacs.008" {
		return nil
	}
	var only *element
	for _, c := range root.children {
		if c.name != "CdtTrfTxInf" {
			continue
		}
		if only != nil {
			return nil
		}
		only = c
	}
	return only
}

func has(target *schema.Message, field [2]string) bool {
	return placeOf(target, field) != nil
}

// placeOf returns the place of an agreed field in a message, nil if it has none.
func placeOf(m *schema.Message, field [2]string) *schema.Element {
	above := m.Body().Type.Find(field[0])
	if above == nil {
		return nil
	}
	return above.Type.Find(field[1])
}

// flat writes an element on one line; false if it does not fit.
func flat(e *element, t *schema.Type) (string, bool) {
	text := e.value
	if !e.leaf() {
		parts := make([]string, 0, len(t.Elements))
		for i := range t.Elements {
			c := e.child(t.Elements[i].Name)
			switch {
			case !t.Elements[i].Type.Kind.Leaf():
				if c != nil {
					return "", false
				}
				continue
			case c == nil:
				parts = append(parts, "")
			case strings.Contains(c.value, "/"):
				return "", false
			default:
				parts = append(parts, c.value)
			}
		}
		text = strings.Join(parts, "/")
	}
	return text, len(Carry)+len(e.name)+1+len(text) <= carriedMax
}

// unpack takes what agreed fields carry back to where the target has it.
func (f *fitter) unpack(root *element, target *schema.Message) {
	transaction := f.single(root, target)
	if transaction == nil || transaction.child("RmtInf") == nil {
		return
	}
	remittance := transaction.child("RmtInf")
	emptied := false
	for _, structured := range append([]*element{}, remittance.children...) {
		restored := false
		for _, line := range append([]*element{}, structured.children...) {
			if line.name == "AddtlRmtInf" && f.restore(root, target, line) {
				structured.remove(line)
				restored = true
			}
		}
		if restored && len(structured.children) == 0 {
			remittance.remove(structured)
			emptied = true
		}
	}
	if emptied && len(remittance.children) == 0 {
		transaction.remove(remittance)
	}
}

// restore puts one line back and reports whether it was an agreed one with a
// place in the target.
func (f *fitter) restore(root *element, target *schema.Message, line *element) bool {
	for _, field := range agreed {
		text, ours := strings.CutPrefix(line.value, Carry+field[1]+"/")
		above := root.child(field[0])
		if !ours || !has(target, field) || above == nil || above.child(field[1]) != nil {
			continue
		}
		place := placeOf(target, field)
		e := &element{name: field[1], path: line.path, kind: place.Type.Kind, value: text}
		if !e.leaf() && !e.unflatten(text, place.Type) {
			return false
		}
		above.children = append(above.children, e)
		f.carried = append(f.carried, line.path)
		return true
	}
	return false
}

// unflatten makes the children that flat wrote.
func (e *element) unflatten(text string, t *schema.Type) bool {
	e.value = ""
	parts := strings.Split(text, "/")
	for i := range t.Elements {
		place := &t.Elements[i]
		if !place.Type.Kind.Leaf() {
			continue
		}
		if len(parts) == 0 {
			return false
		}
		if parts[0] != "" {
			e.children = append(e.children, &element{name: place.Name, path: e.path, kind: place.Type.Kind, value: parts[0]})
		}
		parts = parts[1:]
	}
	return len(parts) == 0
}
