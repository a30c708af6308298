package rules

import (
	"context"
	"iter"
	"maps"
	"slices"
)

// samplesMax is how many payments a report names for each rule.
const samplesMax = 10

// Case is a payment of the past with its id.
type Case struct {
	ID    string
	Facts Facts
}

// Report says what would change if one set took the place of another.
type Report struct {
	// Payments is how many were looked at, Changes how many have another outcome,
	// by what it was and what it would be.
	Payments int
	Changes  map[Change]int
	// Rules is what each rule of the new set does.
	Rules []Effect
}

// Change is from one outcome to another.
type Change struct{ From, To Outcome }

// Effect is what one rule does.
type Effect struct {
	Rule string
	Then Outcome
	// Hits counts payments, Failures those among them where it was not decided.
	Hits, Failures int
	// Samples names the first of them.
	Samples []string
}

// Compare applies two sets to payments of the past. The old set may be nil, which
// lets everything pass. It ends early when ctx does.
func Compare(ctx context.Context, old, candidate *Set, cases iter.Seq[Case]) Report {
	c := Comparison{Old: old, New: candidate}
	for one := range cases {
		if ctx.Err() != nil {
			break
		}
		c.Add(ctx, one)
	}
	return c.Report()
}

// Comparison is a [Compare] to which payments are added one after the other. It is
// not for several goroutines at once.
type Comparison struct {
	Old, New *Set

	payments int
	changes  map[Change]int
	effects  map[string]*Effect
}

// Add applies both sets to a payment.
func (c *Comparison) Add(ctx context.Context, one Case) {
	before := Verdict{Outcome: Pass}
	if c.Old != nil {
		before = c.Old.Apply(ctx, one.Facts)
	}
	after := c.New.Apply(ctx, one.Facts)
	c.payments++
	if before.Outcome != after.Outcome {
		if c.changes == nil {
			c.changes = map[Change]int{}
		}
		c.changes[Change{before.Outcome, after.Outcome}]++
	}
	for _, hit := range after.Hits {
		c.count(hit, one.ID)
	}
}

func (c *Comparison) count(hit Hit, id string) {
	if c.effects == nil {
		c.effects = map[string]*Effect{}
	}
	effect := c.effects[hit.Rule]
	if effect == nil {
		effect = &Effect{}
		c.effects[hit.Rule] = effect
	}
	effect.Hits++
	if hit.Failure != "" {
		effect.Failures++
	}
	if len(effect.Samples) < samplesMax {
		effect.Samples = append(effect.Samples, id)
	}
}

// Report returns what was found so far, with a line for each rule of the new set
// in its order.
func (c *Comparison) Report() Report {
	report := Report{Payments: c.payments, Changes: maps.Clone(c.changes)}
	for _, rule := range c.New.Rules() {
		effect := Effect{}
		if found := c.effects[rule.Name]; found != nil {
			effect = *found
			effect.Samples = slices.Clone(found.Samples)
		}
		effect.Rule, effect.Then = rule.Name, rule.Then
		report.Rules = append(report.Rules, effect)
	}
	return report
}
