package recon_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/recon"
	"github.com/causeway-pay/causeway/settlement/report"
	"github.com/causeway-pay/causeway/settlement/window"
)

// bankStatement is a camt.053 of a bank, as the standard has it.
const bankStatement = `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>M-1</MsgId><CreDtTm>2026-01-06T01:00:00Z</CreDtTm></GrpHdr>
<Stmt><Id>S-20260105</Id><CreDtTm>2026-01-06T01:00:00Z</CreDtTm>
<FrToDt><FrDtTm>2026-01-05T00:00:00Z</FrDtTm><ToDtTm>2026-01-05T23:59:59Z</ToDtTm></FrToDt>
<Acct><Id><IBAN>GB33BUKB20201555555555</IBAN></Id><Ccy>HKD</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="HKD">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt>
<Dt>2026-01-05</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="HKD">CLOSING</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt>
<Dt>2026-01-05</Dt></Dt></Bal>
<Ntry><NtryRef>N-1</NtryRef><Amt Ccy="HKD">12.50</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-01-05</Dt></BookgDt><ValDt><Dt>2026-01-06</Dt></ValDt><AcctSvcrRef>B-1</AcctSvcrRef>
<BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd><NtryDtls><TxDtls><Refs><EndToEndId>E2E-1</EndToEndId>
<UETR>b0000000-0000-4000-8000-000000000001</UETR></Refs><RltdPties><Cdtr><Pty><Id><OrgId><Othr>
<Id>JP-ACQUIRER</Id></Othr></OrgId></Id></Pty></Cdtr></RltdPties>
</TxDtls></NtryDtls></Ntry>
<Ntry><NtryRef>N-2</NtryRef><Amt Ccy="HKD">30.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<ValDt><Dt>2026-01-05</Dt></ValDt><BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd><NtryDtls>
<TxDtls><Refs><EndToEndId>E2E-2</EndToEndId></Refs><Amt Ccy="HKD">10.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></TxDtls>
<TxDtls><Refs><EndToEndId>E2E-3</EndToEndId></Refs><Amt Ccy="HKD">20.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></TxDtls>
</NtryDtls></Ntry>
<Ntry><Amt Ccy="HKD">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>PDNG</Cd></Sts><BkTxCd><Prtry><Cd>X</Cd>
</Prtry></BkTxCd></Ntry>
<Ntry><NtryRef>N-3</NtryRef><Amt Ccy="HKD">7.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><DtTm>2026-01-05T11:00:00Z</DtTm></BookgDt><BkTxCd><Prtry><Cd>X</Cd></Prtry></BkTxCd><NtryDtls>
<TxDtls><Refs><EndToEndId>E2E-4</EndToEndId></Refs></TxDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId>
</Refs></TxDtls></NtryDtls>
<AddtlNtryInf>two in one</AddtlNtryInf></Ntry>
</Stmt></BkToCstmrStmt></Document>`

func TestReadCamt053(t *testing.T) {
	statements, err := recon.ReadCamt053(account, []byte(strings.Replace(bankStatement, "CLOSING", "124.50", 1)))
	if err != nil || len(statements) != 1 {
		t.Fatalf("%d statements, %v", len(statements), err)
	}
	s := statements[0]
	if s.Holder != "GB33BUKB20201555555555" || s.Reference != "S-20260105/" || s.Currency != "HKD" || !s.HasBalances ||
		s.Opening != 10_000 || s.Closing != 12_450 || !s.From.Equal(monday) || !s.To.Equal(monday.AddDate(0, 0, 1)) {
		t.Errorf("%+v", s)
	}
	hkd := func(minor int64) money.Amount { return money.New(minor, "HKD") }
	want := []recon.Line{
		{
			Side: recon.Theirs, Amount: hkd(-1250), ValueDate: monday.AddDate(0, 0, 1), Own: "B-1", Counterparty: "JP-ACQUIRER",
			References: []string{"b0000000-0000-4000-8000-000000000001", "E2E-1"},
		},
		{Side: recon.Theirs, Amount: hkd(1000), ValueDate: monday, Own: "N-2", References: []string{"E2E-2"}},
		{Side: recon.Theirs, Amount: hkd(2000), ValueDate: monday, Own: "N-2", References: []string{"E2E-3"}},
		{Side: recon.Theirs, Amount: hkd(700), ValueDate: monday, Own: "N-3", References: []string{"E2E-4"},
			Text: "two in one"},
	}
	if difference := cmp.Diff(want, s.Lines); difference != "" {
		t.Error(difference)
	}
	// Lines of a position are of the day on which they were booked, where that is said.
	want[0].ValueDate = monday
	mirrored, err := recon.ReadCamt053("HK-WALLET.POSITION.HKD", []byte(strings.Replace(bankStatement, "CLOSING", "124.50", 1)))
	if err != nil || len(mirrored) != 1 {
		t.Fatalf("%d statements, %v", len(mirrored), err)
	}
	if difference := cmp.Diff(want, mirrored[0].Lines); difference != "" {
		t.Error(difference)
	}
}

