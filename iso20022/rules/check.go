package rules

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/causeway-pay/causeway/iso20022/wire"
)

// Options choose what [Check] holds a message to. The zero Options are the rules
// of the standard alone.
type Options struct {
	// Profile adds the rules of a market practice; nil adds none.
	Profile *Profile
	// At chooses the rules of the profile that are in force; the zero time is
	// before all of them.
	At time.Time
	// Warn receives what is advised against and yet allowed: guidelines of the
	// standard, and rules of a profile whose severity is warn. nil is nobody.
	Warn func(wire.Finding)
}

// Check returns all that is wrong with a message, in the order of the layers
// and lines: first what the reader found, then the rules of the standard, identifiers, and
// the profile. A message with a syntax error was not read to its end, so that
// nothing else is said about it. At most [wire.FindingsMax] findings are
// returned, with one more that says so if the reader gave up, and as many
// warnings told. A message in which nothing is wrong costs no memory without a
// profile.
func Check(m *wire.Message, o Options) []wire.Finding {
	findings := slices.Clip(m.Findings)
	if syntactic(findings) {
		return findings
	}
	w, _ := walks.Get().(*walk)
	w.findings, w.warn = findings, o.Warn
	for part := range m.Parts() {
		w.part(part)
	}
	if o.Profile != nil {
		o.Profile.check(w, m, o.At)
	}
	if len(w.findings) > len(findings) {
		findings = w.findings
		slices.SortStableFunc(findings, func(a, b wire.Finding) int {
			return cmp.Or(cmp.Compare(a.Layer, b.Layer), cmp.Compare(a.Line, b.Line))
		})
	}
	*w = walk{}
	walks.Put(w)
	return findings
}

// walks keeps walks for the next message.
var walks = sync.Pool{New: func() any { return new(walk) }}

func syntactic(findings []wire.Finding) bool {
	return slices.ContainsFunc(findings, func(f wire.Finding) bool { return f.Layer == wire.Syntax })
}

// walk goes over a message once.
type walk struct {
	family   string
	findings []wire.Finding
	warn     func(wire.Finding)
	// warned counts the warnings.
	warned int
}

func (w *walk) part(part wire.Part) {
	p := planOf(part.Definition)
	body := part.Body()
	if !body.Exists() {
		return
	}
	w.family = p.family
	if p.body != nil {
		w.element(body, p.body)
	}
	if p.whole != nil {
		p.whole(w, body)
	}
}

// element checks an element and everything below it.
func (w *walk) element(n wire.Node, p *plan) {
	if p.value != nil {
		p.value(w, n)
		return
	}
	var present children
	for child := range n.Children() {
		ordinal := child.Element().Ordinal
		present |= 1 << ordinal
		if below := p.below[ordinal]; below != nil {
			w.element(child, below)
		}
	}
	for i := range p.implications {
		s := &p.implications[i]
		if (s.when == 0 || present&s.when != 0) && present&s.needs == 0 {
			w.missing(s.id, n, s.missing)
		}
	}
	for i := range p.checks {
		if c := &p.checks[i]; present&c.when != 0 {
			c.run(w, n)
		}
	}
}

// report adds a finding about an element.
func (w *walk) report(id ruleID, n wire.Node) { w.missing(id, n, "") }

// missing adds a finding about a child that is not there; an empty one is the
// element itself. Rules that are not for the family are no rules.
func (w *walk) missing(id ruleID, n wire.Node, child string) {
	rule := id.rule()
	if _, applies := rule.Number(w.family); applies {
		w.tell(rule.Guideline, n, child, wire.Finding{
			Layer: rule.Layer, Rule: rule.title(w.family), Code: rule.Code, Text: rule.Text,
		})
	}
}

// tell adds a finding or a warning about an element or a child of it, with its
// place, as long as there are not too many.
func (w *walk) tell(warning bool, n wire.Node, child string, f wire.Finding) {
	if warning && (w.warn == nil || w.warned >= wire.FindingsMax) || !warning && len(w.findings) >= wire.FindingsMax {
		return
	}
	f.Line, f.Path = n.Line(), n.Path()
	if child != "" {
		f.Path += "/" + child
	}
	if warning {
		w.warned++
		w.warn(f)
		return
	}
	w.findings = append(w.findings, f)
}
