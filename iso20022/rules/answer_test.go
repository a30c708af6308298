package rules_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/iso20022/rules"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

var answering = rules.AnswerOptions{
	MessageID: "A-1", At: time.Date(2026, 11, 25, 12, 0, 0, 0, time.FixedZone("", 8*3600)),
}

// answered returns the answer to a message, read again.
func answered(t *testing.T, message string, o rules.AnswerOptions) wire.Part {
	t.Helper()
	m := new(wire.Reader).Read([]byte(message))
	findings := rules.Check(m, rules.Options{Profile: o.Profile, At: day(2026, 11, 25)})
	data, err := rules.Answer(m, findings, o)
	if err != nil {
		t.Fatalf("%v: %v", err, findings)
	}
	answer, err := wire.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	if found := rules.Check(answer, rules.Options{}); len(found) > 0 {
		t.Errorf("the answer breaks rules itself: %v\n%s", found, data)
	}
	return answer.Document()
}

// texts returns the values below an element, a line for each.
func texts(n wire.Node) string {
	if !n.First().Exists() {
		return n.Name() + " " + n.Text() + "\n"
	}
	var b strings.Builder
	for child := range n.Children() {
		b.WriteString(texts(child))
	}
	return b.String()
}

func expect(t *testing.T, what string, part wire.Part, definition, want string) {
	t.Helper()
	if got := texts(part.Root); part.Definition.Name != definition || got != want {
		t.Errorf("%s: %s\n%s\nwant %s\n%s", what, part.Definition.Name, got, definition, want)
	}
}

// TestRejectedPayment: a payment that breaks a rule is rejected by its own
// identifications.
func TestRejectedPayment(t *testing.T) {
	message, _ := profileBase(t, "cbpr+ pacs.008.001.08")
	message = edit(t, message, "<SttlmMtd>INDA</SttlmMtd> +> <ClrSys><Prtry>X</Prtry></ClrSys>")
	expect(t, "pacs.008", answered(t, message, answering), "pacs.002.001.15", `MsgId A-1
CreDtTm 2026-11-25T04:00:00Z
OrgnlMsgId M-1
OrgnlMsgNmId pacs.008.001.08
OrgnlCreDtTm 2026-11-25T10:00:00+08:00
OrgnlInstrId I-1
OrgnlEndToEndId E-1
OrgnlUETR 8a562c67-ca16-48ba-b074-65581be6f001
TxSts RJCT
Cd CH17
AddtlInf C35-settlement-method-agent FIToFICstmrCdtTrf/GrpHdr/SttlmInf/ClrSys
`)
	cbpr := answering
	cbpr.Profile = load(t, "cbpr+")
	if part := answered(t, message, cbpr); part.Definition.Name != "pacs.002.001.10" {
		t.Errorf("answered to CBPR+ by %s", part.Definition.Name)
	}
}

// TestRejectedPayments: of several transactions those that are wrong have their
// reasons, and the whole is rejected.
func TestRejectedPayments(t *testing.T) {
	message := edit(t, base(t, "pacs.008.001.09"), "<NbOfTxs>2 => <NbOfTxs>3 ;; <ChrgBr>SHAR => <ChrgBr>CRED")
	expect(t, "two transactions", answered(t, message, answering), "pacs.002.001.15", `MsgId A-1
CreDtTm 2026-11-25T04:00:00Z
OrgnlMsgId M-1
OrgnlMsgNmId pacs.008.001.09
OrgnlCreDtTm 2026-11-25T10:00:00+08:00
GrpSts RJCT
Cd AM18
AddtlInf C27-number-of-transactions FIToFICstmrCdtTrf/GrpHdr/NbOfTxs
OrgnlEndToEndId E-1
OrgnlTxId T-1
TxSts RJCT
Cd CH21
AddtlInf C5-charge-bearer-and-charges-information FIToFICstmrCdtTrf/CdtTrfTxInf(1)/ChrgsInf
`)
}

// TestRejectedReturn: what a return names is what its rejection names.
func TestRejectedReturn(t *testing.T) {
	message := edit(t, base(t, "pacs.004.001.10"), "<Cd>CUST => <Cd>NARR")
	got := texts(answered(t, message, answering).Root)
	want := "OrgnlTxId T-1\nTxSts RJCT\nCd CH21\nAddtlInf C44-reason-narrative "
	if !strings.Contains(got, want) || strings.Contains(got, "T-2") {
		t.Error(got)
	}
}

// TestRejectedMessages: what is not as its schema demands, and what has no
// status, gets a message reject.
func TestRejectedMessages(t *testing.T) {
	payment := base(t, "pacs.008.001.09")
	headed, _ := profileBase(t, "cbpr+ camt.056.001.08")
	for name, tt := range map[string]struct{ message, reference, code string }{
		"schema":     {edit(t, payment, "<ChrgBr>SHAR => <ChrgBr>HALF"), "M-1", "FF01"},
		"cut off":    {payment[:strings.Index(payment, "<NbOfTxs>")+4], "M-1", "FF01"},
		"nothing":    {"", "NOTPROVIDED", "FF01"},
		"unknown":    {`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.99"/>`, "NOTPROVIDED", "FF01"},
		"long id":    {edit(t, payment, "<MsgId>M-1 => <MsgId>"+strings.Repeat("M", 36)), "NOTPROVIDED", "FF01"},
		"statement":  {edit(t, base(t, "camt.053.001.08"), "<Sum>35.5 => <Sum>35.6"), "M-1", "AM10"},
		"assignment": {edit(t, base(t, "camt.029.001.10"), "<GrpCxlSts>RJCR => <GrpCxlSts>ACCR"), "A-1", "CH17"},
		"header":     {edit(t, headed, "<BizMsgIdr>M-1 => <BizMsgIdr>H-1 ;; AAAAHKHH => AAAAQQHH"), "H-1", "RC01"},
	} {
		got := texts(answered(t, tt.message, answering).Root)
		if !strings.HasPrefix(got, "Ref "+tt.reference+"\nRjctgPtyRsn "+tt.code+"\nRjctnDtTm 2026-11-25T04:00:00Z\n") {
			t.Errorf("%s:\n%s", name, got)
		}
	}
}