func TestStatementsThatAreRefused(t *testing.T) {
	sound := strings.Replace(bankStatement, "CLOSING", "124.50", 1)
	for name, c := range map[string]struct{ body, problem string }{
		"does not add up": {strings.Replace(bankStatement, "CLOSING", "124.51", 1), "do not make the closing balance"},
		"not a message":   {"<html/>", ""},
		"not a statement": {strings.ReplaceAll(sound, "camt.053.001.08", "camt.052.001.08"), ""},
		"two currencies": {strings.Replace(sound, `<Amt Ccy="HKD">7.00`, `<Amt Ccy="USD">7.00`, 1),
			"a line in USD on an account in HKD"},
		"too precise": {strings.Replace(sound, ">7.00<", ">7.001<", 1), ""},
		"no date": {strings.Replace(sound, "<BookgDt><DtTm>2026-01-05T11:00:00Z</DtTm></BookgDt>", "", 1),
			"an entry without a date"},
		"too long":         {strings.Repeat(" ", recon.StatementMax+1), "more than"},
		"beyond all money": {strings.Replace(sound, ">7.00<", ">9999999999999999.00<", 1), ""},
		"another direction": {strings.Replace(sound, "<CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK",
			"<CdtDbtInd>UP</CdtDbtInd><Sts><Cd>BOOK", 1), ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := recon.ReadCamt053(account, []byte(c.body))
			if !errors.Is(err, recon.ErrStatement) || !strings.Contains(err.Error(), c.problem) {
				t.Errorf("got %v, want %q", err, c.problem)
			}
		})
	}
}

// TestOwnStatementIsRead: the statement that a participant gets is one that it can
// send back.
func TestOwnStatementIsRead(t *testing.T) {
	own := iso20022.AccountStatement{
		MessageID: "M-1", CreatedAt: at, StatementID: "S-1", Page: 2, LastPage: true, Sequence: 3, From: monday, To: at,
		AccountID: "HK-WALLET.HKD", Currency: "HKD", Owner: iso20022.Agent{OtherID: "HK-WALLET"},
		Opening: iso20022.Balance{Amount: money.New(-50, "HKD"), At: monday, Interim: true},
		Closing: iso20022.Balance{Amount: money.New(-150, "HKD"), At: at},
		Entries: []iso20022.BookedEntry{{
			Reference: "X-PAYMENT", Amount: money.New(100, "HKD"), BookedAt: at, ValueAt: monday, EndToEndID: "PR-1",
			UETR: iso20022.UETR(ids.ID{1, 6: 0x40, 8: 0x80}), Text: "PAYMENT",
		}},
	}
	body, err := own.AppendXML(nil)
	if err != nil {
		t.Fatal(err)
	}
	statements, err := recon.ReadCamt053(account, body)
	if err != nil || len(statements) != 1 {
		t.Fatalf("%d statements, %v", len(statements), err)
	}
	s := statements[0]
	if s.Reference != "S-1/2" || s.Holder != "HK-WALLET.HKD" || len(s.Lines) != 1 ||
		s.Lines[0].Amount != money.New(-100, "HKD") ||
		s.Lines[0].Own != "X-PAYMENT" || len(s.Lines[0].References) != 2 || !s.HasBalances {
		t.Errorf("%+v", s)
	}
}

const bankLayout = `
# A bank's export
separator ;
decimal ,
dates DD.MM.YYYY
debit S
currency HKD
column amount Betrag
column direction S/H
column date Valuta
column reference End-to-End
column reference Referenz
column counterparty Partner
column own Bank-Ref
column text Zweck
`

const bankCSV = "\ufeffKonto;123\n\nValuta;Betrag;S/H;End-to-End;Referenz;Partner;Bank-Ref;Zweck\n" +
	"05.01.2026;1.012,50;H;E2E-1;;JP-ACQUIRER;B-1;Netting\n" +
	"06.01.2026;7,00;S;;R-2;;B-2;\"Spesen; Januar\"\n" +
	"<END>\n"

