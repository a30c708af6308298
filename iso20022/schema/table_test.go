package schema

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestOfficial(t *testing.T) {
	set, err := Parse(tables)
	if err != nil {
		t.Fatal(err)
	}
	areas := map[string]int{}
	for _, m := range set.Messages() {
		areas[m.Area()]++
		if set.Lookup(m.Name) != m || set.Find([]byte(m.Name)) != m || !strings.HasPrefix(m.Namespace(), Prefix) {
			t.Errorf("%s is not found", m.Name)
		}
		if m.Header() != (m.Area() == "head") || m.Header() != (m.Body() == &m.Root) {
			t.Errorf("%s: header or not", m.Name)
		}
	}
	for area, least := range map[string]int{"pacs": 35, "camt": 90, "pain": 25, "acmt": 30, "head": 4, "admi": 6, "reda": 8, "remt": 3} {
		if areas[area] < least {
			t.Errorf("%d messages of %s", areas[area], area)
		}
	}
	if !slices.IsSortedFunc(set.Messages(), func(a, b *Message) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("not in order")
	}
}

func TestPaymentIsAsThePublishedSchemaSays(t *testing.T) {
	m := Lookup("pacs.008.001.13")
	if m == nil || m.Family() != "pacs.008" || m.Body().Name != "FIToFICstmrCdtTrf" {
		t.Fatal("no pacs.008.001.13")
	}
	transaction := m.Body().Type.Find("CdtTrfTxInf")
	if !transaction.Repeats() || transaction.Min != 1 || transaction.Max != Unbounded {
		t.Errorf("transactions %d to %d", transaction.Min, transaction.Max)
	}
	amount := transaction.Type.Find("IntrBkSttlmAmt").Type
	if amount.Kind != Amount || amount.Value.Facets.TotalDigits != 18 || amount.Value.Facets.FractionDigits != 5 || amount.Currency.Facets.Expression != "[A-Z]{3,3}" {
		t.Errorf("%+v", amount)
	}
	quote := transaction.Type.Find("AgrdRate").Type.Find("QtId")
	if quote == nil || transaction.Type.Find("NoSuch") != nil {
		t.Error("elements by name")
	}
	if transaction.Type.Elements[quote.Ordinal].Ordinal != quote.Ordinal {
		t.Error("ordinals")
	}
	var versions []string
	for _, version := range Official().Versions("pacs.008") {
		versions = append(versions, version.Name[len(version.Name)-2:])
	}
	if got := strings.Join(versions, " "); got != "06 08 09 10 11 12 13 14" {
		t.Errorf("versions %s", got)
	}
}

func TestWith(t *testing.T) {
	const own = "A\ttext\nB\tsequence\tX:A\nD\tsequence\tR:B\n"
	first, err := Parse(own + "x.001.001.01\tmessage\tDocument:D\ny.001.001.01\tmessage\tDocument:D\n")
	if err != nil {
		t.Fatal(err)
	}
	second, err := Parse(own + "y.001.001.01\tmessage\tDocument:D\na.001.001.01\tmessage\tDocument:D\n")
	if err != nil {
		t.Fatal(err)
	}
	both := first.With(second)
	var names []string
	for _, m := range both.Messages() {
		names = append(names, m.Name)
	}
	if strings.Join(names, " ") != "a.001.001.01 x.001.001.01 y.001.001.01" || both.Lookup("y.001.001.01") != second.Lookup("y.001.001.01") {
		t.Error(names)
	}
}

func TestFamily(t *testing.T) {
	for name, want := range map[string]string{"pacs.008.001.13": "pacs.008", "pacs.008": "pacs.008", "pacs": "pacs", "": ""} {
		if got := Family(name); got != want {
			t.Errorf("%q: %q", name, got)
		}
	}
}

