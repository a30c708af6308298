package report_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/iso20022"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/report"
	"github.com/causeway-pay/causeway/settlement/window"
)

var at = time.Date(2026, 1, 2, 17, 4, 5, 0, time.UTC)

func jpy(minor int64) money.Amount { return money.New(minor, "JPY") }

func statement(net int64) report.Statement {
	w := window.Window{ID: ids.New(), Region: "asia-1", Number: 7, OpenedAt: at.Add(-time.Hour), ChangedAt: at}
	before := window.Window{Number: 6, OpenedAt: at.Add(-25 * time.Hour), ChangedAt: at.Add(-24 * time.Hour)}
	return report.Statement{
		Window:        w,
		ParticipantID: "JP-ACQUIRER", Currency: "JPY", Net: jpy(net), Opening: jpy(-200),
		ValueDate: time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC),
		Day:       []report.Batch{{Window: before, Net: jpy(-1000)}, {Window: w, Net: jpy(net)}},
	}
}

var payment = report.Item{
	Kind:             report.Payment,
	ID:               ids.ID{1, 6: 0x40, 8: 0x80},
	RequestID:        "PR-1",
	AcquirerID:       "JP-ACQUIRER",
	WalletID:         "HK-WALLET",
	MerchantID:       "M-77",
	MerchantCategory: "5814",
	Mode:             "PaymentCode",
	CompletedAt:      at.Add(-time.Minute),
	Amount:           jpy(1500),
	Settlement:       jpy(1500),
	Credit:           true,
	Fee:              jpy(12),
}

var refund = report.Item{
	Kind:              report.Refund,
	ID:                ids.ID{2, 6: 0x40, 8: 0x80},
	RequestID:         "=RF-1",
	OriginalID:        ids.ID{1, 6: 0x40, 8: 0x80},
	OriginalRequestID: "PR-1",
	AcquirerID:        "JP-ACQUIRER",
	WalletID:          "HK-WALLET",
	MerchantID:        "M-77",
	MerchantCategory:  "5814",
	Mode:              "PaymentCode",
	CompletedAt:       at,
	Amount:            jpy(500),
	Settlement:        jpy(500),
}

// seq yields items without an error.
func seq(items []report.Item) iter.Seq2[report.Item, error] {
	return func(yield func(report.Item, error) bool) {
		for _, item := range items {
			if !yield(item, nil) {
				return
			}
		}
	}
}

// write writes everything about a statement and returns the paths.
func write(t *testing.T, dir string, s report.Statement, items []report.Item) ([]string, error) {
	t.Helper()
	files, err := report.Issue{Dir: dir, Columns: standard(t)}.Write(s, seq(items), seq(items))
	paths := make([]string, len(files))
	for i, file := range files {
		paths[i] = filepath.Join(dir, file.Path)
	}
	return paths, err
}