func layout(t *testing.T, text string) recon.Layout {
	t.Helper()
	l, err := recon.ReadLayout("bank", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestReadCSV(t *testing.T) {
	s, err := layout(t, bankLayout).Read([]byte(bankCSV), "123", "2026-01")
	if err != nil {
		t.Fatal(err)
	}
	want := []recon.Line{
		{
			Side: recon.Theirs, Amount: money.New(101_250, "HKD"), ValueDate: monday, References: []string{"E2E-1"},
			Counterparty: "JP-ACQUIRER", Own: "B-1", Text: "Netting",
		},
		{
			Side: recon.Theirs, Amount: money.New(-700, "HKD"), ValueDate: monday.AddDate(0, 0, 1), References: []string{"R-2"},
			Own: "B-2", Text: "Spesen; Januar",
		},
	}
	if difference := cmp.Diff(want, s.Lines); difference != "" {
		t.Error(difference)
	}
	if s.Source != "bank" || s.Holder != "123" || s.Reference != "2026-01" || !s.From.Equal(monday) ||
		!s.To.Equal(monday.AddDate(0, 0, 1)) || s.Currency != "HKD" || s.HasBalances {
		t.Errorf("%+v", s)
	}
}

func TestCSVThatIsRefused(t *testing.T) {
	heading := "Valuta;Betrag;S/H;End-to-End;Referenz;Partner;Bank-Ref;Zweck\n"
	for name, c := range map[string]struct{ body, problem string }{
		"no headings":     {"a;b\n", "no row has the columns"},
		"nothing":         {"", "no row has the columns"},
		"headings late":   {strings.Repeat("x\n", 21) + heading, "no row has the columns"},
		"no amount":       {heading + "05.01.2026;;H;;;;;\n", "line 2"},
		"no number":       {heading + "05.01.2026;1e3;H;;;;;\n", "line 2"},
		"another form":    {heading + "05.01.2026;12.50;H;;;;;\n", "line 2"},
		"groups of two":   {heading + "05.01.2026;1.01.200,50;H;;;;;\n", "line 2"},
		"too precise":     {heading + "05.01.2026;1,001;H;;;;;\n", "line 2"},
		"no date":         {heading + ";1,00;H;;;;;\n", "is not a date"},
		"another date":    {heading + "2026-01-05;1,00;H;;;;;\n", "is not a date"},
		"a row too short": {heading + "05.01.2026\n", "line 2"},
		"broken quotes":   {heading + "05.01.2026;\"1,00;H\n", ""},
		"too long":        {strings.Repeat(" ", recon.StatementMax+1), "more than"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := layout(t, bankLayout).Read([]byte(c.body), "123", "1")
			if !errors.Is(err, recon.ErrStatement) || !strings.Contains(err.Error(), c.problem) {
				t.Errorf("got %v, want %q", err, c.problem)
			}
		})
	}
	many := heading + strings.Repeat("05.01.2026;1,00;H;;;;;\n", 50_001)
	if _, err := layout(t, bankLayout).Read([]byte(many), "123", "1"); !errors.Is(err, recon.ErrStatement) {
		t.Errorf("50,001 lines: %v", err)
	}
}

func TestLayoutsThatAreRefused(t *testing.T) {
	for name, text := range map[string]string{
		"nothing": "", "no date": "currency HKD\ncolumn amount A", "no currency": "column amount A\ncolumn date D",
		"unknown setting": bankLayout + "colour red\n", "unknown meaning": bankLayout + "column colour C\n",
		"two amounts": bankLayout + "column amount B\n", "no name": bankLayout + "column reference\n",
		"no value": bankLayout + "separator\n", "separator": bankLayout + "separator x\n",
		"decimal": bankLayout + "decimal x\n",
		"dates":   bankLayout + "dates YY\n", "currency": bankLayout + "currency XYZ\n", "long": strings.Repeat("#\n", 201),
	} {
		if _, err := recon.ReadLayout("bank", strings.NewReader(text)); !errors.Is(err, recon.ErrLayout) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	minor := layout(t, "decimal minor\nseparator tab\ncolumn amount A\ncolumn date D\ncolumn currency C\n")
	s, err := minor.Read([]byte("A\tD\tC\n-15\t2026-01-05T23:00:00Z\tJPY\n+7\t2026-01-04\tJPY\n"), "", "")
	if err != nil || s.Lines[0].Amount != money.New(-15, "JPY") || s.Lines[1].Amount.Minor != 7 || s.Currency != "JPY" {
		t.Errorf("%+v, %v", s, err)
	}
}

// TestPartnersFileComesBack: a transaction file that we issued, sent back as it
// is, matches to the last line; one that was changed differs by what was changed.
func TestPartnersFileComesBack(t *testing.T) {
	columns, err := report.Standard()
	if err != nil {
		t.Fatal(err)
	}
	var items []report.Item
	net := int64(0)
	for i := range 40 {
		item := report.Item{
			Kind: report.Payment, ID: ids.Derive(ids.Nil, "item", int64(i)), RequestID: "=PR-" + string(rune('A'+i)),
			CompletedAt: monday.Add(time.Duration(i) * time.Hour), Amount: money.New(150, "HKD"),
			Settlement: money.New(int64(100+i), "HKD"), Credit: i%5 != 0,
		}
		item.ID[6] = item.ID[6]&0x0f | 0x40
		if !item.Credit {
			item.Kind = report.Refund
		}
		net += item.Settlement.Minor * map[bool]int64{true: 1, false: -1}[item.Credit]
		items = append(items, item)
	}
	seq := func(yield func(report.Item, error) bool) {
		for _, item := range items {
			if !yield(item, nil) {
				return
			}
		}
	}
	dir := t.TempDir()
	_, err = report.Issue{Dir: dir, Columns: columns}.Write(report.Statement{
		Window: window.Window{ID: ids.New(), Number: 1, OpenedAt: monday, ChangedAt: at}, ParticipantID: "JP-ACQUIRER",
		Currency: "HKD", Net: money.New(net, "HKD"), Opening: money.New(0, "HKD"), ValueDate: monday,
	}, seq, seq)
	if err != nil {
		t.Fatal(err)
	}
	found, err := filepath.Glob(filepath.Join(dir, "v1/settlements/clearing/*/*/transactionItems_*"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%v, %v", found, err)
	}
	file, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	partner, err := recon.PartnerLayout(columns)
	if err != nil {
		t.Fatal(err)
	}
	in := recon.TransactionsOf("JP-ACQUIRER", "HKD")
	ours, err := recon.FromItems(in, seq)(t.Context(), nil, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	compare := func(body []byte) recon.Result {
		s, err := partner.Read(body, "JP-ACQUIRER", "1")
		if err != nil {
			t.Fatal(err)
		}
		for i := range s.Lines {
			s.Lines[i].ID = ids.Derive(ids.Nil, "theirs", int64(i))
		}
		return recon.Compare(ours, s.Lines, nil)
	}
	if result := compare(file); len(result.Matches) != 40 || len(result.Breaks) != 0 {
		t.Errorf("%d matches, %d breaks", len(result.Matches), len(result.Breaks))
	}
	changed := bytes.Replace(file, []byte(",150,HKD,107,HKD,"), []byte(",150,HKD,170,HKD,"), 1)
	if result := compare(changed); len(result.Breaks) != 1 || result.Breaks[0].Kind != recon.AmountDiffers ||
		result.Breaks[0].Difference() != 63 {
		t.Errorf("%v", result.Breaks)
	}
}

// Whatever a file says, it is refused or its lines add up to its balances.
func FuzzReadCamt053(f *testing.F) {
	f.Add([]byte(strings.Replace(bankStatement, "CLOSING", "124.50", 1)))
	f.Add([]byte(strings.Replace(bankStatement, "CLOSING", "0.01", 1)))
	f.Add([]byte("<Document/>"))
	f.Fuzz(func(t *testing.T, data []byte) {
		statements, err := recon.ReadCamt053(account, data)
		if err != nil && !errors.Is(err, recon.ErrStatement) {
			t.Errorf("got %v", err)
		}
		for _, s := range statements {
			checkRead(t, s)
		}
	})
}

func FuzzReadCSV(f *testing.F) {
	f.Add(bankLayout, []byte(bankCSV))
	f.Add("decimal minor\ncolumn amount A\ncolumn date D\ncolumn currency C\n", []byte("A,D,C\n-15,2026-01-05,JPY\n"))
	f.Fuzz(func(t *testing.T, text string, data []byte) {
		l, err := recon.ReadLayout("fuzz", strings.NewReader(text))
		if err != nil {
			return
		}
		s, err := l.Read(data, "holder", "1")
		if err != nil {
			if !errors.Is(err, recon.ErrStatement) {
				t.Errorf("got %v", err)
			}
			return
		}
		checkRead(t, s)
	})
}

func checkRead(t *testing.T, s recon.Statement) {
	t.Helper()
	moved := int64(0)
	for _, l := range s.Lines {
		moved += l.Amount.Minor
		if l.ValueDate.IsZero() || l.ValueDate.Before(s.From) || l.ValueDate.After(s.To) || l.Amount.Currency != s.Currency {
			t.Errorf("%+v in a statement of %s to %s", l, s.From, s.To)
		}
	}
	if s.HasBalances && s.Opening+moved != s.Closing {
		t.Errorf("lines of %d from %d to %d", moved, s.Opening, s.Closing)
	}
}
