package message_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/iso20022/isotest"
	"github.com/causeway-pay/causeway/iso20022/message"
	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

// definitions are those that must have types.
var definitions = []string{
	"acmt.023.001.04", "acmt.024.001.04", "admi.002.001.01", "camt.029.001.13", "camt.052.001.13", "camt.053.001.13", "camt.054.001.13",
	"camt.056.001.11", "head.001.001.02", "head.001.001.03", "head.001.001.04", "pacs.002.001.15", "pacs.004.001.14", "pacs.008.001.13",
	"pacs.009.001.12", "pacs.028.001.06", "pacs.029.001.02", "pain.001.001.12", "pain.013.001.11", "pain.014.001.11",
}

// Whatever a valid message says, its type holds: written again it is the same,
// digit by digit.
func TestNothingIsLost(t *testing.T) {
	for _, name := range definitions {
		random := rand.New(rand.NewPCG(11, 12))
		for i := range 60 {
			text := isotest.Message(random, schema.Lookup(name), isotest.Styles[i%len(isotest.Styles)])
			read, err := wire.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			for part := range read.Parts() {
				typed := message.Of(part)
				if typed == nil || typed.Definition() != name {
					t.Fatalf("%s: no type", name)
				}
				written, err := message.AppendXML(nil, typed)
				if err != nil {
					t.Fatalf("%s %d: %v", name, i, err)
				}
				if canonical := part.AppendXML(nil); !bytes.Equal(written, canonical) {
					t.Fatalf("%s %d: %s", name, i, cmp.Diff(string(canonical), string(written)))
				}
			}
		}
	}
}

// A decoder that has read any other messages before says the same as one that is
// new: nothing of an earlier message shines through, and no two fields share
// memory.
func TestDecoderForgets(t *testing.T) {
	random := rand.New(rand.NewPCG(21, 22))
	var d message.Decoder
	for i := range 600 {
		name := definitions[random.IntN(len(definitions))]
		text := isotest.Message(random, schema.Lookup(name), isotest.Styles[i%len(isotest.Styles)])
		read, err := wire.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		for part := range read.Parts() {
			if diff := cmp.Diff(message.Of(part), d.Of(part)); diff != "" {
				t.Fatalf("%s %d: %s", name, i, diff)
			}
		}
	}
}

// A message of more values than a decoder keeps is whole, and so are the small
// ones after it.
func TestDecoderOverflows(t *testing.T) {
	var d message.Decoder
	for _, n := range []int{1, 500, 1, 40, 2} {
		m := transfer()
		m.GrpHdr.NbOfTxs = strconv.Itoa(n)
		for i := 1; i < n; i++ {
			next := m.CdtTrfTxInf[0]
			next.PmtId.EndToEndId = "E" + strconv.Itoa(i+1)
			m.CdtTrfTxInf = append(m.CdtTrfTxInf, next)
		}
		text, err := message.Write(m)
		if err != nil {
			t.Fatal(err)
		}
		read, err := wire.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(message.Message(m), d.Of(read.Document())); diff != "" {
			t.Fatalf("%d transfers: %s", n, diff)
		}
	}
}

// What a decoder has no type for, and what is not there, is nil as with Of.
func TestDecoderNil(t *testing.T) {
	var d message.Decoder
	if m := d.Of(wire.Part{}); m != nil {
		t.Error(m)
	}
	if m := d.Of(wire.Part{Definition: schema.Lookup("pacs.008.001.08")}); m != nil {
		t.Error(m)
	}
}

// The second payment costs a decoder no memory but the text.
func TestDecoderAllocations(t *testing.T) {
	text, err := message.Write(transfer())
	if err != nil {
		t.Fatal(err)
	}
	var r wire.Reader
	var d message.Decoder
	if n := testing.AllocsPerRun(100, func() {
		m, err := r.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		d.Of(m.Document())
	}); n > 1 {
		t.Errorf("%v allocations", n)
	}
}

// transfer is a payment as a program would make it.
func transfer() *message.FIToFICustomerCreditTransferV13 {
	return &message.FIToFICustomerCreditTransferV13{
		GrpHdr: message.GroupHeader131{
			MsgId: "M1", CreDtTm: "2026-07-21T10:15:30.120+08:00", NbOfTxs: "1",
			SttlmInf: message.SettlementInstruction15{SttlmMtd: "CLRG"},
		},
		CdtTrfTxInf: []message.CreditTransferTransaction70{{
			PmtId:          message.PaymentIdentification13{EndToEndId: "E1", UETR: "8a562c67-ca16-48ba-b074-65581be6f001"},
			IntrBkSttlmAmt: message.Amount{Decimal: message.Decimal{Units: 7379, Scale: 2}, Ccy: "HKD"},
			ChrgBr:         "SHAR",
			Dbtr:           message.PartyIdentification272{Nm: "CHAN & Co <HK>"},
			DbtrAgt:        agent("HARBHKHH"),
			CdtrAgt:        agent("SAKUJPJT"),
			Cdtr:           message.PartyIdentification272{Nm: "喫茶 花"},
		}},
	}
}

// reference gives a payment a structured reference of a kind.
func reference(m *message.FIToFICustomerCreditTransferV13, kind message.CreditorReferenceType2Choice) {
	m.CdtTrfTxInf[0].RmtInf = &message.RemittanceInformation22{Strd: []message.StructuredRemittanceInformation18{{
		CdtrRefInf: &message.CreditorReferenceInformation3{Tp: &message.CreditorReferenceType3{CdOrPrtry: kind}, Ref: "RF18"},
	}}}
}

