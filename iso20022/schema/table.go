package schema

import (
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed tables.txt
var tables string

// official reads the embedded tables once.
var official = sync.OnceValues(func() (*Set, error) { return Parse(tables) })

// Official returns the tables of all official schemas that the package knows.
func Official() *Set {
	set, err := official()
	if err != nil {
		// The tables are part of the program and read by its tests.
		return &Set{}
	}
	return set
}

// Lookup returns an official message definition by its name, such as
// "pacs.008.001.13", and nil if it is not known.
func Lookup(name string) *Message { return Official().Lookup(name) }

// Set is a set of message definitions that share their types.
type Set struct {
	messages []*Message
	byName   map[string]*Message
}

// Lookup returns a message definition by its name and nil if it is not there.
func (s *Set) Lookup(name string) *Message { return s.byName[name] }

// Find is [Set.Lookup] without a copy of the name.
func (s *Set) Find(name []byte) *Message { return s.byName[string(name)] }

// With returns a set of the definitions of both; of a definition in both it has
// the other's.
func (s *Set) With(other *Set) *Set {
	both := &Set{byName: map[string]*Message{}}
	for _, set := range []*Set{s, other} {
		for _, m := range set.messages {
			both.byName[m.Name] = m
		}
	}
	for _, name := range slices.Sorted(maps.Keys(both.byName)) {
		both.messages = append(both.messages, both.byName[name])
	}
	return both
}

// Messages returns all definitions, ordered by name. The slice is the set's own.
func (s *Set) Messages() []*Message { return s.messages }

// Versions returns the definitions of one family, such as "pacs.008", oldest
// first.
func (s *Set) Versions(family string) []*Message {
	var versions []*Message
	for _, m := range s.messages {
		if m.Family() == family {
			versions = append(versions, m)
		}
	}
	return versions
}

// ErrTable means that a text is no table of types.
var ErrTable = errors.New("schema: malformed table")

// Parse reads tables in the form that [Set.Append] writes: a line for each type,
// its fields separated by tabs,
//
//	Max35Text     text     length=1..35
//	ChargeBearerType1Code  text  values=CRED|DEBT|SHAR|SLEV
//	BaseOneRate   decimal  digits=11.10
//	ActiveCurrencyAndAmount  amount  ActiveCurrencyAndAmount_SimpleType  ActiveCurrencyCode
//	SupplementaryDataEnvelope1  any  ##any
//	PaymentIdentification13  sequence  InstrId:Max35Text:0..1 EndToEndId:Max35Text ...
//	pacs.008.001.13  message  Document:Document~7
//
// where a type stands before its first use and "~n" tells types of one name
// apart.
func Parse(text string) (*Set, error) {
	p := parser{types: map[string]*Type{}, set: &Set{byName: map[string]*Message{}}}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		if err := p.line(line); err != nil {
			return nil, fmt.Errorf("%w: line %d: %w", ErrTable, n, err)
		}
	}
	slices.SortFunc(p.set.messages, func(a, b *Message) int { return strings.Compare(a.Name, b.Name) })
	return p.set, nil
}

type parser struct {
	types map[string]*Type
	set   *Set
}

func (p *parser) line(line string) error {
	name, rest, _ := strings.Cut(line, "\t")
	word, arguments, _ := strings.Cut(rest, "\t")
	if word == "message" {
		return p.message(name, arguments)
	}
	if p.types[name] != nil {
		return fmt.Errorf("type %s twice", name)
	}
	kind, known := kinds[word]
	if !known {
		return fmt.Errorf("unknown kind %q", word)
	}
	plain, _, _ := strings.Cut(name, "~")
	t := &Type{Name: plain, Kind: kind}
	p.types[name] = t
	return p.define(t, arguments)
}

