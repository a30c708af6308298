package iso20022_test

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/iso20022"
)

func written(t testing.TB, m writable) string {
	t.Helper()
	data, err := m.AppendXML(nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// replace fails the test where there is nothing to replace, so that no case
// tests the unchanged message.
func replace(t testing.TB, text, old, new string) string {
	t.Helper()
	if !strings.Contains(text, old) {
		t.Fatalf("%q is not in the message", old)
	}
	return strings.Replace(text, old, new, 1)
}

func TestReaderAccepts(t *testing.T) {
	whole := written(t, transfer())
	prefixed := strings.NewReplacer("<?xml", "<?xml", "</", "</p:", "<", "<p:").Replace(whole)
	prefixed = strings.NewReplacer("xmlns=\"urn:iso", "xmlns:p=\"urn:iso",
		"p:Text xmlns=", "q:Text xmlns:q=", "</p:Text>", "</q:Text>").Replace(prefixed)
	tests := map[string]string{
		"as written":            whole,
		"no declaration":        whole[strings.Index(whole, "<Document"):],
		"prefix":                prefixed,
		"single quotes":         strings.ReplaceAll(whole, `"`, `'`),
		"indented":              strings.ReplaceAll(replace(t, whole, "><FIT", ">\n  <FIT"), "</PmtId>", "\r\n\t </PmtId>\n"),
		"character reference":   replace(t, whole, "M-1", "&#77;-&#x31;"),
		"character data":        replace(t, whole, "Kiku &amp; Söhne &lt;Ueno&gt;", "<![CDATA[Kiku & Söhne <Ueno>]]>"),
		"amount without digits": replace(t, whole, "74.22", "074.2200"),
		"rate with zeros":       replace(t, whole, "20.210123", "020.21012300"),
		"where the schema lies": replace(t, whole, "<Document",
			`<Document xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"`+
				` xsi:schemaLocation="a b"`),
		"space after the end":    whole + "\n \t\r\n",
		"comment":                replace(t, whole, "<GrpHdr>", "<!-- x --><GrpHdr>"),
		"comment in a text":      replace(t, whole, "M-1", "M-<!-- x -->1"),
		"processing instruction": replace(t, whole, "<GrpHdr>", "<?x y?><GrpHdr>"),
		"byte order mark":        "\ufeff" + whole,
		"amount with space":      replace(t, whole, ">74.22<", "> 74.22 <"),
	}
	for name, text := range tests {
		back, err := iso20022.ParseCreditTransfer([]byte(text))
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, text)
			continue
		}
		if name == "single quotes" {
			back.Supplementary = transfer().Supplementary
		}
		if difference := cmp.Diff(transfer(), back); difference != "" {
			t.Errorf("%s:\n%s", name, difference)
		}
	}
}

