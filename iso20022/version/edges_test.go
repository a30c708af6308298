package version_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/iso20022/isotest"
	"github.com/causeway-pay/causeway/iso20022/message"
	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/version"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

// transfer is a payment of a version, with pieces behind its amount, behind the bearer of
// charges, in its creditor's party and at its end.
func transfer(definition string, behindAmount, behindBearer, creditor, end string) []byte {
	return []byte(`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:` + definition + `"><FIToFICstmrCdtTrf><GrpHdr><MsgId>M</MsgId>` +
		`<CreDtTm>2026-07-21T10:15:30Z</CreDtTm><NbOfTxs>1</NbOfTxs><SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf></GrpHdr>` +
		`<CdtTrfTxInf><PmtId><EndToEndId>E</EndToEndId><TxId>T</TxId></PmtId><IntrBkSttlmAmt Ccy="HKD">1.00</IntrBkSttlmAmt>` +
		behindAmount + `<ChrgBr>SHAR</ChrgBr>` + behindBearer + `<Dbtr/><DbtrAgt><FinInstnId/></DbtrAgt><CdtrAgt><FinInstnId/></CdtrAgt>` +
		`<Cdtr>` + creditor + `</Cdtr>` + end + `</CdtTrfTxInf></FIToFICstmrCdtTrf></Document>`)
}

// TestEachLoss is a row for each way in which a version cannot hold something, by its path
// and without its value.
func TestEachLoss(t *testing.T) {
	const at = "FIToFICstmrCdtTrf/CdtTrfTxInf[1]/"
	for name, c := range map[string]struct {
		from, to, behindBearer, creditor, end string
		want                                  version.Loss
	}{
		"no such element": {
			from: "pacs.008.001.13", to: "pacs.008.001.08", creditor: "<PstlAdr><UnitNb>7</UnitNb><TwnNm>T</TwnNm><Ctry>JP</Ctry></PstlAdr>",
			want: version.Loss{Path: at + "Cdtr/PstlAdr/UnitNb", Problem: "the target has no such element"},
		},
		"longer": {
			from: "pacs.008.001.13", to: "pacs.008.001.08", creditor: "<Nm>C</Nm><PstlAdr><BldgNm>" + strings.Repeat("b", 36) + "</BldgNm></PstlAdr>",
			want: version.Loss{Path: at + "Cdtr/PstlAdr/BldgNm", Problem: "longer than the 35 characters of the target"},
		},
		"a second agent": {
			from: "pacs.008.001.08", to: "pacs.008.001.06",
			behindBearer: "<PrvsInstgAgt1><FinInstnId/></PrvsInstgAgt1><PrvsInstgAgt2><FinInstnId/></PrvsInstgAgt2>",
			want:         version.Loss{Path: at + "PrvsInstgAgt2", Problem: "the target has no such element"},
		},
	} {
		_, err := version.Convert(parse(t, transfer(c.from, "", c.behindBearer, c.creditor, c.end)), schema.Lookup(c.to), version.Options{})
		var loss *version.LossError
		if !errors.As(err, &loss) || !cmp.Equal(loss.Losses, []version.Loss{c.want}) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		dropped, err := version.Convert(parse(t, transfer(c.from, "", c.behindBearer, c.creditor, c.end)), schema.Lookup(c.to), version.Options{Drop: true})
		if err != nil || !cmp.Equal(dropped.Lost, []version.Loss{c.want}) {
			t.Errorf("%s: dropped %+v, %v", name, dropped.Lost, err)
		}
	}
}

// TestMoreOften: of what the target takes once the first stays, each further one is a loss
// of its own, and one alone is none.
func TestMoreOften(t *testing.T) {
	const at = "FIToFICstmrCdtTrf/CdtTrfTxInf[1]/PmtTpInf/"
	const problem = "more often than the target allows"
	levels := "<PmtTpInf>"
	for i, code := range []string{"SEPA", "URGP", "NURG"} {
		levels += "<SvcLvl><Cd>" + code + "</Cd></SvcLvl>"
		whole := transfer("pacs.008.001.08", "", "", "", "")
		part := parse(t, with(t, whole, "</PmtId>", "</PmtId>"+levels+"</PmtTpInf>"))
		want := []version.Loss{{Path: at + "SvcLvl[2]", Problem: problem}, {Path: at + "SvcLvl[3]", Problem: problem}}[:i]
		_, err := version.Convert(part, schema.Lookup("pacs.008.001.06"), version.Options{})
		var loss *version.LossError
		if errors.As(err, &loss) != (i > 0) || (i > 0 && !cmp.Equal(loss.Losses, want)) {
			t.Errorf("%d levels: %v", i+1, err)
		}
		dropped, err := version.Convert(part, schema.Lookup("pacs.008.001.06"), version.Options{Drop: true})
		first := []byte("<PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl></PmtTpInf>")
		if err != nil || len(dropped.Lost) != i || !bytes.Contains(dropped.XML, first) {
			t.Errorf("%d levels: dropped %+v, %v\n%s", i+1, dropped.Lost, err, dropped.XML)
		}
	}
}

