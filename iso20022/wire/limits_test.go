package wire_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/causeway-pay/causeway/iso20022/wire"
)

// declaring writes an element for each number, one inside the other, that declares
// so many namespaces.
func declaring(numbers ...int) (start, end string) {
	serial := 0
	for _, n := range numbers {
		start += "<E"
		for range n {
			serial++
			start += fmt.Sprintf(" xmlns:p%d='u%[1]d'", serial)
		}
		start, end = start+">", end+"</E>"
	}
	return start, end
}

// What is at a limit is read, what is one beyond it is refused as beyond a limit.
func TestLimits(t *testing.T) {
	padded := func(size int) string { return receipt + strings.Repeat(" ", size-len(receipt)) }
	nested := func(depth int, inside string) string {
		return strings.Repeat("<E>", depth) + inside + strings.Repeat("</E>", depth)
	}
	declared := func(numbers ...int) string {
		start, end := declaring(numbers...)
		return start + receipt + end
	}
	attributed := func(n int) string {
		var list strings.Builder
		for i := range n {
			fmt.Fprintf(&list, " a%d=''", i)
		}
		return "<E" + list.String() + ">" + receipt + "</E>"
	}
	named := func(name string) string { return "<" + name + ">" + receipt + "</" + name + ">" }
	repeated := func(n int) string { return "<E>" + strings.Repeat(receipt, n) + "</E>" }
	foreign := func(depth int) string {
		inside := strings.Repeat("<a>", depth) + strings.Repeat("</a>", depth)
		return with(t, receipt, "</RctAck>", "<SplmtryData><Envlp>"+inside+"</Envlp></SplmtryData></RctAck>")
	}
	// Of a receipt the Document, the RctAck, Rpt and RltdRef are around the Ref, which holds a
	// value and needs no place; of one with supplementary data four elements are around.
	for name, test := range map[string]struct{ within, beyond string }{
		"size":                  {padded(wire.SizeMax), padded(wire.SizeMax + 1)},
		"depth":                 {nested(wire.DepthMax-4, receipt), nested(wire.DepthMax-3, receipt)},
		"depth of the foreign":  {foreign(wire.DepthMax - 4), foreign(wire.DepthMax - 3)},
		"attributes":            {attributed(wire.AttributesMax), attributed(wire.AttributesMax + 1)},
		"namespaces":            {declared(30, 30, wire.SpacesMax-61), declared(30, 30, wire.SpacesMax-60)},
		"namespaces one by one": {declared(ones(wire.SpacesMax - 4)...), declared(31, 31, 2)},
		"name":                  {named(strings.Repeat("a", wire.NameMax)), named(strings.Repeat("a", wire.NameMax+1))},
		"name of two bytes": {
			named(strings.Repeat("é", wire.NameMax/2)), named("a" + strings.Repeat("é", wire.NameMax/2)),
		},
		"messages": {repeated(wire.PartsMax), repeated(wire.PartsMax + 1)},
	} {
		if m := new(wire.Reader).Read([]byte(test.within)); len(m.Findings) > 0 {
			t.Errorf("%s: at the limit %v", name, m.Findings)
		}
		m := new(wire.Reader).Read([]byte(test.beyond))
		if len(m.Findings) != 1 || m.Findings[0].Rule != wire.RuleLimit || m.Findings[0].Layer != wire.Syntax {
			t.Errorf("%s: beyond the limit %v", name, m.Findings)
		}
	}
}

func ones(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = 1
	}
	return list
}

// Namespaces that are over count no more.
func TestNamespacesEnd(t *testing.T) {
	start, end := declaring(30, 30)
	if _, err := wire.Parse([]byte("<E>" + strings.Repeat(start+end, 10) + start + receipt + end + "</E>")); err != nil {
		t.Error(err)
	}
	if _, err := wire.Parse([]byte("<E><a xmlns:x='u'><b xmlns:y='v'/></a><x:c/>" + receipt + "</E>")); err == nil {
		t.Error("a prefix is good behind the element that declared it")
	}
}

