package wire_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

// contents are small definitions, and as a regular expression what each may hold:
// the words of a schema say no more than such an expression.
var contents = []struct{ definition, expression string }{
	{"sequence\tA:T", "A"},
	{"sequence\tA:T:0..1", "A?"},
	{"sequence\tA:T B:T:0..2 C:T:1..3 D:T:0..* E:T:0..1", "AB{0,2}C{1,3}D*E?"},
	{"sequence\tA:T:2..* B:T:0..1 C:T D:T:2..2", "A{2,}B?CD{2}"},
	{"sequence\tA:T:0..1 B:T:1..2 C:T:0..1 D:T E:T:0..1", "A?B{1,2}C?DE?"},
	{"choice\tA:T B:T", "A|B"},
	{"choice\tA:T B:T:1..2 C:T:2..3", "A|B{1,2}|C{2,3}"},
	{"choice\tA:T B:T:0..2", "A|B{0,2}"},
	{"choice\tA:T:2..* B:T", "A{2,}|B"},
}

// reading returns a reader that knows messages test.000.001.01 and so on, one for
// each of the contents.
func reading(t testing.TB) *wire.Reader {
	t.Helper()
	var table strings.Builder
	table.WriteString("T\ttext\nN\tdecimal\tdigits=18.5\tleast=0\nC\ttext\tpattern=[A-Z]{3,3}\nM\tamount\tN\tC\n")
	for i, content := range contents {
		fmt.Fprintf(&table, "Q%d\t%s\nD%[1]d\tsequence\tR:Q%[1]d\ntest.%03[1]d.001.01\tmessage\tDocument:D%[1]d\n",
			i, content.definition)
	}
	set, err := schema.Parse(table.String())
	if err != nil {
		t.Fatal(err)
	}
	return &wire.Reader{Schemas: set}
}

// plainly writes children as nearly everybody does, oddly in ways that mean the same.
func plainly(*rapid.T, byte) string { return "<%[1]c>1</%[1]c>" }

func oddly(t *rapid.T, _ byte) string {
	return rapid.SampledFrom([]string{
		"<%[1]c>1</%[1]c>", "<%[1]c >1</%[1]c >", "\n<%[1]c/>\n", "<!-- --><%[1]c></%[1]c>", "<p:%[1]c\t>1</p:%[1]c>",
		"<%[1]c>&#49;</%[1]c>", "<?x y?><%[1]c><![CDATA[1]]></%[1]c>", "<%[1]c xmlns:q='urn:q'>1</%[1]c>",
	}).Draw(t, "spelling")
}

func holding(t *rapid.T, number int, children string, spelled func(*rapid.T, byte) string) []byte {
	namespace := fmt.Sprintf("%stest.%03d.001.01", space, number)
	text := fmt.Sprintf(`<Document xmlns="%s" xmlns:p="%[1]s"><R>`, namespace)
	for i := range len(children) {
		text += fmt.Sprintf(spelled(t, children[i]), children[i])
	}
	return []byte(text + "</R></Document>")
}

// A message is valid if its elements stand as often and in the order that the
// schema says, whatever their spelling, and what is found wrong is the same too.
func TestElementsStandAsTheSchemaSays(t *testing.T) {
	r := reading(t)
	for i, content := range contents {
		whole := regexp.MustCompile("^(?:" + content.expression + ")$")
		rapid.Check(t, func(t *rapid.T) {
			children := rapid.OneOf(
				rapid.StringMatching(content.expression), rapid.StringMatching("[ABCDEX]{0,6}"),
				rapid.StringMatching("A{0,2}B{0,3}C{0,4}D{0,3}E{0,2}"),
			).Draw(t, "children")
			plain := rules(r.Read(holding(t, i, children, plainly)))
			if valid := len(plain) == 0; valid != whole.MatchString(children) {
				t.Fatalf("%q in %q: %v", children, content.definition, plain)
			}
			if odd := rules(r.Read(holding(t, i, children, oddly))); !cmp.Equal(odd, plain) {
				t.Fatalf("%q in %q: %v, spelled oddly %v", children, content.definition, plain, odd)
			}
		})
	}
}

func rules(m *wire.Message) (list []string) {
	for _, f := range m.Findings {
		list = append(list, f.Path+" "+f.Rule+" "+f.Code)
	}
	return list
}

// Each thing wrong with the elements of a message is named as what it is.
func TestElementsThatStandWrongly(t *testing.T) {
	const (
		missing, repeated  = wire.RuleMissing + " CH21", wire.RuleRepeated + " FF01"
		unexpected, notOne = wire.RuleUnexpected + " FF01", wire.RuleChoice + " FF01"
		none               = wire.RuleChoice + " CH21"
	)
	long, doubled := contents[2].definition, contents[3].definition
	tests := []struct {
		definition, children string
		want                 []string
	}{
		{long, "", []string{"A " + missing, "C " + missing}},
		{long, "BC", []string{"A " + missing}},
		{long, "AE", []string{"C " + missing}},
		{long, "ABBBC", []string{"B[3] " + repeated}},
		{long, "ACCCCD", []string{"C[4] " + repeated}},
		{long, "ACA", []string{"A " + unexpected}},
		{long, "ACXD", []string{"X " + unexpected}},
		{long, "ACDDDDDDEE", []string{"E " + repeated}},
		{doubled, "ACDD", []string{"A[1] " + missing}},
		{doubled, "AACD", []string{"D[1] " + missing}},
		{doubled, "AA", []string{"C " + missing, "D " + missing}},
		{contents[5].definition, "", []string{" " + none}},
		{contents[5].definition, "AB", []string{"B " + notOne}},
		{contents[5].definition, "AA", []string{"A " + repeated}},
		{contents[6].definition, "C", []string{"C[1] " + missing}},
		{contents[6].definition, "BBB", []string{"B[3] " + repeated}},
		{contents[7].definition, "", nil},
		{contents[7].definition, "X", []string{"X " + unexpected}},
	}
	r := reading(t)
	for _, test := range tests {
		for i, content := range contents {
			if content.definition != test.definition {
				continue
			}
			got := rules(r.Read(holding(nil, i, test.children, plainly)))
			for k := range got {
				got[k] = strings.TrimPrefix(strings.TrimPrefix(got[k], "Document/R"), "/")
			}
			if difference := cmp.Diff(test.want, got); difference != "" {
				t.Errorf("%q in %q: %s", test.children, test.definition, difference)
			}
		}
	}
}

