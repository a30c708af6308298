package rules

import (
	"sync"

	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

// plan says what to check of an element of one schema type, made once for each
// type, so that nothing is looked up by name while a message is checked.
type plan struct {
	// below has the plan of each child by its ordinal, nil where nothing is to
	// be checked there or below.
	below []*plan
	// value checks the value of a leaf.
	value func(*walk, wire.Node)
	// implications and checks hold the children to one another.
	implications []implication
	checks       []check
}

// children is a set of the children of an element by their ordinals. No type of
// the standard has more than 48.
type children uint64

// implication is a rule that follows from which children are there alone.
type implication struct {
	id ruleID
	// when is the child that the rule is about, none if it is about all.
	when children
	// needs are children of which one must be there then, missing the first of
	// them by name.
	needs   children
	missing string
}

// check is a rule that needs a look at values. It runs if one of the children
// when is there.
type check struct {
	when children
	run  func(*walk, wire.Node)
}

// messagePlan is the plan of a message definition.
type messagePlan struct {
	family string
	body   *plan
	// whole checks what no single element shows.
	whole func(*walk, wire.Node)
}

// plans keeps the plan of each definition that was seen.
var plans sync.Map

func planOf(m *schema.Message) *messagePlan {
	if known, ok := plans.Load(m); ok {
		return known.(*messagePlan)
	}
	c := compiler{family: m.Family(), plans: map[*schema.Type]*plan{}}
	made := &messagePlan{family: c.family, body: c.plan(m.Body().Type), whole: wholes[c.family]}
	kept, _ := plans.LoadOrStore(m, made)
	return kept.(*messagePlan)
}

// compiler makes the plans of one message definition.
type compiler struct {
	family string
	plans  map[*schema.Type]*plan
}

// plan returns the plan of a type, nil if there is nothing to check.
func (c *compiler) plan(t *schema.Type) *plan {
	if known, ok := c.plans[t]; ok {
		return known
	}
	p := &plan{value: valueCheck(t)}
	useful := p.value != nil
	p.below = make([]*plan, len(t.Elements))
	for i := range t.Elements {
		p.below[i] = c.plan(t.Elements[i].Type)
		useful = useful || p.below[i] != nil
	}
	p.implications = c.implications(t)
	p.checks = c.checks(t)
	if !useful && len(p.implications) == 0 && len(p.checks) == 0 {
		p = nil
	}
	c.plans[t] = p
	return p
}

func (c *compiler) applies(id ruleID) bool {
	_, applies := id.rule().Number(c.family)
	return applies
}

// implications returns those of the rules that speak of children of the type.
func (c *compiler) implications(t *schema.Type) []implication {
	var made []implication
	for _, s := range statements {
		i := implication{id: s.id, needs: named(t, s.needs...), missing: s.needs[0]}
		if s.when != "" {
			i.when = named(t, s.when)
		}
		stated := i.when != 0 && i.needs != 0 || s.when == "" && hasAll(t, s.needs)
		if stated && c.applies(s.id) {
			made = append(made, i)
		}
	}
	return made
}

// named returns the set of the children of those names that the type has.
func named(t *schema.Type, names ...string) children {
	var set children
	for _, name := range names {
		if e := t.Find(name); e != nil {
			set |= 1 << e.Ordinal
		}
	}
	return set
}

// checks returns the checks of values of a type, recognised by its children.
func (c *compiler) checks(t *schema.Type) []check {
	var made []check
	for _, k := range comparisons {
		if c.applies(k.id) && hasAll(t, k.has) {
			made = append(made, check{named(t, k.when...), k.run})
		}
	}
	return made
}

func hasAll(t *schema.Type, names []string) bool {
	for _, name := range names {
		if t.Find(name) == nil {
			return false
		}
	}
	return true
}
