package report_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/causeway-pay/causeway/settlement/report"
)

// TestDayWasNotAgreed: files that were issued with a column map without the value date
// are issued again without its file.
func TestDayWasNotAgreed(t *testing.T) {
	var old strings.Builder
	for part := range strings.SplitSeq(standard(t).String(), "section ") {
		if part != "" && !strings.HasPrefix(part, "settlementDay.") {
			old.WriteString("section " + part)
		}
	}
	columns, err := report.ReadColumns(report.Columns{}, strings.NewReader(old.String()))
	if err != nil {
		t.Fatal(err)
	}
	files, err := report.Issue{Dir: t.TempDir(), Columns: columns}.Write(statement(988), seq([]report.Item{payment, refund}), seq([]report.Item{payment, refund}))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if file.Kind == report.SettlementDay {
			t.Errorf("%s was written", file.Path)
		}
	}
	if len(files) != 7+1 {
		t.Errorf("%d files", len(files))
	}
}

// TestDayInOwnColumns: a partner's map says what the file of a value date looks like.
func TestDayInOwnColumns(t *testing.T) {
	columns, err := report.ReadColumns(standard(t), strings.NewReader(
		"section settlementDay.summary\nsection settlementDay.detail\nbatch batch\namount net.signed\ntotal day.net.major\nkind =X\n"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	files, err := report.Issue{Dir: dir, Columns: columns}.Write(statement(988), seq([]report.Item{payment, refund}), seq([]report.Item{payment, refund}))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if file.Kind != report.SettlementDay {
			continue
		}
		body, err := os.ReadFile(filepath.Join(dir, file.Path))
		want := "batch,amount,total,kind\n20260102000006,-1000,-12,X\n20260103000007,988,-12,X\n"
		if err != nil || string(body) != want || file.Rows != 2 {
			t.Errorf("%q, %d rows, %v", body, file.Rows, err)
		}
		return
	}
	t.Error("there is no file of the value date")
}
