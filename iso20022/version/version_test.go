package version_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/iso20022/isotest"
	"github.com/causeway-pay/causeway/iso20022/message"
	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/version"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

func parse(t testing.TB, data []byte) wire.Part {
	t.Helper()
	m, err := wire.Parse(data)
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	for part := range m.Parts() {
		return part
	}
	t.Fatal("no message")
	return wire.Part{}
}

func payment(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "wire", "testdata", "payment.xml"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func with(t testing.TB, text []byte, old, new string) []byte {
	t.Helper()
	if !bytes.Contains(text, []byte(old)) {
		t.Fatalf("%q is not in the message", old)
	}
	return bytes.Replace(text, []byte(old), []byte(new), 1)
}

// What a version has no place for is refused, each thing by its path.
func TestDownRefuses(t *testing.T) {
	_, err := version.Convert(parse(t, payment(t)), schema.Lookup("pacs.008.001.08"), version.Options{})
	var loss *version.LossError
	if !errors.As(err, &loss) {
		t.Fatal(err)
	}
	want := []version.Loss{
		{Path: "FIToFICstmrCdtTrf/GrpHdr/XpryDtTm", Problem: "the target has no such element"},
		{Path: "FIToFICstmrCdtTrf/CdtTrfTxInf[1]/AgrdRate", Problem: "the target has no such element"},
	}
	if difference := cmp.Diff(want, loss.Losses); difference != "" {
		t.Error(difference)
	}
	if got := err.Error(); got != "version: pacs.008.001.13 as pacs.008.001.08 would lose something: FIToFICstmrCdtTrf/GrpHdr/XpryDtTm: the target has no such element and 1 more" {
		t.Error(got)
	}
}

// With the receiver's agreement the quote and the expiry travel as remittance
// information, and come back to where they were.
func TestCarriedThereAndBack(t *testing.T) {
	original := parse(t, payment(t))
	down, err := version.Convert(original, schema.Lookup("pacs.008.001.08"), version.Options{Carry: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"<AddtlRmtInf>Causeway/AgrdRate/HKD/JPY/20.326966909/2026-07-21T10:15:28.004+08:00/4e0f2c5f-9d34-4f7c-8b54-b0d1a1c55f10</AddtlRmtInf>",
		"<AddtlRmtInf>Causeway/XpryDtTm/2026-07-21T10:25:30+08:00</AddtlRmtInf>",
		`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08">`,
	} {
		if !bytes.Contains(down.XML, []byte(want)) {
			t.Errorf("no %s in\n%s", want, down.XML)
		}
	}
	if want := []string{"FIToFICstmrCdtTrf/CdtTrfTxInf[1]/AgrdRate", "FIToFICstmrCdtTrf/GrpHdr/XpryDtTm"}; !cmp.Equal(down.Carried, want) || down.Lost != nil {
		t.Errorf("carried %v, lost %v", down.Carried, down.Lost)
	}
	up, err := version.Convert(parse(t, down.XML), schema.Lookup("pacs.008.001.13"), version.Options{Carry: true})
	if err != nil {
		t.Fatal(err)
	}
	if difference := cmp.Diff(string(original.AppendXML(nil)), string(up.XML)); difference != "" {
		t.Error(difference)
	}
}

// A quote that does not fit the agreed field is refused rather than shortened.
func TestCarryRefuses(t *testing.T) {
	whole := payment(t)
	for name, data := range map[string][]byte{
		"another agent": with(t, whole, "</QtId>", "</QtId><FXAgt><FinInstnId><BICFI>FXFXHKHH</BICFI></FinInstnId></FXAgt>"),
		"too long":      with(t, with(t, whole, "20.326966909", "20.326966909000000000000000000000000000000"), "28.004", "28.0040000000000000000000000000"),
		"two payments": with(t, with(t, whole, "<NbOfTxs>1<", "<NbOfTxs>2<"), "</CdtTrfTxInf>",
			"</CdtTrfTxInf>"+string(whole[bytes.Index(whole, []byte("<CdtTrfTxInf>")):bytes.Index(whole, []byte("</FIToFICstmrCdtTrf>"))])),
	} {
		_, err := version.Convert(parse(t, data), schema.Lookup("pacs.008.001.08"), version.Options{Carry: true})
		var loss *version.LossError
		if !errors.As(err, &loss) || !strings.Contains(err.Error(), "AgrdRate") && !strings.Contains(err.Error(), "XpryDtTm") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDrop(t *testing.T) {
	got, err := version.Convert(parse(t, payment(t)), schema.Lookup("pacs.008.001.08"), version.Options{Drop: true})
	if err != nil || len(got.Lost) != 2 || bytes.Contains(got.XML, []byte("AgrdRate")) {
		t.Errorf("%v %v", err, got.Lost)
	}
}

// Elements that were moved, wrapped or renamed between versions find their
// place, in both directions.
func TestReshaped(t *testing.T) {
	tests := []struct{ name, from, to, was, becomes string }{
		{"moved", "pacs.008.001.08", "pacs.008.001.13",
			"<AccptncDtTm>2026-07-21T10:15:30Z</AccptncDtTm>", "<AddtlDtTm><AccptncDtTm>2026-07-21T10:15:30Z</AccptncDtTm></AddtlDtTm>"},
		{"wrapped", "pacs.008.001.06", "pacs.008.001.13",
			"<UltmtCdtr><PstlAdr><AdrTp>HOME</AdrTp></PstlAdr></UltmtCdtr>", "<UltmtCdtr><PstlAdr><AdrTp><Cd>HOME</Cd></AdrTp></PstlAdr></UltmtCdtr>"},
		{"year", "pacs.008.001.08", "pacs.008.001.13",
			"<Tax><Rcrd><Prd><Yr>2026-01-01</Yr></Prd></Rcrd></Tax>", "<Tax><Rcrd><Prd><Yr>2026</Yr></Prd></Rcrd></Tax>"},
		{"renamed", "pacs.008.001.06", "pacs.008.001.13",
			"<PrvsInstgAgt><FinInstnId><BICFI>AAAABB22</BICFI></FinInstnId></PrvsInstgAgt>", "<PrvsInstgAgt1><FinInstnId><BICFI>AAAABB22</BICFI></FinInstnId></PrvsInstgAgt1>"},
	}
	const start = `<FIToFICstmrCdtTrf><GrpHdr><MsgId>M</MsgId><CreDtTm>2026-07-21T10:15:30Z</CreDtTm><NbOfTxs>1</NbOfTxs><SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf></GrpHdr>` +
		`<CdtTrfTxInf><PmtId><EndToEndId>E</EndToEndId><TxId>T</TxId></PmtId><IntrBkSttlmAmt Ccy="HKD">1.00</IntrBkSttlmAmt>@1<ChrgBr>SHAR</ChrgBr>@2<Dbtr/><DbtrAgt><FinInstnId/></DbtrAgt>` +
		`<CdtrAgt><FinInstnId/></CdtrAgt><Cdtr/>@3</CdtTrfTxInf></FIToFICstmrCdtTrf></Document>`
	for _, test := range tests {
		place := map[string]string{"moved": "@1", "renamed": "@2"}[test.name]
		if place == "" {
			place = "@3"
		}
		build := func(definition, piece string) []byte {
			text := strings.Replace(start, place, piece, 1)
			text = strings.NewReplacer("@1", "", "@2", "", "@3", "").Replace(text)
			return []byte(`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:` + definition + `">` + text)
		}
		up, err := version.Convert(parse(t, build(test.from, test.was)), schema.Lookup(test.to), version.Options{})
		if err != nil || !bytes.Contains(up.XML, []byte(test.becomes)) {
			t.Errorf("%s up: %v\n%s", test.name, err, up.XML)
			continue
		}
		down, err := version.Convert(parse(t, up.XML), schema.Lookup(test.from), version.Options{})
		if err != nil || !bytes.Contains(down.XML, []byte(test.was)) {
			t.Errorf("%s down: %v\n%s", test.name, err, down.XML)
		}
	}
}

// Whatever is translated without loss is valid, and comes back the same.
func TestNoSilentLoss(t *testing.T) {
	pairs := [][2]string{
		{"pacs.008.001.08", "pacs.008.001.13"}, {"pacs.008.001.13", "pacs.008.001.08"}, {"pacs.002.001.10", "pacs.002.001.15"},
		{"pacs.002.001.15", "pacs.002.001.10"}, {"pacs.004.001.09", "pacs.004.001.14"}, {"pacs.009.001.08", "pacs.009.001.12"},
		{"pacs.028.001.03", "pacs.028.001.06"}, {"camt.053.001.08", "camt.053.001.13"}, {"camt.054.001.08", "camt.054.001.13"},
		{"camt.056.001.08", "camt.056.001.11"}, {"camt.029.001.09", "camt.029.001.13"}, {"head.001.001.02", "head.001.001.04"},
		{"pain.001.001.09", "pain.001.001.12"}, {"acmt.023.001.04", "acmt.023.001.02"}, {"pacs.008.001.13", "pacs.008.001.14"},
	}
	for _, pair := range pairs {
		random := rand.New(rand.NewPCG(13, 14))
		whole, lossless := 150, 0
		for range whole {
			original := parse(t, isotest.Message(random, schema.Lookup(pair[0]), isotest.Style{}))
			there, err := version.Convert(original, schema.Lookup(pair[1]), version.Options{})
			if err != nil {
				continue
			}
			back, err := version.Convert(parse(t, there.XML), schema.Lookup(pair[0]), version.Options{})
			if err != nil {
				t.Fatalf("%v: back: %v\n%s", pair, err, there.XML)
			}
			lossless++
			if difference := cmp.Diff(string(original.AppendXML(nil)), string(back.XML)); difference != "" {
				t.Fatalf("%v: %s", pair, difference)
			}
		}
		if lossless == 0 {
			t.Errorf("%v: nothing could be translated", pair)
		}
		t.Logf("%s as %s: %d of %d without loss", pair[0], pair[1], lossless, whole)
	}
}

func TestTyped(t *testing.T) {
	down, err := version.Convert(parse(t, payment(t)), schema.Lookup("pacs.008.001.08"), version.Options{Carry: true})
	if err != nil {
		t.Fatal(err)
	}
	read, err := version.Read(parse(t, down.XML))
	if err != nil {
		t.Fatal(err)
	}
	transfer, ok := read.(*message.FIToFICustomerCreditTransferV13)
	if !ok || transfer.CdtTrfTxInf[0].AgrdRate.QtId != "4e0f2c5f-9d34-4f7c-8b54-b0d1a1c55f10" {
		t.Fatalf("%+v", read)
	}
	written, err := version.Write(transfer, "pacs.008.001.08", version.Options{Carry: true})
	if err != nil || !bytes.Equal(written.XML, down.XML) {
		t.Errorf("%v\n%s", err, written.XML)
	}
	if _, err := version.Write(transfer, "pacs.008.001.99", version.Options{}); err == nil {
		t.Error("an unknown version")
	}
	if _, err := version.Write(transfer, "pacs.002.001.10", version.Options{}); err == nil {
		t.Error("another message")
	}
	if _, err := version.Read(wire.Part{}); err == nil {
		t.Error("no message")
	}
	random := rand.New(rand.NewPCG(1, 1))
	if _, err := version.Read(parse(t, isotest.Message(random, schema.Lookup("camt.060.001.05"), isotest.Style{}))); err == nil {
		t.Error("a message without a type")
	}
}