func TestReaderRefuses(t *testing.T) {
	whole := written(t, transfer())
	deep := strings.Repeat("<FIToFICstmrCdtTrf>", 40) + strings.Repeat("</FIToFICstmrCdtTrf>", 40)
	other := func(old, new string) string { return replace(t, whole, old, new) }
	tests := map[string]string{
		"nothing":                    "",
		"no XML":                     "{}",
		"two documents":              whole + whole[strings.Index(whole, "<Document"):],
		"trailing element":           whole + "<x/>",
		"trailing text":              whole + "x",
		"leading text":               "x" + whole,
		"unfinished":                 whole[:len(whole)-12],
		"too large":                  whole + strings.Repeat(" ", iso20022.SizeMax),
		"document type":              other("<Document", "<!DOCTYPE Document><Document"),
		"external entity":            other("<Document", `<!DOCTYPE d [<!ENTITY e SYSTEM "file:///etc/passwd">]><Document`),
		"undeclared entity":          other("M-1", "&e;"),
		"second declaration":         other("<GrpHdr>", `<?xml version="1.0"?><GrpHdr>`),
		"late declaration":           " " + whole,
		"latin 1":                    other("UTF-8", "ISO-8859-1"),
		"bytes that are no UTF-8":    other("M-1", "M-\xff"),
		"control character":          other("M-1", "M-&#x1;"),
		"line break in a text":       other("M-1", "M\n1"),
		"NUL":                        other("M-1", "M-\x00"),
		"other version":              other("pacs.008.001.13", "pacs.008.001.12"),
		"no namespace":               other(` xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.13"`, ""),
		"undeclared prefix":          other("<GrpHdr>", "<p:GrpHdr>"),
		"element of another space":   other("<GrpHdr>", `<GrpHdr xmlns="urn:x">`),
		"element of our own space":   other("<GrpHdr>", `<GrpHdr xmlns="urn:causeway:supplementary:1">`),
		"too deep":                   other("<FIToFICstmrCdtTrf>", deep+"<FIToFICstmrCdtTrf>"),
		"unknown element":            other("<GrpHdr>", "<GrpHdr><Foo>1</Foo>"),
		"unknown element at the end": other("</GrpHdr>", "<Foo>1</Foo></GrpHdr>"),
		"known, not supported":       other("</GrpHdr>", "<BtchBookg>true</BtchBookg></GrpHdr>"),
		"element twice":              other("<MsgId>M-1</MsgId>", "<MsgId>M-1</MsgId><MsgId>M-2</MsgId>"),
		"group twice":                other("<RmtInf>", "<RmtInf><Ustrd>x</Ustrd></RmtInf><RmtInf>"),
		"out of order": other("<InstrId>I-1</InstrId><EndToEndId>E-1</EndToEndId>",
			"<EndToEndId>E-1</EndToEndId><InstrId>I-1</InstrId>"),
		"missing element":        other("<EndToEndId>E-1</EndToEndId>", ""),
		"missing group":          other("<SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf>", ""),
		"two transactions":       other("</CdtTrfTxInf>", "</CdtTrfTxInf><CdtTrfTxInf></CdtTrfTxInf>"),
		"text between elements":  other("<GrpHdr>", "<GrpHdr>x"),
		"text after elements":    other("</GrpHdr>", "x</GrpHdr>"),
		"element in a text":      other("M-1", "<b>M</b>-1"),
		"empty text":             other("M-1", ""),
		"long text":              other("M-1", strings.Repeat("x", 36)),
		"attribute on a group":   other("<GrpHdr>", `<GrpHdr a="1">`),
		"attribute on a text":    other("<MsgId>", `<MsgId a="1">`),
		"currency on a text":     other("<MsgId>", `<MsgId Ccy="EUR">`),
		"currency on a group":    other("<GrpHdr>", `<GrpHdr Ccy="EUR">`),
		"currency twice":         other(`Ccy="HKD"`, `Ccy="HKD" Ccy="JPY"`),
		"currency missing":       other(` Ccy="HKD"`, ""),
		"currency empty":         other(`Ccy="HKD"`, `Ccy=""`),
		"currency in lower case": other(`Ccy="HKD"`, `Ccy="hkd"`),
		"nil element": other("<MsgId>",
			`<MsgId xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true">`),
		"amount in another currency": other(`Ccy="HKD"`, `Ccy="EUR"`),
		"amount with exponent":       other(">74.22<", ">7.422e1<"),
		"amount with sign":           other(">74.22<", ">-74.22<"),
		"amount with plus":           other(">74.22<", ">+74.22<"),
		"amount with more digits":    other(">74.22<", ">74.221<"),
		"amount of 19 digits":        other(">74.22<", ">12345678901234567.89<"),
		"amount not a number":        other(">74.22<", ">NaN<"),
		"yen with digits":            other(">1500<", ">1500.5<"),
		"rate of 12 digits":          other("20.210123", "20.2101230001"),
		"rate zero":                  other("20.210123", "0"),
		"rate that does not follow":  other("0.0494801541", "0.0494801542"),
		"rate alone":                 other(whole[strings.Index(whole, "<AgrdRate>"):strings.Index(whole, "<ChrgBr>")], ""),
		"agreed rate alone":          other("<XchgRate>0.0494801541</XchgRate>", ""),
		"time without offset":        other("02:30:00.5Z", "02:30:00.5"),
		"time of ten digits":         other("02:30:00.5Z", "02:30:00.0000000001Z"),
		"time at 24":                 other("02:30:00.5Z", "24:00:00Z"),
		"time with a comma":          other("02:30:00.5Z", "02:30:00,5Z"),
		"time of one digit":          other("02:30:00.5Z", "2:30:00Z"),
		"offset too large":           other("02:30:00.5Z", "02:30:00.5+15:00"),
		"year one":                   other("2026-04-13T", "0001-04-13T"),
		"date with zone":             other(">2026-04-14<", ">2026-04-14Z<"),
		"no such date":               other(">2026-04-14<", ">2026-02-30<"),
		"UETR in capitals":           other("eb623564", "EB623564"),
		"UETR of version 7":          other("-4f11-", "-7f11-"),
		"UETR of another variant":    other("-a000-", "-c000-"),
		"settled otherwise":          other("CLRG", "INDA"),
		"charges otherwise":          other("SLEV", "DEBT"),
		"more transactions":          other("<NbOfTxs>1", "<NbOfTxs>2"),
		"agent without id":           other("<Othr><Id>CAUSEWAY</Id></Othr>", ""),
		"country":                    other("<Ctry>JP", "<Ctry>J1"),
		"proxy code":                 other("<Cd>TOKN", "<Cd>tokn"),
		"envelope empty":             other(whole[strings.Index(whole, "<Text"):strings.Index(whole, "</Envlp>")], ""),
		"envelope of another":        other("<Text xmlns=\"urn:causeway:supplementary:1\">", `<Text xmlns="urn:x">`),
		"envelope without space":     other(` xmlns="urn:causeway:supplementary:1"`, ""),
		"two in the envelope":        other("</Envlp>", `<Base64 xmlns="urn:causeway:supplementary:1">AA==</Base64></Envlp>`),
		"text twice":                 other("</Envlp>", `<Text xmlns="urn:causeway:supplementary:1">A</Text></Envlp>`),
	}
	for name, text := range tests {
		got, err := iso20022.ParseCreditTransfer([]byte(text))
		var refusal *iso20022.Error
		if !errors.As(err, &refusal) || refusal.Message != "pacs.008.001.13" || refusal.Problem == "" {
			t.Errorf("%s: error %v", name, err)
		}
		if !cmp.Equal(got, iso20022.CreditTransfer{}) {
			t.Errorf("%s: a value beside the error", name)
		}
	}
}