func standard(t *testing.T) report.Columns {
	t.Helper()
	columns, err := report.Standard()
	if err != nil {
		t.Fatal(err)
	}
	return columns
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	paths, err := write(t, dir, statement(988), []report.Item{payment, refund})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name, _ := filepath.Rel(dir, path)
		got[name] = string(body)
	}
	clearing := "v1/settlements/clearing/JP-ACQUIRER/20260103/"
	settled := "v1/settlements/settlement/JP-ACQUIRER/20260105/"
	want := map[string]string{
		clearing + "transactionItems_JP-ACQUIRER_JPY_20260103000007_01_000.csv": lines(
			"totalCount,netAmountValue,settlementCurrency,direction", "2,988,JPY,C",
			"clearingBatchId,transactionType,transactionId,transactionRequestId,originalTransactionId,"+
				"originalTransactionRequestId,acquirerId,pspId,referenceMerchantId,merchantMCC,transactionTime,"+
				"transactionAmountValue,transactionCurrency,settlementAmountValue,settlementCurrency,direction,"+
				"quoteId,quoteCurrencyPair,quotePrice,paymentMode",
			"20260103000007,PAYMENT,01000000-0000-4000-8000-000000000000,PR-1,,,JP-ACQUIRER,HK-WALLET,M-77,5814,"+
				"2026-01-03T01:03:05+08:00,1500,JPY,1500,JPY,C,,,,PaymentCode",
			"20260103000007,REFUND,02000000-0000-4000-8000-000000000000,'=RF-1,01000000-0000-4000-8000-000000000000,"+
				"PR-1,JP-ACQUIRER,HK-WALLET,M-77,5814,2026-01-03T01:04:05+08:00,500,JPY,500,JPY,D,,,,PaymentCode"),
		clearing + "feeItems_JP-ACQUIRER_JPY_20260103000007_01_000.csv": lines(
			"totalCount,feeAmountValue,feeCurrency,direction", "1,12,JPY,D",
			"clearingBatchId,transactionId,transactionRequestId,feeType,feeAmountValue,feeCurrency,direction",
			"20260103000007,01000000-0000-4000-8000-000000000000,PR-1,SERVICE,12,JPY,D"),
		clearing + "summary_JP-ACQUIRER_JPY_20260103000007_01_000.csv": lines(
			"clearingBatchId,clearingDate,transactionType,totalCount,totalAmountValue,feeAmountValue,"+
				"settlementCurrency,direction,netAmountValue",
			"20260103000007,2026-01-03,PAYMENT,1,1500,12,JPY,C,1488",
			"20260103000007,2026-01-03,REFUND,1,500,0,JPY,D,500"),
		settled + "settlement_JP-ACQUIRER_JPY_20260103000007_01_000.csv": lines(
			"settlementBatchId,valueDate,settlementCurrency,netAmountValue,direction",
			"20260103000007,2026-01-05,JPY,988,C",
			"clearingBatchId,clearingDate,countPayment,amountPayment,countRefund,amountRefund,feeService,"+
				"feeServiceDirection,feeScheduled,feeScheduledDirection,adjustment,adjustmentDirection,"+
				"settledGross,settledGrossDirection,net,direction",
			"20260103000007,2026-01-03,1,1500,1,500,12,D,0,D,0,D,0,D,988,C"),
		settled + "settlementDay_JP-ACQUIRER_JPY_20260103000007_01_000.csv": lines(
			"valueDate,settlementCurrency,countBatch,netAmountValue,direction", "2026-01-05,JPY,2,12,D",
			"clearingBatchId,clearingDate,net,direction",
			"20260102000006,2026-01-02,1000,D", "20260103000007,2026-01-03,988,C"),
	}
	camt := clearing + "camt.054_JP-ACQUIRER_JPY_20260103000007_01_000.xml"
	checkNotification(t, got[camt])
	delete(got, camt)
	camt = settled + "camt.053_JP-ACQUIRER_JPY_20260103000007_01_000.xml"
	checkStatement(t, got[camt])
	delete(got, camt)
	checkSums(t, got, clearing, 4) // three tables and the notification
	checkSums(t, got, settled, 3)  // two tables and the statement
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// checkSums takes the checksums of a folder out of the files, and holds the CSV
// files against them.
func checkSums(t *testing.T, files map[string]string, folder string, want int) {
	t.Helper()
	name := folder + "checksums_JP-ACQUIRER_JPY_20260103000007_01_000.sha256"
	rows := strings.Split(strings.TrimSpace(files[name]), "\n")
	if delete(files, name); len(rows) != want {
		t.Errorf("%s has %d rows", name, len(rows))
	}
	for _, row := range rows {
		sum, file, _ := strings.Cut(row, "  ")
		body, csv := files[folder+file]
		if of := sha256.Sum256([]byte(body)); csv && hex.EncodeToString(of[:]) != sum {
			t.Errorf("%s does not have the checksum %s", file, sum)
		}
	}
}

func lines(all ...string) string { return strings.Join(all, "\n") + "\n" }

