package rules_test

import (
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/causeway-pay/causeway/iso20022/isotest"
	"github.com/causeway-pay/causeway/iso20022/rules"
	"github.com/causeway-pay/causeway/iso20022/schema"
	"github.com/causeway-pay/causeway/iso20022/wire"
)

// payment is the 2.4 KB pacs.008 that the reader is measured with.
func payment(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile("../wire/testdata/payment.xml")
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestNothingWrongCostsNothing: a payment in order is checked without memory.
func TestNothingWrongCostsNothing(t *testing.T) {
	for _, data := range [][]byte{payment(t), []byte(base(t, "pacs.008.001.09")), []byte(base(t, "pacs.009.001.09"))} {
		m := new(wire.Reader).Read(data)
		if findings := rules.Check(m, rules.Options{}); findings != nil {
			t.Fatal(findings)
		}
		if allocations := testing.AllocsPerRun(100, func() { rules.Check(m, rules.Options{}) }); allocations >= 1 {
			t.Errorf("%v allocations", allocations)
		}
	}
}

// TestFindingsAreBounded: neither findings nor warnings are without end, and the
// message's own are not touched.
func TestFindingsAreBounded(t *testing.T) {
	head, rest, _ := strings.Cut(base(t, "pacs.008.001.09"), "<CdtTrfTxInf>")
	transaction, tail, _ := strings.Cut(rest, "</CdtTrfTxInf>")
	transaction = strings.Replace(transaction, "<ChrgBr>SHAR</ChrgBr>",
		"<ChrgBr>CRED</ChrgBr><UltmtDbtr><Nm>Payer 1</Nm>"+
			"<PstlAdr><TwnNm>Hong Kong</TwnNm><Ctry>HK</Ctry></PstlAdr></UltmtDbtr>", 1)
	message := head + strings.Repeat("<CdtTrfTxInf>"+transaction+"</CdtTrfTxInf>", 1000) + tail
	m := new(wire.Reader).Read([]byte(message))
	warnings := 0
	findings := rules.Check(m, rules.Options{Warn: func(wire.Finding) { warnings++ }})
	if len(findings) != wire.FindingsMax || warnings != wire.FindingsMax || len(m.Findings) != 0 {
		t.Errorf("%d findings, %d warnings, %d of the message", len(findings), warnings, len(m.Findings))
	}
}

// TestOrder: findings come by layer and line, those of the reader first.
func TestOrder(t *testing.T) {
	message := strings.NewReplacer("<MsgId>M-1", "<MsgId>"+strings.Repeat("M", 36), "AAAAHKHH", "AAAAQQHH",
		"<NbOfTxs>2", "<NbOfTxs>3", "<ChrgBr>SHAR", "<ChrgBr>CRED").Replace(base(t, "pacs.008.001.09"))
	findings := rules.Check(new(wire.Reader).Read([]byte(message)), rules.Options{})
	if !slices.IsSortedFunc(findings, func(a, b wire.Finding) int {
		return (int(a.Layer)-int(b.Layer))*1000 + a.Line - b.Line
	}) {
		t.Errorf("not in order: %v", findings)
	}
	layers := map[wire.Layer]int{}
	for _, f := range findings {
		layers[f.Layer]++
	}
	if layers[wire.Schema] != 1 || layers[wire.Business] != 3 || layers[wire.Identifier] != 3 {
		t.Errorf("found %v: %v", layers, findings)
	}
}

// TestAfterASyntaxError: what was not read is not missing.
func TestAfterASyntaxError(t *testing.T) {
	whole := base(t, "pacs.008.001.09")
	for i := range len(whole) - len("</Document>\n") {
		m := new(wire.Reader).Read([]byte(whole[:i]))
		findings := rules.Check(m, rules.Options{})
		if !slices.Equal(findings, m.Findings) || len(findings) == 0 {
			t.Fatalf("cut at %d: %v", i, findings)
		}
	}
}

// TestRulesOfOtherFamilies: a rule is not applied where its report does not have
// it.
func TestRulesOfOtherFamilies(t *testing.T) {
	type1, type2 := "<PmtTpInf><InstrPrty>NORM</InstrPrty></PmtTpInf>", "<PmtTpInf><InstrPrty>HIGH</InstrPrty></PmtTpInf>"
	message := strings.NewReplacer("pacs.004.001.10", "pacs.004.001.14", "</SttlmInf>", "</SttlmInf>"+type1,
		"<RtrdIntrBkSttlmAmt", type2+"<RtrdIntrBkSttlmAmt").Replace(base(t, "pacs.004.001.10"))
	if found, paths := titles(message, rules.Options{}); len(found) > 0 {
		t.Errorf("%q at %q", found, paths)
	}
}

// TestGeneratedMessages: valid messages of every official definition are checked
// with every profile without trouble.
func TestGeneratedMessages(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 20022))
	profiles := allProfiles(t)
	for _, m := range schema.Official().Messages() {
		for range 3 {
			data := isotest.Message(random, m, isotest.Styles[random.IntN(len(isotest.Styles))])
			message := new(wire.Reader).Read(data)
			for _, p := range profiles {
				holds(t, message, rules.Options{Profile: p, At: day(2026, 11, 25), Warn: func(wire.Finding) {}})
			}
		}
	}
}

func allProfiles(t testing.TB) []*rules.Profile {
	t.Helper()
	profiles := []*rules.Profile{nil}
	for _, name := range rules.Profiles() {
		profiles = append(profiles, load(t, name))
	}
	return profiles
}

