package schema

import (
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"
)

// pattern is a deterministic automaton for one regular expression. Reading a
// value costs one table look-up a character and no memory.
type pattern struct {
	// class maps an ASCII character to its column; all other characters are of
	// the last column.
	class [utf8.RuneSelf]uint8
	// next has a row of columns for each state; state 0 refuses for good, state
	// 1 is the start.
	next    []uint8
	columns int
	accepts []bool
}

// statesMax is how many states an automaton may have; the longest official
// pattern needs 82.
const statesMax = 255

// matches reports whether the whole value matches.
func (p *pattern) matches(value []byte) bool {
	state := 1
	for i := 0; i < len(value); {
		column := p.columns - 1
		if c := value[i]; c < utf8.RuneSelf {
			column = int(p.class[c])
			i++
		} else {
			_, size := utf8.DecodeRune(value[i:])
			i += size
		}
		if state = int(p.next[state*p.columns+column]); state == 0 {
			return false
		}
	}
	return p.accepts[state]
}

// compile builds the automaton of an expression. What the official schemas use
// of the syntax of XML Schema means the same in Go; what does not is refused.
func compile(expression string) (*pattern, error) {
	if !meansTheSame(expression) {
		return nil, fmt.Errorf("schema: pattern %q: more than the official schemas use", expression)
	}
	parsed, err := syntax.Parse("^(?:"+expression+")$", syntax.Perl)
	if err != nil {
		return nil, fmt.Errorf("schema: pattern %q: %w", expression, err)
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return nil, fmt.Errorf("schema: pattern %q: %w", expression, err)
	}
	b := builder{program: program, states: map[string]int{}}
	b.classify()
	b.state(nil)
	b.state(b.closure([]uint32{uint32(program.Start)}))
	for i := 0; i < len(b.sets); i++ {
		if len(b.sets) > statesMax {
			return nil, fmt.Errorf("schema: pattern %q needs more than %d states", expression, statesMax)
		}
		b.row(i)
	}
	return &b.pattern, nil
}

// meansTheSame reports whether an expression says in XML Schema (Part 2, appendix F) what
// it says in Go. There, anchors are plain characters, classes can be subtracted from one
// another, and a digit is one of any script.
func meansTheSame(expression string) bool {
	class := false
	for i := 0; i < len(expression); i++ {
		switch c := expression[i]; {
		case c >= utf8.RuneSelf, c == '[' && class, c == '^' && !class, c == '$' && !class,
			c == '(' && !class && strings.HasPrefix(expression[i:], "(?"):
			return false
		case c == '\\':
			if i++; i == len(expression) || strings.IndexByte(`nrt\|.?*+(){}-[]^`, expression[i]) < 0 {
				return false
			}
		case c == '[':
			class = true
		case c == ']':
			class = false
		}
	}
	return true
}

// builder makes an automaton out of the instructions of a compiled expression
// by following all of them at once (subset construction).
type builder struct {
	pattern
	program *syntax.Prog
	// samples has one character of each column.
	samples []rune
	sets    [][]uint32
	states  map[string]int
}

// classify gives characters that no instruction tells apart one column.
func (b *builder) classify() {
	columns := map[string]int{}
	column := func(r rune) uint8 {
		var key []byte
		for i := range b.program.Inst {
			if consumes(&b.program.Inst[i]) {
				key = append(key, '0')
				if b.program.Inst[i].MatchRune(r) {
					key[len(key)-1] = '1'
				}
			}
		}
		n, known := columns[string(key)]
		if !known {
			n = len(columns)
			columns[string(key)] = n
			b.samples = append(b.samples, r)
		}
		return uint8(n)
	}
	for c := range utf8.RuneSelf {
		b.class[c] = column(rune(c))
	}
	// Everything beyond ASCII is one column of its own: no official pattern
	// tells such characters apart.
	b.samples = append(b.samples, 'é')
	b.columns = len(b.samples)
}

func consumes(inst *syntax.Inst) bool {
	switch inst.Op {
	case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
		return true
	default:
		return false
	}
}

// closure follows the instructions that read nothing. The assertions are those
// at both ends, which matches takes care of.
func (b *builder) closure(open []uint32) []uint32 {
	seen := map[uint32]bool{}
	var set []uint32
	for len(open) > 0 {
		pc := open[len(open)-1]
		open = open[:len(open)-1]
		if seen[pc] {
			continue
		}
		seen[pc] = true
		switch inst := &b.program.Inst[pc]; inst.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			open = append(open, inst.Out, inst.Arg)
		case syntax.InstCapture, syntax.InstNop, syntax.InstEmptyWidth:
			open = append(open, inst.Out)
		case syntax.InstFail:
		default:
			set = append(set, pc)
		}
	}
	slices.Sort(set)
	return set
}

// state returns the number of a set of instructions.
func (b *builder) state(set []uint32) int {
	key := fmt.Sprint(set)
	if n, known := b.states[key]; known {
		return n
	}
	n := len(b.sets)
	b.states[key] = n
	b.sets = append(b.sets, set)
	b.accepts = append(b.accepts, slices.ContainsFunc(set, func(pc uint32) bool {
		return b.program.Inst[pc].Op == syntax.InstMatch
	}))
	return n
}

// row appends where each column leads from a state.
func (b *builder) row(state int) {
	for _, sample := range b.samples {
		var reached []uint32
		for _, pc := range b.sets[state] {
			if inst := &b.program.Inst[pc]; consumes(inst) && inst.MatchRune(sample) {
				reached = append(reached, inst.Out)
			}
		}
		b.next = append(b.next, uint8(b.state(b.closure(reached))))
	}
}