func TestMalformedTables(t *testing.T) {
	const good = "A\ttext\tlength=1..3\nB\tsequence\tX:A Y:A:0..*\nD\tsequence\tR:B\nx.001.001.01\tmessage\tDocument:D\n"
	set, err := Parse("# remark\n\n" + good)
	if err != nil || set.Lookup("x.001.001.01").Body().Type.Find("Y").Max != Unbounded {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"unknown kind":        "A\ttexts\n",
		"type twice":          good + "A\ttext\n",
		"message twice":       good + "x.001.001.01\tmessage\tDocument:D\n",
		"message name":        good + "x\tmessage\tDocument:D\n",
		"document of many":    good + "y.001.001.01\tmessage\tDocument:B\n",
		"unknown type":        "B\tsequence\tX:A\n",
		"element without":     "A\ttext\nB\tsequence\tX\n",
		"bounds":              "A\ttext\nB\tsequence\tX:A:a..b\n",
		"upper bound":         "A\ttext\nB\tsequence\tX:A:1..b\n",
		"bounds backwards":    "A\ttext\nB\tsequence\tX:A:2..1\n",
		"bounds below zero":   "A\ttext\nB\tsequence\tX:A:-1..1\n",
		"bounds without end":  "A\ttext\nB\tsequence\tX:A:1\n",
		"bounds beyond":       "A\ttext\nB\tsequence\tX:A:0..2147483648\n",
		"lower bound beyond":  "A\ttext\nB\tsequence\tX:A:4294967296..*\n",
		"length backwards":    "A\ttext\tlength=3..2\n",
		"no digits":           "A\tdecimal\tdigits=0.0\n",
		"more of fraction":    "A\tdecimal\tdigits=2.3\n",
		"fraction below zero": "A\tdecimal\tdigits=2.-1\n",
		"length":              "A\ttext\tlength=x..1\n",
		"digits":              "A\tdecimal\tdigits=1.x\n",
		"total digits":        "A\tdecimal\tdigits=x.1\n",
		"least":               "A\tdecimal\tleast=x\n",
		"least of two":        "A\tdecimal\tleast=2\n",
		"least below zero":    "A\tdecimal\tleast=-1\n",
		"pattern":             "A\ttext\tpattern=(\n",
		"unknown facet":       "A\ttext\twidth=1\n",
		"amount of text":      "A\ttext\nB\tamount\tA\tA\n",
		"amount of nothing":   "B\tamount\tA\tA\n",
		"amount of no number": "A\ttext\nB\tamount\tN\tA\n",
		"amount of texts":     "A\ttext\nN\tdecimal\nB\tamount\tN\tN\n",
		"amount without":      "N\tdecimal\nB\tamount\tN\tA\n",
		"document of a code":  "A\ttext\nx.001.001.01\tmessage\tDocument:A\n",
		"document of choice":  "A\ttext\nD\tchoice\tX:A\nx.001.001.01\tmessage\tDocument:D\n",
		"message of no type":  "x.001.001.01\tmessage\tDocument:D\n",
		"element of too many": "A\ttext\nB\tsequence\tX:A:1..2:3\n",
	} {
		if _, err := Parse(text); !errors.Is(err, ErrTable) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Definitions are read when they are asked for, by whoever comes first, and each
// once; what they share is the same type.
func TestDefinitionsAreReadOnce(t *testing.T) {
	set, err := open(tables)
	if err != nil {
		t.Fatal(err)
	}
	if len(*set.read.Load()) != 0 || len(set.rest.types) != 0 {
		t.Fatal("definitions that nobody asked for")
	}
	names := []string{"pacs.008.001.13", "pacs.008.001.12", "pacs.009.001.12", "camt.053.001.13"}
	found := make(chan [4]*Message)
	const readers = 8
	for range readers {
		go func() {
			var list [4]*Message
			for i, name := range names {
				list[i] = set.Find([]byte(name))
			}
			found <- list
		}()
	}
	first := <-found
	for range readers - 1 {
		if other := <-found; other != first {
			t.Fatalf("%v and %v", first, other)
		}
	}
	if got := len(*set.read.Load()); got != len(names) {
		t.Errorf("%d definitions were read, want %d", got, len(names))
	}
	identification := func(m *Message, transaction string) *Type {
		return m.Body().Type.Find(transaction).Type.Find("PmtId").Type
	}
	if identification(first[0], "CdtTrfTxInf") != identification(first[2], "CdtTrfTxInf") {
		t.Error("a type that two messages share was read twice")
	}
	if set.Lookup("pacs.008.001.99") != nil || set.Lookup("") != nil || new(Set).Lookup("pacs.008.001.13") != nil {
		t.Error("found what is not there")
	}
}

// BenchmarkOpen is what a program pays that reads one kind of message,
// BenchmarkParse what all cost.
func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		set, err := open(tables)
		if err != nil || set.Lookup("pacs.008.001.13") == nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	for b.Loop() {
		if _, err := Parse(tables); err != nil {
			b.Fatal(err)
		}
	}
}

// FuzzParse: whatever a table says, it is refused, or all that is in it can be looked up
// and checks any value.
func FuzzParse(f *testing.F) {
	f.Add("A\ttext\tlength=1..3\nB\tsequence\tX:A Y:A:0..*\nD\tsequence\tR:B\nx.001.001.01\tmessage\tDocument:D\n", "abc")
	f.Add("N\tdecimal\tdigits=18.5\tleast=0\nC\ttext\tpattern=[A-Z]{3,3}\nB\tamount\tN\tC\nD\tsequence\tR:B\nx.001.001.01\tmessage\tDocument:D\n", "1.50")
	f.Add("B\tchoice\tX:B\nD\tsequence\tR:B\nx.001.001.01\tmessage\tDocument:D\n", "")
	f.Fuzz(func(t *testing.T, text, value string) {
		set, err := Parse(text)
		if err != nil {
			if !errors.Is(err, ErrTable) {
				t.Fatal(err)
			}
			return
		}
		for _, m := range set.Messages() {
			if m == nil || m.Body() == nil {
				t.Fatal("a definition without a body")
			}
			visit(m.Root.Type, map[*Type]bool{}, func(x *Type) {
				if x.Kind.Leaf() {
					x.Check(x.Collapse([]byte(value)))
				}
				for i := range x.Elements {
					if e := &x.Elements[i]; e.Min < 0 || e.Max < e.Min || int(e.Ordinal) != i || e.Type == nil {
						t.Fatalf("element %+v", e)
					}
				}
			})
		}
	})
}