func day(year, month, day int) time.Time {
	return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
}

// holds checks what must be true of the findings in any message, and that there
// is a valid answer to them.
func holds(t testing.TB, m *wire.Message, o rules.Options) {
	t.Helper()
	findings := rules.Check(m, o)
	if len(findings) > wire.FindingsMax+1 || len(findings) < len(m.Findings) {
		t.Fatalf("%d findings, %d of the reader", len(findings), len(m.Findings))
	}
	for _, f := range findings {
		if f.Rule == "" || f.Code == "" || f.Text == "" || f.Line < 1 || f.Layer < wire.Syntax || f.Layer > wire.Profile {
			t.Fatalf("incomplete: %+v", f)
		}
	}
	answer, err := rules.Answer(m, findings, rules.AnswerOptions{MessageID: "A-1", At: o.At, Profile: o.Profile})
	if len(findings) == 0 {
		if err == nil || answer != nil {
			t.Fatalf("answered nothing: %s", answer)
		}
		return
	}
	if err != nil {
		t.Fatalf("no answer to %v: %v", findings, err)
	}
}

// FuzzCheck: whatever the reader makes of some bytes can be checked and
// answered.
func FuzzCheck(f *testing.F) {
	files, err := os.ReadDir("testdata")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		if name, isMessage := strings.CutSuffix(file.Name(), ".xml"); isMessage {
			f.Add([]byte(base(f, name)))
		}
	}
	f.Add([]byte(`<a/>`))
	f.Add([]byte(`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Ntry/></Stmt>`))
	profiles := allProfiles(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		m := new(wire.Reader).Read(data)
		for _, p := range profiles {
			holds(t, m, rules.Options{Profile: p, At: day(2026, 11, 25), Warn: func(wire.Finding) {}})
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	m := new(wire.Reader).Read(payment(b))
	b.ReportAllocs()
	for b.Loop() {
		if f := rules.Check(m, rules.Options{}); len(f) > 0 {
			b.Fatal(f)
		}
	}
}

func BenchmarkCheckProfile(b *testing.B) {
	data, err := os.ReadFile("../testdata/pacs.008.001.13.xml")
	if err != nil {
		b.Fatal(err)
	}
	m := new(wire.Reader).Read(data)
	p := load(b, "switch")
	b.ReportAllocs()
	for b.Loop() {
		if f := rules.Check(m, rules.Options{Profile: p, At: day(2026, 11, 25)}); len(f) > 0 {
			b.Fatal(f)
		}
	}
}

// BenchmarkCheckMany shows that the time grows with the size only: the same for
// each record, whatever their number.
func BenchmarkCheckMany(b *testing.B) {
	for name, record := range map[string]string{
		"camt.054.001.08": "Ntry", "pain.001.001.10": "CdtTrfTxInf", "pacs.008.001.09": "CdtTrfTxInf",
		"pacs.002.001.11": "TxInfAndSts", "camt.056.001.09": "TxInf", "pacs.029.001.02": "MvmntRcrd",
	} {
		for _, records := range []int{1000, 10000} {
			message := base(b, name)
			start, end := strings.Index(message, "<"+record+">"), strings.LastIndex(message, "</"+record+">")+len(record)+3
			one, _, _ := strings.Cut(message[start:], "</"+record+">")
			message = message[:start] + strings.Repeat(one+"</"+record+">", records) + message[end:]
			m := new(wire.Reader).Read([]byte(message))
			b.Run(name+"/"+strconv.Itoa(records), func(b *testing.B) {
				for b.Loop() {
					rules.Check(m, rules.Options{})
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*records), "ns/record")
			})
		}
	}
}

// TestConcurrently: plans and profiles are shared, messages are not.
func TestConcurrently(t *testing.T) {
	profile := load(t, "cbpr+")
	wrong, _ := profileBase(t, "cbpr+ pacs.008.001.08")
	wrong = edit(t, wrong, "<SttlmMtd>INDA => <SttlmMtd>CLRG")
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			var reader wire.Reader
			for range 50 {
				findings := rules.Check(reader.Read([]byte(wrong)), rules.Options{Profile: profile, At: day(2026, 11, 25)})
				if len(findings) != 1 || findings[0].Rule != "cbpr+/settlement-method" {
					t.Errorf("%v", findings)
				}
			}
		})
	}
	group.Wait()
}

// TestSeveralDocuments: each document of an envelope is checked by its own rules.
func TestSeveralDocuments(t *testing.T) {
	bare := func(name, edits string) string {
		_, document, _ := strings.Cut(edit(t, base(t, name), edits), "?>")
		return document
	}
	found, _ := titles("<Batch>"+bare("pacs.008.001.09", "<ChrgBr>SHAR => <ChrgBr>CRED")+
		bare("pacs.028.001.04", "<SttlmMtd>CLRG => <SttlmMtd>COVE")+"</Batch>", rules.Options{})
	want := []string{"C5-charge-bearer-and-charges-information", "C16-settlement-method-cover-agent"}
	if !slices.Equal(found, want) {
		t.Errorf("found %q, want %q", found, want)
	}
}

// BenchmarkPlan measures what the first message of a definition costs with the
// largest profile.
func BenchmarkPlan(b *testing.B) {
	message, _ := profileBase(b, "cbpr+ pacs.008.001.08")
	m := new(wire.Reader).Read([]byte(message))
	for b.Loop() {
		p, err := rules.Load("cbpr+")
		if err != nil {
			b.Fatal(err)
		}
		rules.Check(m, rules.Options{Profile: p})
	}
}
