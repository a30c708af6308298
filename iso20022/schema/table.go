package schema

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

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
// where "~n" tells types of one name apart.
func Parse(text string) (*Set, error) {
	s, err := open(text)
	if err != nil {
		return nil, err
	}
	for name := range s.rest.lines {
		if _, err := s.rest.named(name); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrTable, err)
		}
	}
	for _, name := range s.names {
		if _, err := s.rest.message(name); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrTable, err)
		}
	}
	return s, nil
}

// parser reads definitions out of a table as they are needed.
type parser struct {
	// lines are what the table says of each type, roots the root element of each
	// message.
	lines, roots map[string]string
	types        map[string]*Type
}

// open finds the lines of a table without reading them.
func open(text string) (*Set, error) {
	p := &parser{lines: map[string]string{}, roots: map[string]string{}, types: map[string]*Type{}}
	s := &Set{rest: p}
	for text := range strings.Lines(text) {
		text = strings.TrimSuffix(text, "\n")
		if text == "" || text[0] == '#' {
			continue
		}
		name, definition, _ := strings.Cut(text, "\t")
		lines := p.lines
		if root, message := strings.CutPrefix(definition, "message\t"); message {
			lines, definition = p.roots, root
			s.names = append(s.names, name)
		}
		if _, twice := lines[name]; twice {
			return nil, fmt.Errorf("%w: %s twice", ErrTable, name)
		}
		lines[name] = definition
	}
	slices.Sort(s.names)
	s.read.Store(&map[string]*Message{})
	return s, nil
}

// named returns the type of that name with all that it is made of.
func (p *parser) named(name string) (*Type, error) {
	if t := p.types[name]; t != nil {
		return t, nil
	}
	definition, there := p.lines[name]
	if !there {
		return nil, fmt.Errorf("unknown type %s", name)
	}
	word, arguments, _ := strings.Cut(definition, "\t")
	kind, known := kinds[word]
	if !known {
		return nil, fmt.Errorf("%s: unknown kind %q", name, word)
	}
	plain, _, _ := strings.Cut(name, "~")
	t := &Type{Name: plain, Kind: kind}
	p.types[name] = t
	if err := p.define(t, arguments); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return t, nil
}

func (p *parser) message(name string) (*Message, error) {
	m := &Message{Name: name}
	if strings.Count(name, ".") != 3 {
		return nil, fmt.Errorf("message %q", name)
	}
	if err := p.element(&m.Root, p.roots[name]); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if !m.Header() && (m.Root.Type.Kind != Sequence || len(m.Root.Type.Elements) != 1) {
		return nil, fmt.Errorf("message %s: its Document holds other than one element", name)
	}
	return m, nil
}

func (p *parser) define(t *Type, arguments string) error {
	switch t.Kind {
	case Sequence, Choice:
		return p.elements(t, arguments)
	case Amount:
		return p.amount(t, arguments)
	case Any:
		t.Namespace = arguments
		return nil
	default:
		return t.Facets.parse(arguments)
	}
}

func (p *parser) amount(t *Type, arguments string) (err error) {
	value, currency, _ := strings.Cut(arguments, "\t")
	if t.Value, err = p.named(value); err != nil {
		return err
	}
	if t.Currency, err = p.named(currency); err != nil {
		return err
	}
	if t.Value.Kind != Decimal || t.Currency.Kind != Text {
		return fmt.Errorf("amount of %q", arguments)
	}
	return nil
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
	t, err := p.named(parts[1])
	if err != nil {
		return err
	}
	e.Name, e.Type, e.Min, e.Max = parts[0], t, 1, 1
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
	if most = Unbounded; second != "*" {
		most, err = strconv.Atoi(second)
	}
	if err == nil && (least < 0 || most < least || most > Unbounded) {
		err = fmt.Errorf("bounds %q", text)
	}
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
			if err == nil && (f.TotalDigits < 1 || f.FractionDigits < 0 || f.FractionDigits > f.TotalDigits) {
				err = fmt.Errorf("digits %q", value)
			}
		case "least":
			f.Bounded = true
			if f.AtLeast, err = strconv.ParseInt(value, 10, 64); err == nil && f.AtLeast != 0 && f.AtLeast != 1 {
				err = fmt.Errorf("a least of %d, neither 0 nor 1", f.AtLeast)
			}
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