func agent(bic string) message.BranchAndFinancialInstitutionIdentification8 {
	return message.BranchAndFinancialInstitutionIdentification8{FinInstnId: message.FinancialInstitutionIdentification23{BICFI: bic}}
}

func TestWrite(t *testing.T) {
	data, err := message.Write(transfer())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.13"><FIToFICstmrCdtTrf><GrpHdr><MsgId>M1</MsgId>`,
		`<IntrBkSttlmAmt Ccy="HKD">73.79</IntrBkSttlmAmt>`, `<Nm>CHAN &amp; Co &lt;HK&gt;</Nm>`, `+08:00</CreDtTm>`,
	} {
		if !bytes.Contains(data, []byte(want)) {
			t.Errorf("no %s in\n%s", want, data)
		}
	}
	back, err := message.Parse[message.FIToFICustomerCreditTransferV13](data)
	if err != nil {
		t.Fatal(err)
	}
	if difference := cmp.Diff(transfer(), back); difference != "" {
		t.Error(difference)
	}
}

func TestWriteRefuses(t *testing.T) {
	tests := map[string]struct {
		change func(m *message.FIToFICustomerCreditTransferV13)
		want   string
	}{
		"mandatory text": {func(m *message.FIToFICustomerCreditTransferV13) { m.GrpHdr.MsgId = "" }, "message: MsgId: mandatory and not set"},
		"mandatory code": {func(m *message.FIToFICustomerCreditTransferV13) { m.CdtTrfTxInf[0].ChrgBr = "" }, "message: ChrgBr: mandatory and not set"},
		"mandatory time": {func(m *message.FIToFICustomerCreditTransferV13) { m.GrpHdr.CreDtTm = "" }, "message: CreDtTm: mandatory and not set"},
		"no currency":    {func(m *message.FIToFICustomerCreditTransferV13) { m.CdtTrfTxInf[0].IntrBkSttlmAmt.Ccy = "" }, "message: IntrBkSttlmAmt: mandatory and not set"},
		"no transaction": {func(m *message.FIToFICustomerCreditTransferV13) { m.CdtTrfTxInf = nil }, "message: CdtTrfTxInf: fewer than demanded"},
		"empty choice": {func(m *message.FIToFICustomerCreditTransferV13) {
			reference(m, message.CreditorReferenceType2Choice{})
		}, "message: CreditorReferenceType2Choice: 0 of the alternatives are set"},
		"both of a choice": {func(m *message.FIToFICustomerCreditTransferV13) {
			m.CdtTrfTxInf[0].Purp = message.Purpose2Choice{Cd: "GDDS", Prtry: "x"}
		}, "message: Purpose2Choice: 2 of the alternatives are set"},
		"foreign content": {func(m *message.FIToFICustomerCreditTransferV13) {
			m.SplmtryData = []message.SupplementaryData1{{Envlp: "</Envlp><a/>"}}
		}, "message: Envlp: foreign content that is not one XML element"},
		"a value":         {func(m *message.FIToFICustomerCreditTransferV13) { m.CdtTrfTxInf[0].ChrgBr = "SHAX" }, "iso20022: line 2: Document/FIToFICstmrCdtTrf/CdtTrfTxInf[1]/ChrgBr: not a code of ChargeBearerType1Code (schema value-code, FF01)"},
		"a character":     {func(m *message.FIToFICustomerCreditTransferV13) { m.CdtTrfTxInf[0].Dbtr.Nm = "a\x00b" }, "iso20022: line 2: Document/FIToFICstmrCdtTrf/CdtTrfTxInf[1]/Dbtr: a forbidden character in text (syntax xml-malformed, FF01)"},
		"too many digits": {func(m *message.FIToFICustomerCreditTransferV13) { m.CdtTrfTxInf[0].IntrBkSttlmAmt.Scale = 6 }, "iso20022: line 2: Document/FIToFICstmrCdtTrf/CdtTrfTxInf[1]/IntrBkSttlmAmt: more than 5 digits after the point (schema value-digits, CH20)"},
	}
	for name, test := range tests {
		m := transfer()
		test.change(m)
		if data, err := message.Write(m); err == nil || err.Error() != test.want || data != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	data, err := message.Write(transfer())
	if err != nil {
		t.Fatal(err)
	}
	var unexpected *message.UnexpectedError
	if _, err := message.Parse[message.FIToFIPaymentStatusReportV15](data); !errors.As(err, &unexpected) || !strings.Contains(err.Error(), "pacs.002.001.15") {
		t.Error(err)
	}
	var invalid *wire.Invalid
	if _, err := message.Parse[message.FIToFICustomerCreditTransferV13](data[:100]); !errors.As(err, &invalid) {
		t.Error(err)
	}
}

func TestTyped(t *testing.T) {
	for family, want := range map[string]string{"pacs.008": "pacs.008.001.13", "head.001": "head.001.001.04", "camt.999": ""} {
		if got := message.Typed(family); got != want {
			t.Errorf("%s: %s", family, got)
		}
	}
	if message.New("pacs.008.001.08") != nil || message.New("pacs.008.001.13") == nil || message.Of(wire.Part{}) != nil {
		t.Error("what has a type")
	}
}
