package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/causeway-pay/causeway/iso20022/schema"
)

// ParseProfile reads a profile in the form of the files of this package: lines
// of a key and its words, "#" for remarks. First come name, title, source and
// answer of the profile and its character sets, then its rules, each beginning
// with its name:
//
//	profile cbpr+
//	title   Cross-border payments and reporting plus
//	source  Usage guidelines of 2025
//	answer  pacs.002.001.10
//	set     digits 0123456789 space
//	set     amounts with digits .,
//
//	rule    unstructured-address
//	text    a postal address needs its town and its country
//	code    CH16
//	from    2026-11-14
//	for     pacs.008 pacs.009
//	at      **/PstlAdr
//	address structured hybrid
//
// A rule has a text, a reason code and one of the kinds of demands (messages,
// require, forbid, most, least, values, begins, characters, digits, form, codes,
// address, header, headed, definition). It may have: severity warn; from, its
// first day, and until, the first day without it; for, the message families or
// messages that it is for; at, the elements that it is about as paths from the
// body of the message, in which "*" is any element, "**" any number of any, and
// "." the body, which is what it is about without at; except, those that it is
// not about; when and unless, conditions on each of these elements: a path, or a
// path, "=" and values.
//
// Nothing is overlooked: unknown keys, codes, words and names are an
// [ErrProfile], as is anything that is there twice or missing, and a profile
// beyond the limits.
func ParseProfile(text string) (*Profile, error) {
	if len(text) > profileMax {
		return nil, fmt.Errorf("%w: longer than 256 KiB", ErrProfile)
	}
	p := profileParser{profile: &Profile{sets: map[string]*charset{}}}
	number := 0
	for line := range strings.Lines(text) {
		number++
		fields := strings.Fields(line)
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		if err := p.line(fields[0], fields[1:]); err != nil {
			return nil, fmt.Errorf("%w: line %d: %w", ErrProfile, number, err)
		}
	}
	if err := p.end(); err != nil {
		return nil, fmt.Errorf("%w: line %d: %w", ErrProfile, number, err)
	}
	return p.profile, nil
}

// Limits of profiles: several times what the largest of this package has. The
// plan of a message grows with the places that its patterns tell apart, which
// these keep to a few thousand.
const (
	profileMax  = 256 << 10
	rulesMax    = 500
	patternsMax = 16
	stepsMax    = 16
	// anywhereMax is how many "**" a pattern may have: one at each end.
	anywhereMax = 2
)

// single are the keys of one word.
var single = []string{"profile", "answer", "rule", "code", "severity", "from", "until"}

type profileParser struct {
	profile *Profile
	// rule is the rule that is being read, nil before the first.
	rule *profileRule
	seen map[string]bool
}

func (p *profileParser) line(key string, words []string) error {
	if len(words) == 0 && key != "headed" && key != "definition" {
		return fmt.Errorf("%s without anything", key)
	}
	if len(words) > 1 && slices.Contains(single, key) {
		return fmt.Errorf("%q is too much", words[1])
	}
	if key == "rule" {
		if err := p.endRule(); err != nil {
			return err
		}
		return p.begin(words[0])
	}
	if key != "set" && key != "when" && key != "unless" {
		if p.seen[key] {
			return fmt.Errorf("%s twice", key)
		}
		if p.seen == nil {
			p.seen = map[string]bool{}
		}
		p.seen[key] = true
	}
	if p.rule == nil {
		return p.head(key, words)
	}
	if demanded := kinds[key]; demanded != nil {
		return p.demand(demanded, words)
	}
	return p.property(key, words)
}

func (p *profileParser) begin(name string) error {
	if len(p.profile.rules) == rulesMax {
		return fmt.Errorf("more than %d rules", rulesMax)
	}
	for i := range p.profile.rules {
		if p.profile.rules[i].name == name {
			return fmt.Errorf("rule %s twice", name)
		}
	}
	p.rule, p.seen = &profileRule{name: name, title: p.profile.Name + "/" + name}, nil
	return nil
}

func (p *profileParser) head(key string, words []string) error {
	text := strings.Join(words, " ")
	switch key {
	case "profile":
		p.profile.Name = text
	case "title":
		p.profile.Title = text
	case "source":
		p.profile.Source = text
	case "answer":
		if p.profile.Answer = text; schema.Lookup(text) == nil || schema.Family(text) != schema.Family(statusName) {
			return fmt.Errorf("%s is no known status report", text)
		}
	case "set":
		return p.set(words)
	default:
		return fmt.Errorf("unknown key %q", key)
	}
	return nil
}

// set reads the name of a set and its characters, in which "space" is a blank,
// after "with" and the name of another set if that is part of it.
func (p *profileParser) set(words []string) error {
	var set charset
	if p.profile.sets[words[0]] != nil {
		return fmt.Errorf("set %s twice", words[0])
	}
	rest := words[1:]
	if len(rest) > 0 && rest[0] == "with" {
		if len(rest) < 2 || p.profile.sets[rest[1]] == nil {
			return fmt.Errorf("set %s is with a set that is unknown", words[0])
		}
		set, rest = *p.profile.sets[rest[1]], rest[2:]
	}
	if set == (charset{}) && len(rest) == 0 {
		return fmt.Errorf("set %s is empty", words[0])
	}
	for _, word := range rest {
		if word == "space" {
			word = " "
		}
		for _, c := range []byte(word) {
			if c >= 128 {
				return fmt.Errorf("set %s has other than ASCII", words[0])
			}
			set[c] = true
		}
	}
	p.profile.sets[words[0]] = &set
	return nil
}

