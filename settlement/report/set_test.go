package report_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/db"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/memory"
	"github.com/causeway-pay/causeway/iso20022/rules"
	"github.com/causeway-pay/causeway/iso20022/wire"
	"github.com/causeway-pay/causeway/settlement/report"
)

// TestDue: files about payments are due at the first 08:00 UTC+8 after the close,
// those about settlement at that hour of the value date.
func TestDue(t *testing.T) {
	zone := time.FixedZone("UTC+8", 8*60*60)
	for closed, want := range map[string]string{
		"2026-01-03T00:00:00.3+08:00": "2026-01-03T08:00:00+08:00",
		"2026-01-03T08:00:00+08:00":   "2026-01-03T08:00:00+08:00",
		"2026-01-03T08:00:01+08:00":   "2026-01-04T08:00:00+08:00",
		"2026-01-03T23:59:59+08:00":   "2026-01-04T08:00:00+08:00",
	} {
		about := statement(0)
		var err error
		if about.Window.ChangedAt, err = time.Parse(time.RFC3339, closed); err != nil {
			t.Fatal(err)
		}
		if due := about.ClearingDue().In(zone).Format(time.RFC3339); due != want {
			t.Errorf("closed %s: due %s, want %s", closed, due, want)
		}
		if due := about.SettlementDue().In(zone).Format(time.RFC3339); due != "2026-01-05T08:00:00+08:00" {
			t.Errorf("settlement is due %s", due)
		}
	}
}

// TestChargesAndAdjustments: what belongs to no payment is in the fee file, the
// summary and the settlement file, so that each adds up to the net.
func TestChargesAndAdjustments(t *testing.T) {
	about := statement(988 - 30 + 7)
	about.Lines = []report.Line{
		{Reference: "SCHEDULE-1", Amount: jpy(30), BookedAt: at, Text: "SCHEDULE", Netted: true},
		{Reference: "ADJUST-1", Amount: jpy(7), Credit: true, BookedAt: at, Text: "ADJUSTMENT", Netted: true},
		{Reference: "SETTLE-1", Amount: jpy(200), Credit: true, BookedAt: at, Text: "SETTLEMENT"},
	}
	dir := t.TempDir()
	if _, err := write(t, dir, about, []report.Item{payment, refund}); err != nil {
		t.Fatal(err)
	}
	summary, fees := section(t, dir, "summary", 0), section(t, dir, "feeItems", 2)
	net := int64(0)
	for _, row := range summary[1:] {
		net += signed(t, row[8], row[7])
	}
	if net != about.Net.Minor || len(summary) != 5 {
		t.Errorf("the summary comes to %d: %q", net, summary)
	}
	charged := int64(0)
	for _, row := range fees[1:] {
		charged += signed(t, row[4], row[6])
	}
	if charged != -42 || len(fees) != 3 || fees[2][3] != "SCHEDULE" || fees[2][2] != "SCHEDULE-1" {
		t.Errorf("the fees come to %d: %q", charged, fees)
	}
	row := section(t, dir, "settlement", 2)[1]
	parts := int64(0)
	for _, column := range []int{6, 8, 10} {
		parts += signed(t, row[column], row[column+1])
	}
	if parts != -12-30+7 || signed(t, row[14], row[15]) != about.Net.Minor {
		t.Errorf("settlement: %q", row)
	}
}

// signed is an amount with its direction.
func signed(t *testing.T, digits, direction string) int64 {
	t.Helper()
	amount, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	if direction == "D" {
		return -amount
	}
	return amount
}

// section reads a file of a report from a row on.
func section(t *testing.T, dir, kind string, from int) [][]string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "v1/settlements/*/JP-ACQUIRER/*", kind+"_*.csv"))
	if err != nil || len(found) != 1 {
		t.Fatalf("%v, %v", found, err)
	}
	body, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	reader := csv.NewReader(bytes.NewReader(body))
	reader.FieldsPerRecord = -1
	rows, err := reader.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[from:]
}

