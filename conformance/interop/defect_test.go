package interop_test

import (
	"encoding/xml"
	"strings"
	"testing"

	"github.com/moov-io/iso20022/pkg/document"

	"github.com/causeway-pay/causeway/iso20022/message"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

// transfer is a small valid pacs.008.001.09.
const transfer = `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.09"><FIToFICstmrCdtTrf><GrpHdr><MsgId>M1</MsgId>` +
	`<CreDtTm>2026-07-21T10:15:30.123+08:00</CreDtTm><NbOfTxs>1</NbOfTxs><SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf></GrpHdr><CdtTrfTxInf>` +
	`<PmtId><EndToEndId>E1</EndToEndId><UETR>8a562c67-ca16-48ba-b074-65581be6f001</UETR></PmtId><IntrBkSttlmAmt Ccy="IDR">1000000.00</IntrBkSttlmAmt>` +
	`<ChrgBr>SHAR</ChrgBr><Dbtr><Nm>CHAN</Nm></Dbtr><DbtrAcct><Id><IBAN>GB82WEST12345698765432</IBAN></Id></DbtrAcct><DbtrAgt><FinInstnId><BICFI>HARBHKHH</BICFI></FinInstnId></DbtrAgt>` +
	`<CdtrAgt><FinInstnId><BICFI>SAKUJPJT</BICFI></FinInstnId></CdtrAgt><Cdtr><Nm>TEA</Nm></Cdtr>` +
	`<SplmtryData><Envlp><Data xmlns="urn:example">kept</Data></Envlp></SplmtryData></CdtTrfTxInf></FIToFICstmrCdtTrf></Document>`

// edited returns the message with something else in the place of what was there.
func edited(t *testing.T, old, new string) string {
	t.Helper()
	if !strings.Contains(transfer, old) {
		t.Fatalf("%q is not in the message", old)
	}
	return strings.Replace(transfer, old, new, 1)
}

// again is what they write of what they have read.
func again(t *testing.T, text string) string {
	t.Helper()
	read, err := document.ParseIso20022Document([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	written, err := xml.Marshal(read)
	if err != nil {
		t.Fatal(err)
	}
	return string(written)
}

// canonical is what we write of what we have read.
func canonical(t *testing.T, text string) string {
	t.Helper()
	m, err := wire.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return string(m.Document().AppendXML(nil))
}

// Amounts are floating point with them: digits change, some amounts come out in
// a form that the schema forbids, some as another number. Ours come out digit
// for digit.
func TestDefectAmountsAreFloatingPoint(t *testing.T) {
	for amount, theirForm := range map[string]string{
		"1000000.00": "1e+06", "21000000": "2.1e+07", "0.30": "0.3", "999999999999999999": "1e+18", "9007199254740993": "9.007199254740992e+15",
		"123456789012345.67": "1.2345678901234567e+14",
	} {
		text := edited(t, "1000000.00", amount)
		if got := again(t, text); !strings.Contains(got, ">"+theirForm+"</IntrBkSttlmAmt>") {
			t.Errorf("%s: theirs is no longer %s:\n%s", amount, theirForm, got)
		}
		if got := canonical(t, text); !strings.Contains(got, ">"+amount+"</IntrBkSttlmAmt>") {
			t.Errorf("%s: ours:\n%s", amount, got)
		}
	}
}

// They accept what is no amount; we refuse it with its reason.
func TestDefectAmountsAreNotChecked(t *testing.T) {
	for amount, code := range map[string]string{"NaN": "AM09", "1e3": "AM09", "-5": "AM09", "0.123456": "CH20", "1234567890123456789": "AM09"} {
		text := edited(t, "1000000.00", amount)
		if _, err := document.ParseIso20022Document([]byte(text)); err != nil {
			t.Errorf("%s: they refuse it now: %v", amount, err)
		}
		m := new(wire.Reader).Read([]byte(text))
		if len(m.Findings) != 1 || m.Findings[0].Code != code {
			t.Errorf("%s: %v", amount, m.Findings)
		}
	}
}

// With them a choice holds all of its alternatives: a valid message does not
// pass their validation, and what they write of it is not valid.
func TestDefectChoices(t *testing.T) {
	read, err := document.ParseIso20022Document([]byte(transfer))
	if err != nil {
		t.Fatal(err)
	}
	if read.Validate() == nil {
		t.Error("they accept a choice now")
	}
	if got := again(t, transfer); !strings.Contains(got, "<Othr><Id></Id></Othr>") {
		t.Errorf("they no longer add the other alternative:\n%s", got)
	}
	if _, err := wire.Parse([]byte(again(t, edited(t, "1000000.00", "1.5")))); err == nil {
		t.Error("what they write is valid now")
	}
	if _, err := wire.Parse([]byte(transfer)); err != nil {
		t.Error(err)
	}
}

// Patterns of theirs match anywhere inside a value, and lengths count bytes.
func TestDefectValues(t *testing.T) {
	for _, edit := range [][2]string{{`Ccy="IDR"`, `Ccy="XXIDRXX"`}, {"8a562c67-", "junk8a562c67-"}, {"HARBHKHH", "no BIC HARBHKHHXXX!"}} {
		text := edited(t, edit[0], edit[1])
		if _, err := document.ParseIso20022Document([]byte(text)); err != nil {
			t.Errorf("%s: %v", edit[1], err)
		}
		if _, err := wire.Parse([]byte(text)); err == nil {
			t.Errorf("%s: valid with us", edit[1])
		}
	}
	thai := edited(t, "<Nm>TEA</Nm>", "<Nm>"+strings.Repeat("ไ", 100)+"</Nm>")
	if _, err := wire.Parse([]byte(thai)); err != nil {
		t.Error(err)
	}
}

// Of content of other namespaces the markup disappears with them.
func TestDefectSupplementaryData(t *testing.T) {
	if got := again(t, transfer); strings.Contains(got, `"urn:example"`) {
		t.Errorf("they keep it now:\n%s", got)
	}
	if got := canonical(t, transfer); !strings.Contains(got, `<Envlp><Data xmlns="urn:example">kept</Data></Envlp>`) {
		t.Error(got)
	}
}

// Their times have no offset, so they mean another instant.
func TestDefectOffsets(t *testing.T) {
	if got := again(t, transfer); strings.Contains(got, "+08:00") {
		t.Errorf("they keep the offset now:\n%s", got)
	}
	if got := canonical(t, transfer); !strings.Contains(got, "<CreDtTm>2026-07-21T10:15:30.123+08:00</CreDtTm>") {
		t.Error(got)
	}
}

// Their settlement information of camt.056.001.08 has the fields of a remittance,
// so nothing of it is read.
func TestDefectSettlementInformation(t *testing.T) {
	const text = `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.056.001.08"><FIToFIPmtCxlReq><Assgnmt><Id>A</Id><Assgnr><Agt><FinInstnId/></Agt></Assgnr>` +
		`<Assgne><Agt><FinInstnId/></Agt></Assgne><CreDtTm>2026-07-21T10:15:30Z</CreDtTm></Assgnmt><Undrlyg><TxInf><OrgnlTxRef>` +
		`<SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf></OrgnlTxRef></TxInf></Undrlyg></FIToFIPmtCxlReq></Document>`
	if got := again(t, text); strings.Contains(got, "CLRG") {
		t.Errorf("they read it now:\n%s", got)
	}
	if got := canonical(t, text); !strings.Contains(got, "<SttlmMtd>CLRG</SttlmMtd>") {
		t.Error(got)
	}
}

// They take a namespace only as the default one, no header, and what follows a
// message or stands in it twice does not disturb them.
func TestDefectEnvelopes(t *testing.T) {
	prefixed := strings.NewReplacer("</", "</p:", "<", "<p:", "xmlns=\"urn:iso", "xmlns:p=\"urn:iso").Replace(edited(t,
		`<SplmtryData><Envlp><Data xmlns="urn:example">kept</Data></Envlp></SplmtryData>`, ""))
	if _, err := document.ParseIso20022Document([]byte(prefixed)); err == nil {
		t.Error("they read a prefix now")
	}
	if _, err := wire.Parse([]byte(prefixed)); err != nil {
		t.Error(err)
	}
	for name, text := range map[string]string{
		"trailing": transfer + "<x/>", "doubled": edited(t, "<ChrgBr>SHAR</ChrgBr>", "<ChrgBr>SHAR</ChrgBr><ChrgBr>DEBT</ChrgBr>"),
		"unknown": edited(t, "<ChrgBr>", "<Foo>lost</Foo><ChrgBr>"),
	} {
		if _, err := document.ParseIso20022Document([]byte(text)); err != nil {
			t.Errorf("%s: they refuse it now: %v", name, err)
		}
		if _, err := wire.Parse([]byte(text)); err == nil {
			t.Errorf("%s: valid with us", name)
		}
	}
}

// BenchmarkOurs reads, checks, types and writes a payment, BenchmarkTheirs what
// of it they can, BenchmarkStandard reads a small part of it into a struct with
// encoding/xml.
func BenchmarkOurs(b *testing.B) {
	var r wire.Reader
	var d message.Decoder
	var dst []byte
	data := []byte(payment)
	b.ReportAllocs()
	b.SetBytes(int64(len(payment)))
	for b.Loop() {
		m, err := r.Parse(data)
		if err != nil {
			b.Fatal(err)
		}
		if dst, err = message.AppendXML(dst[:0], d.Of(m.Document())); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkOursRead reads and checks only.
func BenchmarkOursRead(b *testing.B) {
	var r wire.Reader
	data := []byte(payment)
	b.ReportAllocs()
	b.SetBytes(int64(len(payment)))
	for b.Loop() {
		if _, err := r.Parse(data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTheirs(b *testing.B) {
	text := []byte(oldPayment())
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		read, err := document.ParseIso20022Document(text)
		if err != nil {
			b.Fatal(err)
		}
		// It stops at the first choice and says that the message is not valid.
		_ = read.Validate()
		if _, err := xml.Marshal(read); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStandard(b *testing.B) {
	b.ReportAllocs()
	b.SetBytes(int64(len(payment)))
	for b.Loop() {
		var into struct {
			Header struct {
				ID      string `xml:"MsgId"`
				Created string `xml:"CreDtTm"`
			} `xml:"FIToFICstmrCdtTrf>GrpHdr"`
			Transfers []struct {
				EndToEnd string `xml:"PmtId>EndToEndId"`
				UETR     string `xml:"PmtId>UETR"`
				Amount   struct {
					Currency string `xml:"Ccy,attr"`
					Text     string `xml:",chardata"`
				} `xml:"IntrBkSttlmAmt"`
				Debtor   string `xml:"Dbtr>Nm"`
				Creditor string `xml:"Cdtr>Nm"`
			} `xml:"FIToFICstmrCdtTrf>CdtTrfTxInf"`
		}
		if err := xml.Unmarshal([]byte(payment), &into); err != nil {
			b.Fatal(err)
		}
	}
}
