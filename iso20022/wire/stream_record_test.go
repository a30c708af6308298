package wire_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/iso20022/isotest"
	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

// padded puts long comments between some tags, so that a stream forgets while it reads.
func padded(random *rand.Rand, text []byte) []byte {
	comment := "<!--" + strings.Repeat(" \n", 20_000) + "-->"
	for range 1 + random.IntN(3) {
		places := bytes.Count(text, []byte("><"))
		if places == 0 {
			return text
		}
		at := 0
		for range 1 + random.IntN(places) {
			at += bytes.Index(text[at:], []byte("><")) + 1
		}
		text = append(append(append([]byte{}, text[:at]...), comment...), text[at:]...)
	}
	return text
}

// Whatever the record is, also one that holds others of its name, and whatever is wrong
// before and behind what was forgotten: a stream finds the same, on the same lines.
func TestStreamOfAnyRecord(t *testing.T) {
	messages := []string{"camt.053.001.13", "pacs.008.001.13", "pain.001.001.12", "head.001.001.04", "camt.056.001.11"}
	records := []string{
		"Ntry", "Stmt", "TxDtls", "GrpHdr", "CdtTrfTxInf", "PmtInf", "Id", "Othr", "Document", "AppHdr", "Undrlyg", "MsgId", "",
		"SplmtryData", "Fr", "RmtInf",
	}
	rounds := 1000
	if testing.Short() {
		rounds = 150
	}
	random := rand.New(rand.NewPCG(3, 5))
	var streaming, whole wire.Reader
	handed := map[string]int{}
	for i := range rounds {
		definition := schema.Lookup(messages[i%len(messages)])
		text := isotest.Message(random, definition, isotest.Styles[random.IntN(len(isotest.Styles))])
		if i%3 != 0 {
			text, _ = isotest.Mutant(random, text)
		}
		text = padded(random, text)
		var source io.Reader = bytes.NewReader(text)
		if i%5 == 0 {
			source = iotest.HalfReader(source)
		}
		record := records[random.IntN(len(records))]
		seen := 0
		m, err := streaming.Stream(source, record, func(n wire.Node) error {
			if n.Name() != record || n.Element().Type.Kind.Leaf() {
				return fmt.Errorf("a %s of the type %s", n.Name(), n.Element().Type.Name)
			}
			seen++
			return nil
		})
		want := whole.Read(text)
		if err != nil {
			t.Fatalf("%d: %s of %s: %v", i, record, definition.Name, err)
		}
		if difference := cmp.Diff(want.Findings, m.Findings); difference != "" {
			t.Fatalf("%d: %s of %s: %s", i, record, definition.Name, difference)
		}
		if len(want.Findings) == 0 && seen != inside(want, record) {
			t.Fatalf("%d: %d times %s of %s, want %d", i, seen, record, definition.Name, inside(want, record))
		}
		handed[record] += seen
	}
	for _, record := range []string{"Document", "AppHdr", "MsgId", ""} {
		if handed[record] != 0 {
			t.Errorf("%q is no record, and was handed over %d times", record, handed[record])
		}
	}
	if !testing.Short() && (handed["Id"] == 0 || handed["CdtTrfTxInf"] == 0 || handed["Ntry"] == 0) {
		t.Errorf("what was to be handed over was not: %v", handed)
	}
}

// inside counts the elements of a name that hold elements, but for the roots.
func inside(m *wire.Message, name string) (n int) {
	var walk func(at wire.Node)
	walk = func(at wire.Node) {
		for child := range at.Children() {
			if child.Name() == name && !child.Element().Type.Kind.Leaf() {
				n++
			}
			walk(child)
		}
	}
	for part := range m.Parts() {
		walk(part.Root)
	}
	return n
}

// Documents in an envelope are no records: their envelope and its prefixes stay.
func TestStreamOfDocuments(t *testing.T) {
	const documents = 200
	document := payment[bytes.Index(payment, []byte("<Document")):]
	text := `<e:Batch xmlns:e="urn:example:envelope">` + strings.Repeat("\n"+string(document), documents) + "</e:Batch>"
	for _, record := range []string{"Document", "CdtTrfTxInf", "FIToFICstmrCdtTrf"} {
		var r wire.Reader
		handed := 0
		m, err := r.Stream(strings.NewReader(text), record, func(n wire.Node) error {
			handed++
			return nil
		})
		if err != nil || len(m.Findings) > 0 {
			t.Fatalf("%s: %v %v", record, err, m.Findings)
		}
		parts := 0
		for part := range m.Parts() {
			if part.Definition.Name != "pacs.008.001.13" || part.Root.Name() != "Document" {
				t.Fatalf("%s: part %d is %s", record, parts, part.Root.Name())
			}
			parts++
		}
		if parts != documents || record != "Document" && handed != documents || record == "Document" && handed != 0 {
			t.Errorf("%s: %d parts, %d handed over", record, parts, handed)
		}
	}
}