// TestParts: what is longer than a file holds goes on in the next part, and
// nothing is lost between them.
func TestParts(t *testing.T) {
	dir := t.TempDir()
	items := manyItems()[:25]
	files, err := report.Issue{Dir: dir, Columns: standard(t), Rows: 10}.Write(statement(25*1488), seq(items), seq(items))
	if err != nil {
		t.Fatal(err)
	}
	var rows []int64
	seen := map[string]bool{}
	for _, file := range files {
		if file.Kind != report.TransactionItems {
			continue
		}
		rows = append(rows, file.Rows)
		body, err := os.ReadFile(filepath.Join(dir, file.Path))
		if err != nil || int64(len(body)) != file.Bytes || !strings.Contains(string(body), "\n25,37200,JPY,C\n") {
			t.Fatalf("%s: %v\n%s", file.Path, err, body)
		}
		for _, item := range items {
			if strings.Contains(string(body), item.ID.String()) {
				if seen[item.ID.String()] {
					t.Errorf("%s stands twice", item.ID)
				}
				seen[item.ID.String()] = true
			}
		}
		if !strings.HasSuffix(file.Path, []string{"_000.csv", "_001.csv", "_002.csv"}[file.Part]) {
			t.Errorf("part %d is %s", file.Part, file.Path)
		}
	}
	if len(rows) != 3 || rows[0] != 10 || rows[1] != 10 || rows[2] != 5 || len(seen) != 25 {
		t.Errorf("parts of %v rows, %d items", rows, len(seen))
	}
}

// TestItemsThatChangeOrFail: nothing half is left behind, and no file has a name
// that a partner would read.
func TestItemsThatChangeOrFail(t *testing.T) {
	broken := errors.New("the connection is gone")
	for name, second := range map[string]func(yield func(report.Item, error) bool){
		"fails":   func(yield func(report.Item, error) bool) { _ = yield(payment, nil) && yield(report.Item{}, broken) },
		"changed": func(yield func(report.Item, error) bool) { _ = yield(payment, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			dir, reads := t.TempDir(), 0
			items := func(yield func(report.Item, error) bool) {
				if reads++; reads == 1 {
					seq([]report.Item{payment, refund})(yield)
					return
				}
				second(yield)
			}
			_, err := report.Issue{Dir: dir, Columns: standard(t)}.Write(statement(988), items, items)
			if !errors.Is(err, broken) && !errors.Is(err, report.ErrDiffers) {
				t.Fatalf("got %v", err)
			}
			err = filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
				if err == nil && !entry.IsDir() && !strings.HasSuffix(path, ".xml") {
					t.Errorf("%s is left", path)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestMessagesAreValid: every message about many items and about none is valid by
// its schema, by the rules of the standard, and by the
// profile of the switch.
func TestMessagesAreValid(t *testing.T) {
	house, err := rules.Load("switch")
	if err != nil {
		t.Fatal(err)
	}
	long := manyItems()[:700]
	for i := range long {
		long[i].RequestID = strings.Repeat("R", 64)
	}
	for _, items := range [][]report.Item{nil, {payment, refund}, long} {
		net := int64(0)
		for _, item := range items {
			net += item.Settlement.Minor*map[bool]int64{true: 1, false: -1}[item.Credit] - item.Fee.Minor
		}
		messages, err := collect(statement(net), items)
		if err != nil {
			t.Fatal(err)
		}
		for _, message := range messages {
			m, err := wire.Parse(message.Body)
			if err != nil {
				t.Fatalf("%s %d: %v", message.Name, message.Part, err)
			}
			if len(message.Body) > 256<<10 {
				t.Errorf("%s %d has %d bytes", message.Name, message.Part, len(message.Body))
			}
			for _, profile := range []*rules.Profile{nil, house} {
				for _, finding := range rules.Check(m, rules.Options{Profile: profile, At: at}) {
					t.Errorf("%s %d: %s", message.Name, message.Part, finding)
				}
			}
		}
	}
}

// TestRegister: files are on record once, found by window, time and id, and
// refused when they are issued again with other bytes.
func TestRegister(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		about := statement(988)
		files, err := report.Issue{Dir: t.TempDir(), Columns: standard(t), Sign: sign}.Write(about,
			seq([]report.Item{payment, refund}), seq([]report.Item{payment, refund}))
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := register(t, pool, about, files); err != nil {
				t.Fatal(err)
			}
		}
		all, err := report.FilesOf(t.Context(), pool, about.Window.ID, "")
		if err != nil || len(all) != len(files) || all[0].Kind != report.TransactionItems {
			t.Fatalf("%d files of %d, %v", len(all), len(files), err)
		}
		if last := all[len(all)-1]; last.Kind != report.Signature || string(last.Body) != "signed" {
			t.Errorf("the last is %s with %q", last.Kind, last.Body)
		}
		due := about.ClearingDue()
		now, err := report.Due(t.Context(), pool, "asia-1", "JP-ACQUIRER", due.Add(-time.Hour), due)
		if err != nil || len(now) != 6 {
			t.Errorf("%d files are due, %v", len(now), err)
		}
		later, err := report.Due(t.Context(), pool, "asia-1", "JP-ACQUIRER", due, about.SettlementDue())
		if err != nil || len(later) != len(files)-6 {
			t.Errorf("%d files are due later, %v", len(later), err)
		}
		found, known, err := report.FindFile(t.Context(), pool, all[0].ID)
		if err != nil || !known || found.Path != all[0].Path || found.SHA256 != all[0].SHA256 {
			t.Errorf("%+v, %v, %v", found, known, err)
		}
		if _, known, err := report.FindFile(t.Context(), pool, ids.New()); known || err != nil {
			t.Errorf("an unknown id: %v, %v", known, err)
		}
		files[0].SHA256[0]++
		if err := register(t, pool, about, files); !errors.Is(err, report.ErrReissued) {
			t.Errorf("other bytes: %v", err)
		}
	})
}

func sign(string, []byte) ([]byte, error) { return []byte("signed"), nil }

func register(t *testing.T, pool *db.Pool, about report.Statement, files []report.File) error {
	t.Helper()
	return pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
		return report.Register(ctx, tx, about, files, at)
	})
}