// TestLossErrors: one loss, several and none are told apart.
func TestLossErrors(t *testing.T) {
	one := version.Loss{Path: "A/B", Problem: "gone"}
	for want, losses := range map[string][]version.Loss{
		"version: x as y would lose something":                       nil,
		"version: x as y would lose something: A/B: gone":            {one},
		"version: x as y would lose something: A/B: gone and 2 more": {one, one, one},
	} {
		if got := (&version.LossError{From: "x", To: "y", Losses: losses}).Error(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// TestNotTwoVersions: what are not two versions of one message is an error and no loss.
func TestNotTwoVersions(t *testing.T) {
	whole := parse(t, payment(t))
	for name, c := range map[string]struct {
		part   wire.Part
		target *schema.Message
	}{
		"nothing":       {wire.Part{}, schema.Lookup("pacs.008.001.08")},
		"no target":     {whole, nil},
		"other message": {whole, schema.Lookup("pacs.009.001.08")},
		"a header":      {whole, schema.Lookup("head.001.001.02")},
	} {
		_, err := version.Convert(c.part, c.target, version.Options{Carry: true, Drop: true})
		var loss *version.LossError
		if err == nil || errors.As(err, &loss) {
			t.Errorf("%s: %v", name, err)
		}
	}
	same, err := version.Convert(whole, whole.Definition, version.Options{})
	if err != nil || !bytes.Equal(same.XML, whole.AppendXML(nil)) {
		t.Errorf("as itself: %v", err)
	}
}

// TestLinesThatAreCarried: a line is taken for an agreed field only if it is one, and what
// stands beside it stays.
func TestLinesThatAreCarried(t *testing.T) {
	const rate, expiry = "Causeway/AgrdRate/HKD/JPY/20.3/2026-07-21T10:15:28Z/4e0f2c5f-9d34-4f7c-8b54-b0d1a1c55f10", "Causeway/XpryDtTm/2026-07-21T10:25:30Z"
	strd := func(lines ...string) string {
		text := ""
		for _, line := range lines {
			text += "<AddtlRmtInf>" + line + "</AddtlRmtInf>"
		}
		return "<RmtInf><Strd>" + text + "</Strd></RmtInf>"
	}
	for name, c := range map[string]struct {
		remittance      string
		carried         int
		stays, restored []string
		refused         bool
	}{
		"both":           {remittance: strd(rate, expiry), carried: 2, restored: []string{"<QtId>4e0f2c5f-9d34-4f7c-8b54-b0d1a1c55f10</QtId>", "<XpryDtTm>2026-07-21T10:25:30Z</XpryDtTm>"}},
		"no quote":       {remittance: strd("Causeway/AgrdRate/HKD/JPY/20.3//"), carried: 1, restored: []string{"<PreAgrdXchgRate>20.3</PreAgrdXchgRate></AgrdRate>"}},
		"beside another": {remittance: strd("thanks", expiry), carried: 1, stays: []string{"thanks"}, restored: []string{"<XpryDtTm>"}},
		"twice":          {remittance: strd(expiry, expiry), carried: 1, stays: []string{expiry}, restored: []string{"<XpryDtTm>"}},
		"a part less":    {remittance: strd("Causeway/AgrdRate/HKD/JPY/20.3/2026-07-21T10:15:28Z"), stays: []string{"/JPY/20.3/"}},
		"a part more":    {remittance: strd(rate + "/x"), stays: []string{rate + "/x"}},
		"another field":  {remittance: strd("Causeway/Other/1"), stays: []string{"Causeway/Other/1"}},
		"other letters":  {remittance: strd("causeway/XpryDtTm/2026-07-21T10:25:30Z"), stays: []string{"causeway/"}},
		"with a blank":   {remittance: strd(" " + expiry), stays: []string{" " + expiry}},
		"only a prefix":  {remittance: strd("Causeway/XpryDtTm"), stays: []string{"Causeway/XpryDtTm<"}},
		"unstructured":   {remittance: "<RmtInf><Ustrd>" + expiry + "</Ustrd></RmtInf>", stays: []string{expiry}},
		"nothing in it":  {remittance: "<RmtInf/>", stays: []string{"<RmtInf></RmtInf>"}},
		"nothing within": {remittance: "<RmtInf><Strd/></RmtInf>", stays: []string{"<RmtInf><Strd></Strd></RmtInf>"}},
		"no moment":      {remittance: strd("Causeway/XpryDtTm/tomorrow"), refused: true},
		"no currency":    {remittance: strd("Causeway/AgrdRate/dollars/JPY/20.3//"), refused: true},
		"no rate":        {remittance: strd("Causeway/AgrdRate/HKD/JPY/cheap//"), refused: true},
	} {
		data := transfer("pacs.008.001.08", "", "", "", c.remittance)
		up, err := version.Convert(parse(t, data), schema.Lookup("pacs.008.001.13"), version.Options{Carry: true})
		if (err != nil) != c.refused || len(up.Carried) != c.carried {
			t.Errorf("%s: carried %v, %v", name, up.Carried, err)
			continue
		}
		for _, want := range append(c.stays, c.restored...) {
			if !strings.Contains(string(up.XML), want) {
				t.Errorf("%s: no %s in\n%s", name, want, up.XML)
			}
		}
		if len(c.stays) == 0 && !c.refused && strings.Contains(string(up.XML), "RmtInf") {
			t.Errorf("%s: remittance information is left\n%s", name, up.XML)
		}
		plain, err := version.Convert(parse(t, data), schema.Lookup("pacs.008.001.13"), version.Options{})
		if err != nil || plain.Carried != nil || strings.Contains(string(plain.XML), "<XpryDtTm>") || strings.Contains(string(plain.XML), "<AgrdRate>") {
			t.Errorf("%s, without the receiver's agreement: %v\n%s", name, err, plain.XML)
		}
	}
}

// TestCarriedLosesNothing: random payments that an older version can hold with the agreed
// fields come back as they were, whatever stands in their remittance information.
func TestCarriedLosesNothing(t *testing.T) {
	newest := schema.Lookup("pacs.008.001.13")
	for _, to := range []string{"pacs.008.001.08", "pacs.008.001.09", "pacs.008.001.10", "pacs.008.001.11", "pacs.008.001.12"} {
		random := rand.New(rand.NewPCG(7, 8))
		whole, lossless, carried := 400, 0, 0
		for range whole {
			original := parse(t, isotest.Message(random, newest, isotest.Style{}))
			down, err := version.Convert(original, schema.Lookup(to), version.Options{Carry: true})
			if err != nil {
				continue
			}
			up, err := version.Convert(parse(t, down.XML), newest, version.Options{Carry: true})
			if err != nil {
				t.Fatalf("%s: back: %v\n%s", to, err, down.XML)
			}
			lossless++
			if len(down.Carried) > 0 {
				carried++
			}
			if diff := cmp.Diff(string(original.AppendXML(nil)), string(up.XML)); diff != "" || len(up.Carried) != len(down.Carried) {
				t.Fatalf("%s: %v, back %v: %s", to, down.Carried, up.Carried, diff)
			}
		}
		t.Logf("%s: %d of %d without loss, %d with agreed fields", to, lossless, whole, carried)
		if lossless == 0 {
			t.Errorf("%s: nothing could be translated", to)
		}
	}
}

// TestRetitle: only the name of the definition changes, in every version of the header.
func TestRetitle(t *testing.T) {
	for _, definition := range schema.Official().Versions("head.001") {
		random := rand.New(rand.NewPCG(3, 4))
		for range 20 {
			header := parse(t, isotest.Message(random, definition, isotest.Style{}))
			retitled, err := version.Retitle(header, "pacs.008.001.08")
			if err != nil {
				t.Fatal(err)
			}
			is := parse(t, retitled)
			was, named := string(header.AppendXML(nil)), string(is.AppendXML(nil))
			before, rest, _ := strings.Cut(was, "<MsgDefIdr>")
			_, after, _ := strings.Cut(rest, "</MsgDefIdr>")
			if want := before + "<MsgDefIdr>pacs.008.001.08</MsgDefIdr>" + after; named != want {
				t.Fatalf("%s: %s", definition.Name, cmp.Diff(want, named))
			}
		}
	}
	for name, part := range map[string]wire.Part{"no header": parse(t, payment(t)), "nothing": {}} {
		if _, err := version.Retitle(part, "pacs.008.001.08"); err == nil {
			t.Error(name)
		}
	}
}

// TestTypedFamilies: of every family that has a type, a message of each version that loses
// nothing is read as it, and written as what it was.
func TestTypedFamilies(t *testing.T) {
	families := map[string]bool{}
	for _, definition := range schema.Official().Messages() {
		if message.Typed(definition.Family()) == "" {
			continue
		}
		random := rand.New(rand.NewPCG(5, 6))
		for range 30 {
			original := parse(t, isotest.Message(random, definition, isotest.Style{}))
			read, err := version.Read(original)
			if err != nil {
				continue
			}
			written, err := version.Write(read, definition.Name, version.Options{Carry: true})
			if err != nil {
				t.Fatalf("%s: %v", definition.Name, err)
			}
			if diff := cmp.Diff(string(original.AppendXML(nil)), string(written.XML)); diff != "" {
				t.Fatalf("%s: %s", definition.Name, diff)
			}
			families[definition.Family()] = true
		}
	}
	if len(families) < 8 {
		t.Errorf("only %s", fmt.Sprint(families))
	}
}
