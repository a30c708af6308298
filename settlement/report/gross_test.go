package report_test

import (
	"errors"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/settlement/report"
)

// TestGrossInFiles: what is settled by itself is listed with everything else, is a line
// of the summary and a column of the settlement file, and is not part of the net.
func TestGrossInFiles(t *testing.T) {
	apart := payment
	apart.ID, apart.Gross = itemID(9), true
	back := refund
	back.ID, back.Gross = itemID(10), true
	about := statement(988)
	about.Gross = jpy(1488 - 500)
	dir := t.TempDir()
	if _, err := write(t, dir, about, []report.Item{payment, refund, apart, back}); err != nil {
		t.Fatal(err)
	}
	if rows := section(t, dir, "transactionItems", 3); len(rows) != 4 {
		t.Errorf("%d items", len(rows))
	}
	net := int64(0)
	summary := section(t, dir, "summary", 0)
	for _, row := range summary[1:] {
		net += signed(t, row[8], row[7])
	}
	if last := summary[len(summary)-1]; net != 988 || last[2] != "GROSS_SETTLEMENT" || last[3] != "2" || last[8] != "988" || last[7] != "D" {
		t.Errorf("the summary comes to %d: %q", net, summary)
	}
	row := section(t, dir, "settlement", 2)[1]
	if signed(t, row[12], row[13]) != 988 || signed(t, row[14], row[15]) != 988 || row[2] != "2" || row[3] != "3000" {
		t.Errorf("settlement: %q", row)
	}
}

// TestGrossMustAddUp: for any items, the files are written exactly if the net and what is
// settled by itself are both what the books say.
func TestGrossMustAddUp(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var items []report.Item
		net, gross := int64(0), int64(0)
		for i := range rapid.IntRange(0, 8).Draw(rt, "items") {
			item := payment
			if rapid.Bool().Draw(rt, "refund") {
				item = refund
			}
			item.ID, item.Gross = itemID(i), rapid.Bool().Draw(rt, "gross")
			item.Settlement, item.Fee = jpy(rapid.Int64Range(1, 1000).Draw(rt, "amount")), jpy(rapid.Int64Range(-9, 9).Draw(rt, "fee"))
			of := &net
			if item.Gross {
				of = &gross
			}
			if *of -= item.Fee.Minor; item.Credit {
				*of += item.Settlement.Minor
			} else {
				*of -= item.Settlement.Minor
			}
			items = append(items, item)
		}
		about := statement(net + rapid.Int64Range(-1, 1).Draw(rt, "off"))
		about.Gross = jpy(gross + rapid.Int64Range(-1, 1).Draw(rt, "gross off"))
		totals, err := about.Sum(seq(items))
		if right := about.Net == jpy(net) && about.Gross == jpy(gross); right != (err == nil) || !right && !errors.Is(err, report.ErrDiffers) {
			rt.Fatalf("net %d, gross %d, said %s and %s: %v", net, gross, about.Net, about.Gross, err)
		}
		if err == nil && totals.Gross.Net != gross {
			rt.Fatalf("gross is %s of %d", strconv.FormatInt(totals.Gross.Net, 10), gross)
		}
	})
}
