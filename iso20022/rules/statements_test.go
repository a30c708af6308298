package rules_test

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/iso20022/rules"
)

// statement is a camt.053 in the making; amounts count hundredths.
type statement struct {
	opening, closing int64
	entries          []entry
	pages, more      string
}

type entry struct {
	amount int64
	credit bool
	status string
}

func hundredths(n int64) string {
	return new(big.Rat).SetFrac64(n, 100).FloatString(2)
}

// signed writes an amount with its direction.
func signed(n int64) string {
	direction := "CRDT"
	if n < 0 {
		n, direction = -n, "DBIT"
	}
	return fmt.Sprintf(`<Amt Ccy="EUR">%s</Amt><CdtDbtInd>%s</CdtDbtInd>`, hundredths(n), direction)
}

func (s statement) xml() string {
	balance := func(code string, n int64) string {
		return "<Bal><Tp><CdOrPrtry><Cd>" + code + "</Cd></CdOrPrtry></Tp>" + signed(n) + "<Dt><Dt>2026-11-25</Dt></Dt></Bal>"
	}
	var b strings.Builder
	b.WriteString(`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>` +
		`<GrpHdr><MsgId>M</MsgId><CreDtTm>2026-11-25T00:00:00Z</CreDtTm>` + s.pages + `</GrpHdr>` +
		`<Stmt><Id>S</Id><Acct><Id><Othr><Id>1</Id></Othr></Id></Acct>`)
	b.WriteString(balance("OPBD", s.opening) + balance("CLBD", s.closing) + s.more)
	for _, e := range s.entries {
		amount := e.amount
		if !e.credit {
			amount = -amount
		}
		b.WriteString("<Ntry>" + signed(amount) + "<Sts><Cd>" + e.status + "</Cd></Sts>" +
			"<BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd></Ntry>")
	}
	return b.String() + "</Stmt></BkToCstmrStmt></Document>"
}

// TestBalances: a statement whose figures add up is right, and one that is out by
// a hundredth is not.
func TestBalances(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := statement{opening: rapid.Int64Range(-1e15, 1e15).Draw(t, "opening")}
		s.closing = s.opening
		for range rapid.IntRange(0, 8).Draw(t, "entries") {
			e := entry{
				amount: rapid.Int64Range(0, 1e14).Draw(t, "amount"), credit: rapid.Bool().Draw(t, "credit"),
				status: rapid.SampledFrom([]string{"BOOK", "BOOK", "PDNG", "INFO"}).Draw(t, "status"),
			}
			s.entries = append(s.entries, e)
			switch {
			case e.status != "BOOK":
			case e.credit:
				s.closing += e.amount
			default:
				s.closing -= e.amount
			}
		}
		if found, _ := titles(s.xml(), rules.Options{}); len(found) > 0 {
			t.Fatalf("%q in %+v", found, s)
		}
		s.closing += rapid.SampledFrom([]int64{-1, 1}).Draw(t, "error")
		if found, _ := titles(s.xml(), rules.Options{}); !slices.Equal(found, []string{"balances-and-entries"}) {
			t.Fatalf("%q in %+v", found, s)
		}
	})
}

// TestBalancesThatProveNothing: figures that speak of what is not in the message
// are left alone.
func TestBalancesThatProveNothing(t *testing.T) {
	wrong := statement{opening: 100, closing: 300, entries: []entry{{100, true, "BOOK"}}}
	if found, _ := titles(wrong.xml(), rules.Options{}); len(found) != 1 {
		t.Fatalf("%q in a wrong statement", found)
	}
	page := func(number, last string) string {
		return "<MsgPgntn><PgNb>" + number + "</PgNb><LastPgInd>" + last + "</LastPgInd></MsgPgntn>"
	}
	second := strings.Replace(wrong.xml(), "<Bal>", "<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp>"+signed(1)+
		"<Dt><Dt>2026-11-25</Dt></Dt></Bal><Bal>", 1)
	otherCurrency := strings.Replace(wrong.xml(), `<Ntry><Amt Ccy="EUR">`, `<Ntry><Amt Ccy="USD">`, 1)
	first, last := wrong, wrong
	first.pages, last.pages = page("1", "false"), page("2", "true")
	summary := statement{opening: 100, closing: 300}
	summary.more = "<TxsSummry><TtlNtries><NbOfNtries>7</NbOfNtries></TtlNtries></TxsSummry>"
	for name, data := range map[string]string{
		"first page": first.xml(), "last page": last.xml(), "two opening balances": second,
		"entry in another currency": otherCurrency, "summary without entries": summary.xml(),
	} {
		if found, paths := titles(data, rules.Options{}); len(found) > 0 {
			t.Errorf("%s: %q at %q", name, found, paths)
		}
	}
	only := wrong
	only.pages = page("1", "true")
	if found, _ := titles(only.xml(), rules.Options{}); !slices.Equal(found, []string{"balances-and-entries"}) {
		t.Errorf("only page: %q", found)
	}
	none := statement{opening: 100, closing: 300}
	if found, _ := titles(none.xml(), rules.Options{}); !slices.Equal(found, []string{"balances-and-entries"}) {
		t.Errorf("no entries: %q", found)
	}
}

// TestOldSummary: until version 2 the net stood beside its direction.
func TestOldSummary(t *testing.T) {
	const old = `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.054.001.02"><BkToCstmrDbtCdtNtfctn>
<GrpHdr><MsgId>M</MsgId><CreDtTm>2026-11-25T00:00:00Z</CreDtTm></GrpHdr>
<Ntfctn><Id>N</Id><CreDtTm>2026-11-25T00:00:00Z</CreDtTm>
<Acct><Id><Othr><Id>1</Id></Othr></Id></Acct>
<TxsSummry><TtlNtries><NbOfNtries>1</NbOfNtries><Sum>5</Sum>
<TtlNetNtryAmt>5</TtlNetNtryAmt><CdtDbtInd>CRDT</CdtDbtInd></TtlNtries></TxsSummry>
<Ntry><Amt Ccy="EUR">5</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd></Ntry>
</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>`
	if found, paths := titles(old, rules.Options{}); len(found) > 0 {
		t.Errorf("%q at %q", found, paths)
	}
	wrong := strings.Replace(old, "<TtlNetNtryAmt>5", "<TtlNetNtryAmt>6", 1)
	if found, _ := titles(wrong, rules.Options{}); !slices.Equal(found, []string{"entries-net"}) {
		t.Errorf("%q", found)
	}
}
