package rules

import (
	"iter"
	"strings"

	"github.com/causeway-pay/causeway/iso20022/wire"
)

// Rule is one rule of the standard or of a register that it refers to.
type Rule struct {
	// Layer is [wire.Business] or [wire.Identifier].
	Layer wire.Layer
	// Name is stable and speaks for itself, such as "settlement-method-clearing".
	Name string
	// Code is the ExternalStatusReason1Code of a message that breaks the rule.
	Code string
	// Text explains the rule in a sentence without its full stop.
	Text string
	// Guideline says that the standard only recommends it: breaking it is a
	// warning.
	Guideline bool

	// numbers lists the families that the rule is checked in with its number in
	// each, such as "pacs.008=C36 pacs.009=C41 pain.001"; none is all families.
	numbers string
}

// Number returns the number of the rule in a message family, such as "C36" in
// "pacs.008", and false if the rule is not for messages of that family. Rules
// without a number in the standard have an empty one.
func (r *Rule) Number(family string) (string, bool) {
	if r.numbers == "" {
		return "", true
	}
	for field := range strings.SplitSeq(r.numbers, " ") {
		if name, number, _ := strings.Cut(field, "="); name == family {
			return number, true
		}
	}
	return "", false
}

// Families returns the families that the rule is for, none if it is for all.
func (r *Rule) Families() []string {
	var families []string
	for _, field := range strings.Fields(r.numbers) {
		name, _, _ := strings.Cut(field, "=")
		families = append(families, name)
	}
	return families
}

// title is what findings in a family call the rule: its number there, if it has
// one, and its name.
func (r *Rule) title(family string) string {
	if number, _ := r.Number(family); number != "" {
		return number + "-" + r.Name
	}
	return r.Name
}

// Catalogue returns all rules of the layers business and identifier, in the
// order in which the package's documentation has them.
func Catalogue() iter.Seq[*Rule] {
	return func(yield func(*Rule) bool) {
		for i := range catalogue {
			if !yield(&catalogue[i]) {
				return
			}
		}
	}
}

// ruleID is the place of a rule in the catalogue.
type ruleID uint8

func (id ruleID) rule() *Rule { return &catalogue[id] }

// The reason codes of most rules: an element that must be there is missing, one
// that must not be there is present, one contradicts another.
const (
	codeMissing     = "CH21"
	codeNotAdmitted = "CH17"
	codeContent     = "CH16"
)
