package report_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/iso20022/rules"
	"github.com/causeway-pay/causeway/iso20022/wire"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/report"
	"github.com/causeway-pay/causeway/settlement/window"
)

// awkward are texts that separate, quote, end lines, or are run by spreadsheets.
var awkward = []string{
	"a,b", `a"b`, `"`, `""`, "a\nb", "a\r\nb", "\n", "\r", "a\rb", " a", "a ", "\t", "a;b", "a|b", "=1+1", "+1", "-1", "-1.5",
	"-1x", "@A1", "'", "''=", "'=1", "＝1+1", "＋1", "－1", "＠A1", "\ufeff", "\u00a0", "<END>", "NULL", "#", "0", "007", "1e9",
	"ｶﾌｪ", "Ñandú", "😀", "</Ntry>", "&amp;", "]]>", "<!--", "%00", `\"`, `\`,
}

// text is what a partner may put into an id.
func text() *rapid.Generator[string] {
	return rapid.OneOf(rapid.SampledFrom(awkward), rapid.StringMatching("[ -~]{1,64}"), rapid.StringOfN(rapid.Rune(), 1, 20, 64))
}

// borders are moments at which days, months, years and clocks change somewhere.
var borders = []string{
	"2026-01-03T00:00:00+08:00", "2026-01-03T07:59:59.999999+08:00", "2026-01-03T08:00:00+08:00", "2026-02-28T23:59:59+08:00",
	"2026-03-01T00:00:00Z", "2026-03-08T01:59:59-05:00", "2026-03-08T03:00:00-04:00", "2026-03-29T00:59:59Z",
	"2026-03-29T01:00:00Z", "2026-10-25T00:59:59Z", "2026-10-25T01:00:00Z", "2026-11-01T01:30:00-04:00", "2026-11-01T01:30:00-05:00",
	"2026-12-31T23:59:59+08:00", "2027-01-01T00:00:00+08:00", "2026-12-31T15:59:59.999999Z", "2026-12-31T16:00:00Z",
}

// moment is one of them, or a little before or after.
func moment() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		of, err := time.Parse(time.RFC3339, rapid.SampledFrom(borders).Draw(t, "border"))
		if err != nil {
			t.Fatal(err)
		}
		return of.Add(time.Duration(rapid.IntRange(-2, 2).Draw(t, "microseconds")) * time.Microsecond).UTC()
	})
}

// booklet is a statement with its items, and a file length that cuts it.
type booklet struct {
	report.Statement
	items   []report.Item
	rows    int64
	columns report.Columns
}

// drawBooklet makes up a statement of which everything may happen: payments and refunds of
// any text and size, some settled by themselves, fees charged and given back, adjustments,
// charges, what earlier windows settled, days without anything, in columns of any order.
func drawBooklet(t *rapid.T) booklet {
	currency := rapid.SampledFrom([]money.Currency{"JPY", "HKD", "KWD"}).Draw(t, "currency")
	amount := func(name string, least, most int64) money.Amount {
		return money.New(rapid.Int64Range(least, most).Draw(t, name), currency)
	}
	closed := moment().Draw(t, "closed")
	w := window.Window{
		ID: ids.ID{7, 6: 0x70, 8: 0x80}, Region: "asia-1", Number: rapid.Int64Range(1, 2_000_000).Draw(t, "number"),
		OpenedAt: closed.Add(-time.Duration(rapid.IntRange(0, 100_000).Draw(t, "open for")) * time.Second), ChangedAt: closed,
	}
	b := booklet{
		Statement: report.Statement{
			Window: w, ParticipantID: "JP-ACQUIRER", Currency: currency, Opening: amount("opening", -1e12, 1e12),
			ValueDate: closed.Truncate(24*time.Hour).AddDate(0, 0, rapid.IntRange(0, 6).Draw(t, "days")),
			Agreement: rapid.SampledFrom([]string{"", "01", "asia-1"}).Draw(t, "agreement"),
			Net:       money.New(0, currency), Gross: money.New(0, currency),
		},
		rows: rapid.Int64Range(0, 5).Draw(t, "rows"), columns: drawColumns(t),
	}
	for i := range rapid.IntRange(0, 14).Draw(t, "items") {
		b.items = append(b.items, drawItem(t, i, currency, closed))
		item := &b.items[i]
		net := item.Settlement.Minor*map[bool]int64{true: 1, false: -1}[item.Credit] - item.Fee.Minor
		if item.Gross {
			b.Gross.Minor += net
		} else {
			b.Net.Minor += net
		}
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "lines") {
		line := report.Line{
			Reference: fmt.Sprint("LINE-", i), Amount: amount("line", 1, 1e10), Credit: rapid.Bool().Draw(t, "credit"),
			BookedAt: closed, Text: rapid.SampledFrom([]string{"SCHEDULE", "ADJUSTMENT", "SETTLEMENT"}).Draw(t, "kind"),
		}
		line.Netted = line.Text != "SETTLEMENT"
		b.Lines = append(b.Lines, line)
		if line.Netted {
			b.Net.Minor += signOf(line.Credit) * line.Amount.Minor
		}
	}
	for i := range rapid.IntRange(0, 3).Draw(t, "batches") {
		before := w
		before.Number, before.ChangedAt = w.Number-int64(3-i), closed.Add(-time.Duration(3-i)*time.Hour)
		b.Day = append(b.Day, report.Batch{Window: before, Net: amount("batch", -1e9, 1e9)})
	}
	b.Day = append(b.Day, report.Batch{Window: w, Net: b.Net})
	return b
}

func signOf(credit bool) int64 { return map[bool]int64{true: 1, false: -1}[credit] }

func drawItem(t *rapid.T, i int, currency money.Currency, closed time.Time) report.Item {
	item := report.Item{
		Kind: report.Payment, ID: itemID(i), RequestID: text().Draw(t, "request"), AcquirerID: "JP-ACQUIRER", WalletID: "HK-WALLET",
		MerchantID: text().Draw(t, "merchant"), MerchantCategory: rapid.SampledFrom([]string{"", "5814", "=1"}).Draw(t, "category"),
		Mode: "PaymentCode", CompletedAt: closed.Add(-time.Duration(i) * time.Millisecond),
		Amount:     money.New(rapid.Int64Range(1, 1e12).Draw(t, "amount"), "EUR"),
		Settlement: money.New(rapid.Int64Range(0, 1e12).Draw(t, "settlement"), currency),
		Fee:        money.New(rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(-1e6, 1e6)).Draw(t, "fee"), currency),
		Credit:     true, Gross: rapid.Bool().Draw(t, "gross"),
	}
	if rapid.Bool().Draw(t, "refund") {
		item.Kind, item.Credit = report.Refund, false
		item.OriginalID, item.OriginalRequestID = itemID(i+100), text().Draw(t, "original")
	}
	return item
}

// shown are the fields that the tests look for, by the name that a column has.
var shown = []string{
	"settlement.signed", "fee.signed", "id", "request", "merchant", "original.request", "completed", "type", "currency",
}

// drawColumns is the standard map, or one whose sections show what is looked for in any
// order, between constants and fields that stand twice under other names.
func drawColumns(t *rapid.T) report.Columns {
	base, err := report.Standard()
	if err != nil {
		t.Fatal(err)
	}
	if rapid.Bool().Draw(t, "standard") {
		return base
	}
	var own strings.Builder
	section := func(name string, fields ...string) {
		fmt.Fprintf(&own, "section %s\n", name)
		for i := range rapid.IntRange(0, min(3, len(fields))).Draw(t, "constants") {
			constant := rapid.SampledFrom([]string{"", "=1", "x,y", `"`}).Draw(t, "constant")
			fields = append(fields, fmt.Sprintf("constant-%d =%s", i, constant))
		}
		for _, field := range rapid.Permutation(fields).Draw(t, "order") {
			if !strings.Contains(field, " ") {
				field = field + " " + field
			}
			fmt.Fprintln(&own, field)
		}
	}
	if rapid.Bool().Draw(t, "without totals") {
		section("transactionItems.summary")
	}
	section("transactionItems.detail", append([]string{"again settlement", "major settlement.major"}, shown...)...)
	section("feeItems.detail", "fee.signed", "id", "request", "fee.type", "side fee.direction")
	section("summary.detail", "type", "count", "total.signed", "amount.signed", "fee.signed")
	section("settlement.detail", "net.signed", "payments.signed", "refunds.signed", "fees.service.signed", "fees.scheduled.signed",
		"adjustments.signed", "gross.signed", "opening.signed")
	columns, err := report.ReadColumns(base, strings.NewReader(own.String()))
	if err != nil {
		t.Fatal(err)
	}
	return columns
}

