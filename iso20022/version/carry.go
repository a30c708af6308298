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
//	Causeway/AgrdRate/UnitCcy=HKD;QtdCcy=JPY;PreAgrdXchgRate=20.326966909;QtId=...
//	Causeway/XpryDtTm/2026-07-21T10:25:30+08:00
const Carry = "Causeway/"

// carriedMax is the length of Max140Text.
const carriedMax = 140

// agreed are the fields that can be carried: the element above, below the body
// of the message, and the element.
var agreed = [][2]string{{"CdtTrfTxInf", "AgrdRate"}, {"GrpHdr", "XpryDtTm"}}

// pack puts what the target has no place for into agreed fields.
func (f *fitter) pack(root *element, target *schema.Message) {
	transaction := f.single(root, target)
	if transaction == nil {
		return
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
		text, ok := flat(e)
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
	above := target.Body().Type.Find(field[0])
	return above != nil && above.Type.Find(field[1]) != nil
}

// flat writes an element on one line; false if it does not fit.
func flat(e *element) (string, bool) {
	text := e.value
	if !e.leaf() {
		parts := make([]string, len(e.children))
		for i, c := range e.children {
			if !c.leaf() || c.currency != "" || strings.ContainsAny(c.value, ";=") {
				return "", false
			}
			parts[i] = c.name + "=" + c.value
		}
		text = strings.Join(parts, ";")
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
	for _, structured := range append([]*element{}, remittance.children...) {
		for _, line := range append([]*element{}, structured.children...) {
			if line.name == "AddtlRmtInf" && f.restore(root, target, line) {
				structured.remove(line)
			}
		}
		if structured.name == "Strd" && len(structured.children) == 0 {
			remittance.remove(structured)
		}
	}
	if len(remittance.children) == 0 {
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
		place := target.Body().Type.Find(field[0]).Type.Find(field[1])
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
	for part := range strings.SplitSeq(text, ";") {
		name, value, ok := strings.Cut(part, "=")
		place := t.Find(name)
		if !ok || place == nil || !place.Type.Kind.Leaf() {
			return false
		}
		e.children = append(e.children, &element{name: name, path: e.path, kind: place.Type.Kind, value: value})
	}
	return true
}