func checkNotification(t *testing.T, body string) {
	t.Helper()
	message, err := iso20022.ParseNotification([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	var net int64
	for _, entry := range message.Entries {
		if entry.Credit {
			net += entry.Amount.Minor
		} else {
			net -= entry.Amount.Minor
		}
	}
	if net != 988 || len(message.Entries) != 3 {
		t.Errorf("%d entries add up to %d", len(message.Entries), net)
	}
}

func checkStatement(t *testing.T, body string) {
	t.Helper()
	page, err := iso20022.ParseAccountStatement([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	if page.Opening.Amount != jpy(-200) || page.Closing.Amount != jpy(788) || page.Page != 1 || !page.LastPage ||
		page.Sequence != 7 || len(page.Entries) != 3 || page.Opening.Interim || page.Closing.Interim {
		t.Errorf("%+v", page)
	}
	references := map[string]bool{}
	for _, entry := range page.Entries {
		references[entry.Reference] = true
		if entry.UETR != iso20022.UETR(payment.ID) {
			t.Errorf("%s has UETR %s", entry.Reference, entry.UETR)
		}
	}
	if whole := hex.EncodeToString(payment.ID[:]); len(references) != 3 || !references[whole+"-P"] || !references[whole+"-F"] {
		t.Errorf("entries are called %v", references)
	}
}

// TestSameBytesAgain: a report that is issued again is the same report.
func TestSameBytesAgain(t *testing.T) {
	about := statement(988)
	read := func() string {
		paths, err := write(t, t.TempDir(), about, []report.Item{payment, refund})
		if err != nil {
			t.Fatal(err)
		}
		var all strings.Builder
		for _, path := range paths {
			body, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintln(&all, filepath.Base(path), string(body))
		}
		return all.String()
	}
	if first, second := read(), read(); first != second {
		t.Error(cmp.Diff(first, second))
	}
}

func TestItemsMustAddUp(t *testing.T) {
	dir := t.TempDir()
	if _, err := write(t, dir, statement(989), []report.Item{payment, refund}); !errors.Is(err, report.ErrDiffers) {
		t.Errorf("got %v", err)
	}
	if found, err := os.ReadDir(dir); err != nil || len(found) != 0 {
		t.Errorf("%d files were written, %v", len(found), err)
	}
}

// TestEmptyDay: a participant without payments gets its files all the same.
func TestEmptyDay(t *testing.T) {
	paths, err := write(t, t.TempDir(), statement(0), nil)
	if err != nil || len(paths) != 8 {
		t.Fatalf("%v, %v", paths, err)
	}
	body, err := os.ReadFile(paths[0])
	if err != nil || !strings.Contains(string(body), "\n0,0,JPY,D\n") {
		t.Errorf("%s, %v", body, err)
	}
}

// TestManyItems: the notifications are split so that each can be read again.
func TestManyItems(t *testing.T) {
	items := make([]report.Item, 1_001)
	for i := range items {
		items[i] = payment
		items[i].ID, items[i].RequestID = ids.New(), strings.Repeat("R", 64)
	}
	paths, err := write(t, t.TempDir(), statement(1_001*1488), items)
	if err != nil {
		t.Fatal(err)
	}
	notified, stated, balance := 0, 0, int64(-200)
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		switch name := filepath.Base(path); {
		case strings.HasPrefix(name, "camt.054"):
			message, err := iso20022.ParseNotification(body)
			if err != nil {
				t.Fatal(err)
			}
			notified += len(message.Entries)
		case strings.HasPrefix(name, "camt.053"):
			page, err := iso20022.ParseAccountStatement(body)
			if err != nil {
				t.Fatal(err)
			}
			if page.Opening.Amount.Minor != balance || page.Opening.Interim != (page.Page > 1) ||
				page.Closing.Interim == page.LastPage || page.LastPage != (page.Page == 7) {
				t.Errorf("page %d from %s to %s after %d", page.Page, page.Opening.Amount, page.Closing.Amount, balance)
			}
			balance = page.Closing.Amount.Minor
			stated += len(page.Entries)
		}
	}
	if notified != 2*1_001 || stated != notified || balance != 1_001*1488-200 {
		t.Errorf("%d and %d entries in %d files, up to %d", notified, stated, len(paths), balance)
	}
}
