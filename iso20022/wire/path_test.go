package wire_test

import (
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/iso20022/wire"
)

const requestWithPaths = `<Envelope>
<AppHdr xmlns="urn:iso:std:iso:20022:tech:xsd:head.001.001.02"><Fr><FIId><FinInstnId><BICFI>AAAAHKHH</BICFI>
</FinInstnId></FIId></Fr></AppHdr>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.028.001.06"><FIToFIPmtStsReq>
<GrpHdr><MsgId>M</MsgId><CreDtTm>2026-01-01T00:00:00Z</CreDtTm></GrpHdr>
<TxInf><OrgnlTxId>A</OrgnlTxId></TxInf>
<TxInf><OrgnlTxId>B</OrgnlTxId></TxInf>
</FIToFIPmtStsReq></Document></Envelope>`

func TestPath(t *testing.T) {
	m := new(wire.Reader).Read([]byte(requestWithPaths))
	var paths []string
	var walk func(n wire.Node)
	walk = func(n wire.Node) {
		paths = append(paths, n.Path())
		for child := range n.Children() {
			walk(child)
		}
	}
	for part := range m.Parts() {
		walk(part.Root)
	}
	want := `AppHdr
AppHdr/Fr
AppHdr/Fr/FIId
AppHdr/Fr/FIId/FinInstnId
AppHdr/Fr/FIId/FinInstnId/BICFI
Document
Document/FIToFIPmtStsReq
Document/FIToFIPmtStsReq/GrpHdr
Document/FIToFIPmtStsReq/GrpHdr/MsgId
Document/FIToFIPmtStsReq/GrpHdr/CreDtTm
Document/FIToFIPmtStsReq/TxInf[1]
Document/FIToFIPmtStsReq/TxInf[1]/OrgnlTxId
Document/FIToFIPmtStsReq/TxInf[2]
Document/FIToFIPmtStsReq/TxInf[2]/OrgnlTxId`
	if got := strings.Join(paths, "\n"); got != want {
		t.Errorf("paths:\n%s\nwant:\n%s", got, want)
	}
	if (wire.Node{}).Path() != "" {
		t.Error("an element that is not there has a path")
	}
}

// TestPathIsThatOfFindings: what the reader reports and what a node says of
// itself are the same text.
func TestPathIsThatOfFindings(t *testing.T) {
	broken := strings.Replace(requestWithPaths, "<OrgnlTxId>B<", "<OrgnlTxId>"+strings.Repeat("B", 36)+"<", 1)
	m := new(wire.Reader).Read([]byte(broken))
	node, last := m.Document().Body(), wire.Node{}
	for tx := range node.All("TxInf") {
		last = tx.Child("OrgnlTxId")
	}
	for _, f := range m.Findings {
		if f.Rule == wire.RuleLength && f.Path == last.Path() && f.Line == last.Line() {
			return
		}
	}
	t.Errorf("no finding at %s: %v", last.Path(), m.Findings)
}

func TestCurrencyBytes(t *testing.T) {
	m := new(wire.Reader).Read([]byte(`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.13">
<FIToFICstmrCdtTrf><CdtTrfTxInf><IntrBkSttlmAmt Ccy="HKD">1</IntrBkSttlmAmt></CdtTrfTxInf>
</FIToFICstmrCdtTrf></Document>`))
	transaction := m.Document().Body().Child("CdtTrfTxInf")
	if got := transaction.Child("IntrBkSttlmAmt").CurrencyBytes(); string(got) != "HKD" {
		t.Errorf("currency %q", got)
	}
	if got := transaction.CurrencyBytes(); got != nil {
		t.Errorf("currency %q of an element that is no amount", got)
	}
}

func TestFirst(t *testing.T) {
	m := new(wire.Reader).Read([]byte(requestWithPaths))
	if got := m.First("OrgnlTxId").Text(); got != "A" {
		t.Errorf("first OrgnlTxId %q", got)
	}
	if m.First("UETR").Exists() {
		t.Error("found what is not there")
	}
	cut, _, _ := strings.Cut(requestWithPaths, "<TxInf>")
	if got := new(wire.Reader).Read([]byte(cut)).First("MsgId").Text(); got != "M" {
		t.Errorf("MsgId of a message that was cut off: %q", got)
	}
}

// TestPathOfWhatIsOpen: what a syntax error cut off has its path, too.
func TestPathOfWhatIsOpen(t *testing.T) {
	for i := range len(requestWithPaths) {
		m := new(wire.Reader).Read([]byte(requestWithPaths[:i]))
		if n := m.First("OrgnlTxId"); n.Exists() && n.Path() != "Document/FIToFIPmtStsReq/TxInf[1]/OrgnlTxId" {
			t.Fatalf("cut at %d: %s", i, n.Path())
		}
		if n := m.First("BICFI"); n.Exists() && n.Path() != "AppHdr/Fr/FIId/FinInstnId/BICFI" {
			t.Fatalf("cut at %d: %s", i, n.Path())
		}
	}
}