// TestAgree: the terms of the first issue count for all; what was not kept of them is filled in
// once.
func TestAgree(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		own, err := report.ReadColumns(standard(t), strings.NewReader("section summary.detail\nno count\n"))
		if err != nil {
			t.Fatal(err)
		}
		monday := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
		first := report.Terms{Columns: own, Agreement: "asia-1", ValueDate: monday, DayFrom: 3}
		others := report.Terms{Columns: standard(t), Agreement: "02", ValueDate: monday.AddDate(0, 0, 1), DayFrom: 4}
		id := ids.New()
		agree := func(now report.Terms) report.Terms {
			t.Helper()
			var agreed report.Terms
			err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) (err error) {
				agreed, err = report.Agree(ctx, tx, id, "JP-ACQUIRER", now, at)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return agreed
		}
		for _, now := range []report.Terms{first, others, first} {
			if got := agree(now); said(got) != said(first) {
				t.Errorf("%s", said(got))
			}
		}
		for _, lost := range []string{`day_from = NULL`, `day_from = NULL, agreement = NULL`, `day_from = NULL, value_date = NULL`} {
			err := pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE report_layout SET `+lost)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			want := agree(first)
			if strings.Contains(lost, "agreement") && want.Agreement != "asia-1" || want.DayFrom != 3 || !want.ValueDate.Equal(monday) {
				t.Errorf("%s: %s", lost, said(want))
			}
			if got := agree(others); said(got) != said(first) {
				t.Errorf("after %s: %s", lost, said(got))
			}
		}
		if terms, found, err := report.Agreed(t.Context(), pool, ids.New(), "JP-ACQUIRER"); found || err != nil {
			t.Errorf("of no window: %+v, %v", terms, err)
		}
	})
}

// TestTermsOfBefore: of files that were issued before their terms were kept, the step finds
// agreement and value date in their names and moments, and running it again changes nothing.
func TestTermsOfBefore(t *testing.T) {
	steps, err := report.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	each(t, func(t *testing.T, pool *db.Pool) {
		about := statement(988)
		about.Agreement = "asia-1"
		files, err := report.Issue{Dir: t.TempDir(), Columns: standard(t), Sign: sign}.Write(about,
			seq([]report.Item{payment, refund}), seq([]report.Item{payment, refund}))
		if err != nil {
			t.Fatal(err)
		}
		if err := register(t, pool, about, files); err != nil {
			t.Fatal(err)
		}
		err = pool.InTx(t.Context(), func(ctx context.Context, tx db.Tx) error {
			for _, participant := range []string{about.ParticipantID, "NOT-ISSUED"} {
				_, err := tx.Exec(ctx, `INSERT INTO report_layout (window_id, participant_id, columns, created_at) VALUES ($1, $2, '', $3)`,
					about.Window.ID, participant, at)
				if err != nil {
					return err
				}
			}
			for range 2 {
				if _, err := tx.Exec(ctx, steps[len(steps)-1].SQL); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		terms, found, err := report.Agreed(t.Context(), pool, about.Window.ID, about.ParticipantID)
		if err != nil || !found || terms.Agreement != "asia-1" || !terms.ValueDate.Equal(about.ValueDate) || terms.DayFrom != 0 {
			t.Errorf("%s, %v", said(terms), err)
		}
		terms, found, err = report.Agreed(t.Context(), pool, about.Window.ID, "NOT-ISSUED")
		if err != nil || !found || terms.Agreement != "" || !terms.ValueDate.IsZero() {
			t.Errorf("%s, %v", said(terms), err)
		}
	})
}

// said are terms in one line.
func said(t report.Terms) string {
	return fmt.Sprint(t.Agreement, " ", t.ValueDate, " ", t.DayFrom, " ", t.Columns)
}

// The files of whatever items add up: the details to the summary, and the
// summary to the net.
func TestFilesAddUp(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		var items []report.Item
		net := int64(0)
		for i := range rapid.IntRange(0, 12).Draw(r, "items") {
			item := payment
			if rapid.Bool().Draw(r, "refund") {
				item = refund
			}
			item.ID, item.Settlement = itemID(i), jpy(rapid.Int64Range(1, 1e9).Draw(r, "amount"))
			item.Fee = jpy(rapid.Int64Range(-1e6, 1e6).Draw(r, "fee"))
			net += item.Settlement.Minor*map[bool]int64{true: 1, false: -1}[item.Credit] - item.Fee.Minor
			items = append(items, item)
		}
		if _, err := write(t, dir, statement(net), items); err != nil {
			r.Fatal(err)
		}
		details, fees, summary := int64(0), int64(0), int64(0)
		for _, row := range section(t, dir, "transactionItems", 3) {
			details += signed(t, row[13], row[15])
		}
		for _, row := range section(t, dir, "feeItems", 3) {
			fees += signed(t, row[4], row[6])
		}
		for _, row := range section(t, dir, "summary", 1) {
			summary += signed(t, row[8], row[7])
		}
		if details+fees != net || summary != net {
			r.Errorf("details %d with fees %d, summary %d, net %d", details, fees, summary, net)
		}
	})
}

// TestLongReportStreams: a report of many rows takes no more memory than one of
// few. CAUSEWAY_TEST_ROWS names another number, such as 1000000.
func TestLongReportStreams(t *testing.T) {
	rows := int64(20_000)
	if text := os.Getenv("CAUSEWAY_TEST_ROWS"); text != "" {
		var err error
		if rows, err = strconv.ParseInt(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	items := func(yield func(report.Item, error) bool) {
		for i := range rows {
			item := payment
			item.ID, item.CompletedAt = itemID(int(i)), at.Add(time.Duration(i)*time.Millisecond)
			if !yield(item, nil) {
				return
			}
		}
	}
	peak, stop := memory.Watch()
	start := time.Now()
	files, err := report.Issue{Dir: t.TempDir(), Columns: standard(t)}.Write(statement(rows*1488), items, items)
	took := time.Since(start)
	stop()
	if err != nil {
		t.Fatal(err)
	}
	var size int64
	for _, file := range files {
		size += file.Bytes
	}
	t.Logf("%d rows: %d files of %d MB in %s, %d MB of memory", rows, len(files), size>>20, took.Round(time.Millisecond),
		peak()>>20)
	if peak() > 100<<20 {
		t.Errorf("%d MB of memory", peak()>>20)
	}
}

// TestTwoRegions: regions that close a window of the same number on the same day
// issue files of their own names about the same participant.
func TestTwoRegions(t *testing.T) {
	each(t, func(t *testing.T, pool *db.Pool) {
		names := map[string]bool{}
		for _, region := range []string{"asia-1", "eu-1"} {
			about := statement(988)
			about.Window.Region, about.Agreement = region, region
			files, err := report.Issue{Dir: t.TempDir(), Columns: standard(t)}.Write(about, seq([]report.Item{payment, refund}), seq([]report.Item{payment, refund}))
			if err != nil {
				t.Fatal(err)
			}
			if err := register(t, pool, about, files); err != nil {
				t.Fatal(err)
			}
			for _, file := range files {
				if names[file.Path] {
					t.Errorf("%s is issued by both", file.Path)
				}
				names[file.Path] = true
			}
			due, err := report.Due(t.Context(), pool, region, "JP-ACQUIRER", at.Add(-time.Hour), about.SettlementDue())
			if err != nil || len(due) != len(files) {
				t.Errorf("%s: %d files are due of %d, %v", region, len(due), len(files), err)
			}
		}
	})
}