// The findings that fill the list are followed by the one that says so.
func TestFindingsMax(t *testing.T) {
	const most = wire.FindingsMax
	for n, want := range map[int]int{most - 1: most - 1, most: most + 1, most + 9: most + 1} {
		m := new(wire.Reader).Read([]byte(with(t, receipt, "<RctAck>", "<RctAck>"+strings.Repeat("<x/>", n))))
		if len(m.Findings) != want {
			t.Errorf("%d mistakes: %d findings, want %d", n, len(m.Findings), want)
			continue
		}
		last := m.Findings[want-1]
		if full := n >= most; full != (last.Rule == wire.RuleLimit) || full != strings.Contains(last.Text, "200") {
			t.Errorf("%d mistakes: at last %v", n, last)
		}
	}
}

// What JSON may hold at most.
func TestLimitsOfJSON(t *testing.T) {
	m, err := wire.Parse([]byte(receipt))
	if err != nil {
		t.Fatal(err)
	}
	one := string(m.AppendJSON(nil))
	many := func(n int) string { return "[" + strings.Repeat(one+",", n-1) + one + "]" }
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	values := func(n int) string { return "[" + strings.Repeat("1,", n-2) + "1]" }
	padded := func(size int) string { return one + strings.Repeat(" ", size-len(one)) }
	for name, test := range map[string]struct{ within, beyond, rule string }{
		"size":     {padded(wire.SizeMax), padded(wire.SizeMax + 1), wire.RuleLimit},
		"messages": {many(wire.PartsMax), many(wire.PartsMax + 1), wire.RuleNoMessage},
		"depth":    {deep(wire.DepthMax + 1), deep(wire.DepthMax + 2), wire.RuleJSON},
		"values":   {values(wire.SizeMax / 16), values(wire.SizeMax/16 + 1), wire.RuleJSON},
	} {
		// What only holds arrays and numbers is no message in any case.
		if got := ruleOf(wire.FromJSON([]byte(test.within))); got != "" && (got == test.rule || test.rule != wire.RuleJSON) {
			t.Errorf("%s: at the limit %s", name, got)
		}
		if got := ruleOf(wire.FromJSON([]byte(test.beyond))); got != test.rule {
			t.Errorf("%s: beyond the limit %q", name, got)
		}
	}
}

func ruleOf(_ []byte, err error) string {
	var invalid *wire.Invalid
	if errors.As(err, &invalid) {
		return invalid.Findings[0].Rule
	}
	return ""
}

// A stream holds at once what stands outside of the records, and one record; of both
// together there is a limit.
func TestLimitOfStreams(t *testing.T) {
	comment := func(size int) io.Reader {
		return io.MultiReader(strings.NewReader(statementStart+"<!--"), io.LimitReader(blanks{}, int64(size)),
			strings.NewReader("-->"+statementEnd))
	}
	var r wire.Reader
	m, err := r.Stream(comment(15<<20), "Ntry", nil)
	if err != nil || len(m.Findings) > 0 {
		t.Errorf("15 MiB: %v, %v", m.Findings, err)
	}
	m, err = r.Stream(comment(17<<20), "Ntry", nil)
	if err != nil || len(m.Findings) != 1 || m.Findings[0].Rule != wire.RuleLimit {
		t.Errorf("17 MiB: %v, %v", m.Findings, err)
	}
}

// blanks is a source of white space without end.
type blanks struct{}

func (blanks) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// A source that goes on saying nothing is an error and no endless wait; one that
// says something at last is read.
func TestSourcesThatSayNothing(t *testing.T) {
	var r wire.Reader
	silent := &silence{}
	if _, err := r.Stream(silent, "Ntry", nil); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("silence: %v", err)
	}
	slow := &silence{text: bytes.NewReader([]byte(receipt)), every: 90}
	m, err := r.Stream(slow, "Ntry", nil)
	if err != nil || len(m.Findings) > 0 {
		t.Errorf("a slow source: %v, %v", m.Findings, err)
	}
}

// silence gives a byte of its text each so many times.
type silence struct {
	text  io.Reader
	every int
	asked int
}

func (s *silence) Read(p []byte) (int, error) {
	if s.asked++; s.text == nil || s.asked%s.every != 0 {
		return 0, nil
	}
	return iotest.OneByteReader(s.text).Read(p)
}