func (p *parser) message(name, arguments string) error {
	m := &Message{Name: name}
	if strings.Count(name, ".") != 3 || p.set.byName[name] != nil {
		return fmt.Errorf("message %q", name)
	}
	if err := p.element(&m.Root, arguments); err != nil {
		return err
	}
	if !m.Header() && (m.Root.Type.Kind != Sequence || len(m.Root.Type.Elements) != 1) {
		return fmt.Errorf("message %s: its Document holds other than one element", name)
	}
	p.set.byName[name] = m
	p.set.messages = append(p.set.messages, m)
	return nil
}

func (p *parser) define(t *Type, arguments string) error {
	switch t.Kind {
	case Sequence, Choice:
		return p.elements(t, arguments)
	case Amount:
		value, currency, _ := strings.Cut(arguments, "\t")
		t.Value, t.Currency = p.types[value], p.types[currency]
		if t.Value == nil || t.Value.Kind != Decimal || t.Currency == nil || t.Currency.Kind != Text {
			return fmt.Errorf("amount of %q", arguments)
		}
		return nil
	case Any:
		t.Namespace = arguments
		return nil
	default:
		return t.Facets.parse(arguments)
	}
}

func (p *parser) elements(t *Type, arguments string) error {
	parts := strings.Split(arguments, " ")
	t.Elements = make([]Element, len(parts))
	for i, part := range parts {
		if err := p.element(&t.Elements[i], part); err != nil {
			return err
		}
		t.Elements[i].Ordinal = int32(i)
		if t.Elements[i].Min > 0 {
			t.Settled = int32(i) + 1
		}
	}
	return nil
}

// element reads NAME:TYPE or NAME:TYPE:MIN..MAX, where * is no maximum.
func (p *parser) element(e *Element, text string) error {
	parts := strings.Split(text, ":")
	if len(parts) != 2 && len(parts) != 3 {
		return fmt.Errorf("element %q", text)
	}
	e.Name, e.Type, e.Min, e.Max = parts[0], p.types[parts[1]], 1, 1
	if e.Type == nil {
		return fmt.Errorf("element %s: unknown type %s", e.Name, parts[1])
	}
	if len(parts) == 2 {
		return nil
	}
	least, most, err := bounds(parts[2])
	e.Min, e.Max = int32(least), int32(most)
	return err
}

func bounds(text string) (least, most int, err error) {
	first, second, _ := strings.Cut(text, "..")
	if least, err = strconv.Atoi(first); err != nil {
		return 0, 0, err
	}
	if second == "*" {
		return least, Unbounded, nil
	}
	most, err = strconv.Atoi(second)
	return least, most, err
}

func (f *Facets) parse(arguments string) (err error) {
	for argument := range strings.SplitSeq(arguments, "\t") {
		name, value, _ := strings.Cut(argument, "=")
		switch name {
		case "":
		case "length":
			f.MinLength, f.MaxLength, err = bounds(value)
			if f.MaxLength == Unbounded {
				f.MaxLength = 0
			}
		case "digits":
			total, fraction, _ := strings.Cut(value, ".")
			if f.TotalDigits, err = strconv.Atoi(total); err == nil {
				f.FractionDigits, err = strconv.Atoi(fraction)
			}
		case "least":
			f.Bounded = true
			f.AtLeast, err = strconv.ParseInt(value, 10, 64)
		case "values":
			f.Values = strings.Split(value, "|")
		case "pattern":
			f.Expression = value
			f.pattern, err = shared(value)
		default:
			err = fmt.Errorf("unknown facet %q", name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// automata keeps one automaton for each expression; some thirty serve all
// schemas.
var automata sync.Map

func shared(expression string) (*pattern, error) {
	if known, ok := automata.Load(expression); ok {
		return known.(*pattern), nil
	}
	made, err := compile(expression)
	if err != nil {
		return nil, err
	}
	kept, _ := automata.LoadOrStore(expression, made)
	return kept.(*pattern), nil
}

// kinds are the words for the kinds of types.
var kinds = map[string]Kind{
	"sequence": Sequence, "choice": Choice, "any": Any, "amount": Amount, "text": Text, "decimal": Decimal,
	"boolean": Boolean, "date": Date, "datetime": DateTime, "time": Time, "year": Year, "yearmonth": YearMonth,
	"binary": Binary,
}