// Foreign content is found in any order and number.
func TestForeignOfMany(t *testing.T) {
	const many = 3000
	var b strings.Builder
	for i := range many {
		fmt.Fprintf(&b, `<SplmtryData><Envlp><x%d xmlns="urn:x"/></Envlp></SplmtryData>`, i)
	}
	m, err := wire.Parse([]byte(with(t, string(payment), "</FIToFICstmrCdtTrf>", b.String()+"</FIToFICstmrCdtTrf>")))
	if err != nil {
		t.Fatal(err)
	}
	i := 0
	for data := range m.Document().Body().All("SplmtryData") {
		if want := fmt.Sprintf(`<x%d xmlns="urn:x"/>`, i); string(data.Child("Envlp").Foreign()) != want || data.Foreign() != nil {
			t.Fatalf("%d: %s", i, data.Child("Envlp").Foreign())
		}
		i++
	}
	if i != many || m.Document().Body().Foreign() != nil {
		t.Errorf("%d of %d", i, many)
	}
}

// What is missing behind a record is found where the last start tag was, also when that
// has been forgotten.
func TestLineBehindAForgottenRecord(t *testing.T) {
	start, end := bytes.Index(payment, []byte("<CdtTrfTxInf>")), bytes.LastIndex(payment, []byte("</CdtTrfTxInf>"))
	text := string(payment[:start]) + string(payment[end+len("</CdtTrfTxInf>"):])
	text = with(t, text, "</MsgId>", "</MsgId><!--"+strings.Repeat(" \n", 20_000)+"-->")
	text = with(t, text, "</FIToFICstmrCdtTrf>", strings.Repeat("\n", 50_000)+"</FIToFICstmrCdtTrf>")
	want := new(wire.Reader).Read([]byte(text)).Findings
	if len(want) != 1 || want[0].Rule != wire.RuleMissing || want[0].Line < 20_000 || want[0].Line > 20_100 {
		t.Fatalf("%v", want)
	}
	for name, source := range map[string]io.Reader{
		"at once": strings.NewReader(text), "in halves": iotest.HalfReader(strings.NewReader(text)),
	} {
		m, err := new(wire.Reader).Stream(source, "GrpHdr", func(wire.Node) error { return nil })
		if difference := cmp.Diff(want, m.Findings); err != nil || difference != "" {
			t.Errorf("%s: %v %s", name, err, difference)
		}
	}
}

// FuzzStream: a stream finds what one reading does, whatever the bytes, the record and the
// pieces in which they come.
func FuzzStream(f *testing.F) {
	statement := statementStart + `<Ntry><Amt Ccy="HKD">1.50</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>` +
		`<BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd></Ntry>` + statementEnd
	for _, text := range []string{
		statement, string(payment), receipt, header, `<e xmlns:p="urn:x">` + receipt + "<!--" + strings.Repeat("\n", 40_000) + "--></e>",
		"<a>", "", "<a" + strings.Repeat("b", wire.NameMax) + ":c:d/>", "<?xml version='1.0'?><a/>", "\xef\xbb\xbf<a b='&#10;'/>",
	} {
		for _, record := range []string{"Ntry", "CdtTrfTxInf", "Rpt", "Document", ""} {
			f.Add([]byte(text), record, true)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte, record string, small bool) {
		var source io.Reader = bytes.NewReader(text)
		if small {
			source = iotest.OneByteReader(source)
		}
		m, err := new(wire.Reader).Stream(source, record, func(n wire.Node) error {
			n.AppendXML(nil)
			return nil
		})
		if difference := cmp.Diff(new(wire.Reader).Read(text).Findings, m.Findings); err != nil || difference != "" {
			t.Fatalf("%v %s", err, difference)
		}
		for part := range m.Parts() {
			part.AppendXML(nil)
		}
	})
}