// issue writes a booklet and returns the bytes of all files by path.
func (b booklet) issue(t *rapid.T, dir string) (map[string]string, []report.File) {
	files, err := report.Issue{Dir: dir, Columns: b.columns, Rows: b.rows, Sign: sign}.Write(b.Statement, seq(b.items), seq(b.items))
	if err != nil {
		t.Fatal(err)
	}
	bodies := map[string]string{}
	for _, file := range files {
		body, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(file.Path)))
		if err != nil || int64(len(body)) != file.Bytes || sha256.Sum256(body) != file.SHA256 {
			t.Fatalf("%s: %d bytes of %d, %v", file.Path, len(body), file.Bytes, err)
		}
		if _, twice := bodies[file.Path]; twice {
			t.Fatalf("%s was written twice", file.Path)
		}
		bodies[file.Path] = string(body)
	}
	return bodies, files
}

// The bytes of the files of any statement: what encoding/csv reads is what was written, every
// amount adds up to the net, the checksums are those of the files, messages are valid and lead
// from the opening to the closing balance, and issued again in another directory all is the same.
func TestBytesOfAnyFiles(t *testing.T) {
	house, err := rules.Load("switch")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	rapid.Check(t, func(r *rapid.T) {
		b := drawBooklet(r)
		first, err := os.MkdirTemp(dir, "")
		if err != nil {
			r.Fatal(err)
		}
		bodies, files := b.issue(r, first)
		again, _ := b.issue(r, filepath.Join(first, "again"))
		if diff := cmp.Diff(bodies, again); diff != "" {
			r.Fatal(diff)
		}
		b.checkTables(r, bodies, files)
		b.checkMessages(r, bodies, files, house)
		b.checkSums(r, bodies, files)
	})
}

