package wire_test

import (
	"bytes"
	"errors"
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

const (
	statementStart = `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<Document xmlns="` + space + `camt.053.001.13"><BkToCstmrStmt><GrpHdr><MsgId>S1</MsgId>` +
		`<CreDtTm>2026-07-21T18:00:00Z</CreDtTm></GrpHdr><Stmt><Id>S1</Id><Acct><Id><Othr><Id>A &amp; B</Id></Othr></Id><Ccy>HKD</Ccy></Acct>` +
		`<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="HKD">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-07-21</Dt></Dt></Bal>` + "\n"
	statementEnd = "</Stmt></BkToCstmrStmt></Document>\n"
)

// entries is a source of that many entries.
func entries(n int) io.Reader {
	return io.MultiReader(strings.NewReader(statementStart), &endless{left: n}, strings.NewReader(statementEnd))
}

type endless struct {
	left, number int
	rest         []byte
}

func (e *endless) Read(p []byte) (int, error) {
	if len(e.rest) == 0 {
		if e.left == 0 {
			return 0, io.EOF
		}
		e.left--
		e.number++
		e.rest = fmt.Appendf(nil, `<Ntry><NtryRef>%d</NtryRef><Amt Ccy="HKD">%d.50</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>`+
			`<BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd><AddtlNtryInf>Tea &amp; cake %d</AddtlNtryInf></Ntry>`+"\n", e.number, e.number, e.number)
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

// A streamed statement is checked as a whole, and each entry is handed over
// once, in order, however the bytes arrive.
func TestStream(t *testing.T) {
	for name, wrap := range map[string]func(io.Reader) io.Reader{
		"as they come": func(r io.Reader) io.Reader { return r },
		"byte by byte": iotest.OneByteReader,
		"in halves":    iotest.HalfReader,
		"late end":     iotest.DataErrReader,
	} {
		const n = 700
		var r wire.Reader
		var got []string
		m, err := r.Stream(wrap(entries(n)), "Ntry", func(entry wire.Node) error {
			got = append(got, entry.Child("NtryRef").Text()+" "+entry.Child("Amt").Text()+entry.Child("Amt").Currency()+" "+
				entry.Child("AddtlNtryInf").Text()+fmt.Sprint(" ", entry.Line()))
			return nil
		})
		if err != nil || len(m.Findings) > 0 || len(got) != n {
			t.Fatalf("%s: %v %v, %d entries", name, err, m.Findings, len(got))
		}
		for i, text := range got {
			if want := fmt.Sprintf("%d %d.50HKD Tea & cake %d %d", i+1, i+1, i+1, i+3); text != want {
				t.Fatalf("%s: %q, want %q", name, text, want)
			}
		}
		statement := m.Document().Body().Child("Stmt")
		if statement.At("Acct", "Id", "Othr", "Id").Text() != "A & B" || statement.At("Bal", "Amt").Text() != "1.00" || statement.Child("Ntry").Exists() {
			t.Errorf("%s: the rest of the statement", name)
		}
	}
}

// What is wrong in a stream is found on its line, also behind what has been
// forgotten.
func TestStreamFindings(t *testing.T) {
	text, err := io.ReadAll(entries(5000))
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte(`<Amt Ccy="HKD">4711.50</Amt>`), []byte(`<Amt Ccy="HKD">4711,50</Amt>`), 1)
	var r wire.Reader
	m, err := r.Stream(bytes.NewReader(text), "Ntry", func(wire.Node) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Findings) != 1 || m.Findings[0].Line != 4713 || m.Findings[0].Path != "Document/BkToCstmrStmt/Stmt[1]/Ntry[4711]/Amt" {
		t.Error(m.Findings)
	}
	if difference := cmp.Diff(new(wire.Reader).Read(text).Findings, m.Findings); difference != "" {
		t.Error(difference)
	}
}

func TestStreamErrors(t *testing.T) {
	var r wire.Reader
	stop := errors.New("enough")
	count := 0
	_, err := r.Stream(entries(100), "Ntry", func(wire.Node) error {
		if count++; count == 3 {
			return stop
		}
		return nil
	})
	if !errors.Is(err, stop) || count != 3 {
		t.Errorf("%v after %d", err, count)
	}
	broken := errors.New("broken")
	if _, err := r.Stream(io.MultiReader(strings.NewReader(statementStart), iotest.ErrReader(broken)), "Ntry", nil); !errors.Is(err, broken) {
		t.Error(err)
	}
	m, err := r.Stream(strings.NewReader(statementStart), "Ntry", nil)
	if err != nil || len(m.Findings) != 1 || m.Findings[0].Rule != wire.RuleMalformed {
		t.Errorf("cut off: %v %v", err, m.Findings)
	}
	if m := r.Read(payment); len(m.Findings) > 0 || m.Document().Body().At("GrpHdr", "NbOfTxs").Text() != "1" {
		t.Errorf("the reader cannot be used again: %v", m.Findings)
	}
}

// A statement of 40 MB goes through in the memory of a few chunks.
func TestStreamMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("40 MB")
	}
	var r wire.Reader
	before := allocated()
	count := 0
	m, err := r.Stream(entries(200_000), "Ntry", func(entry wire.Node) error {
		if string(entry.Child("CdtDbtInd").Bytes()) == "CRDT" {
			count++
		}
		return nil
	})
	if err != nil || len(m.Findings) > 0 || count != 200_000 {
		t.Fatalf("%v %v %d", err, m.Findings, count)
	}
	// The source makes its text anew for each entry, some 220 bytes.
	if used := allocated() - before; used > 200_000*1200 {
		t.Errorf("%d bytes", used)
	}
	if size := r.Footprint(); size > 1<<20 {
		t.Errorf("the reader holds %d bytes", size)
	}
}