// Of the first 128 characters those begin a name, stand inside one, and stand in
// text, that XML 1.0 and its namespaces say (productions 2, 4 and 4a).
func TestEveryCharacter(t *testing.T) {
	letters := regexp.MustCompile(`[A-Za-z_]`)
	inside := regexp.MustCompile(`[A-Za-z0-9_.\-\t\n\r ]`)
	inText := regexp.MustCompile(`[\t\n\r\x20-\x25'-;=-\x7f]`)
	quoted := regexp.MustCompile(`[\t\n\r\x20!#-%'-;=-\x7f]`)
	for c := range rune(utf8.RuneSelf) {
		text := string(c)
		for name, test := range map[string]struct {
			xml  string
			want bool
		}{
			"begins a name":          {"<" + text + "x/>", letters.MatchString(text)},
			"begins a name of one":   {"<" + text + "/>", letters.MatchString(text)},
			"stands in a name":       {"<x" + text + "/>", inside.MatchString(text)},
			"stands in an attribute": {`<x y` + text + `="1"/>`, inside.MatchString(text)},
			"begins an attribute":    {`<x ` + text + `y="1"/>`, letters.MatchString(text) || strings.Contains(" \t\r\n", text)},
			"stands in text":         {"<x>" + text + "</x>", inText.MatchString(text)},
			"stands in a value":      {`<x y="` + text + `"/>`, quoted.MatchString(text)},
			"stands in a comment":    {"<x><!--" + text + " --></x>", c >= ' ' || strings.Contains("\t\r\n", text)},
			"stands in a section":    {"<x><![CDATA[" + text + "]]></x>", c >= ' ' || strings.Contains("\t\r\n", text)},
			"names an instruction":   {"<x><?" + text + "x?></x>", letters.MatchString(text)},
		} {
			if got := wire.WellFormed([]byte(test.xml)); got != test.want {
				t.Errorf("%q %s: %v", text, name, got)
			}
		}
	}
}

// The value of an element is what XML says that its spelling means, however it is
// spelled.
func TestValuesAreReadAsXMLSays(t *testing.T) {
	for spelling, want := range map[string]string{
		"a\rb": "a\nb", "a\r\nb": "a\nb", "a\r\rb": "a\n\nb", "a\n\rb": "a\n\nb", "a\tb": "a\tb", " a ": " a ",
		"a&#13;b": "a\rb", "a&#xD;&#xA;b": "a\r\nb", "<![CDATA[a\r\nb\rc]]>": "a\nb\nc", "<![CDATA[&amp;]]>": "&amp;",
		"a<!-- x -->b<?y z?>c": "abc", "&lt;&gt;&amp;&apos;&quot;": `<>&'"`,
		"&#x10FFFF;": "\U0010FFFF", "&#xe9;&#xE9;": "éé",
		"]]&gt;": "]]>", "]": "]", "]>": "]>", "]]": "]]", "a]]b": "a]]b", "ไทย": "ไทย",
		"&#" + strings.Repeat("0", 27) + "65;": "A",
	} {
		m, err := wire.Parse([]byte(with(t, receipt, "R1", spelling)))
		if err != nil {
			t.Errorf("%q: %v", spelling, err)
			continue
		}
		ref := m.Document().Body().At("Rpt", "RltdRef", "Ref")
		if ref.Text() != want || string(ref.Bytes()) != want {
			t.Errorf("%q is %q, want %q", spelling, ref.Text(), want)
		}
	}
	for _, wrong := range []string{
		"]]>", "a]]>b", "&#" + strings.Repeat("0", 28) + "65;", "&#x110000;", "&#1114112;", "&#4294967361;", "&#;", "&#x;",
		"&#a;", "&#xg;", "&#X41;", "&;", "&", "&amp", "&#65", "&Amp;", "&#xFFFE;", "&#xFFFF;", "&#11;", "<![CDATA[a]]",
		"<![cdata[a]]>", "<!x>", "<!- a -->", "<!-- a --->", "<!-->", "<!--->", "<?xml?>", "<?XML a?>", "<?a:b?>", "<??>",
		"< a/>", "</ Ref>", "<Ref", "\ufffe", "\uffff", "\xc3",
	} {
		m := new(wire.Reader).Read([]byte(with(t, receipt, "R1", wrong)))
		if last := len(m.Findings) - 1; last < 0 || m.Findings[last].Rule != wire.RuleMalformed {
			t.Errorf("%q: %v", wrong, m.Findings)
		}
	}
}
