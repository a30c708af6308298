package wire_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/iso20022/isotest"
	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

func TestJSON(t *testing.T) {
	text := with(t, receipt, "</RctAck>", `<SplmtryData><Envlp><a xmlns="urn:a">"1"</a></Envlp></SplmtryData></RctAck>`)
	m, err := wire.Parse([]byte("<E>" + header + with(t, text, "R1", "R\u2028&quot;\\") + "</E>"))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"AppHdr":{"@xmlns":"urn:iso:std:iso:20022:tech:xsd:head.001.001.02",` +
		`"Fr":{"FIId":{"FinInstnId":{"BICFI":"AAAABB22XXX"}}},"To":{"FIId":{"FinInstnId":{"BICFI":"CCCCDD33"}}},` +
		`"BizMsgIdr":"M1","MsgDefIdr":"admi.007.001.01","CreDt":"2026-07-21T10:15:30Z"},` +
		`"Document":{"@xmlns":"urn:iso:std:iso:20022:tech:xsd:admi.007.001.01","RctAck":{"MsgId":{"MsgId":"M1"},` +
		`"Rpt":[{"RltdRef":{"Ref":"R\u2028\"\\"},"ReqHdlg":{"StsCd":"OK01"}}],` +
		`"SplmtryData":[{"Envlp":"<a xmlns=\"urn:a\">\"1\"</a>"}]}}}`
	if got := string(m.AppendJSON(nil)); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	amount, err := wire.Parse(payment)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(amount.AppendJSON(nil)); !strings.Contains(got, `"IntrBkSttlmAmt":{"Ccy":"HKD","Amt":"73.79"}`) || !json.Valid([]byte(got)) {
		t.Error(got)
	}
}

// From XML to JSON and back every message is the same, whatever the order of
// the keys.
func TestJSONRoundTrip(t *testing.T) {
	for _, m := range schema.Official().Messages() {
		random := rand.New(rand.NewPCG(9, 10))
		for range 4 {
			first, err := wire.Parse(isotest.Message(random, m, isotest.Style{}))
			if err != nil {
				t.Fatal(err)
			}
			encoded := first.AppendJSON(nil)
			for _, text := range [][]byte{encoded, shuffled(t, encoded)} {
				back, err := wire.FromJSON(text)
				if err != nil {
					t.Fatalf("%s: %v\n%s", m.Name, err, text)
				}
				second, err := wire.Parse(back)
				if err != nil {
					t.Fatalf("%s: %v\n%s", m.Name, err, back)
				}
				if !bytes.Equal(partsXML(first), partsXML(second)) {
					t.Fatalf("%s:\n%s\n%s", m.Name, partsXML(first), partsXML(second))
				}
			}
		}
	}
}

// shuffled writes JSON again with its keys in the order of the alphabet and on
// several lines.
func shuffled(t *testing.T, text []byte) []byte {
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		t.Fatal(err)
	}
	again, err := json.MarshalIndent(value, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	return again
}

func TestJSONRefuses(t *testing.T) {
	m, err := wire.Parse(payment)
	if err != nil {
		t.Fatal(err)
	}
	whole := string(m.AppendJSON(nil))
	edit := func(old, new string) string { return with(t, whole, old, new) }
	const transaction = "Document/FIToFICstmrCdtTrf/CdtTrfTxInf"
	tests := map[string]struct{ text, want string }{
		"nothing":            {"", " json-malformed"},
		"XML":                {receipt, " json-malformed"},
		"no object":          {`"x"`, " message-absent"},
		"empty object":       {`{}`, " message-absent"},
		"empty array":        {`[]`, " message-absent"},
		"unfinished":         {whole[:len(whole)-1], " json-malformed"},
		"trailing":           {whole + "x", " json-malformed"},
		"invalid UTF-8":      {edit("SHAR", "\xff"), " json-malformed"},
		"half a surrogate":   {edit("SHAR", `\ud83c`), " json-malformed"},
		"surrogates swapped": {edit("SHAR", `\udf75\ud83c`), " json-malformed"},
		"bad escape":         {edit("SHAR", `\x`), " json-malformed"},
		"bad unit":           {edit("SHAR", `\u12g4`), " json-malformed"},
		"line break":         {edit("SHAR", "a\nb"), " json-malformed"},
		"key twice":          {edit(`"ChrgBr":"SHAR"`, `"ChrgBr":"SHAR","ChrgBr":"SHAR"`), " json-malformed"},
		"no comma":           {edit(`"ChrgBr":"SHAR",`, `"ChrgBr":"SHAR"`), " json-malformed"},
		"deep":               {strings.Repeat(`{"a":`, 200_000), " json-malformed"},
		"deep arrays":        {strings.Repeat(`[`, 200_000), " json-malformed"},
		"no namespace":       {edit(`"@xmlns":"urn:iso:std:iso:20022:tech:xsd:pacs.008.001.13",`, ""), "Document message-unknown"},
		"other namespace":    {edit("pacs.008.001.13", "pacs.008.001.99"), "Document message-unknown"},
		"header's namespace": {edit("pacs.008.001.13", "head.001.001.02"), "Document message-unknown"},
		"other root":         {edit(`"Document"`, `"Dokument"`), "Dokument element-unexpected"},
		"unknown key":        {edit(`"ChrgBr"`, `"Foo":"1","ChrgBr"`), transaction + "[1]/Foo element-unexpected"},
		"attribute key":      {edit(`"ChrgBr"`, `"@a":"1","ChrgBr"`), transaction + "[1]/? element-unexpected"},
		"number":             {edit(`"SHAR"`, `1`), transaction + "[1]/ChrgBr value-malformed"},
		"amount as number":   {edit(`"Amt":"73.79"`, `"Amt":73.79`), transaction + "[1]/IntrBkSttlmAmt value-malformed"},
		"amount as string":   {edit(`{"Ccy":"HKD","Amt":"73.79"}`, `"73.79"`), transaction + "[1]/IntrBkSttlmAmt value-malformed"},
		"amount with more":   {edit(`"Amt":"73.79"`, `"Amt":"73.79","X":"1"`), transaction + "[1]/IntrBkSttlmAmt value-malformed"},
		"amount without":     {edit(`"Ccy":"HKD","Amt"`, `"Amt"`), transaction + "[1]/IntrBkSttlmAmt value-malformed"},
		"null":               {edit(`"SHAR"`, `null`), transaction + "[1]/ChrgBr value-malformed"},
		"boolean":            {edit(`"SHAR"`, `true`), transaction + "[1]/ChrgBr value-malformed"},
		"object for value":   {edit(`"SHAR"`, `{"a":"b"}`), transaction + "[1]/ChrgBr value-malformed"},
		"value for object":   {edit(`"Purp":{"Cd":"GDDS"}`, `"Purp":"x"`), transaction + "[1]/Purp value-malformed"},
		"array for value":    {edit(`"SHAR"`, `["SHAR"]`), transaction + "[1]/ChrgBr value-malformed"},
		"value for array":    {edit(`["Tea for two, table 7, order 2026-0000815"]`, `"Tea"`), transaction + "[1]/RmtInf/Ustrd value-malformed"},
		"control character":  {edit(`"SHAR"`, `"\u0001"`), transaction + "[1]/ChrgBr xml-malformed"},
	}
	for name, test := range tests {
		xml, err := wire.FromJSON([]byte(test.text))
		var invalid *wire.Invalid
		if !errors.As(err, &invalid) || len(invalid.Findings) != 1 {
			t.Errorf("%s: %v\n%s", name, err, xml)
			continue
		}
		if f := invalid.Findings[0]; fmt.Sprint(f.Path, " ", f.Rule) != test.want {
			t.Errorf("%s: %s", name, f)
		}
	}
}

// Foreign content cannot break out of its place.
func TestJSONForeign(t *testing.T) {
	m, err := wire.Parse([]byte(with(t, receipt, "</RctAck>", `<SplmtryData><Envlp><a/></Envlp></SplmtryData></RctAck>`)))
	if err != nil {
		t.Fatal(err)
	}
	whole := string(m.AppendJSON(nil))
	for _, attack := range []string{
		"", "x", `<a/><b/>`, `</Envlp></SplmtryData><SplmtryData><Envlp><a/>`, `<!--`, `<![CDATA[`, `<a>`, `<?x?>`, `<!DOCTYPE a><a/>`, `<a>&x;</a>`,
	} {
		if xml, err := wire.FromJSON([]byte(with(t, whole, `<a/>`, attack))); err == nil {
			t.Errorf("%s: %s", attack, xml)
		}
	}
}

func TestJSONEnvelopes(t *testing.T) {
	m, err := wire.Parse([]byte("<B>" + header + receipt + header + receipt + "</B>"))
	if err != nil {
		t.Fatal(err)
	}
	encoded := m.AppendJSON(nil)
	var groups []map[string]any
	if err := json.Unmarshal(encoded, &groups); err != nil || len(groups) != 2 || len(groups[0]) != 2 {
		t.Fatalf("%v\n%s", err, encoded)
	}
	xml, err := wire.FromJSON(encoded)
	if err != nil {
		t.Fatal(err)
	}
	back, err := wire.Parse(xml)
	if err != nil || !bytes.Equal(partsXML(back), partsXML(m)) {
		t.Errorf("%v\n%s", err, xml)
	}
}

// TestLinesOfJSON: what came from JSON has no lines, neither its elements nor what
// is found in them; what is wrong with the JSON itself has its own. The reader
// tells lines again afterwards.
func TestLinesOfJSON(t *testing.T) {
	m, err := wire.Parse(payment)
	if err != nil {
		t.Fatal(err)
	}
	encoded := m.AppendJSON(nil)
	var r wire.Reader
	read := r.ReadAny(append([]byte("\n\n"), encoded...))
	for _, n := range []wire.Node{read.Document().Root, read.Document().Body(), read.First("ChrgBr")} {
		if !n.Exists() || n.Line() != 0 {
			t.Errorf("%s in line %d", n.Path(), n.Line())
		}
	}
	wrong := r.ReadAny(bytes.Replace(encoded, []byte(`"SHAR"`), []byte(`"ABCD"`), 1))
	if len(wrong.Findings) != 1 || wrong.Findings[0].Line != 0 {
		t.Errorf("%v", wrong.Findings)
	}
	if broken := r.ReadAny([]byte("{\n\n]")); len(broken.Findings) != 1 || broken.Findings[0].Line != 3 {
		t.Errorf("%v", broken.Findings)
	}
	if again := r.ReadAny(payment); again.First("ChrgBr").Line() < 2 {
		t.Errorf("ChrgBr in line %d", again.First("ChrgBr").Line())
	}
	if bad := r.Read([]byte("<a>\n<b></a>")); len(bad.Findings) != 1 || bad.Findings[0].Line != 2 {
		t.Errorf("%v", bad.Findings)
	}
}

func FuzzFromJSON(f *testing.F) {
	m, err := wire.Parse(payment)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(m.AppendJSON(nil))
	f.Add([]byte(`{"Document":{"@xmlns":"urn:iso:std:iso:20022:tech:xsd:admi.007.001.01","RctAck":{"MsgId":{"MsgId":"\ud83c\udf75"}}}}`))
	f.Add([]byte(`[{"AppHdr":{}},{"Document":null}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		xml, err := wire.FromJSON(data)
		if err != nil {
			return
		}
		// Whatever comes out is XML; its values may be wrong.
		for _, finding := range new(wire.Reader).Read(xml).Findings {
			if finding.Layer == wire.Syntax && finding.Rule != wire.RuleLimit {
				t.Fatalf("%s\n%q\n%q", finding, data, xml)
			}
		}
	})
}