// BenchmarkStream reads a camt.053 of 1 MB.
func BenchmarkStream(b *testing.B) {
	text, err := io.ReadAll(entries(4300))
	if err != nil {
		b.Fatal(err)
	}
	var r wire.Reader
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Stream(bytes.NewReader(text), "Ntry", func(wire.Node) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSize reads statements of growing size at once: the time for a byte
// stays the same.
func BenchmarkSize(b *testing.B) {
	for _, n := range []int{40, 400, 4000, 40_000} {
		text, err := io.ReadAll(entries(n))
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("%d KB", len(text)>>10), func(b *testing.B) {
			var r wire.Reader
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if m := r.Read(text); len(m.Findings) > 0 {
					b.Fatal(m.Err())
				}
			}
		})
	}
}

// Whatever is wrong with a message, a stream finds the same as one reading does,
// however its bytes arrive.
func TestStreamFindsTheSame(t *testing.T) {
	definition := schema.Lookup("camt.053.001.13")
	random := rand.New(rand.NewPCG(17, 18))
	var streaming, whole wire.Reader
	for i := range 600 {
		text := isotest.Message(random, definition, isotest.Styles[i%len(isotest.Styles)])
		if i%4 != 0 {
			text, _ = isotest.Mutant(random, text)
		}
		var source io.Reader = bytes.NewReader(text)
		switch i % 3 {
		case 0:
			source = iotest.OneByteReader(source)
		case 1:
			source = iotest.HalfReader(source)
		}
		entries := 0
		m, err := streaming.Stream(source, "Ntry", func(wire.Node) error { entries++; return nil })
		if err != nil {
			t.Fatal(err)
		}
		want := whole.Read(text)
		if difference := cmp.Diff(want.Findings, m.Findings); difference != "" {
			t.Fatalf("%d: %s\n%s", i, difference, text)
		}
		if len(want.Findings) == 0 && count(want, "Ntry") != entries {
			t.Fatalf("%d: %d entries, want %d", i, entries, count(want, "Ntry"))
		}
	}
}

func count(m *wire.Message, name string) (n int) {
	var walk func(n wire.Node)
	walk = func(at wire.Node) {
		if at.Name() == name {
			n++
		}
		for child := range at.Children() {
			walk(child)
		}
	}
	for part := range m.Parts() {
		walk(part.Root)
	}
	return n
}
