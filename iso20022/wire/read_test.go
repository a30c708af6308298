package wire_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/iso20022/isotest"
	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

const space = "urn:iso:std:iso:20022:tech:xsd:"

// receipt is a small message, admi.007, to be spelled in many ways.
const receipt = `<Document xmlns="` + space + `admi.007.001.01"><RctAck><MsgId><MsgId>M1</MsgId></MsgId>` +
	`<Rpt><RltdRef><Ref>R1</Ref></RltdRef><ReqHdlg><StsCd>OK01</StsCd></ReqHdlg></Rpt></RctAck></Document>`

const header = `<AppHdr xmlns="` + space + `head.001.001.02"><Fr><FIId><FinInstnId><BICFI>AAAABB22XXX</BICFI></FinInstnId></FIId></Fr>` +
	`<To><FIId><FinInstnId><BICFI>CCCCDD33</BICFI></FinInstnId></FIId></To><BizMsgIdr>M1</BizMsgIdr>` +
	`<MsgDefIdr>admi.007.001.01</MsgDefIdr><CreDt>2026-07-21T10:15:30Z</CreDt></AppHdr>`

func with(t testing.TB, text, old, new string) string {
	t.Helper()
	if !strings.Contains(text, old) {
		t.Fatalf("%q is not in the message", old)
	}
	return strings.Replace(text, old, new, 1)
}

func names(m *wire.Message) (list []string) {
	for part := range m.Parts() {
		list = append(list, part.Definition.Name)
	}
	return list
}

// However a message is spelled and wrapped, it is found, and its canonical form
// is the same.
func TestSpellings(t *testing.T) {
	canonical := `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + receipt + "\n"
	prefixed := strings.NewReplacer("</", "</q:", "<", "<q:", "xmlns=", "xmlns:q=").Replace(receipt)
	spellings := map[string]string{
		"bare":                   receipt,
		"declaration":            `<?xml version='1.0' encoding="utf-8" standalone = 'yes' ?>` + receipt,
		"byte order mark":        "\ufeff" + receipt,
		"prefix":                 prefixed,
		"two prefixes":           with(t, prefixed, "<q:Document ", `<q:Document xmlns:r="`+space+`admi.007.001.01" `),
		"prefix from envelope":   `<e:E xmlns:e="urn:e" xmlns:q="` + space + `admi.007.001.01">` + with(t, prefixed, ` xmlns:q="`+space+`admi.007.001.01"`, "") + `</e:E>`,
		"prefix rebound":         `<q:E xmlns:q="urn:e">` + prefixed + `</q:E>`,
		"default from envelope":  `<p:E xmlns:p="urn:e" xmlns="` + space + `admi.007.001.01">` + with(t, receipt, ` xmlns="`+space+`admi.007.001.01"`, "") + `</p:E>`,
		"default redeclared":     with(t, receipt, "<Rpt>", `<Rpt xmlns="`+space+`admi.007.001.01">`),
		"mixed prefixes":         with(t, with(t, receipt, "<Ref>R1</Ref>", `<z:Ref>R1</z:Ref>`), "<Document ", `<Document xmlns:z="`+space+`admi.007.001.01" `),
		"comments and PIs":       "<!-- a --><?b c?>" + with(t, receipt, "<Rpt>", "<!-- -><& --><Rpt><?x?>") + "<!-- end -->\n",
		"white space":            strings.NewReplacer("><", " >\r\n\t<").Replace(receipt),
		"white space in the end": with(t, receipt, "</RctAck>", "</RctAck \n>"),
		"CDATA":                  with(t, receipt, "<Ref>R1</Ref>", "<Ref><![CDATA[R]]>1<![CDATA[]]></Ref>"),
		"references":             with(t, receipt, "<Ref>R1</Ref>", "<Ref>&#82;&#x31;</Ref>"),
		"comment in a value":     with(t, receipt, "<Ref>R1</Ref>", "<Ref>R<!-- no -->1</Ref>"),
		"hints":                  with(t, receipt, "<RctAck>", `<RctAck xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="a b">`),
		"single quotes":          strings.ReplaceAll(receipt, `"`, `'`),
		"namespace by reference": with(t, receipt, "admi.007", "admi&#46;007"),
		"deep envelope":          strings.Repeat("<a>", 20) + receipt + strings.Repeat("</a>", 20),
		"soap":                   `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header/><s:Body>` + receipt + `</s:Body></s:Envelope>`,
		"without Document": strings.NewReplacer(`<Document xmlns=`, `<E xmlns=`, "</Document>", "</E>").Replace(
			with(t, receipt, `xmlns="`+space+`admi.007.001.01"><RctAck>`, `xmlns="urn:e"><RctAck xmlns="`+space+`admi.007.001.01">`)),
	}
	for name, text := range spellings {
		m, err := wire.Parse([]byte(text))
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, text)
			continue
		}
		if got := string(m.Document().AppendXML(nil)); got != canonical {
			t.Errorf("%s: canonical form\n%s", name, got)
		}
	}
}

