package rules

import (
	"bytes"
	"slices"
	"strings"

	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

// kind is a kind of rule. The words behind it in a profile are a number, paths
// or words, as takes says.
type kind struct {
	takes takes
	// about limits the elements that such a rule can be about by their type; nil
	// is all.
	about func(*profileRule, *schema.Type, *schema.Message) bool
	// check reports an element that breaks the rule.
	check func(*visit, *profileRule, wire.Node)
	// words are all that the rule may say; none is anything that is known.
	words []string
	known func(word string) bool
}

// takes is what follows the name of a kind.
type takes uint8

const (
	takesPaths takes = iota
	takesPath
	takesNumberAndPath
	takesNumber
	takesWords
	takesWord
	takesSet
	takesNothing
)

// kinds are the kinds of rules by the word that they are written with.
var kinds = map[string]*kind{
	// messages WORD...: no message or header but these.
	"messages": {takes: takesWords, about: otherMessage, check: always},
	// require PATH...: one of these must be there.
	"require": {takes: takesPaths, check: require},
	// forbid PATH...: none of these may be there.
	"forbid": {takes: takesPaths, check: forbid},
	// most NUMBER PATH, least NUMBER PATH: how often.
	"most": {takes: takesNumberAndPath, check: most}, "least": {takes: takesNumberAndPath, check: least},
	// values WORD...: the value is one of these.
	"values": {takes: takesWords, about: leaf, check: values},
	// begins WORD...: the value begins with one of these.
	"begins": {takes: takesWords, about: leaf, check: begins},
	// characters SET: the text has no other characters.
	"characters": {takes: takesSet, about: freeText, check: characters},
	// digits NUMBER: the amount has at most so many digits that count.
	"digits": {takes: takesNumber, about: amount, check: digits},
	// form WORD: a time has its offset (offset), or is in UTC (utc); a reference
	// neither begins nor ends with a slash nor has two in a row (reference).
	"form": {takes: takesWord, about: leaf, check: form, words: []string{"offset", "utc", "reference"}},
	// codes WORD...: the code is in the external code set that its type names,
	// one of these.
	"codes": {takes: takesWords, about: listedCode, check: codes, known: knownSet},
	// address WORD...: the postal address has one of these shapes.
	"address": {takes: takesWords, about: addressType, check: address, words: shapes},
	// header PATH: the value is that of this place in the header, if it has one.
	// A header for a copy names others.
	"header": {takes: takesPath, about: leaf, check: sameAsHeader},
	// headed: the message has a header.
	"headed": {takes: takesNothing, check: headed},
	// definition: the value is the name of the document.
	"definition": {takes: takesNothing, about: leaf, check: definition},
}

func leaf(_ *profileRule, t *schema.Type, _ *schema.Message) bool { return t.Kind.Leaf() }

func amount(_ *profileRule, t *schema.Type, _ *schema.Message) bool { return t.Kind == schema.Amount }

func freeText(_ *profileRule, t *schema.Type, _ *schema.Message) bool {
	return t.Kind == schema.Text && t.Facets.Values == nil
}

func listedCode(r *profileRule, t *schema.Type, _ *schema.Message) bool {
	return slices.Contains(r.words, t.Name)
}

func addressType(_ *profileRule, t *schema.Type, _ *schema.Message) bool {
	return t.Find("AdrLine") != nil
}

func otherMessage(r *profileRule, _ *schema.Type, m *schema.Message) bool {
	return !slices.Contains(r.words, m.Name)
}

func always(v *visit, r *profileRule, n wire.Node) { v.broken(r, n, nil) }

func require(v *visit, r *profileRule, n wire.Node) {
	for _, path := range r.paths {
		if n.At(path...).Exists() {
			return
		}
	}
	v.broken(r, n, r.paths[0])
}

func forbid(v *visit, r *profileRule, n wire.Node) {
	for _, path := range r.paths {
		if found := n.At(path...); found.Exists() {
			v.broken(r, found, nil)
		}
	}
}

// times counts how often a path is there: its last step as often as it stands
// where the others lead first.
func times(n wire.Node, path []string) (many int, first wire.Node) {
	last := len(path) - 1
	for child := range n.At(path[:last]...).All(path[last]) {
		if many == 0 {
			first = child
		}
		many++
	}
	return many, first
}

func most(v *visit, r *profileRule, n wire.Node) {
	if many, first := times(n, r.paths[0]); many > r.number {
		v.broken(r, first, nil)
	}
}

func least(v *visit, r *profileRule, n wire.Node) {
	if many, _ := times(n, r.paths[0]); many < r.number {
		v.broken(r, n, r.paths[0])
	}
}

func values(v *visit, r *profileRule, n wire.Node) {
	if !slices.Contains(r.words, string(n.Bytes())) {
		v.broken(r, n, nil)
	}
}

func begins(v *visit, r *profileRule, n wire.Node) {
	for _, word := range r.words {
		if bytes.HasPrefix(n.Bytes(), []byte(word)) {
			return
		}
	}
	v.broken(r, n, nil)
}

// charset is a set of characters, all of ASCII.
type charset [128]bool

func characters(v *visit, r *profileRule, n wire.Node) {
	for _, c := range n.Bytes() {
		if c >= 128 || !r.set[c] {
			v.broken(r, n, nil)
			return
		}
	}
}

func digits(v *visit, r *profileRule, n wire.Node) {
	many, zeros, point := 0, 0, false
	for _, c := range n.Bytes() {
		switch {
		case c == '.':
			point, zeros = true, 0
		case c >= '0' && c <= '9' && (c != '0' || many > 0 || point):
			many++
			if zeros++; c != '0' {
				zeros = 0
			}
		}
	}
	if point {
		many -= zeros
	}
	if many > r.number {
		v.broken(r, n, nil)
	}
}

func form(v *visit, r *profileRule, n wire.Node) {
	if !formed(r.words[0], string(n.Bytes()), n.Element().Type.Kind) {
		v.broken(r, n, nil)
	}
}

func formed(word, value string, kind schema.Kind) bool {
	switch word {
	case "reference":
		return !strings.HasPrefix(value, "/") && !strings.HasSuffix(value, "/") && !strings.Contains(value, "//")
	case "utc":
		return kind != schema.DateTime || strings.HasSuffix(value, "Z") || strings.HasSuffix(value, "+00:00")
	default:
		_, clock, _ := strings.Cut(value, "T")
		return kind != schema.DateTime || strings.ContainsAny(clock, "Z+-")
	}
}

func knownSet(name string) bool { return External().Set(name) != nil }

func codes(v *visit, r *profileRule, n wire.Node) {
	if !External().Has(n.Element().Type.Name, n.Bytes()) {
		v.broken(r, n, nil)
	}
}

// The shapes of a postal address: with town and country and no free lines; with
// town, country and at most two free lines; of free lines alone. What is
// anything else is none of them.
var shapes = []string{"structured", "hybrid", "unstructured"}

func address(v *visit, r *profileRule, n wire.Node) {
	if !slices.Contains(r.words, shape(n)) {
		v.broken(r, n, nil)
	}
}

func shape(n wire.Node) string {
	lines, others := 0, 0
	for child := range n.Children() {
		if child.Name() == "AdrLine" {
			lines++
		} else {
			others++
		}
	}
	placed := n.Child("TwnNm").Exists() && n.Child("Ctry").Exists()
	switch {
	case lines == 0 && placed:
		return shapes[0]
	case lines > 0 && lines <= 2 && placed:
		return shapes[1]
	case lines > 0 && lines <= 3 && (others == 0 || others == 1 && n.Child("Ctry").Exists()):
		return shapes[2]
	default:
		return ""
	}
}

func sameAsHeader(v *visit, r *profileRule, n wire.Node) {
	stated := v.header.At(r.paths[0]...)
	if stated.Exists() && !v.header.Child("CpyDplct").Exists() && !bytes.Equal(stated.Bytes(), n.Bytes()) {
		v.broken(r, n, nil)
	}
}

func headed(v *visit, r *profileRule, n wire.Node) {
	if !v.header.Exists() {
		v.broken(r, n, nil)
	}
}

func definition(v *visit, r *profileRule, n wire.Node) {
	if v.document.Definition != nil && string(n.Bytes()) != v.document.Definition.Name {
		v.broken(r, n, nil)
	}
}
