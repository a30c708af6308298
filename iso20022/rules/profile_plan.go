package rules

import (
	"slices"

	"github.com/causeway-pay/causeway/iso20022/schema"
)

// pattern is the way to some elements from the body of a message, a step for
// each element: its name, "*" for any, "**" for any number of any. The empty
// pattern is the body.
type pattern []string

// state is how far a pattern of a rule has been followed.
type state struct {
	rule, pattern, step int
	// except says that the pattern is one of the exceptions.
	except bool
}

// placeKey is a place in a message as far as the rules can tell it: the type of
// the element and how far each pattern has come.
type placeKey struct {
	t      *schema.Type
	states string
}

// profileCompiler makes the plan of one message definition by following all
// patterns at once through its types.
type profileCompiler struct {
	profile    *Profile
	definition *schema.Message
	plans      map[placeKey]*profilePlan
}

func (c *profileCompiler) start() *profilePlan {
	var states []state
	for i := range c.profile.rules {
		r := &c.profile.rules[i]
		if r.families != nil && !slices.Contains(r.families, c.definition.Family()) &&
			!slices.Contains(r.families, c.definition.Name) {
			continue
		}
		for k, p := range r.at {
			states = follow(states, p, state{i, k, 0, false})
		}
		for k, p := range r.except {
			states = follow(states, p, state{i, k, 0, true})
		}
	}
	return c.place(c.definition.Body().Type, states)
}

// follow adds a state and those that it reaches without a step, which "**" may.
func follow(states []state, p pattern, s state) []state {
	if slices.Contains(states, s) {
		return states
	}
	states = append(states, s)
	if s.step < len(p) && p[s.step] == "**" {
		s.step++
		states = follow(states, p, s)
	}
	return states
}

// place returns the plan of an element, nil if no rule is about it or anything
// below it.
func (c *profileCompiler) place(t *schema.Type, states []state) *profilePlan {
	if len(states) == 0 {
		return nil
	}
	key := placeKey{t, keyOf(states)}
	if known, ok := c.plans[key]; ok {
		return known
	}
	p := &profilePlan{rules: c.rulesAt(t, states), below: make([]*profilePlan, len(t.Elements))}
	useful := len(p.rules) > 0
	for i := range t.Elements {
		e := &t.Elements[i]
		p.below[i] = c.place(e.Type, c.step(states, e.Name))
		useful = useful || p.below[i] != nil
	}
	if !useful {
		p = nil
	}
	c.plans[key] = p
	return p
}

// keyOf writes states in few bytes: rules, patterns and steps are within their
// limits.
func keyOf(states []state) string {
	key := make([]byte, 0, 4*len(states))
	for _, s := range states {
		place := byte(s.step)
		if s.except {
			place |= 0x80
		}
		key = append(key, byte(s.rule>>8), byte(s.rule), byte(s.pattern), place)
	}
	return string(key)
}

// step returns the states of a child.
func (c *profileCompiler) step(states []state, name string) []state {
	var next []state
	for _, s := range states {
		p := c.patternOf(s)
		if s.step == len(p) {
			continue
		}
		switch p[s.step] {
		case "**":
			next = follow(next, p, s)
		case "*", name:
			s.step++
			next = follow(next, p, s)
		}
	}
	return next
}

func (c *profileCompiler) patternOf(s state) pattern {
	r := &c.profile.rules[s.rule]
	if s.except {
		return r.except[s.pattern]
	}
	return r.at[s.pattern]
}

// rulesAt returns the rules one of whose patterns ends here and none of whose
// exceptions does, as far as their kind is for the type.
func (c *profileCompiler) rulesAt(t *schema.Type, states []state) []*profileRule {
	var at []*profileRule
	excepted := map[int]bool{}
	for _, s := range states {
		if s.except && s.step == len(c.patternOf(s)) {
			excepted[s.rule] = true
		}
	}
	for _, s := range states {
		r := &c.profile.rules[s.rule]
		if s.except || excepted[s.rule] || s.step < len(c.patternOf(s)) || slices.Contains(at, r) {
			continue
		}
		if r.kind.about == nil || r.kind.about(r, t, c.definition) {
			at = append(at, r)
		}
	}
	return at
}
