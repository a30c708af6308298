package diff_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/iso20022/diff"
	"github.com/causeway-pay/causeway/iso20022/isotest"
	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

func read(t testing.TB, text string) *wire.Message {
	t.Helper()
	m, err := wire.Parse([]byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return m
}

func payment(t testing.TB) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "wire", "testdata", "payment.xml"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestDifferences(t *testing.T) {
	whole := payment(t)
	const transaction = "Document/FIToFICstmrCdtTrf/CdtTrfTxInf[1]"
	tests := map[string]struct {
		old, new string
		want     []diff.Difference
	}{
		"a value":  {"SHAR", "DEBT", []diff.Difference{{Path: transaction + "/ChrgBr", First: "SHAR", Second: "DEBT"}}},
		"a digit":  {"73.79", "73.790", []diff.Difference{{Path: transaction + "/IntrBkSttlmAmt", First: "73.79 HKD", Second: "73.790 HKD"}}},
		"currency": {`Ccy="JPY"`, `Ccy="KRW"`, []diff.Difference{{Path: transaction + "/InstdAmt", First: "1500 JPY", Second: "1500 KRW"}}},
		"missing":  {"<XpryDtTm>2026-07-21T10:25:30+08:00</XpryDtTm>", "", []diff.Difference{{Path: "Document/FIToFICstmrCdtTrf/GrpHdr/XpryDtTm", First: "2026-07-21T10:25:30+08:00"}}},
		"more": {"<Purp><Cd>GDDS</Cd></Purp>", "<Purp><Cd>GDDS</Cd></Purp><RltdRmtInf><RmtId>R</RmtId></RltdRmtInf>",
			[]diff.Difference{{Path: transaction + "/RltdRmtInf[1]", Second: "<RltdRmtInf><RmtId>R</RmtId></RltdRmtInf>"}}},
		"another alternative": {"<Prtry>CAUSEWAY</Prtry>", "<Cd>CHP</Cd>", []diff.Difference{
			{Path: "Document/FIToFICstmrCdtTrf/GrpHdr/SttlmInf/ClrSys/Prtry", First: "CAUSEWAY"},
			{Path: "Document/FIToFICstmrCdtTrf/GrpHdr/SttlmInf/ClrSys/Cd", Second: "CHP"}}},
		"one more in front": {"<Ustrd>Tea", "<Ustrd>New</Ustrd><Ustrd>Tea", []diff.Difference{{Path: transaction + "/RmtInf/Ustrd[1]", Second: "New"}}},
		"white space":       {"<ChrgBr>", "\n\n<!-- here --><ChrgBr>", nil},
		"spelling":          {"CHAN Tai Man", "CHAN &#84;ai <![CDATA[Man]]>", nil},
	}
	for name, test := range tests {
		if !strings.Contains(whole, test.old) {
			t.Fatalf("%s: nothing to replace", name)
		}
		got := diff.Messages(read(t, whole), read(t, strings.Replace(whole, test.old, test.new, 1)))
		if difference := cmp.Diff(test.want, got); difference != "" {
			t.Errorf("%s: %s", name, difference)
		}
	}
}

func TestParts(t *testing.T) {
	header := `<AppHdr xmlns="urn:iso:std:iso:20022:tech:xsd:head.001.001.02"><Fr><FIId><FinInstnId/></FIId></Fr><To><FIId><FinInstnId/></FIId></To>` +
		`<BizMsgIdr>M</BizMsgIdr><MsgDefIdr>pacs.008.001.13</MsgDefIdr><CreDt>2026-07-21T10:15:30Z</CreDt></AppHdr>`
	body := payment(t)[strings.Index(payment(t), "<Document"):]
	got := diff.Messages(read(t, "<E>"+header+body+"</E>"), read(t, body))
	if len(got) != 1 || got[0].Path != "AppHdr" || got[0].Second != "" {
		t.Error(got)
	}
	got = diff.Messages(read(t, body), read(t, "<E>"+header+body+"</E>"))
	if len(got) != 1 || got[0].First != "" {
		t.Error(got)
	}
	newer := strings.Replace(body, "pacs.008.001.13", "pacs.008.001.14", 1)
	got = diff.Messages(read(t, body), read(t, newer))
	if len(got) != 1 || got[0] != (diff.Difference{Path: "Document", First: "pacs.008.001.13", Second: "pacs.008.001.14"}) {
		t.Error(got)
	}
}

// A message does not differ from another spelling of itself, and what is missing
// in one direction is more in the other.
func TestSymmetric(t *testing.T) {
	definition := schema.Lookup("camt.053.001.13")
	for seed := range uint64(40) {
		first := read(t, string(isotest.Message(rand.New(rand.NewPCG(seed, 1)), definition, isotest.Style{})))
		again := read(t, string(isotest.Message(rand.New(rand.NewPCG(seed, 1)), definition, isotest.Style{Indent: true, Prefix: "x"})))
		if got := diff.Messages(first, again); got != nil {
			t.Fatalf("%d: %v", seed, got)
		}
		other := read(t, string(isotest.Message(rand.New(rand.NewPCG(seed, 2)), definition, isotest.Style{})))
		there, back := diff.Messages(first, other), diff.Messages(other, first)
		if len(there) == 0 || len(back) == 0 {
			t.Errorf("%d: two messages do not differ", seed)
		}
	}
}

// Long lists are compared in their order, in time that grows with their length.
func TestLongLists(t *testing.T) {
	list := func(n int, last string) string {
		return strings.Replace(payment(t), "<Ustrd>Tea for two, table 7, order 2026-0000815</Ustrd>", strings.Repeat("<Ustrd>x</Ustrd>", n)+"<Ustrd>"+last+"</Ustrd>", 1)
	}
	got := diff.Messages(read(t, list(5000, "a")), read(t, list(5000, "b")))
	if len(got) != 1 || got[0].First != "a" || got[0].Second != "b" {
		t.Errorf("%d differences", len(got))
	}
}
