package report_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/causeway-pay/causeway/settlement/report"
)

func TestColumnMaps(t *testing.T) {
	cases := map[string]struct{ text, problem string }{
		"unknown section":      {"section refunds.detail", "section \"refunds.detail\" is not known"},
		"section twice":        {"section summary.detail\nsection summary.detail", "stands twice"},
		"column first":         {"batch batch", "before the first section"},
		"column twice":         {"section summary.detail\na batch\na count", "column a stands twice"},
		"unknown field":        {"section summary.detail\na fee.type", "has no field \"fee.type\""},
		"no field":             {"section summary.detail\na", "has no field \"\""},
		"field of other place": {"section settlement.summary\na id", "has no field \"id\""},
		"too many columns":     {"section summary.detail\n" + numbered(101), "more than 100 columns"},
		"too many lines":       {strings.Repeat("# x\n", 2_001), "more than 2000 lines"},
		"own":                  {"# ours\n\nsection summary.detail\nno count\nkind =A\n", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := report.ReadColumns(standard(t), strings.NewReader(c.text))
			if c.problem == "" && err != nil || c.problem != "" && !errors.Is(err, report.ErrColumns) {
				t.Fatalf("got %v", err)
			}
			if err != nil && !strings.Contains(err.Error(), c.problem) {
				t.Errorf("got %q, want %q", err, c.problem)
			}
		})
	}
}

// numbered are so many columns.
func numbered(count int) string {
	var text strings.Builder
	for i := range count {
		fmt.Fprintf(&text, "c%d batch\n", i)
	}
	return text.String()
}

// TestOwnColumns: a partner's map takes the place of the sections that it names,
// with signed and major amounts and constants, and leaves out what has no columns.
func TestOwnColumns(t *testing.T) {
	own := `
section transactionItems.summary
section transactionItems.detail
customerId =21881200
transactionType type
settlementAmountValue settlement.signed
settlementCurrency currency
major settlement.major
section summary.detail
summaryType type
total total.signed
`
	columns, err := report.ReadColumns(standard(t), strings.NewReader(own))
	if err != nil {
		t.Fatal(err)
	}
	again, err := report.ReadColumns(report.Columns{}, strings.NewReader(columns.String()))
	if err != nil || again.String() != columns.String() {
		t.Fatalf("%s is read as %s, %v", columns, again, err)
	}
	dir := t.TempDir()
	about := statement(988)
	about.Currency, about.Net.Currency, about.Opening.Currency = "USD", "USD", "USD"
	paid, returned := payment, refund
	paid.Settlement.Currency, paid.Fee.Currency, returned.Settlement.Currency = "USD", "USD", "USD"
	if _, err := (report.Issue{Dir: dir, Columns: again}).Write(about, seq([]report.Item{paid, returned}), seq([]report.Item{paid, returned})); err != nil {
		t.Fatal(err)
	}
	for pattern, want := range map[string]string{
		"transactionItems": lines("customerId,transactionType,settlementAmountValue,settlementCurrency,major",
			"21881200,PAYMENT,1500,USD,15.00", "21881200,REFUND,-500,USD,-5.00"),
		"summary":    lines("summaryType,total", "PAYMENT,1488", "REFUND,-500"),
		"settlement": "settlementBatchId,valueDate,settlementCurrency,netAmountValue,direction",
	} {
		found, err := filepath.Glob(filepath.Join(dir, "v1/settlements/*/JP-ACQUIRER/*", pattern+"_*.csv"))
		if err != nil || len(found) != 1 {
			t.Fatalf("%v, %v", found, err)
		}
		body, err := os.ReadFile(found[0])
		if err != nil || !strings.HasPrefix(string(body), want) {
			t.Errorf("%s: %s, %v", pattern, cmp.Diff(want, string(body)), err)
		}
	}
}

// Whatever a column map says, it is refused or means the same when it is written
// and read again.
func FuzzReadColumns(f *testing.F) {
	base, err := report.Standard()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(base.String())
	f.Add("section summary.detail\na =-1\n# x\n\nb total.major")
	f.Add("section settlement.summary")
	f.Add("section  transactionItems.detail \n a\tid")
	f.Fuzz(func(t *testing.T, text string) {
		columns, err := report.ReadColumns(report.Columns{}, strings.NewReader(text))
		if err != nil {
			return
		}
		again, err := report.ReadColumns(report.Columns{}, strings.NewReader(columns.String()))
		if err != nil || again.String() != columns.String() {
			t.Errorf("%q is read again as %q, %v", columns, again, err)
		}
	})
}