// TestAnswersRepeatNoWrongValue: values that failed are not sent back.
func TestAnswersRepeatNoWrongValue(t *testing.T) {
	message, _ := profileBase(t, "cbpr+ pacs.008.001.08")
	message = edit(t, message, "<EndToEndId>E-1 => <EndToEndId>SECRET#1 ;; <MsgId>M-1 => <MsgId>SECRET*2")
	o := answering
	o.Profile = load(t, "cbpr+")
	got := texts(answered(t, message, o).Root)
	if strings.Contains(got, "SECRET") || !strings.Contains(got, "OrgnlMsgId NOTPROVIDED\n") ||
		!strings.Contains(got, "OrgnlUETR 8a56") {
		t.Error(got)
	}
}

// TestLargeAnswers: an answer is bounded, whatever there is to say.
func TestLargeAnswers(t *testing.T) {
	head, rest, _ := strings.Cut(base(t, "pacs.008.001.09"), "<CdtTrfTxInf>")
	transaction, tail, _ := strings.Cut(rest, "</CdtTrfTxInf>")
	transaction = strings.Replace(transaction, "<ChrgBr>SHAR", "<ChrgBr>CRED", 1)
	message := head + strings.Repeat("<CdtTrfTxInf>"+transaction+"</CdtTrfTxInf>", 5000) + tail
	part := answered(t, message, answering)
	transactions := 0
	for range part.Body().All("TxInfAndSts") {
		transactions++
	}
	if transactions != wire.FindingsMax {
		t.Errorf("%d transactions", transactions)
	}
	schema := strings.ReplaceAll(message, "<ChrgBr>CRED", "<ChrgBr>HALF")
	list := answered(t, schema, answering).Root.At("admi.002.001.01", "Rsn", "AddtlData").Text()
	if len(list) > 20000 || len(list) < 15000 {
		t.Errorf("a list of %d bytes", len(list))
	}
}

// TestAnswersToManyFindings: whatever a caller has collected, an answer gives some
// reasons for some transactions.
func TestAnswersToManyFindings(t *testing.T) {
	head, rest, _ := strings.Cut(base(t, "pacs.008.001.09"), "<CdtTrfTxInf>")
	transaction, tail, _ := strings.Cut(rest, "</CdtTrfTxInf>")
	m := new(wire.Reader).Read([]byte(head + strings.Repeat("<CdtTrfTxInf>"+transaction+"</CdtTrfTxInf>", 300) + tail))
	var findings []wire.Finding
	for i := range 300 {
		for range 50 {
			findings = append(findings, wire.Finding{
				Layer: wire.Business, Rule: strings.Repeat("long-", 30), Code: "CH16", Text: "text", Line: 1,
				Path: fmt.Sprintf("Document/FIToFICstmrCdtTrf/CdtTrfTxInf[%d]/ChrgBr", i+1),
			})
		}
	}
	data, err := rules.Answer(m, findings, answering)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := wire.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	transactions := 0
	for status := range answer.Document().Body().All("TxInfAndSts") {
		transactions++
		reasons := 0
		for reason := range status.All("StsRsnInf") {
			reasons++
			if text := reason.Child("AddtlInf").Text(); len(text) > 105 || !strings.HasSuffix(text, ")/ChrgBr") {
				t.Fatalf("%q", text)
			}
		}
		if reasons != 20 {
			t.Fatalf("%d reasons", reasons)
		}
	}
	if transactions != 200 {
		t.Errorf("%d transactions", transactions)
	}
}

func TestNoAnswer(t *testing.T) {
	m := new(wire.Reader).Read([]byte(base(t, "pacs.008.001.09")))
	if answer, err := rules.Answer(m, nil, answering); !errors.Is(err, rules.ErrNothingWrong) || answer != nil {
		t.Errorf("%s, %v", answer, err)
	}
	broken := new(wire.Reader).Read([]byte(edit(t, base(t, "pacs.008.001.09"), "<ChrgBr>SHAR => <ChrgBr>CRED")))
	for _, id := range []string{"", strings.Repeat("A", 36)} {
		o := answering
		o.MessageID = id
		answer, err := rules.Answer(broken, rules.Check(broken, rules.Options{}), o)
		if !errors.Is(err, rules.ErrAnswer) || answer != nil {
			t.Errorf("%q: %s, %v", id, answer, err)
		}
	}
}

func ExampleAnswer() {
	m := new(wire.Reader).Read([]byte(
		`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.028.001.06"><Wrong/></Document>`))
	answer, err := rules.Answer(m, rules.Check(m, rules.Options{}), rules.AnswerOptions{
		MessageID: "A-1", At: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC),
	})
	fmt.Println(strings.Contains(string(answer), "<Ref>NOTPROVIDED</Ref>"), err)
	// Output: true <nil>
}