// property reads what is not the demand of a rule.
func (p *profileParser) property(key string, words []string) (err error) {
	r := p.rule
	switch key {
	case "text":
		r.text = strings.Join(words, " ")
	case "code":
		r.code = words[0]
		if !External().Has("ExternalStatusReason1Code", []byte(r.code)) {
			return fmt.Errorf("%s is no status reason", r.code)
		}
	case "severity":
		r.warn = words[0] == "warn"
		if !r.warn && words[0] != "refuse" {
			return fmt.Errorf("severity %s is neither refuse nor warn", words[0])
		}
	case "from":
		r.from, err = parseDay(words[0])
	case "until":
		r.until, err = parseDay(words[0])
	case "for":
		r.families = words
		for _, word := range words {
			if schema.Lookup(word) == nil && schema.Official().Versions(word) == nil {
				return fmt.Errorf("%s is neither a message nor a family", word)
			}
		}
	case "at":
		r.at, err = patterns(words)
	case "except":
		r.except, err = patterns(words)
	case "when", "unless":
		return p.condition(words, key == "unless")
	default:
		return fmt.Errorf("unknown key %q", key)
	}
	return err
}

func parseDay(text string) (int, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return 0, fmt.Errorf("%q is no day", text)
	}
	return dayOf(t), nil
}

func patterns(words []string) ([]pattern, error) {
	if len(words) > patternsMax {
		return nil, fmt.Errorf("more than %d places", patternsMax)
	}
	made := make([]pattern, len(words))
	for i, word := range words {
		if word == "." {
			continue
		}
		made[i] = strings.Split(word, "/")
		anywhere := 0
		for _, step := range made[i] {
			if step == "**" {
				anywhere++
			}
		}
		if len(made[i]) > stepsMax || anywhere > anywhereMax {
			return nil, fmt.Errorf("place %q has more than %d steps or %d times **", word, stepsMax, anywhereMax)
		}
	}
	return made, nil
}

func (p *profileParser) condition(words []string, not bool) error {
	c := condition{path: strings.Split(words[0], "/"), not: not}
	if len(words) > 1 {
		if c.values = words[2:]; words[1] != "=" || len(c.values) == 0 {
			return fmt.Errorf("a condition is a path, or a path, = and values")
		}
	}
	p.rule.when = append(p.rule.when, c)
	return nil
}

// demand reads what a rule demands.
func (p *profileParser) demand(k *kind, words []string) (err error) {
	r := p.rule
	if r.kind != nil {
		return fmt.Errorf("a second demand")
	}
	r.kind = k
	if k.takes == takesNumber || k.takes == takesNumberAndPath {
		if r.number, err = strconv.Atoi(words[0]); err != nil || r.number < 0 {
			return fmt.Errorf("%q is no number", words[0])
		}
		words = words[1:]
	}
	switch k.takes {
	case takesPaths, takesPath, takesNumberAndPath:
		for _, word := range words {
			r.paths = append(r.paths, strings.Split(word, "/"))
		}
		if len(r.paths) == 0 || k.takes != takesPaths && len(r.paths) > 1 {
			return fmt.Errorf("a path is missing, or one too many")
		}
	case takesWords, takesWord:
		if k.takes == takesWord && len(words) > 1 {
			return fmt.Errorf("%q is too much", words[1])
		}
		r.words = words
		return k.allows(words)
	case takesSet:
		if r.set = p.profile.sets[words[0]]; r.set == nil || len(words) > 1 {
			return fmt.Errorf("not one known set: %s", strings.Join(words, " "))
		}
	default:
		if len(words) > 0 {
			return fmt.Errorf("%q is too much", words[0])
		}
	}
	return nil
}

// allows returns an error about the first word that a rule of the kind may not say.
func (k *kind) allows(words []string) error {
	for _, word := range words {
		if k.words != nil && !slices.Contains(k.words, word) {
			return fmt.Errorf("%q is none of %s", word, strings.Join(k.words, ", "))
		}
		if k.known != nil && !k.known(word) {
			return fmt.Errorf("%q is not known", word)
		}
	}
	return nil
}

// endRule keeps the rule that was read, if it is complete.
func (p *profileParser) endRule() error {
	r := p.rule
	if r == nil {
		return nil
	}
	if r.text == "" || r.code == "" || r.kind == nil {
		return fmt.Errorf("rule %s lacks its text, its code or its demand", r.name)
	}
	if r.until != 0 && r.until <= r.from {
		return fmt.Errorf("rule %s ends before it begins", r.name)
	}
	if r.at == nil {
		r.at = []pattern{nil}
	}
	p.profile.rules = append(p.profile.rules, *r)
	return nil
}

func (p *profileParser) end() error {
	if err := p.endRule(); err != nil {
		return err
	}
	if p.profile.Name == "" || p.profile.Title == "" || p.profile.Source == "" || len(p.profile.rules) == 0 {
		return fmt.Errorf("profile, title, source or rules are missing")
	}
	return nil
}