// rowsOf are the rows of details of all parts of a kind of file, as columns by name. Each part
// has the headings, and no more rows than it may.
func (b booklet) rowsOf(
	t *rapid.T, bodies map[string]string, files []report.File, kind report.FileKind, summary, detail report.Section,
) []map[string]string {
	var rows []map[string]string
	heads := 1
	if len(b.columns.Of(summary)) > 0 {
		heads = 3
	}
	part := 0
	for _, file := range files {
		if file.Kind != kind {
			continue
		}
		reader := csv.NewReader(strings.NewReader(bodies[file.Path]))
		reader.FieldsPerRecord = -1
		all, err := reader.ReadAll()
		if err != nil || len(all) != heads+int(file.Rows) || b.rows > 0 && file.Rows > b.rows || file.Part != part {
			t.Fatalf("%s has %d rows, should have %d, %v", file.Path, len(all), file.Rows, err)
		}
		part++
		for _, record := range all[heads:] {
			row := map[string]string{}
			for i, name := range all[heads-1] {
				row[name] = report.Harmed(record[i])
				if record[i] != "" && strings.ContainsAny("=+@\t\r\n＝＋－＠", string([]rune(record[i])[:1])) {
					t.Fatalf("%s would be run: %q", file.Path, record[i])
				}
			}
			if len(row) != len(b.columns.Of(detail)) {
				t.Fatalf("%s has %d columns: %v", file.Path, len(row), row)
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// amount reads an amount under any of its columns: signed, or with a direction.
func amount(t *rapid.T, row map[string]string, signed, size, direction string) int64 {
	text, found := row[signed]
	if !found {
		text = row[size]
	}
	minor, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatalf("%v: %v", row, err)
	}
	if !found && row[direction] == "D" {
		minor = -minor
	}
	return minor
}

// either is the column of a name in the standard map or in an own one.
func either(row map[string]string, standard, own string) string {
	if text, found := row[standard]; found {
		return text
	}
	return row[own]
}

func (b booklet) checkTables(t *rapid.T, bodies map[string]string, files []report.File) {
	rows := b.rowsOf(t, bodies, files, report.TransactionItems, report.TransactionSummary, report.TransactionDetail)
	if len(rows) != len(b.items) {
		t.Fatalf("%d rows of %d items", len(rows), len(b.items))
	}
	var moved, gross int64
	for i, row := range rows {
		item := b.items[i]
		net := amount(t, row, "settlement.signed", "settlementAmountValue", "direction")
		if moved += net; net != signOf(item.Credit)*item.Settlement.Minor {
			t.Fatalf("%v is not %+v", row, item)
		}
		if item.Gross {
			gross += net - item.Fee.Minor
		}
		for own, c := range map[string]struct{ standard, want string }{
			"request": {"transactionRequestId", item.RequestID}, "merchant": {"referenceMerchantId", item.MerchantID},
			"original.request": {"originalTransactionRequestId", item.OriginalRequestID}, "id": {"transactionId", item.ID.String()},
			"type": {"transactionType", item.Kind},
		} {
			if got := either(row, c.standard, own); got != unixLines(c.want) {
				t.Fatalf("%s is %q, should be %q", own, got, c.want)
			}
		}
		at, err := time.Parse(time.RFC3339, either(row, "transactionTime", "completed"))
		if err != nil || !at.Equal(item.CompletedAt.Truncate(time.Second)) {
			t.Fatalf("%v was completed at %s, %v", row, item.CompletedAt, err)
		}
	}
	var charged int64
	for _, row := range b.rowsOf(t, bodies, files, report.FeeItems, report.FeeSummary, report.FeeDetail) {
		charged += amount(t, row, "fee.signed", "feeAmountValue", "direction")
	}
	var total, parts int64
	for _, row := range b.rowsOf(t, bodies, files, report.Summary, "", report.SummaryDetail) {
		total += amount(t, row, "total.signed", "netAmountValue", "direction")
		if _, own := row["total.signed"]; own {
			parts += amount(t, row, "amount.signed", "", "") + amount(t, row, "fee.signed", "", "")
		}
	}
	settlement := b.rowsOf(t, bodies, files, report.Settlement, report.SettlementSummary, report.SettlementDetail)[0]
	adjusted := amount(t, settlement, "adjustments.signed", "adjustment", "adjustmentDirection")
	whole := moved + charged + adjusted - gross
	if whole != b.Net.Minor || total != b.Net.Minor || parts != 0 && parts != total {
		t.Fatalf("rows come to %d, the summary to %d, the net is %d", whole, total, b.Net.Minor)
	}
	if net := amount(t, settlement, "net.signed", "net", "direction"); net != b.Net.Minor {
		t.Fatalf("the settlement file says %d, the net is %d", net, b.Net.Minor)
	}
	if said := amount(t, settlement, "gross.signed", "settledGross", "settledGrossDirection"); said != gross || gross != b.Gross.Minor {
		t.Fatalf("%d are settled gross, rows come to %d, books say %d", said, gross, b.Gross.Minor)
	}
	var day int64
	batches := b.rowsOf(t, bodies, files, report.SettlementDay, report.DaySummary, report.DayDetail)
	for _, row := range batches {
		day += amount(t, row, "", "net", "direction")
	}
	for _, batch := range b.Day {
		day -= batch.Net.Minor
	}
	if day != 0 || len(batches) != len(b.Day) {
		t.Fatalf("the day is %d off in %d batches of %d", day, len(batches), len(b.Day))
	}
}

// unixLines is what encoding/csv makes of line ends within a field.
func unixLines(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

// cashDocument is what encoding/xml alone sees of camt.053 and camt.054: how much.
type (
	entryElement struct {
		Amount    amountElement `xml:"Amt"`
		Direction string        `xml:"CdtDbtInd"`
	}
	amountElement struct {
		Currency string `xml:"Ccy,attr"`
		Text     string `xml:",chardata"`
	}
	balanceElement struct {
		Code      string        `xml:"Tp>CdOrPrtry>Cd"`
		Amount    amountElement `xml:"Amt"`
		Direction string        `xml:"CdtDbtInd"`
	}
	cashDocument struct {
		Notified []entryElement   `xml:"BkToCstmrDbtCdtNtfctn>Ntfctn>Ntry"`
		Balances []balanceElement `xml:"BkToCstmrStmt>Stmt>Bal"`
		Stated   []entryElement   `xml:"BkToCstmrStmt>Stmt>Ntry"`
	}
)

func (a amountElement) minor(t *rapid.T, direction string, currency money.Currency) int64 {
	amount, err := money.ParseDecimal(a.Text, money.Currency(a.Currency))
	if err != nil || amount.Currency != currency {
		t.Fatalf("%+v: %v", a, err)
	}
	return signOf(direction == "CRDT") * amount.Minor
}

// checkMessages: by encoding/xml alone, notifications come to the net and to what is settled
// gross, and pages lead from the opening balance to what it is with all lines.
func (b booklet) checkMessages(t *rapid.T, bodies map[string]string, files []report.File, house *rules.Profile) {
	balance, pages := b.Opening.Minor, 0
	var notified, stated int64
	for _, file := range files {
		if file.Kind != report.Notification && file.Kind != report.AccountStatement {
			continue
		}
		body := []byte(bodies[file.Path])
		m, err := wire.Parse(body)
		if err != nil {
			t.Fatalf("%s: %v", file.Path, err)
		}
		for _, profile := range []*rules.Profile{nil, house} {
			for _, finding := range rules.Check(m, rules.Options{Profile: profile, At: at}) {
				t.Fatalf("%s: %s", file.Path, finding)
			}
		}
		var read cashDocument
		if err := xml.NewDecoder(bytes.NewReader(body)).Decode(&read); err != nil {
			t.Fatal(err)
		}
		for _, entry := range read.Notified {
			notified += entry.Amount.minor(t, entry.Direction, b.Currency)
		}
		if file.Kind == report.Notification {
			continue
		}
		pages++
		if len(read.Balances) != 2 || read.Balances[0].Code != "OPBD" || read.Balances[1].Code != "CLBD" {
			t.Fatalf("%+v", read.Balances)
		}
		if opening := read.Balances[0]; opening.Amount.minor(t, opening.Direction, b.Currency) != balance {
			t.Fatalf("page %d opens with %+v after %d", pages, opening, balance)
		}
		for _, entry := range read.Stated {
			stated += entry.Amount.minor(t, entry.Direction, b.Currency)
		}
		balance = read.Balances[1].Amount.minor(t, read.Balances[1].Direction, b.Currency)
	}
	want := b.Net.Minor + b.Gross.Minor
	for _, line := range b.Lines {
		if !line.Netted {
			want += signOf(line.Credit) * line.Amount.Minor
		}
	}
	if stated != want || notified != want || balance != b.Opening.Minor+want || pages == 0 {
		t.Fatalf("%d are stated and %d notified, should be %d: from %d to %d", stated, notified, want, b.Opening.Minor, balance)
	}
}

// checkSums: the checksums of each folder are those of all its other files, by the command's
// form, and a signature of theirs is beside them.
func (b booklet) checkSums(t *rapid.T, bodies map[string]string, files []report.File) {
	folders := map[string]int{}
	for _, file := range files {
		folders[path.Dir(file.Path)]++
		if file.Kind != report.Checksums {
			continue
		}
		for line := range strings.Lines(bodies[file.Path]) {
			sum, name, found := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
			of := sha256.Sum256([]byte(bodies[path.Join(path.Dir(file.Path), name)]))
			if !found || sum != hex.EncodeToString(of[:]) {
				t.Fatalf("%s: %s", file.Path, line)
			}
			folders[path.Dir(file.Path)]--
		}
		if bodies[file.Path+".sig"] != "signed" {
			t.Fatalf("%s has no signature", file.Path)
		}
	}
	// The checksums themselves and their signature are left.
	if left := slices.Collect(maps.Values(folders)); len(left) != 2 || left[0] != 2 || left[1] != 2 {
		t.Fatalf("files without checksums: %v", folders)
	}
}
