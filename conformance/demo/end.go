package demo

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/causeway-pay/causeway/conformance/invariant"
	"github.com/causeway-pay/causeway/internal/ids"
	"github.com/causeway-pay/causeway/internal/telemetry"
	"github.com/causeway-pay/causeway/money"
	"github.com/causeway-pay/causeway/settlement/instruct"
	"github.com/causeway-pay/causeway/settlement/ledger"
	"github.com/causeway-pay/causeway/settlement/position"
	"github.com/causeway-pay/causeway/settlement/window"
	"github.com/causeway-pay/causeway/switch/api/client"
)

// cutOff lets an operator close the window and shows what is owed.
func (d *demo) cutOff(ctx context.Context) error {
	d.title("8. Cut-off: the window is closed and the partners are settled")
	windowID, err := d.closeWindow(ctx)
	if err != nil {
		return err
	}
	w, err := window.Get(ctx, d.stage.Pool, windowID)
	if err != nil {
		return err
	}
	d.expect(w.State == window.Settling, "window %d of %s is %s", w.Number, w.Region, w.State)
	nets, err := window.Nets(ctx, d.stage.Pool, windowID)
	if err != nil {
		return err
	}
	d.showNets(nets)
	obligations, err := instruct.Of(ctx, d.stage.Pool, windowID)
	if err != nil {
		return err
	}
	d.showObligations(obligations)
	d.settled = windowID.String()
	return d.showReports()
}

func (d *demo) closeWindow(ctx context.Context) (ids.ID, error) {
	token, err := d.stage.Token(d.stage.Operators()[0])
	if err != nil {
		return ids.Nil, err
	}
	operator := client.Client{BaseURL: d.stage.OperatorsURL(), Token: telemetry.Personal(token)}
	closed, err := operator.CloseWindow(ctx)
	if err != nil {
		return ids.Nil, err
	}
	return closed.WindowID, nil
}

func (d *demo) showNets(nets []window.Net) {
	var rows [][]string
	sums := map[money.Currency]int64{}
	for _, n := range nets {
		sums[n.Currency] += n.Amount().Minor
		rows = append(rows, []string{
			n.Owner, string(n.Currency), n.Debits.Decimal(), n.Credits.Decimal(), n.Amount().Decimal(),
		})
	}
	d.table([]string{"participant", "currency", "owes", "is owed", "net"}, rows, 2, 3, 4)
	balanced := len(sums) > 0
	for _, sum := range sums {
		balanced = balanced && sum == 0
	}
	d.expect(balanced, "the nets of %d currencies each sum to zero", len(sums))
}

func (d *demo) showObligations(obligations []instruct.Obligation) {
	var rows [][]string
	for _, o := range obligations {
		who := o.ParticipantID + " pays the hub"
		if o.Direction == instruct.PayOut {
			who = "the hub pays " + o.ParticipantID
		}
		rows = append(rows, []string{
			who, o.Amount.Decimal(), string(o.Amount.Currency), o.ValueDate.Format("2006-01-02"), "pacs.009",
		})
	}
	d.table([]string{"settlement instruction", "amount", "currency", "value date", "message"}, rows, 1)
	d.expect(len(obligations) == 5, "%d obligations, one for each partner", len(obligations))
}

// showReports counts the files that the hub wrote for the partners.
func (d *demo) showReports() error {
	kinds := map[string]int{}
	err := filepath.WalkDir(d.stage.Reports(), func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			kind, _, _ := strings.Cut(filepath.Base(path), "_")
			if filepath.Ext(path) == ".sig" {
				kind = "signature"
			}
			kinds[kind]++
		}
		return err
	})
	if err != nil {
		return err
	}
	// Instructions are signed one by one, reports by the checksums of a folder.
	complete := kinds["pacs.009"] == 5 && kinds["checksums"] == 10 && kinds["signature"] == 15
	for _, kind := range []string{"transactionItems", "feeItems", "summary", "settlement"} {
		complete = complete && kinds[kind] == 5
	}
	d.expect(complete && kinds["camt.054"] >= 5, "files: %v", kinds)
	return nil
}

// books shows the books and checks every invariant by SQL.
func (d *demo) books(ctx context.Context) error {
	d.title("9. Books: every unit of money is where it should be")
	positions, err := position.All(ctx, d.stage.Pool)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, p := range positions {
		rows = append(
			rows,
			[]string{p.ParticipantID, string(p.Currency), p.Cap.Decimal(), p.Posted.Decimal(), p.Reserved.Decimal()},
		)
	}
	d.table([]string{"position", "currency", "cap", "owes", "reserved"}, rows, 2, 3, 4)
	balances, err := ledger.Balances(ctx, d.stage.Pool)
	if err != nil {
		return err
	}
	rows = nil
	for _, b := range balances {
		if b.Owner == ledger.Hub && b.Net().Minor != 0 {
			rows = append(rows, []string{string(b.Purpose), string(b.Net().Currency), b.Net().Decimal()})
		}
	}
	d.table([]string{"hub's account", "currency", "balance"}, rows, 2)
	violations, err := invariant.Run(ctx, d.stage.Pool)
	if err != nil {
		return err
	}
	broken := map[string]invariant.Violation{}
	for _, v := range violations {
		broken[v.Check.Query] = v
	}
	for _, check := range invariant.Checks() {
		v, bad := broken[check.Query]
		d.expect(!bad, "%-4s %s", check.Number, check.Says)
		if bad {
			d.say("     %d times, for example %s", v.Count, v.Example)
		}
	}
	return nil
}

func (d *demo) messagesDir() string { return filepath.Join(d.options.Dir, "messages") }

// messages lays the messages of the shown payments out as files.
func (d *demo) messages(ctx context.Context) error {
	d.title("10. Messages: everything sent and received, as it was")
	count, iso := 0, 0
	for _, requestID := range []string{"COFFEE-1", "DINNER-1", "POOR-1", "LISTED-1", "SILENT-0", "SILENT-1"} {
		file, err := d.file(ctx, requestID)
		if err != nil {
			return err
		}
		folder := filepath.Join(d.messagesDir(), requestID)
		if err := os.MkdirAll(folder, 0o750); err != nil {
			return err
		}
		for i, m := range file.Messages {
			ending := "json"
			if strings.HasPrefix(m.Name, "pacs.") || strings.HasPrefix(m.Name, "camt.") {
				ending, iso = "xml", iso+1
			}
			name := fmt.Sprintf("%02d-%s-%s-%s.%s", i+1, strings.ToLower(m.Direction), m.PartnerID, m.Name, ending)
			if err := os.WriteFile(filepath.Join(folder, name), m.Body, 0o640); err != nil {
				return err
			}
			count++
		}
	}
	d.expect(iso >= 18, "%d messages of the six payments above, %d of them ISO 20022", count, iso)
	return nil
}
