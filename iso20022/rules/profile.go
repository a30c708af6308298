package rules

import (
	"embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

// Profile is a market practice: what a community of users allows of what the
// standard allows, each rule with the days on which it is in force.
type Profile struct {
	// Name is short, such as "cbpr+", and Title long.
	Name, Title string
	// Source says where the rules come from.
	Source string
	// Answer is the version of the status report that users of the profile
	// understand, such as "pacs.002.001.10".
	Answer string

	rules []profileRule
	sets  map[string]*charset
	plans sync.Map
}

// profileRule is one rule of a profile.
type profileRule struct {
	name, title, text, code string
	// from is the first day on which the rule is in force and until the first on
	// which it is not any more, both as year, month and day in one number, 0 for
	// always.
	from, until int
	warn        bool
	families    []string
	// at are the places that the rule is about and except those that it is not.
	at, except []pattern
	// when limits it to elements for which all conditions hold.
	when []condition
	// kind says what is demanded, of number, paths and words.
	kind   *kind
	number int
	paths  [][]string
	words  []string
	set    *charset
}

// condition is whether a path leads anywhere, or to one of some values.
type condition struct {
	path   []string
	values []string
	not    bool
}

func (c condition) holds(n wire.Node) bool {
	found := n.At(c.path...)
	holds := found.Exists() && (c.values == nil || slices.Contains(c.values, string(found.Bytes())))
	return holds != c.not
}

//go:embed profiles/*.txt
var profileFiles embed.FS

// ErrProfile means that there is no profile of a name, or that a text is none.
var ErrProfile = errors.New("rules: no profile")

// Load returns a profile of this package by its name: "cbpr+", "nexus" or
// "switch". A profile keeps what it works out for each message definition: load
// it once and share it. The error is [ErrProfile].
func Load(name string) (*Profile, error) {
	// The name comes from outside: it must not leave the folder.
	if !slices.Contains(Profiles(), name) {
		return nil, fmt.Errorf("%w %q: there are %s", ErrProfile, name, strings.Join(Profiles(), ", "))
	}
	text, err := profileFiles.ReadFile("profiles/" + name + ".txt")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProfile, err)
	}
	return ParseProfile(string(text))
}

// Profiles returns the names of the profiles of this package.
func Profiles() []string { return []string{"cbpr+", "nexus", "switch"} }

// ProfileRule describes one rule of a profile.
type ProfileRule struct {
	// Name is the name of the profile and that of the rule, such as
	// "cbpr+/one-transaction".
	Name string
	// Code is the ExternalStatusReason1Code of a message that breaks the rule.
	Code string
	Text string
	// Families are those that the rule is for, none if it is for all.
	Families []string
	// From is the first day on which the rule is in force, and Until the first on
	// which it is not any more; zero is always.
	From, Until time.Time
	// Warn says that breaking the rule is a warning.
	Warn bool
}

// Rules returns the rules of the profile in the order of its file.
func (p *Profile) Rules() []ProfileRule {
	described := make([]ProfileRule, len(p.rules))
	for i := range p.rules {
		r := &p.rules[i]
		described[i] = ProfileRule{
			Name: r.title, Code: r.code, Text: r.text, Families: r.families,
			From: fromDay(r.from), Until: fromDay(r.until), Warn: r.warn,
		}
	}
	return described
}

// dayOf makes a number of the UTC day of a time that orders as days do.
func dayOf(t time.Time) int {
	year, month, day := t.UTC().Date()
	return year*10000 + int(month)*100 + day
}

func fromDay(day int) time.Time {
	if day == 0 {
		return time.Time{}
	}
	return time.Date(day/10000, time.Month(day/100%100), day%100, 0, 0, 0, 0, time.UTC)
}

func (r *profileRule) inForce(day int) bool {
	return r.from <= day && (r.until == 0 || day < r.until)
}

// check holds a message to the rules that are in force on a day.
func (p *Profile) check(w *walk, m *wire.Message, at time.Time) {
	v := visit{walk: w, header: m.Header().Body(), document: m.Document(), day: dayOf(at)}
	for part := range m.Parts() {
		body := part.Body()
		if plan := p.planOf(part.Definition); plan != nil && body.Exists() {
			v.element(body, plan)
		}
	}
}

// visit goes over a message once for a profile.
type visit struct {
	*walk
	header   wire.Node
	document wire.Part
	day      int
}

func (v *visit) element(n wire.Node, p *profilePlan) {
	for _, rule := range p.rules {
		if rule.inForce(v.day) && rule.applies(n) {
			rule.kind.check(v, rule, n)
		}
	}
	if len(p.below) == 0 {
		return
	}
	for child := range n.Children() {
		if below := p.below[child.Element().Ordinal]; below != nil {
			v.element(child, below)
		}
	}
}

func (r *profileRule) applies(n wire.Node) bool {
	for _, c := range r.when {
		if !c.holds(n) {
			return false
		}
	}
	return true
}

// broken adds a finding about a child of an element, or itself if the path is
// empty.
func (v *visit) broken(r *profileRule, n wire.Node, child []string) {
	v.tell(r.warn, n, strings.Join(child, "/"), wire.Finding{
		Layer: wire.Profile, Rule: r.title, Code: r.code, Text: r.text,
	})
}

// profilePlan says which rules are about an element in its place.
type profilePlan struct {
	below []*profilePlan
	rules []*profileRule
}

func (p *Profile) planOf(m *schema.Message) *profilePlan {
	if known, ok := p.plans.Load(m); ok {
		return known.(*profilePlan)
	}
	c := profileCompiler{profile: p, definition: m, plans: map[placeKey]*profilePlan{}}
	kept, _ := p.plans.LoadOrStore(m, c.start())
	return kept.(*profilePlan)
}