// An error names the place but never what stood there.
func TestErrorsHoldNoValues(t *testing.T) {
	text := replace(t, written(t, transfer()), "281006020000001234", strings.Repeat("281006020000001234", 200))
	_, err := iso20022.ParseCreditTransfer([]byte(text))
	want := "iso20022: pacs.008.001.13: Document/FIToFICstmrCdtTrf/CdtTrfTxInf[1]/DbtrAcct/Prxy/Id: longer than 2048 characters"
	if err == nil || err.Error() != want {
		t.Errorf("error %v\nwant  %s", err, want)
	}
}

func TestSupplementaryForms(t *testing.T) {
	tests := map[string]struct{ data, element string }{
		"text":            {"{\"a\":1}", "<Text "},
		"white space":     {"        \t\r\n        ", "<Text "},
		"illegal in XML":  {"a\x00b", "<Base64 "},
		"not UTF-8":       {"a\xffb", "<Base64 "},
		"shorter encoded": {strings.Repeat("&<>", 50), "<Base64 "},
		"largest":         {strings.Repeat("&", iso20022.SupplementaryMax), "<Base64 "},
	}
	for name, tt := range tests {
		m := transfer()
		m.Supplementary = []byte(tt.data)
		text := written(t, m)
		if !strings.Contains(text, tt.element) {
			t.Errorf("%s: not written as %s", name, tt.element)
		}
		back, err := iso20022.ParseCreditTransfer([]byte(text))
		if err != nil || string(back.Supplementary) != tt.data {
			t.Errorf("%s: %v", name, err)
		}
	}
	encoded := base64.StdEncoding.EncodeToString([]byte("a\x00b"))
	m := transfer()
	m.Supplementary = []byte("a\x00b")
	for _, bad := range []string{encoded[:3], encoded + "=", "!" + encoded[1:], ""} {
		text := replace(t, written(t, m), encoded, bad)
		if _, err := iso20022.ParseCreditTransfer([]byte(text)); err == nil {
			t.Errorf("base 64 %q was accepted", bad)
		}
	}
}

func TestOtherReadersRefuse(t *testing.T) {
	party := iso20022.Agent{OtherID: "X"}
	answer := written(t, iso20022.CancellationAnswer{AssignmentID: "A", CreatedAt: someTime, Assigner: party,
		Assignee: iso20022.Agent{OtherID: "Y"}, CaseID: "C", Confirmation: "RJCR", Reason: "ARDT"})
	report := written(t, iso20022.StatusReport{MessageID: "M", CreatedAt: someTime, Status: "RJCT", Reason: "AM04"})
	booked := iso20022.BookedEntry{Amount: transfer().SettlementAmount, Credit: true, BookedAt: someTime}
	notice := written(t, iso20022.Notification{MessageID: "M", CreatedAt: someTime, NotificationID: "N", AccountID: "A",
		Currency: "HKD", Owner: party, Entries: []iso20022.BookedEntry{booked}})
	tests := map[string]struct{ text, old, new string }{
		"status unknown":           {report, "RJCT", "ACCC"},
		"status without reason":    {report, "<StsRsnInf><Rsn><Cd>AM04</Cd></Rsn></StsRsnInf>", ""},
		"two reasons":              {report, "</StsRsnInf>", "</StsRsnInf><StsRsnInf><Rsn><Cd>AM05</Cd></Rsn></StsRsnInf>"},
		"case of another":          {answer, "<Cretr><Agt><FinInstnId><Othr><Id>Y", "<Cretr><Agt><FinInstnId><Othr><Id>Z"},
		"confirmation unknown":     {answer, "<Conf>RJCR", "<Conf>MODI"},
		"statuses contradict":      {answer, "<Conf>RJCR", "<Conf>CNCL"},
		"refusal without reason":   {answer, "<CxlStsRsnInf><Rsn><Cd>ARDT</Cd></Rsn></CxlStsRsnInf>", ""},
		"neither credit nor debit": {notice, "CRDT", "BOTH"},
		"direction and code":       {notice, "CRDT", "DBIT"},
		"not booked":               {notice, "BOOK", "PDNG"},
		"entry in another money":   {notice, `Amt Ccy="HKD"`, `Amt Ccy="EUR"`},
		"account in another money": {notice, "<Ccy>HKD", "<Ccy>EUR"},
		"owner without id":         {notice, "<Othr><Id>X</Id></Othr>", ""},
		"something after":          {notice, "</Ntfctn>", "<Foo>1</Foo></Ntfctn>"},
	}
	for name, tt := range tests {
		text := []byte(replace(t, tt.text, tt.old, tt.new))
		for _, k := range kinds {
			if _, err := k.parse(text); err == nil {
				t.Errorf("%s: accepted as %s", name, k.name)
			}
		}
	}
}