// Header and document are found by their namespaces, in any order and envelope.
func TestEnvelopes(t *testing.T) {
	both := []string{"head.001.001.02", "admi.007.001.01"}
	tests := map[string]struct {
		text string
		want []string
	}{
		"siblings":        {"<Msg>" + header + receipt + "</Msg>", both},
		"document first":  {"<Msg>" + receipt + header + "</Msg>", []string{"admi.007.001.01", "head.001.001.02"}},
		"other namespace": {`<x:Msg xmlns:x="urn:x"><x:Id>1</x:Id><x:AppHdr>no header</x:AppHdr>` + header + "<x:B>" + receipt + "</x:B></x:Msg>", both},
		"header alone":    {header, both[:1]},
		"two messages":    {"<B>" + header + receipt + header + receipt + "</B>", append(append([]string{}, both...), both...)},
	}
	for name, test := range tests {
		m, err := wire.Parse([]byte(test.text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if difference := cmp.Diff(test.want, names(m)); difference != "" {
			t.Errorf("%s: %s", name, difference)
		}
		if m.Header().Definition == nil || m.Header().Root.At("Fr", "FIId", "FinInstnId", "BICFI").Text() != "AAAABB22XXX" {
			t.Errorf("%s: no header", name)
		}
	}
}

func TestNodes(t *testing.T) {
	m, err := wire.Parse(payment)
	if err != nil {
		t.Fatal(err)
	}
	transaction := m.Document().Body().Child("CdtTrfTxInf")
	amount := transaction.Child("IntrBkSttlmAmt")
	switch {
	case amount.Text() != "73.79" || amount.Currency() != "HKD" || amount.Line() != 27:
		t.Errorf("%s %s on line %d", amount.Text(), amount.Currency(), amount.Line())
	case transaction.At("Cdtr", "Nm").Text() != "Tea & Cake House Asakusa":
		t.Errorf("name %q", transaction.At("Cdtr", "Nm").Text())
	case transaction.At("Cdtr", "No", "Such").Exists() || transaction.At("Cdtr", "No").Text() != "" || transaction.Child("X").Line() != 0:
		t.Error("an element that is not there")
	case transaction.Child("Cdtr").Element().Type.Kind != schema.Sequence || transaction.Currency() != "":
		t.Error("what an element is")
	}
	var children []string
	for child := range transaction.Child("PmtId").Children() {
		children = append(children, child.Name())
	}
	if want := []string{"InstrId", "EndToEndId", "TxId", "UETR"}; !cmp.Equal(children, want) {
		t.Errorf("children %v", children)
	}
	count := 0
	for range m.Document().Body().All("CdtTrfTxInf") {
		count++
	}
	if count != 1 {
		t.Errorf("%d transactions", count)
	}
}

// Foreign content is kept, and stands on its own where it is written elsewhere.
func TestForeign(t *testing.T) {
	of := func(attributes, inside string) string {
		return `<q:Document xmlns:q="` + space + `admi.007.001.01" xmlns:u="urn:u" xmlns:v="urn:v"` + attributes + `><q:RctAck><q:MsgId><q:MsgId>M1</q:MsgId></q:MsgId>` +
			`<q:Rpt><q:RltdRef><q:Ref>R1</q:Ref></q:RltdRef><q:ReqHdlg><q:StsCd>OK01</q:StsCd></q:ReqHdlg></q:Rpt>` +
			`<q:SplmtryData><q:Envlp>` + inside + `</q:Envlp></q:SplmtryData></q:RctAck></q:Document>`
	}
	tests := map[string]struct{ attributes, inside, want string }{
		"own namespace":    {"", ` <a xmlns="urn:a"><b/></a> `, `<a xmlns="urn:a"><b/></a>`},
		"outer prefix":     {"", `<u:a>1 &amp; 2</u:a>`, `<u:a xmlns:u="urn:u">1 &amp; 2</u:a>`},
		"two outer":        {"", `<u:a><v:b v:c="1"/></u:a>`, `<u:a xmlns:u="urn:u" xmlns:v="urn:v"><v:b v:c="1"/></u:a>`},
		"attribute only":   {"", `<w:a xmlns:w="urn:w" u:c="1"/>`, `<w:a xmlns:u="urn:u" xmlns:w="urn:w" u:c="1"/>`},
		"no namespace":     {"", `<a/>`, `<a xmlns=""/>`},
		"outer default":    {` xmlns="urn:d"`, `<a><b/></a>`, `<a xmlns="urn:d"><b/></a>`},
		"comment in front": {"", `<!-- x --><u:a/><!-- y -->`, `<u:a xmlns:u="urn:u"/><!-- y -->`},
		"markup kept":      {"", `<a xmlns="urn:a"><![CDATA[<>]]><!-- z --> <?p i?></a>`, `<a xmlns="urn:a"><![CDATA[<>]]><!-- z --> <?p i?></a>`},
	}
	for name, test := range tests {
		m, err := wire.Parse([]byte(of(test.attributes, test.inside)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := string(m.Document().Body().At("SplmtryData", "Envlp").Foreign())
		if got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
		again, err := wire.Parse(m.Document().AppendXML(nil))
		if err != nil || string(again.Document().Body().At("SplmtryData", "Envlp").Foreign()) != got {
			t.Errorf("%s: written and read again: %v", name, err)
		}
	}
}

// A place for foreign content holds one element, of the namespace that the schema says.
func TestForeignThatDoesNotBelong(t *testing.T) {
	supplement := func(inside string) string {
		return with(t, receipt, "</RctAck>", "<SplmtryData><Envlp>"+inside+"</Envlp></SplmtryData></RctAck>")
	}
	signed := func(inside string) string { return with(t, header, "</AppHdr>", "<Sgntr>"+inside+"</Sgntr></AppHdr>") }
	const signature = "http://www.w3.org/2000/09/xmldsig#"
	for text, want := range map[string]string{
		supplement("<a/>"):                           "",
		supplement("<a/><!-- x --> "):                "",
		supplement(""):                               wire.RuleMissing,
		supplement(" <!-- x -->"):                    wire.RuleMissing,
		supplement("<a/><b/>"):                       wire.RuleUnexpected,
		supplement("<a/>x"):                          wire.RuleText,
		signed(`<s:S xmlns:s="` + signature + `"/>`): "",
		signed(`<S xmlns="` + signature + `x"/>`):    wire.RuleUnexpected,
		signed(`<S xmlns=""/>`):                      wire.RuleUnexpected,
		signed("<S/>"):                               wire.RuleUnexpected,
	} {
		m := new(wire.Reader).Read([]byte(text))
		if got := len(m.Findings); got > 1 || (got == 0) != (want == "") || got == 1 && m.Findings[0].Rule != want {
			t.Errorf("%s: %v, want %q", text, m.Findings, want)
		}
	}
}

// The XML declaration says version 1.0 and UTF-8, or a part of it, or stands not there.
func TestDeclarations(t *testing.T) {
	for declaration, want := range map[string]string{
		"": "", "\ufeff": "", `<?xml version="1.0"?>`: "", "\ufeff<?xml version='1.0' ?>\n": "",
		`<?xml version="1.0" encoding="us-ascii" standalone="no"?>`: "", "<?xml\tversion\n=\r'1.0'\tencoding = \"utf-8\"?>": "",
		`<?xml version="1.0" encoding="UTF-16"?>`: wire.RuleEncoding, `<?xml version="1.0" encoding="latin1"?>`: wire.RuleEncoding,
		"\xfe\xff": wire.RuleEncoding, "\xff\xfe": wire.RuleEncoding, "\xfe": wire.RuleMalformed, "\xff\xff": wire.RuleMalformed,
		"\xef\xbb": wire.RuleMalformed, "\ufeff\ufeff": wire.RuleMalformed,
		`<?xml?>`: wire.RuleMalformed, `<?xml encoding="UTF-8"?>`: wire.RuleMalformed, `<?xml version=1.0?>`: wire.RuleMalformed,
		`<?xml version="1.0"encoding="UTF-8"?>`: wire.RuleMalformed, `<?xml version="1.0" standalone="maybe"?>`: wire.RuleMalformed,
		`<?xml version="1.0" encoding="UTF-8" x="y"?>`: wire.RuleMalformed, `<?xml version="1.0" standalone="yes" encoding="UTF-8"?>`: wire.RuleMalformed,
		`<?xml version="1.0?>`: wire.RuleMalformed, `<?xml version "1.0"?>`: wire.RuleMalformed, `<?xml version="1.0" encoding?>`: wire.RuleMalformed,
		`<?xml version="1.0"`: wire.RuleMalformed, " <?xml version='1.0'?>": wire.RuleMalformed,
	} {
		m := new(wire.Reader).Read([]byte(declaration + receipt))
		if got := len(m.Findings); got > 1 || (got == 0) != (want == "") || got == 1 && m.Findings[0].Rule != want {
			t.Errorf("%q: %v, want %q", declaration, m.Findings, want)
		}
	}
}

func TestUnwrap(t *testing.T) {
	space, name, text, ok := wire.Unwrap([]byte(`<p:Text xmlns:p="urn:a">1 &lt; <![CDATA[<2>]]></p:Text>`))
	if !ok || space != "urn:a" || name != "Text" || text != "1 < <2>" {
		t.Errorf("%q %q %q %v", space, name, text, ok)
	}
	for _, wrong := range []string{"", "<", "x", "<a/>", "<a>", "<a>1</b>", "<a><b/></a>", "<a>1</a>x", "<a>&x;</a>", "<p:a>",
		"x<a>1</a>", "<a>1<!-- --></a>", "<a>1</a >x", "<a", "<>1</>", "<1>1</1>"} {
		if _, _, _, ok := wire.Unwrap([]byte(wrong)); ok {
			t.Errorf("%q", wrong)
		}
	}
}

func TestWellFormed(t *testing.T) {
	for _, right := range []string{"<a/>", "<a>x</a>", `<a xmlns:b="urn:b"><b:c/></a>`, "<a><b/><!-- --></a>"} {
		if !wire.WellFormed([]byte(right)) {
			t.Errorf("%q", right)
		}
	}
	for _, wrong := range []string{
		"", "x", "<a/><b/>", "<a/> ", " <a/>", "<a>", "</a>", "</Envlp><x/>", "<!-- -->", "<?a?>", "<!DOCTYPE a><a/>", "<b:c/>", "<a></a></b>", "<a>\x00</a>",
	} {
		if wire.WellFormed([]byte(wrong)) {
			t.Errorf("%q", wrong)
		}
	}
}

// What was read and written is read as the same again, for every definition
// there is and every spelling.
func TestRoundTrip(t *testing.T) {
	for _, m := range schema.Official().Messages() {
		random := rand.New(rand.NewPCG(5, 6))
		for i, style := range isotest.Styles {
			text := isotest.Message(random, m, style)
			first, err := wire.Parse(text)
			if err != nil {
				t.Fatalf("%s %d: %v\n%s", m.Name, i, err, text)
			}
			canonical := partsXML(first)
			second, err := wire.Parse(canonical)
			if err != nil {
				t.Fatalf("%s %d: canonical: %v", m.Name, i, err)
			}
			if again := partsXML(second); !bytes.Equal(again, canonical) {
				t.Fatalf("%s %d: %s", m.Name, i, cmp.Diff(string(canonical), string(again)))
			}
			if difference := same(first, second); difference != "" {
				t.Fatalf("%s %d: %s", m.Name, i, difference)
			}
		}
	}
}

func partsXML(m *wire.Message) (dst []byte) {
	for part := range m.Parts() {
		dst = part.AppendXML(dst)
	}
	return dst
}

// same compares what two messages say, value by value.
func same(a, b *wire.Message) string {
	return cmp.Diff(leaves(a), leaves(b))
}

func leaves(m *wire.Message) (list []string) {
	var walk func(n wire.Node, path string)
	walk = func(n wire.Node, path string) {
		path += "/" + n.Name()
		switch {
		case n.Element().Type.Kind == schema.Boolean:
			list = append(list, fmt.Sprintf("%s %v", path, n.True()))
		case n.Element().Type.Kind.Leaf():
			list = append(list, fmt.Sprintf("%s %s %q", path, n.Currency(), n.Text()))
		}
		for child := range n.Children() {
			walk(child, path)
		}
	}
	for part := range m.Parts() {
		walk(part.Root, part.Definition.Name)
	}
	return list
}

// A reader takes definitions of its own.
func TestOwnSchemas(t *testing.T) {
	own, err := schema.Parse("T\ttext\tlength=1..5\nB\tsequence\tId:T\nD\tsequence\tNew:B\nnews.001.001.01\tmessage\tDocument:D\n")
	if err != nil {
		t.Fatal(err)
	}
	text := `<Document xmlns="` + space + `news.001.001.01"><New><Id>tea</Id></New></Document>`
	if m := new(wire.Reader).Read([]byte(text)); len(m.Findings) != 1 || m.Findings[0].Rule != wire.RuleUnknown {
		t.Error(m.Findings)
	}
	r := wire.Reader{Schemas: schema.Official().With(own)}
	if m := r.Read([]byte(text)); len(m.Findings) > 0 || m.Document().Definition.Name != "news.001.001.01" {
		t.Error(m.Findings)
	}
	if m := r.Read(payment); len(m.Findings) > 0 {
		t.Error(m.Findings)
	}
}

// A reader that is used again remembers nothing.
func TestReaderIsReused(t *testing.T) {
	var r wire.Reader
	random := rand.New(rand.NewPCG(7, 8))
	definitions := schema.Official().Messages()
	for i := range 300 {
		text := isotest.Message(random, definitions[random.IntN(len(definitions))], isotest.Styles[i%len(isotest.Styles)])
		if i%3 == 0 {
			text, _ = isotest.Mutant(random, text)
		}
		used, fresh := r.Read(text), new(wire.Reader).Read(text)
		if difference := cmp.Diff(fresh.Findings, used.Findings); difference != "" {
			t.Fatalf("%d: %s", i, difference)
		}
		if len(fresh.Findings) == 0 && !bytes.Equal(partsXML(used), partsXML(fresh)) {
			t.Fatalf("%d: another message", i)
		}
	}
}

func TestReadAllocatesNothing(t *testing.T) {
	var r wire.Reader
	r.Read(payment)
	if n := testing.AllocsPerRun(100, func() { r.Read(payment) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
