package recon_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/recon"
	"github.com/causeway-pay/causeway/settlement/report"
	"github.com/causeway-pay/causeway/settlement/window"
)

// partnersItems are payments and refunds with ids of any text, some under the same one.
func partnersItems(t *rapid.T) (items []report.Item, net int64) {
	requests := rapid.OneOf(
		rapid.SampledFrom([]string{"PR-1", "=1+1", "a,b", `a"b`, "a\nb", " a", "a ", "'x", "<END>", "＝1", "-5", "\t"}),
		rapid.StringMatching("[ -~]{1,64}"), rapid.StringOfN(rapid.Rune(), 1, 20, 64),
	)
	for i := range rapid.IntRange(0, 12).Draw(t, "items") {
		item := report.Item{
			Kind: report.Payment, ID: ids.Derive(ids.Nil, "partner", int64(i)), RequestID: requests.Draw(t, "request"),
			CompletedAt: monday.Add(time.Duration(rapid.IntRange(0, 47).Draw(t, "hours")) * time.Hour),
			Amount:      hkd(1), Settlement: hkd(rapid.Int64Range(1, 1e9).Draw(t, "amount")), Credit: true,
		}
		item.ID[6] = item.ID[6]&0x0f | 0x40
		if rapid.Bool().Draw(t, "refund") {
			item.Kind, item.Credit = report.Refund, false
			net -= 2 * item.Settlement.Minor
		}
		items, net = append(items, item), net+item.Settlement.Minor
	}
	return items, net
}

// amountForms are how a map may show amounts, and whether a comparison can tell the direction.
var amountForms = map[string]bool{
	"settlement settlement.direction":                   true,
	"settlement.signed":                                 true,
	"settlement.signed settlement.direction":            true,
	"settlement settlement.signed settlement.direction": true,
	"settlement settlement.signed":                      true,
	"settlement":                                        false,
	"settlement.direction":                              false,
	"settlement.major":                                  false,
}

// partnersColumns are columns in any order, some of them under two names or constant.
func partnersColumns(t *rapid.T) (columns report.Columns, readable bool) {
	form := rapid.SampledFrom([]string{
		"settlement settlement.direction", "settlement.signed", "settlement.signed settlement.direction",
		"settlement settlement.signed settlement.direction", "settlement settlement.signed", "settlement", "settlement.direction",
		"settlement.major",
	}).Draw(t, "amounts")
	fields := append(strings.Fields(form), "id", "request", "completed", "currency", "type", "merchant", "fee", "batch")
	var own strings.Builder
	own.WriteString("section transactionItems.detail\n")
	for i, field := range rapid.Permutation(fields).Draw(t, "order") {
		fmt.Fprintf(&own, "column-%d %s\n", i, field)
	}
	fmt.Fprintf(&own, "constant =%s\n", rapid.SampledFrom([]string{"D", "C", "=1", ""}).Draw(t, "constant"))
	base, err := report.Standard()
	if err == nil {
		columns, err = report.ReadColumns(base, strings.NewReader(own.String()))
	}
	if err != nil {
		t.Fatal(err)
	}
	return columns, amountForms[form]
}

// issued is the transaction file of items, as a partner gets it.
func issued(t *rapid.T, dir string, columns report.Columns, items []report.Item, net int64) []byte {
	seq := func(yield func(report.Item, error) bool) {
		for _, item := range items {
			if !yield(item, nil) {
				return
			}
		}
	}
	files, err := report.Issue{Dir: dir, Columns: columns}.Write(report.Statement{
		Window: window.Window{ID: ids.New(), Number: 1, OpenedAt: monday, ChangedAt: at}, ParticipantID: "JP-ACQUIRER",
		Currency: "HKD", Net: money.New(net, "HKD"), Gross: hkd(0), Opening: hkd(0), ValueDate: monday,
	}, seq, seq)
	if err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(filepath.Join(dir, files[0].Path))
	if err != nil || files[0].Kind != report.TransactionItems {
		t.Fatalf("%s: %v", files[0].Path, err)
	}
	return body
}

// A transaction file of any items in columns of any order, sent back as it is, has each item as a
// line of the same amount and day, and matches to the last; or its columns are refused, because
// nobody could tell who was debited.
func TestAnyPartnersFileComesBack(t *testing.T) {
	all := t.TempDir()
	rapid.Check(t, func(r *rapid.T) {
		dir, err := os.MkdirTemp(all, "")
		if err != nil {
			r.Fatal(err)
		}
		columns, readable := partnersColumns(r)
		layout, err := recon.PartnerLayout(columns)
		if !readable {
			if !errors.Is(err, recon.ErrLayout) {
				r.Fatalf("%s is read: %v", columns, err)
			}
			return
		}
		if err != nil {
			r.Fatal(err)
		}
		items, net := partnersItems(r)
		s, err := layout.Read(issued(r, dir, columns, items, net), "JP-ACQUIRER", "1")
		if err != nil || len(s.Lines) != len(items) {
			r.Fatalf("%d lines of %d items, %v", len(s.Lines), len(items), err)
		}
		in := recon.TransactionsOf("JP-ACQUIRER", "HKD")
		ours, err := recon.FromItems(in, func(yield func(report.Item, error) bool) {
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
		})(t.Context(), nil, time.Time{})
		if err != nil {
			r.Fatal(err)
		}
		moved := int64(0)
		for i := range s.Lines {
			theirs := &s.Lines[i]
			theirs.ID = ids.Derive(ids.Nil, "theirs", int64(i))
			if moved += theirs.Amount.Minor; theirs.Amount != ours[i].Amount || !theirs.ValueDate.Equal(ours[i].ValueDate) {
				r.Fatalf("%+v is read as %+v", items[i], theirs)
			}
		}
		result := recon.Compare(ours, s.Lines, nil)
		if len(result.Matches) != len(items) || len(result.Breaks) != 0 || moved != net {
			r.Fatalf("%d matches and %d breaks of %d items, %d moved of %d", len(result.Matches), len(result.Breaks), len(items), moved, net)
		}
		for _, match := range result.Matches {
			if match.Rule != recon.ByReference || len(match.Ours) != 1 || match.Difference() != 0 {
				r.Fatalf("%+v", match)
			}
		}
	})
}
